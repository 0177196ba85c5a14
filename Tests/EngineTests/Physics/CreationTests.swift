import Diagnostics
import Foundation
import Expressions
import Laws
import Scenes
import Testing

@testable import Engine

/// Passes that make and remove members.
@Suite struct CreationTests {
  private static let decay = """
    law: decay
    source: E. Rutherford 1900
    species: {A: particles, B: particles}
    parameters: {rate0: 1/time, apart: length}
    fields: {A: {tag: 1}, B: {tag: 1 = 3}}
    passes:
    - propagate:
        for: A
        where: uniform() < 1 - exp(-rate0*dt)
        let: {e: direction()}
        remove: true
        create:
        - B: {position: position + apart/2*e}
        - B: {position: position - apart/2*e}
    measure: {a: count(A), b: count(B)}
    """

  private static let emission = """
    law: emission
    source: a fountain
    species: {A: particles, B: particles}
    parameters: {many: 1, pace: velocity}
    passes:
    - propagate: {for: A, create: {B: {number: many, velocity: "pace*normal(vector)"}}}
    measure: {b: count(B)}
    """

  private func simulation(_ law: String, named name: String, _ keys: String, count: Int = 4000) throws -> Simulation {
    let library = lawLibrary(texts: [name: law])
    let tag = name == "decay" ? ", tag: 7" : ""
    let scene = try Scene.read(
      text: """
        units: reduced
        box: {size: [8, 8, 8]}
        species: {A: {fields: {mass: 2\(tag)}, fill: {random: \(count)}}, B: {fields: {mass: 1}}}
        laws: {\(name): {\(keys)}}
        dt: 0.1
        steps: 10
        """, file: "test", access: FileAccess(folder: .init(fileURLWithPath: ".")), library: library)
    return try Simulation(scene, from: SimulationState(frame: try scene.initialFrame()), library: library)
  }

  private func count(_ name: String, _ simulation: Simulation) throws -> Double {
    try #require(try simulation.measure().first { $0.name == name }?.values.first)
  }

  @Test("A decay is exponential, and every A that goes leaves two B") func decay() throws {
    let simulation = try simulation(Self.decay, named: "decay", "rate0: 1, apart: 0.1")
    for _ in 0..<10 { try simulation.advance(wantsTotals: false) }
    let left = try count("a", simulation), made = try count("b", simulation)
    #expect(made == 2 * (4000 - left))
    // The deviation of a binomial number of 4000 with the chance 1/e.
    let deviation = (4000 * Foundation.exp(-1.0) * (1 - Foundation.exp(-1.0))).squareRoot()
    #expect(abs(left - 4000 * Foundation.exp(-1.0)) < 4 * deviation)
  }

  @Test("Children have ids that were never used, and their parent's fields,") func children()
    throws
  {
    let simulation = try simulation(Self.decay, named: "decay", "rate0: 1, apart: 0.1")
    for _ in 0..<3 { try simulation.advance(wantsTotals: false) }
    let frame = simulation.frame(fields: ["tag", "mass"])
    #expect(Set(frame.ids).count == frame.count)
    let first = try #require(frame.species.firstIndex(of: 1))
    #expect(frame.ids[first] > 4000)
    #expect(frame[field: "tag"]?.values[first] == 7)
    #expect(frame[field: "mass"]?.values[first] == 2)
  }

  @Test("A fractional number is a chance, and children of one parent draw noise of their own") func fractions() throws {
    let simulation = try simulation(Self.emission, named: "emission", "many: 2.25, pace: 1", count: 2000)
    try simulation.advance(wantsTotals: false)
    let made = try count("b", simulation)
    #expect(abs(made - 4500) < 4 * (2000 * 0.25 * 0.75).squareRoot())
    let velocity = try #require(simulation.frame(fields: ["velocity"])[field: "velocity"])
    let drawn = velocity.values.suffix(Int(made) * 3)
    #expect(Set(drawn).count == drawn.count)
    let mean = drawn.reduce(0) { $0 + $1 * $1 } / Double(drawn.count)
    #expect(abs(mean - 1) < 0.06)
  }

  @Test("A continued run makes the same members") func continuing() throws {
    let whole = try simulation(Self.decay, named: "decay", "rate0: 1, apart: 0.1", count: 500)
    for _ in 0..<6 { try whole.advance(wantsTotals: false) }
    let begun = try simulation(Self.decay, named: "decay", "rate0: 1, apart: 0.1", count: 500)
    for _ in 0..<3 { try begun.advance(wantsTotals: false) }
    let library = lawLibrary(texts: ["decay": Self.decay])
    let resumed = try Simulation(begun.scene, from: begun.state, library: library)
    for _ in 0..<3 { try resumed.advance(wantsTotals: false) }
    let (a, b) = (whole.frame(fields: ["tag"]), resumed.frame(fields: ["tag"]))
    #expect(a.ids == b.ids && a.species == b.species && a.fields == b.fields)
  }

  @Test("A field that the scene gives to one species is the law's default for another") func defaults() throws {
    let law = """
      law: tags
      source: none
      fields: {tag: 1 = 3}
      passes: [{propagate: {tag: 2*tag}}]
      """
    let simulation = try EngineTests.simulation(
      """
      units: reduced
      box: {size: [8, 8, 8]}
      species: {A: {fields: {tag: 7}, fill: {points: [[1, 1, 1]]}}, B: {fill: {points: [[2, 2, 2]]}}}
      laws: {tags: {}}
      dt: 0.1
      steps: 1
      """, laws: ["tags": law])
    try simulation.advance(wantsTotals: false)
    #expect(simulation.frame(fields: ["tag"])[field: "tag"]?.values == [14, 6])
  }

  @Test("Every member that makes another in every step is refused; more than memory bears ends the run") func withoutEnd() throws
  {
    let law = Self.emission.replacingOccurrences(of: "create: {B: {number: many", with: "create: {A: {number: 2")
    let problems = #expect(throws: Diagnostics.self) {
      try self.simulation(law, named: "emission", "many: 1, pace: 1", count: 10)
    }
    #expect(problems?.items.map(\.message) == ["creation without end: every A makes another one in every step"])
    let greedy = try simulation(Self.emission, named: "emission", "many: 1e15, pace: 1", count: 10)
    #expect(throws: Failure.self) { try greedy.advance(wantsTotals: false) }
  }

  @Test("A default of a role is that of the species that play it") func defaultsOfRoles() throws {
    let law = """
      law: roles
      source: two roles
      species: {A: particles, B: particles}
      fields: {A: {tag: 1 = 3}, B: {tag: 1 = 5}}
      passes: [{propagate: {for: [A, B], tag: 2*tag}}]
      """
    let simulation = try EngineTests.simulation(
      """
      units: reduced
      box: {size: [8, 8, 8]}
      species: {A: {fill: {points: [[1, 1, 1]]}}, B: {fill: {points: [[2, 2, 2]]}}}
      laws: {roles: {}}
      dt: 0.1
      steps: 1
      """, laws: ["roles": law])
    try simulation.advance(wantsTotals: false)
    #expect(simulation.values(of: "tag") == [6, 10])
  }
}
