import Foundation
import Testing

@testable import Engine

private let laws = linkLaws.merging([
  "rub": """
  law: rub
  source: "P. A. Cundall, O. D. L. Strack, Geotechnique 29 (1979) 47"
  parameters: {stiffness: force/length}
  memory: {slip: vector length}
  passes:
  - interact:
      within: radius[i] + radius[j]
      let:
        sliding: "u - dot(u, n)*n"
        stretched: slip + dt*sliding
      force: "stiffness*(radius[i] + radius[j] - r)*n - stiffness/4*stretched"
      memory: {slip: stretched}
  """,
  "soft": """
  law: soft
  source: "a test"
  parameters: {reach: length, strength: {dimension: force, value: 1}}
  memory: {seen: 1}
  passes:
  - interact:
      within: reach
      force: "strength*(1 - r/reach)^2*n"
      memory: {seen: 1}
  """,
  "plain": """
  law: plain
  source: "a test"
  parameters: {reach: length, strength: {dimension: force, value: 1}}
  passes:
  - interact: {within: reach, force: "strength*(1 - r/reach)^2*n"}
  """,
  "apart": """
  law: apart
  source: "a test"
  species: {atom: particles, bond: links}
  parameters: {reach: length, strength: {dimension: force, value: 1}}
  passes:
  - interact: {for: atom, from: atom, within: reach, except: bond, force: "strength*(1 - r/reach)^2*n"}
  """,
  "glue": """
  law: glue
  source: "a test"
  species: {atom: particles, bond: links}
  parameters: {reach: length, rigidity: {dimension: force/length, value: 1}}
  fields: {bond: {rest: length, kind: "1 = 7"}, atom: {near: 1}}
  start:
  - interact: {for: atom, from: atom, within: reach, link: {bond: {rest: r}}, sum: {near: 1}}
  passes:
  - interact: {linked: bond, force: -rigidity*(r - rest)*n}
  """,
  "meet": """
  law: meet
  source: "a test"
  species: {atom: particles, bond: links}
  parameters: {reach: length}
  passes:
  - interact: {for: atom, from: atom, within: reach, link: {bond: {}}}
  - interact: {linked: bond, unlink: r > 1.5*reach}
  """,
  "eat": """
  law: eat
  source: "a test"
  species: {cat: particles, mouse: particles}
  parameters: {reach: length}
  passes:
  - interact: {for: mouse, from: cat, within: reach, remove: true}
  """,
]) { $1 }

/// A dense crowd of soft grains in motion.
private func crowd(_ law: String, precision: String = "double", more: String = "") -> String {
  """
  units: reduced
  precision: \(precision)
  box: {size: fit}
  species:
    atom:
      fields: {radius: 0.55}
      fill: {lattice: fcc, count: 256, density: 1.2}
      velocities: {temperature: 0.5}
    \(more)
  laws: {velocity-verlet: {}, \(law)}
  dt: 0.004
  steps: 1
  measure:
    momentum: sum(mass*velocity)
    virial0: virial[0]
  """.replacing("virial0: virial[0]", with: "energy: potential")
}

@Suite("Pairs that are listed one by one")
struct ListedPairTests {
  @Test("They meet as those of cluster pairs do, whatever the list's buffer")
  func forces() throws {
    let listed = try simulation(crowd("soft: {reach: 1.3}"), laws: laws)
    let plain = try simulation(crowd("plain: {reach: 1.3}"), laws: laws)
    try listed.run(steps: 100)
    try plain.run(steps: 100)
    #expect(listed.pairs.neighbourhood.rebuilds > 1)
    #expect(distance(listed.values(of: "force"), plain.values(of: "force")) < 1e-8)
    #expect(listed.values(of: "force").contains { abs($0) > 0.01 })
  }

  @Test("One thread and two give the same bits, and memory keeps momentum")
  func threads() throws {
    let one = try simulation(crowd("rub: {stiffness: 40}"), laws: laws, threads: 1)
    let two = try simulation(crowd("rub: {stiffness: 40}"), laws: laws, threads: 2)
    let rows = try one.run(steps: 200, sampling: 200)
    try two.run(steps: 200)
    #expect(one.values(of: "velocity") == two.values(of: "velocity"))
    #expect(distance(rows[0]["momentum", default: []], [0, 0, 0]) < 1e-9)
    #expect(one.pairs.neighbourhood.rebuilds > 2)
  }

  @Test("A run that is taken up again remembers")
  func resuming() throws {
    let text = crowd("rub: {stiffness: 40}"), scene = try scene(text, laws: laws)
    let whole = try simulation(text, laws: laws), half = try simulation(text, laws: laws)
    try whole.run(steps: 120)
    try half.run(steps: 60)
    let on = try Simulation(scene, from: half.state, library: lawLibrary(texts: laws))
    try on.run(steps: 60)
    #expect(on.values(of: "velocity") == whole.values(of: "velocity"))
    var forgetful = half.state
    for key in forgetful.memory.keys where key.hasPrefix("pairs.") { forgetful.memory[key] = [] }
    let other = try Simulation(scene, from: forgetful, library: lawLibrary(texts: laws))
    try other.run(steps: 60)
    #expect(other.values(of: "velocity") != whole.values(of: "velocity"))
  }

  /// Two grains that touch and slide along each other.
  private func sliding(gap: Double) -> String {
    """
    units: reduced
    precision: double
    box: {size: [20, 20, 20], origin: [-10, -10, -10], sides: open}
    species: {atom: {fields: {radius: 0.5, mass: 1e9}, fill: {points: [[0, 0, 0], [0, 0, \(gap)]], velocities: [[0.1, 0, 0], [0, 0, 0]]}}}
    laws: {velocity-verlet: {}, rub: {stiffness: 1}}
    dt: 0.01
    steps: 1
    """
  }

  @Test("What a pair remembers begins with its contact, grows with its motion and ends with it")
  func memory() throws {
    let simulation = try simulation(sliding(gap: 0.9), laws: laws), list = simulation.meetings.lists[0]
    try simulation.run(steps: 100)
    // One evaluation at the start and one in each step, each of 0.1 dt in the plane of contact as it turns.
    #expect(abs(abs(list.memory.values[0]) - 0.101) < 2e-3)
    #expect(list.memory.ends.count == 1 && list.memory.ends[0] == (1, 2))
    simulation.store.columns(of: "position")?[2][1] = 1.5
    try simulation.run(steps: 1)
    #expect(list.memory.ends.isEmpty)
    simulation.store.columns(of: "position")?[2][1] = 0.9
    try simulation.run(steps: 1)
    #expect(abs(abs(list.memory.values[0]) - 0.001) < 2e-4)
  }

  @Test("Links join each pair within range once, lower id first, with their fields and defaults")
  func linking() throws {
    let simulation = try simulation(
      crowd("glue: {reach: 1.2}", more: "bond: {kind: links}"), laws: laws)
    let links = simulation.frame(fields: ["rest", "kind"]).links[0], count = links.ids.count
    // Twelve neighbours in a face-centred cubic lattice.
    #expect(count == 256 * 6 && links.ids == (1...1536).map(Int64.init))
    #expect(stride(from: 0, to: 2 * count, by: 2).allSatisfy { links.ends[$0] < links.ends[$0 + 1] })
    #expect(Set(stride(from: 0, to: 2 * count, by: 2).map { links.ends[$0] * 1000 + links.ends[$0 + 1] }).count == count)
    let rest = try #require(links.fields.first { $0.name == "rest" }?.values)
    #expect(rest.allSatisfy { abs($0 - pow(4 / 1.2, 1.0 / 3) / 2.0.squareRoot()) < 1e-9 })
    #expect(simulation.values(of: "near").allSatisfy { $0 == 12 })
  }

  @Test("A pair that was parted is joined anew with a new id; one that is joined is left alone")
  func rejoining() throws {
    let text = sliding(gap: 0.9).replacing("rub: {stiffness: 1}", with: "meet: {reach: 1}")
      .replacing("species: {", with: "species: {bond: {kind: links}, ")
    let simulation = try simulation(text, laws: laws)
    func links() -> [Int64] { simulation.frame(fields: []).links[0].ids }
    try simulation.run(steps: 3)
    #expect(links() == [1])
    simulation.store.columns(of: "position")?[2][1] = 3
    try simulation.run(steps: 1)
    #expect(links().isEmpty)
    simulation.store.columns(of: "position")?[2][1] = 0.8
    try simulation.run(steps: 2)
    #expect(links() == [2])
  }

  @Test("Pairs that a link joins do not meet where they are excepted")
  func except() throws {
    let ends = "bond: {kind: links, ends: [[1, 2], [7, 3]]}"
    let some = try simulation(crowd("apart: {reach: 1.3}", more: ends), laws: laws)
    let all = try simulation(crowd("plain: {reach: 1.3}", more: "bond: {kind: links}"), laws: laws)
    let whole = all.values(of: "force"), parted = some.values(of: "force")
    let moved: [Int] = (0..<256).filter { atom in
      (0..<3).contains { axis in abs(whole[3 * atom + axis] - parted[3 * atom + axis]) > 1e-6 }
    }
    let positions = all.values(of: "position"), side = all.box.lengths[0]
    func near(_ pair: (Int, Int)) -> Bool {
      var square = 0.0
      for axis in 0..<3 {
        let d: Double = positions[3 * pair.0 + axis] - positions[3 * pair.1 + axis]
        let image = d - side * (d / side).rounded()
        square += image * image
      }
      return square < 1.69
    }
    var expected: [Int] = []
    for pair in [(0, 1), (6, 2)] where near(pair) { expected += [pair.0, pair.1] }
    #expect(moved == expected.sorted())
    #expect(!moved.isEmpty)
  }

  @Test("Members that a pair takes away go, those of the other role stay")
  func removal() throws {
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [10, 10, 10]}
      species:
        cat: {fill: {points: [[5, 5, 5]]}}
        mouse: {fill: {points: [[5.5, 5, 5], [5, 5.5, 5], [8, 8, 8]]}}
      laws: {eat: {reach: 1}}
      dt: 1
      steps: 1
      """, laws: laws)
    try simulation.run(steps: 1)
    #expect(simulation.frame(fields: []).ids == [1, 4])
    #expect(simulation.removed == 2)
  }
}
