import Foundation
import Testing

@testable import Engine
@testable import KernelCompiler

@Suite("What is known of a loop over pairs before it runs")
struct SpecialFormTests {
  /// A run of a law with one pass over two species, with these parameters.
  private func simulation(
    _ interact: String, _ parameters: String = "", verb: String = "interact", threads: Int = 1
  ) throws -> Simulation {
    let law = """
      law: probe
      source: "none: a test"
      species: {red: particles, blue: particles}
      parameters: {h: length, share: {value: 0}}
      fields:
        red: {x: 1 = 1, y: 1 = 1, total: 1 = 7}
        blue: {x: 1 = 1, y: 1 = 1, total: 1 = 7}
      passes:
      - \(verb): \(interact)
      """
    return try EngineTests.simulation(
      """
      units: reduced
      box: {size: [40, 3, 3], sides: open}
      seed: 3
      species:
        red: {fill: {lattice: sc, spacing: 0.4, region: {from: [0.5, 0.5, 0.5], to: [39, 2.5, 2.5]}}}
        blue: {fill: {points: [[3.1, 1.6, 1.2], [3.3, 1, 1.5], [20.3, 1.1, 1.3]]}}
      laws: {probe: {h: 0.5\(parameters)}}
      dt: 0.1
      steps: 1
      """, laws: ["probe": law], threads: threads)
  }

  @Test("A field that only a term times zero reads is not read", arguments: [("", false), (", share: 1", true)])
  func zero(parameters: String, reads: Bool) throws {
    let pass = "{for: [red, blue], from: [red, blue], within: 2*h, sum: {total: \"x[j]*(1 - r/(2*h)) + share*y[j]*r/h\"}}"
    let kernel = try simulation(pass, parameters).plan.pairs[0].kernel
    #expect(kernel.extras.contains { $0.field == "y" } == reads)
  }

  @Test("A smoothing kernel that ends at the range needs no comparison of its own", arguments: [("2*h", 1), ("2.5*h", 2)])
  func implied(range: String, comparisons: Int) throws {
    let pass = "{for: [red, blue], from: [red, blue], within: \(range), sum: {total: \"W(r, h)*h^3*x[j]\"}}"
    let kernel = try simulation(pass).plan.pairs[0].kernel
    #expect(kernel.section.components(separatedBy: "const I c").count - 1 == comparisons)
  }

  @Test("Who is near nobody of another species keeps what it had, and who is gets the sum, on any number of threads")
  func oneWay() throws {
    func totals(_ threads: Int) throws -> (values: [Double], right: [Double], wrong: [Double]) {
      let simulation = try simulation(
        "{for: red, from: blue, within: 2*h, add: {total: \"x[j]*(1 - r/(2*h))\"}}", threads: threads)
      #expect(!simulation.plan.pairs[0].kernel.isHalf)
      try simulation.run(steps: 1)
      let all = simulation.values(of: "position"), species = simulation.frame(fields: []).species.map(Int.init)
      func separation(_ i: Int, _ j: Int) -> Double {
        (0..<3).reduce(0) { $0 + pow(all[3 * i + $1] - all[3 * j + $1], 2) }.squareRoot()
      }
      func sums(_ givers: [Int], to receiver: Int) -> [Double] {
        species.indices.map { i in
          givers.reduce(7) { $0 + (species[i] == receiver && $1 != i ? max(0, 1 - separation(i, $1)) : 0) }
        }
      }
      let blue = species.indices.filter { species[$0] == 1 }
      return (simulation.values(of: "total"), sums(blue, to: 0), sums(blue, to: 1))
    }
    let found = try totals(1)
    #expect(found.values.count > 2000)
    #expect(zip(found.values, found.right).map { abs($0 - $1) }.max() ?? .infinity < 1e-5)
    #expect(zip(found.values, found.wrong).map { abs($0 - $1) }.max() ?? 0 > 0.1)
    #expect(try totals(3).values == found.values)
  }

  @Test("Where a condition holds for few members, these alone change", arguments: [30.0, 50])
  func few(from place: Double) throws {
    let simulation = try simulation("{for: red, where: \"position.x > \(place)*2*h\", total: \"2*exp(x)\"}", verb: "propagate")
    #expect(simulation.plan.members.contains { $0.text.contains("meant") })
    try simulation.run(steps: 1)
    let all = simulation.values(of: "position"), found = simulation.values(of: "total")
    let right = found.indices.map { all[3 * $0] > place ? 2 * exp(1.0) : 7 }
    #expect(right.contains { $0 != 7 } == (place < 39))
    #expect(zip(found, right).allSatisfy { abs($0 - $1) < 1e-12 })
  }
}
