import Foundation
import Testing

@testable import Engine

@Suite("Functions of pairs in vector lanes")
struct LaneFunctionTests {
  private let law = """
    law: probe
    source: "none: a test"
    fields: {met: 1 = 0, x: 1 = 0, square: 1 = 0, fourth: 1 = 0}
    parameters: {range: length}
    passes:
    - interact:
        within: range
        let: {z: VALUE}
        sum: {met: 1, x: z, square: z^2, fourth: z^4}
    """

  private func probe(_ value: String, fill: String, range: Double, precision: String) throws -> Simulation {
    let simulation = try simulation(
      """
      units: reduced
      precision: \(precision)
      box: {size: [500, 20, 20], sides: open}
      seed: 3
      species: {a: {fill: \(fill)}}
      laws: {probe: {range: \(range)}}
      dt: 0.1
      steps: 1
      """, laws: ["probe": law.replacing("VALUE", with: value)])
    try simulation.advance(wantsTotals: false)
    return simulation
  }

  @Test("The complementary error function", arguments: [("mixed", 1e-6), ("double", 1e-13)])
  func complementaryErrorFunction(_ precision: String, _ within: Double) throws {
    let distances = (1...32).map { Double($0) / 8 }
    let points = distances.enumerated().map { "[\(10 * $0), 5, 5], [\(Double(10 * $0) + $1), 5, 5]" }.joined(separator: ", ")
    let found = try probe("erfc(4.5*r/range)", fill: "{points: [\(points)]}", range: 4.5, precision: precision).values(of: "x")
    for (index, r) in distances.enumerated() {
      #expect(abs(found[2 * index] - erfc(r)) < within, "at \(r)")
      #expect(found[2 * index] == found[2 * index + 1])
    }
  }

  @Test("Normal noise has its moments, and is the same in either precision")
  func noise() throws {
    let fill = "{random: 4000}"
    let runs = try ["mixed", "double"].map { try probe("normal()", fill: fill, range: 4, precision: $0) }
    func sum(_ field: String) -> Double { runs[0].values(of: field).reduce(0, +) }
    let pairs = sum("met") / 2
    #expect(pairs > 5000)
    #expect(abs(sum("x") / 2 / pairs) < 4 / pairs.squareRoot())
    #expect(abs(sum("square") / 2 / pairs - 1) < 4 * (2 / pairs).squareRoot())
    #expect(abs(sum("fourth") / 2 / pairs - 3) < 4 * (96 / pairs).squareRoot())
    #expect(distance(runs[0].values(of: "x"), runs[1].values(of: "x")) < 1e-4)
  }

  @Test("Clusters whose species do not meet are not listed", arguments: [true, false])
  func whoMeets(_ together: Bool) throws {
    let law = """
      law: meeting
      source: "none: a test"
      species: {red: particles, blue: particles}
      fields: {red: {total: 1 = 0}, blue: {}}
      passes:
      - interact: {for: red, from: blue, within: 2*length, sum: {total: 1}}
      parameters: {length: length}
      """
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [40, 10, 10], sides: open}
      species:
        red: {fill: {lattice: sc, spacing: 1, region: {from: [0, 0, 0], to: [8, 8, 8]}}}
        blue: {fill: {lattice: sc, spacing: 1, region: {from: [\(together ? 8 : 20), 0, 0], to: [\(together ? 16 : 28), 8, 8]}}}
      laws: {meeting: {length: 1}}
      dt: 0.1
      steps: 1
      """, laws: ["meeting": law])
    try simulation.advance(wantsTotals: false)
    let list = try #require(simulation.pairs.neighbourhood.lists.first)
    let listed = list.shares.flatMap(\.chunks).reduce(0) { $0 + Int($1.list.pointee.partner_count) }
    let met = simulation.values(of: "total").reduce(0, +)
    #expect((listed > 0) == together && (met > 0) == together)
  }
}
