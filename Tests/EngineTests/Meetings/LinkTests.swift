import Foundation
import Testing

@testable import Engine

/// Laws of links that these tests use.
let linkLaws = [
  "spring": """
  law: spring
  source: "R. Hooke, 1678"
  species: {bond: links}
  fields: {bond: {rest: length, stiffness: energy/length^2}}
  passes:
  - interact: {linked: bond, energy: stiffness/2*(r - rest)^2}
  """,
  "corner": """
  law: corner
  source: "B. R. Brooks et al., J. Comput. Chem. 4 (1983) 187"
  species: {corner: "links[3]"}
  fields: {corner: {rest: 1, stiffness: energy}}
  passes:
  - interact: {linked: corner, energy: "stiffness/2*(angle(d[i,j], d[k,j]) - rest)^2"}
  """,
  "twist": """
  law: twist
  source: "A. Blondel, M. Karplus, J. Comput. Chem. 17 (1996) 1132"
  dimensions: [3]
  species: {twist: "links[4]"}
  fields: {twist: {amplitude: energy, fold: integer, phase: 1}}
  passes:
  - interact:
      linked: twist
      let:
        a: cross(d[j,i], d[k,j])
        b: cross(d[k,j], d[l,k])
        phi: "atan2(r[k,j]*dot(d[j,i], b), dot(a, b))"
      energy: amplitude*(1 + cos(fold*phi - phase))
  """,
  "counted": """
  law: counted
  source: "a test"
  species: {atom: particles, bond: links}
  fields: {atom: {met: 1, least: length, most: length}, bond: {rest: length, age: "integer = 0"}}
  parameters: {longest: length}
  passes:
  - interact:
      linked: bond
      sum: {met: "id[j]"}
      min: {least: r}
      max: {most: r}
      memory: {age: age + 1}
      unlink: r > longest
  """,
]

/// A molecule of four atoms, bent and twisted, that shakes and turns.
func molecule(_ laws: String, links: String, shift: Double = 0, sides: String = "open", dt: Double = 0.002) -> String {
  // Beyond a side at 6 they stand on the other side.
  let places = [[0, 0, 0], [1.1, 0.1, 0], [1.5, 1.1, 0.2], [2.4, 1.0, 1.0]].map { place in
    place.map { "\($0 + shift < 6 ? $0 + shift : $0 + shift - 12)" }
  }
  return """
    units: reduced
    precision: double
    box: {size: [12, 12, 12], origin: [-6, -6, -6], sides: \(sides)}
    species:
      atom:
        fill: {points: [\(places.map { "[\($0.joined(separator: ", "))]" }.joined(separator: ", "))]}
        velocities: {temperature: 0.3}
      \(links)
    laws:
      velocity-verlet: {}
      \(laws)
    dt: \(dt)
    steps: 1
    measure:
      energy: sum(mass*dot(velocity, velocity)/2) + potential
      momentum: sum(mass*velocity)
      turning: sum(mass*cross(position, velocity))
      kinetic: sum(mass*dot(velocity, velocity)/2)
    """
}

private let bonds = "bond: {kind: links, ends: [[1, 2], [3, 2], [3, 4]], fields: {rest: 1, stiffness: 100}}"
private let corners = "corner: {kind: links, ends: [[1, 2, 3], [4, 3, 2]], fields: {rest: 2, stiffness: 20}}"
private let twists = "twist: {kind: links, ends: [[1, 2, 3, 4]], fields: {amplitude: 3, fold: 3, phase: 0.4}}"
private let everything = (laws: "spring: {}\n  corner: {}\n  twist: {}", links: "\(bonds)\n  \(corners)\n  \(twists)")

/// The slope of a function at 0, to fourth order.
func derivative(_ f: (Double) throws -> Double) rethrows -> Double {
  let h = 1e-3
  return try (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h)
}

/// Minus the slope of the energy along each coordinate of each particle, in the order of the store.
func slopes(_ simulation: Simulation) throws -> [[Double]] {
  let places = try #require(simulation.store.columns(of: "position"))
  return try places.map { column in
    try (0..<simulation.store.count).map { particle in
      let rest = column[particle]
      defer { column[particle] = rest }
      return try -derivative { shift in
        column[particle] = rest + shift
        try simulation.evaluateForces(group: "", wantsTotals: true)
        return simulation.world["potential"][0]
      }
    }
  }
}

@Suite("Links")
struct LinkTests {
  @Test("Links of 2, 3 and 4 ends conserve energy, momentum and angular momentum")
  func conserves() throws {
    let simulation = try simulation(molecule(everything.laws, links: everything.links), laws: linkLaws)
    let rows = try simulation.run(steps: 2000, sampling: 20), first = try #require(rows.first)
    for row in rows {
      #expect(abs(row["energy", default: [.nan]][0] - first["energy", default: [.nan]][0]) < 2e-3)
      #expect(distance(row["momentum", default: []], first["momentum", default: []]) < 1e-9)
      #expect(distance(row["turning", default: []], first["turning", default: []]) < 1e-8)
    }
    let kinetic = rows.map { $0["kinetic", default: [.nan]][0] }
    #expect((kinetic.max() ?? 0) - (kinetic.min() ?? 0) > 0.1)
  }

  @Test("A force is minus the slope of the energy of links", arguments: ["spring", "corner", "twist"])
  func slope(law: String) throws {
    let links = ["spring": bonds, "corner": corners, "twist": twists][law] ?? ""
    let simulation = try simulation(molecule("\(law): {}", links: links), laws: linkLaws)
    let expected = try slopes(simulation)
    try simulation.evaluateForces(group: "", wantsTotals: true)
    let forces = try #require(simulation.store.columns(of: "force"))
    let largest = expected.joined().map { abs($0) }.max() ?? 0
    #expect(largest > 0.1)
    for axis in 0..<3 {
      for particle in 0..<4 { #expect(abs(forces[axis][particle] - expected[axis][particle]) < 1e-7 * largest) }
    }
  }

  @Test("The trace of the virial is minus the slope of the energy by the scale of the world")
  func virial() throws {
    let simulation = try simulation(molecule(everything.laws, links: everything.links), laws: linkLaws)
    let places = try #require(simulation.store.columns(of: "position"))
    let slope = try derivative { stretch in
      for column in places { for particle in 0..<4 { column[particle] *= 1 + stretch } }
      defer { for column in places { for particle in 0..<4 { column[particle] /= 1 + stretch } } }
      try simulation.evaluateForces(group: "", wantsTotals: true)
      return simulation.world["potential"][0]
    }
    try simulation.evaluateForces(group: "", wantsTotals: true)
    let virial = simulation.world["virial"]
    #expect(abs(slope) > 1)
    #expect(abs(virial[0] + virial[4] + virial[8] + slope) < 1e-6 * abs(slope))
  }

  @Test("Links reach across periodic sides as they do inside the box")
  func periodic() throws {
    let inside = try simulation(molecule(everything.laws, links: everything.links, sides: "periodic"), laws: linkLaws)
    let across = try simulation(molecule(everything.laws, links: everything.links, shift: 5, sides: "periodic"), laws: linkLaws)
    try inside.run(steps: 50)
    try across.run(steps: 50)
    #expect(distance(inside.values(of: "velocity"), across.values(of: "velocity")) < 1e-9)
    #expect(distance(inside.values(of: "position"), across.values(of: "position")) > 4)
  }

  @Test("Ends gather sums, least and greatest values; links remember, and go where they say so")
  func outcomes() throws {
    let text = molecule(
      "counted: {longest: 1.25}", links: "bond: {kind: links, ends: [[1, 2], [3, 2], [3, 4]], fields: {rest: 1}}")
    let simulation = try simulation(text.replacing("temperature: 0.3", with: "temperature: 0"), laws: linkLaws)
    let lengths = [1.22, 1.2, 1.46].map { $0.squareRoot() }
    try simulation.run(steps: 1)
    #expect(simulation.values(of: "met") == [2, 4, 6, 3])
    #expect(distance(simulation.values(of: "least"), [lengths[0], lengths[1], lengths[1], lengths[2]]) < 1e-9)
    #expect(distance(simulation.values(of: "most"), [lengths[0], lengths[0], lengths[2], lengths[2]]) < 1e-9)
    var links = simulation.frame(fields: ["age"]).links[0]
    #expect(links.fields.first?.values == [1, 1, 1])
    // The law's bound is below the length of no bond: a longer one goes after the pass in which it still counted.
    simulation.store.columns(of: "position")?[0][3] += 1
    try simulation.run(steps: 1)
    #expect(simulation.values(of: "met") == [2, 4, 6, 3])
    links = simulation.frame(fields: ["age"]).links[0]
    #expect(links.ids == [1, 2] && links.ends == [1, 2, 3, 2])
    try simulation.run(steps: 1)
    #expect(simulation.values(of: "met") == [2, 4, 2, 0])
  }

  @Test("A link that loses an end goes")
  func losing() throws {
    let laws = linkLaws.merging(["leave": "law: leave\nsource: \"a test\"\npasses:\n- propagate: {remove: id == 3}\n"]) { $1 }
    let simulation = try simulation(molecule("spring: {}\n  leave: {}", links: bonds), laws: laws)
    try simulation.run(steps: 1)
    let links = simulation.frame(fields: []).links[0]
    #expect(simulation.store.count == 3)
    #expect(links.ids == [1] && links.ends == [1, 2])
  }

  @Test("What leaves through an open side while a link holds it stops the run, with the ids and what to do")
  func leaving() throws {
    let held = try simulation(falling("spring: {}"), laws: linkLaws)
    #expect {
      try held.run(steps: 400)
    } throws: { error in
      let text = "\(error)"
      return text.contains("particle 4 leaves through an open side while link 3 of bond joins it to 3")
        && text.contains("`unlink`")
    }
  }

  @Test("A law that lets go, or takes away, before the side answers that", arguments: ["let-go", "take-away"])
  func leavingFreely(law: String) throws {
    let start =
      "law: \(law)\nsource: none\nspecies: {atom: particles, bond: links}\nslot: moved\nparameters: {far: length}\npasses:\n"
    let passes = [
      "let-go": "- interact: {linked: bond, unlink: \"position[i].x > far or position[j].x > far\"}",
      "take-away": "- propagate: {for: atom, where: position.x > far, remove: true}",
    ]
    let laws = linkLaws.merging([law: start + (passes[law] ?? "")]) { $1 }
    let simulation = try simulation(falling("spring: {}\n  \(law): {far: 2.5}"), laws: laws)
    try simulation.run(steps: 400)
    #expect(simulation.removed >= 2)
    #expect(simulation.store.count + simulation.removed == 4)
  }

  /// The molecule falls towards an open side.
  private func falling(_ laws: String) -> String {
    molecule("\(laws)\n  uniform-gravity: {gravity: [5, 0, 0]}", links: bonds)
      .replacing("size: [12, 12, 12]", with: "size: [8.6, 12, 12]")
  }

  @Test("A link knows its own id, in lanes and in turn", arguments: ["", "sequential: true, "])
  func ownIds(turns: String) throws {
    let law = """
      law: tags
      source: a test
      species: {a: particles, b: links}
      fields: {b: {tag: 1}}
      passes:
      - interact: {linked: b, \(turns)memory: {tag: "id"}}
      """
    let text = """
      units: reduced
      box: {size: [9, 9, 9]}
      species:
        atom: {fields: {mass: 1}, fill: {points: [[1, 1, 1], [2, 1, 1], [3, 1, 1], [4, 1, 1]]}}
        bond: {kind: links, chain: {of: atom, length: 4}}
      laws: {tags: {}}
      dt: 0.1
      steps: 1
      """
    let simulation = try simulation(text, laws: ["tags": law])
    try simulation.run(steps: 1)
    let links = try #require(simulation.frame(fields: ["tag"]).links.first)
    #expect(links.fields.first?.values == links.ids.map(Double.init))
  }
}
