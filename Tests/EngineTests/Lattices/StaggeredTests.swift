import Foundation
import Testing

@testable import Engine

@Suite("Fields at edges and faces")
struct StaggeredTests {
  /// Particles see a field that is linear in the place of each component, and give to a field of the same places.
  private static func seeing(_ shape: String, _ weight: String) -> String {
    """
    law: seeing
    source: "none: a test"
    dimensions: [3]
    species: {p: particles, g: lattice}
    fields:
      p: {mass: mass, seen: "vector 1 = 0", slope: "vector 1/length = 0"}
      g: {a: "\(shape) 1 = 0", m: "\(shape) mass = 0", moment: "\(shape) mass*length = 0"}
    passes:
    - propagate: {for: g, a: "[2 + 3*position.x/dx, 2 + position.y/dx - position.x/dx, 4*position.z/dx + position.y/dx]"}
    - interact: {for: p, from: g, weight: \(weight), sum: {seen: "w*a[g]"}}
    - interact: {for: g, from: p, weight: \(weight), sum: {m: "w*mass[p]*ones", moment: "w*mass[p]*d"}}
    measure:
    - {for: g, given: sum(m), first: sum(moment)}
    - for: p
      total: sum(mass)
      off: "max(norm(seen - [2 + 3*position.x/dx, 2 + position.y/dx - position.x/dx, 4*position.z/dx + position.y/dx]))"
    """
  }

  /// How far off what particles see, the mass that sites get, and its first moment are.
  private func errors(_ shape: String, _ weight: String) throws -> (
    seen: Double, mass: Double, moment: Double
  ) {
    let row = try simulation(
      """
      units: reduced
      box: {size: [6, 6, 5], sides: open}
      species:
        p: {fill: {random: 200, distance: 0.01, region: {from: [2, 2, 2], to: [4, 4, 3]}}, fields: {mass: "1 + 0.5*sin(id)"}}
        g: {kind: lattice, spacing: 0.5}
      laws: {seeing: {}}
      dt: 1
      steps: 1
      """, laws: ["seeing": Self.seeing(shape, weight)]
    ).run(steps: 1, sampling: 1)[0]
    let total = row["total"]?[0] ?? .nan
    return (
      row["off"]?[0] ?? .nan, row["given"]?.map { abs($0 - total) }.max() ?? .nan, row["first"]?.map { abs($0) }.max() ?? .nan
    )
  }

  @Test(
    "Splines know where each component sits", arguments: ["edges", "faces"], ["linear", "quadratic", "cubic"])
  func places(shape: String, weight: String) throws {
    let errors = try errors(shape, weight)
    #expect(errors.seen < 1e-12)
    #expect(errors.mass < 1e-10)
    #expect(errors.moment < 1e-10)
  }

  @Test("Where shares go to the nearest place, they miss it by as much as half a cell")
  func nearest() throws {
    let errors = try errors("edges", "nearest")
    #expect(errors.mass < 1e-10)
    #expect(errors.seen > 0.5)
    #expect(errors.moment > 0.1)
  }

  // MARK: First values

  @Test("A scene's formula gives each component the value at its own place, and one number holds for all components")
  func firstValues() throws {
    let law = """
      law: holding
      source: "none: a test"
      dimensions: [3]
      species: {g: lattice}
      fields: {g: {E: edges length, B: faces length, metal: edges boolean = false, kept: edges length = 0}}
      passes:
      - propagate: {for: g, kept: "if(metal, 0, E)"}
      """
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [3, 3, 3]}
      species:
        g: {kind: lattice, spacing: 1, fields: {E: position, B: position, metal: "if(position.x > 1.9, 1, 0)"}}
      laws: {holding: {}}
      dt: 1
      steps: 1
      """, laws: ["holding": law])
    try simulation.run(steps: 1)
    let lattice = simulation.frame(fields: ["E", "B", "kept"]).lattices[0]
    // Site 13 is the middle, at 1.5 along each axis: of its edges only the one along x, at 2, is in the metal.
    let values = lattice.fields.map { Array($0.values[39..<42]) }
    #expect(values == [[2, 2, 2], [1.5, 1.5, 1.5], [0, 2, 2]])
  }
}
