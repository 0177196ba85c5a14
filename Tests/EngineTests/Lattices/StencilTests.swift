import Foundation
import Testing
import World

@testable import Engine

@Suite("Sites and their neighbours")
struct StencilTests {
  private static let diffusion = """
    law: spreading
    source: "A. Fick, Ann. Phys. 170 (1855) 59"
    species: {site: lattice}
    parameters: {diffusivity: area/time}
    fields: {heat: 1, was: "1 = 0"}
    passes:
    - interact: {neighbours: faces, add: {heat: "diffusivity*dt*(heat[j] - heat[i])/dx^2"}}
    measure: {total: sum(heat), mean_square: mean(heat^2), least: min(heat)}
    """

  /// Heat that starts as a formula of the position.
  private func heated(_ size: String, sides: String = "periodic", heat: String, threads: Int = 1) throws -> Simulation {
    try simulation(
      """
      units: reduced
      box: {size: \(size), sides: \(sides)}
      species: {site: {kind: lattice, spacing: 0.5, fields: {heat: "\(heat)"}}}
      laws: {spreading: {diffusivity: 0.3}}
      dt: 0.1
      steps: 1
      """, laws: ["spreading": Self.diffusion], threads: threads)
  }

  @Test(
    "A wave decays by the factor of the discrete Laplacian",
    arguments: [("[8]", 1), ("[8, 4]", 2), ("[8, 4, 2]", 3)])
  func decay(size: String, space: Int) throws {
    let waves = ["x", "y", "z"].prefix(space).map { "cos(2*pi*position.\($0)/box.\($0))" }.joined(separator: "*")
    let simulation = try heated(size, heat: waves)
    let before = try simulation.measure()
    try simulation.run(steps: 20)
    let after = try simulation.measure()
    let eigenvalue = [8.0, 4, 2].prefix(space).reduce(0) { $0 + 4 * pow(sin(.pi * 0.5 / $1), 2) }
    let factor = pow(1 - 0.3 * 0.1 / 0.25 * eigenvalue, 20)
    func meanSquare(_ rows: [Observable]) -> Double { rows.first { $0.name == "mean_square" }?.values[0] ?? .nan }
    #expect(abs(meanSquare(after) / meanSquare(before) - factor * factor) < 1e-12)
  }

  @Test("Nothing flows through sides that are not periodic, and across periodic ones as inside")
  func sides() throws {
    let closed = try heated("[8, 4]", sides: "open", heat: "position.x")
    let rows = try closed.run(steps: 3000, sampling: 1500)
    #expect(abs((rows[0]["total"]?[0] ?? 0) - 4 * 128) < 1e-9)
    // All is even in the end: the square of the mean of x, 4.
    #expect(abs((rows[1]["mean_square"]?[0] ?? 0) - 16) < 1e-4)
  }

  @Test(
    "Values that go past the caches are those that do not", arguments: ["[3, 2, 2]", "[70, 2]", "[131.5, 1.5]"],
    ["periodic", "open"])
  func large(size: String, sides: String) throws {
    func final(_ cached: Int) throws -> [Double] {
      let simulation = try heated(size, sides: sides, heat: "sin(3*position.x)*cos(position.y^2)")
      simulation.lattices.cached = cached
      try simulation.run(steps: 10)
      return simulation.frame(fields: ["heat"]).lattices[0].fields[0].values
    }
    #expect(try final(0) == final(.max))
  }

  @Test("Threads change no bit")
  func threads() throws {
    func final(_ threads: Int) throws -> [Double] {
      let simulation = try heated("[32, 32]", heat: "sin(3*position.x)*cos(position.y^2)", threads: threads)
      try simulation.run(steps: 10)
      return simulation.frame(fields: ["heat"]).lattices[0].fields[0].values
    }
    #expect(try final(1) == final(2))
  }

  @Test("Least and greatest of neighbours; a site without a neighbour keeps its value")
  func extremes() throws {
    let law = """
      law: extremes
      source: "none: a test"
      species: {site: lattice}
      constants: {ahead: [[1]]}
      fields: {a: "1", low: "1 = 7", high: "1 = 7", next: "1 = 7", seen: "array[2] 1 = 0"}
      passes:
      - interact: {neighbours: faces, min: {low: "a[j]"}, max: {high: "a[j]"}}
      - interact: {neighbours: ahead, min: {next: "a[j]"}}
      - interact: {neighbours: faces, sum: {"seen[q]": "(q + 1)*a[j]*d.x/dx"}}
      """
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [6], sides: open}
      species: {site: {kind: lattice, spacing: 1, fields: {a: "mod(5*(position.x - 0.5), 6)"}}}
      laws: {extremes: {}}
      dt: 1
      steps: 1
      output: {every: 1, fields: [low, high, next, seen]}
      """, laws: ["extremes": law])
    try simulation.run(steps: 1)
    let fields = simulation.frame(fields: ["low", "high", "next", "seen"]).lattices[0].fields.map(\.values)
    // a = 0 5 4 3 2 1
    #expect(fields[0] == [5, 0, 3, 2, 1, 2])
    #expect(fields[1] == [5, 4, 5, 4, 3, 2])
    #expect(fields[2] == [5, 4, 3, 2, 1, 7])
    // The first neighbour lies ahead, so d, from j to i, is -1; the second behind.
    #expect(fields[3] == [-5, 0, -4, 0, -3, 10, -2, 8, -1, 6, 0, 4])
  }

  /// Sites of which some are walls: what passes over neighbours and then over the sites alone make of them.
  private func walled(between: String = "", wall: String = "boolean") throws -> [Double] {
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [12, 9, 7], sides: [periodic, periodic, open]}
      species:
        site:
          kind: lattice
          spacing: 1
          fields: {a: "sin(position.x + 2*position.y) + cos(3*position.z)", wall: "if(norm(position - [4, 4, 3]) < 1.5, 1, 0)"}
      laws: {mixing: {}}
      dt: 1
      steps: 1
      """,
      laws: [
        "mixing": """
        law: mixing
        source: "none: a test"
        species: {site: lattice}
        fields: {a: 1, total: "1 = 0", wall: \(wall)}
        passes:
        - interact: {neighbours: faces, where: "wall[i] == 0", sum: {total: "if(wall[j] == 0, a[j], a[i])"}}
        \(between)
        - propagate: {where: wall == 0, a: 0.4*a + 0.1*total}
        """.replacing("wall[i] == 0", with: wall == "boolean" ? "not wall[i]" : "wall[i] == 0")
          .replacing("wall[j] == 0", with: wall == "boolean" ? "not wall[j]" : "wall[j] == 0")
          .replacing("where: wall == 0", with: wall == "boolean" ? "where: not wall" : "where: wall == 0")
      ])
    try simulation.run(steps: 5)
    return simulation.frame(fields: ["a"]).lattices[0].fields[0].values
  }

  @Test("One loop over neighbours and sites gives what two loops give, and rows without walls what all rows give")
  func fused() throws {
    let fused = try walled()
    // A total in between ends the loop; a number that is zero or one is no flag.
    let separate = try walled(between: "- measure: {middle: sum(total)}")
    let numbered = try walled(wall: "1")
    for (one, other) in zip(fused + fused, separate + numbered) { #expect(abs(one - other) < 1e-14) }
    #expect(Set(fused.map { ($0 * 1e6).rounded() }).count > 100)
  }

  @Test("Sites know their ids and those of their neighbours, in rows with flags and without", arguments: ["periodic", "open"])
  func ids(sides: String) throws {
    let law = """
      law: names
      source: "none: a test"
      species: {site: lattice}
      fields: {other: "array[4] 1 = 0", own: "1 = 0", wall: boolean = false}
      passes:
      - interact: {neighbours: faces, where: "not wall[i]", sum: {"other[q]": "id[j] - id[i]"}}
      - propagate: {own: id}
      """
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [7, 5], sides: \(sides)}
      species: {site: {kind: lattice, spacing: 1, fields: {wall: "if(position.y > 4, 1, 0)"}}}
      laws: {names: {}}
      dt: 1
      steps: 1
      output: {every: 1, fields: [other, own]}
      """, laws: ["names": law])
    try simulation.run(steps: 1)
    let other = simulation.frame(fields: ["other"]).lattices[0].fields[0].values
    #expect(simulation.frame(fields: ["own"]).lattices[0].fields[0].values == (0..<35).map(Double.init))
    let isPeriodic = sides == "periodic"
    for (x, y) in (0..<28).map({ ($0 % 7, $0 / 7) }) {
      let right = x < 6 ? 1.0 : isPeriodic ? -6 : 0, left = x > 0 ? -1.0 : isPeriodic ? 6 : 0
      let below = y > 0 ? -7.0 : isPeriodic ? 28 : 0
      let site = x + 7 * y, found = Array(other[4 * site..<4 * site + 4])
      #expect(found == [right, 7, left, below])
    }
  }

  @Test("What no lattice can do is refused")
  func mistakes() throws {
    func message(_ pass: String, kind: String = "kind: lattice, spacing: 1") -> String {
      let law = """
        law: broken
        source: "none: a test"
        species: {site: lattice}
        constants: {half: [[0.5, 0]]}
        fields: {a: 1}
        passes:
        - \(pass)
        """
      do {
        _ = try simulation(
          """
          units: reduced
          box: {size: [4, 4]}
          species: {site: {\(kind), fields: {a: 1}}}
          laws: {broken: {}}
          dt: 1
          steps: 1
          """, laws: ["broken": law])
        return "no error"
      } catch { return "\(error)" }
    }
    #expect(message("interact: {neighbours: half, sum: {a: \"a[j]\"}}").contains("whole number of steps"))
    #expect(message("interact: {neighbours: axes, where: \"a[i] > 0\", sum: {a: \"a[j]\"}}") == "no error")
  }
}
