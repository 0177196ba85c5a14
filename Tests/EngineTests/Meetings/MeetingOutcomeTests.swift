import Foundation
import Testing

@testable import Engine

private let laws = [
  "liquid": """
  law: liquid
  source: "J. E. Jones, Proc. R. Soc. Lond. A 106 (1924) 463"
  species: {atom: particles, bond: links}
  parameters: {reach: length, epsilon: {dimension: energy, value: 1}, sigma: {dimension: length, value: 1}}
  passes:
  - interact: {for: atom, from: atom, within: reach, EXCEPT energy: "4*epsilon*((sigma/r)^12 - (sigma/r)^6)"}
  """,
  "crowd": """
  law: crowd
  source: "none: a test"
  species: {atom: particles, bond: links}
  parameters: {reach: length}
  memory: {age: 1}
  fields: {atom: {density: "1 = 0", grown: "1 = 5", lower: "1 = 0", whole: "1 = 0"}}
  passes:
  - interact:
      for: atom
      from: atom
      within: reach
      except: bond
      self: true
      memory: {age: age + 1}
      sum: {density: "exp(-(r/reach)^2) + 0*age"}
      add: {grown: "2 - r/reach"}
  - interact: {for: atom, from: atom, within: reach, sum: {lower: "if(id[j] < id[i], 1, 0)", whole: 1}}
  """,
  "struts": """
  law: struts
  source: "none: a test"
  species: {atom: particles, bond: links, strut: links}
  parameters: {limit: length}
  fields: {strut: {rest: length}}
  passes:
  - interact: {linked: bond, where: r > limit, link: {strut: {rest: r}}}
  """,
  "decay": """
  law: decay
  source: "none: a test"
  species: {atom: particles, bond: links, C: particles}
  passes:
  - interact:
      linked: bond
      react: {remove: [i, j], create: {C: {position: "position[i] - d/2"}}}
  """,
  "shaken": """
  law: shaken
  source: "none: a test"
  species: {atom: particles, bond: links}
  fields: {bond: {drawn: "1 = 0", push: "vector 1 = 0"}, atom: {kick: "vector 1 = 0", heat: "1 = 0"}}
  passes:
  - interact:
      linked: bond
      let: {x: normal(), v: normal(vector)}
      memory: {drawn: x, push: v}
      sum: {kick: v, heat: x}
  """,
]

/// Atoms on a face-centred cubic lattice, and links between some.
private func crystal(_ use: String, species: String, more: String = "") -> String {
  """
  units: reduced
  precision: double
  box: {size: fit}
  species:
    atom: {fill: {lattice: fcc, count: 256, density: 0.8}, velocities: {temperature: 0.5}}
    \(species)
  laws:
    velocity-verlet: {}
    \(use)
  dt: 0.002
  steps: 1
  \(more)
  """
}

@Suite("What listed pairs and links give")
struct MeetingOutcomeTests {
  private func potential(except: Bool, tail: Bool, bonds: String = "[[1, 2], [7, 3]]", use: String = "reach: 1.7") throws
    -> Double
  {
    let text = laws["liquid"]?.replacing("EXCEPT", with: except ? "except: bond," : "") ?? ""
    let simulation = try simulation(
      crystal("liquid: {\(use), tail: \(tail)}", species: "bond: {kind: links, ends: \(bonds)}"), laws: ["liquid": text])
    try simulation.evaluateForces(group: "", wantsTotals: true)
    return simulation.world["potential"][0]
  }

  @Test("The tail of listed pairs is that of a uniform fluid, whoever is excepted")
  func tail() throws {
    let density = 0.8, cut = 1.7
    // Allen and Tildesley (2017), eq. 2.144, for 256 atoms.
    let exact = 256 * 8 * Double.pi * density * (pow(cut, -9) / 9 - pow(cut, -3) / 3)
    for except in [true, false] {
      let found = try potential(except: except, tail: true) - potential(except: except, tail: false)
      #expect(abs(found / exact - 1) < 1e-9)
    }
    let apart = try potential(except: true, tail: true), whole = try potential(except: false, tail: true)
    #expect(abs(apart - whole) > 0.1)
  }

  @Test("A tail belongs to the species of its law alone", arguments: [true, false])
  func players(except: Bool) throws {
    let text = laws["liquid"]?.replacing("EXCEPT", with: except ? "except: bond," : "") ?? ""
    func found(_ tail: Bool) throws -> Double {
      let simulation = try simulation(
        crystal(
          "liquid: {for: {atom: atom}, reach: 1.7, tail: \(tail)}",
          species: "dust: {fill: {random: 300, distance: 0.01}}\n  bond: {kind: links}"), laws: ["liquid": text])
      try simulation.evaluateForces(group: "", wantsTotals: true)
      return simulation.world["potential"][0]
    }
    let exact = 256 * 8 * Double.pi * 0.8 * (pow(1.7, -9) / 9 - pow(1.7, -3) / 3)
    #expect(abs((try found(true) - found(false)) / exact - 1) < 1e-9)
  }

  @Test("Members that meet themselves among listed pairs give themselves what they give at r = 0", arguments: [1, 2])
  func oneself(threads: Int) throws {
    func run(_ law: String) throws -> Simulation {
      let simulation = try simulation(
        crystal("crowd: {reach: 1.3}", species: "bond: {kind: links, ends: [[1, 2], [7, 3]]}"), laws: ["crowd": law],
        threads: threads)
      try simulation.run(steps: 2)
      return simulation
    }
    let with = try run(laws["crowd"] ?? ""), without = try run((laws["crowd"] ?? "").replacing("self: true", with: "self: false"))
    let density = zip(with.values(of: "density"), without.values(of: "density")).map { $0 - $1 }
    #expect(density.allSatisfy { abs($0 - 1) < 1e-9 })
    let grown = zip(with.values(of: "grown"), without.values(of: "grown")).map { $0 - $1 }
    #expect(grown.allSatisfy { abs($0 - 4) < 1e-9 })
    #expect(without.values(of: "grown").allSatisfy { $0 > 5 })
    // What is put aside is no field of the run.
    #expect(!with.state.frame.fields.contains { $0.name.hasPrefix("own ") })
  }

  @Test("Pairs within a range know the ids of their ends")
  func ids() throws {
    let simulation = try simulation(crystal("crowd: {reach: 1.3}", species: "bond: {kind: links}"), laws: laws)
    try simulation.run(steps: 1)
    let lower = simulation.values(of: "lower"), whole = simulation.values(of: "whole")
    #expect(lower[0] == 0 && lower[255] == whole[255] && whole[255] > 0)
    #expect(2 * lower.reduce(0, +) == whole.reduce(0, +))
  }

  /// A row of atoms with bonds that are longer and longer.
  private func row(_ use: String, bonds: String, more: String = "") throws -> Simulation {
    try simulation(
      """
      units: reduced
      precision: double
      box: {size: [40, 4, 4], origin: [-1, -2, -2], sides: open}
      species:
        atom: {fill: {points: [[0, 0, 0], [1, 0, 0], [2.1, 0, 0], [3.3, 0, 0], [4.6, 0, 0], [6, 0, 0]]}}
        bond: {kind: links, ends: \(bonds)}
        \(more)
      laws: {\(use)}
      dt: 1
      steps: 1
      """, laws: laws)
  }

  @Test("The ends of a link are joined by links of another sort, once each")
  func joining() throws {
    let simulation = try row(
      "struts: {limit: 1.15}", bonds: "[[1, 2], [2, 3], [4, 3], [3, 4], [4, 5], [5, 6]]",
      more: "strut: {kind: links, ends: [[6, 5]]}")
    try simulation.run(steps: 2)
    let struts = simulation.frame(fields: ["rest"]).links[1]
    // Two bonds wish for the third one; one pair is joined already.
    #expect(struts.ids == [1, 2, 3] && struts.ends == [6, 5, 3, 4, 4, 5])
    let rest = struts.fields.first { $0.name == "rest" }?.values ?? []
    #expect(rest.count == 3 && abs(rest[1] - 1.2) < 1e-12 && abs(rest[2] - 1.3) < 1e-12)
    #expect(!simulation.state.frame.links[0].fields.contains { $0.name.hasPrefix("new") })
  }

  @Test("The ends of links react, each atom at most once, and their links go with them")
  func reaction() throws {
    let simulation = try row("decay: {}", bonds: "[[1, 2], [2, 3], [3, 4], [4, 5], [5, 6]]", more: "C: {}")
    try simulation.run(steps: 1)
    let frame = simulation.frame(fields: []), made = frame.species.filter { $0 == 2 }.count
    // Nothing is left that could react: no bond has lost none of its ends.
    #expect((2...3).contains(made) && frame.count == 6 - made && frame.links[0].ids.isEmpty)
    let x = simulation.values(of: "position")
    for (place, species) in frame.species.enumerated() where species == 2 {
      #expect([0.5, 1.55, 2.7, 3.95, 5.3].contains { abs($0 - x[3 * place]) < 1e-12 })
    }
  }

  @Test("Links that join the same ends draw numbers of their own, which both ends see")
  func noise() throws {
    let simulation = try row("shaken: {}", bonds: "[[1, 2], [1, 2], [2, 1]]")
    try simulation.run(steps: 1)
    let bonds = simulation.frame(fields: ["drawn", "push"]).links[0]
    let drawn = bonds.fields.first { $0.name == "drawn" }?.values ?? [],
      push = bonds.fields.first { $0.name == "push" }?.values ?? []
    #expect(Set(drawn).count == 3 && Set(push).count == 9)
    let heat = simulation.values(of: "heat"), kick = simulation.values(of: "kick")
    #expect(abs(heat[0] - drawn.reduce(0, +)) < 1e-9 && abs(heat[1] - heat[0]) < 1e-9)
    #expect((0..<3).allSatisfy { abs(kick[$0] + kick[3 + $0]) < 1e-9 && abs(kick[$0]) > 1e-3 })
  }

  @Test("All sorts of links that play a role take part")
  func sorts() throws {
    let text = crystal(
      "spring: {for: {bond: [stiff, soft]}}",
      species: """
        stiff: {kind: links, ends: [[1, 2]], fields: {rest: 1, stiffness: 100}}
          soft: {kind: links, ends: [[3, 4]], fields: {rest: 1, stiffness: 10}}
        """)
    let simulation = try simulation(text, laws: linkLaws)
    try simulation.evaluateForces(group: "", wantsTotals: true)
    let force = simulation.values(of: "force")
    #expect((0..<4).allSatisfy { atom in (0..<3).contains { abs(force[3 * atom + $0]) > 1e-3 } })
  }
}
