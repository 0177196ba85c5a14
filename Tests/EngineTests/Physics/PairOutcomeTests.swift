import Diagnostics
import Foundation
import Testing

@testable import Engine

/// Particles of two species in a periodic square, with a number `x` and a direction each, that a step law lets meet.
private struct Meeting {
  let simulation: Simulation
  let side = 6.0, range = 1.5

  /// The passes of a step, after which nobody moves.
  init(_ passes: String, fields: String = "total: 1 = 0", start: String = "", threads: Int = 1) throws {
    let law = """
      law: meeting
      source: "none: a test"
      species: {red: particles, blue: particles}
      fields:
        red: {x: 1, \(fields)}
        blue: {x: 1, \(fields)}
      parameters: {range: length, weight: {per: species}}
      start:
      - propagate: {for: red, x: "position.x/range + sin(7*position.y/range)"}
      - propagate: {for: blue, x: "cos(5*position.x/range)*position.y/range"}
      \(start)
      passes:
      \(passes)
      """
    simulation = try EngineTests.simulation(
      """
      units: reduced
      precision: double
      box: {size: [6, 6]}
      seed: 5
      species:
        red: {fill: {random: 40}}
        blue: {fill: {random: 30}}
      laws: {meeting: {range: 1.5, weight: {red: 2, blue: 3}}}
      dt: 0.1
      steps: 1
      """, laws: ["meeting": law], threads: threads)
  }

  /// For each particle in the order of ids, what others within the range give: `term(i, j, r)`, added to `start`.
  func expected(start: Double = 0, _ term: (Int, Int, Double) -> Double) -> [Double] {
    positions.indices.map { i in
      positions.indices.reduce(start) { sum, j in
        let r = separation(i, j)
        return i != j && r < range ? sum + term(i, j, r) : sum
      }
    }
  }

  func partners(of i: Int) -> [Int] { positions.indices.filter { $0 != i && separation(i, $0) < range } }

  var positions: [[Double]] {
    let all = simulation.values(of: "position")
    return stride(from: 0, to: all.count, by: 2).map { [all[$0], all[$0 + 1]] }
  }
  var species: [Int] { simulation.frame(fields: []).species.map(Int.init) }
  func values(_ name: String) -> [Double] { simulation.values(of: name) }

  func separation(_ i: Int, _ j: Int) -> Double {
    let d = zip(positions[i], positions[j]).map { a, b in (a - b) - side * ((a - b) / side).rounded() }
    return (d[0] * d[0] + d[1] * d[1]).squareRoot()
  }
}

@Suite("What pairs give in a step")
struct PairOutcomeTests {
  @Test("A sum becomes what plain loops over all pairs give, and is zero where nobody is near")
  func sum() throws {
    let world = try Meeting(
      "- interact: {for: [red, blue], from: [red, blue], within: range, sum: {total: \"x[j]*(1 - r/range)\"}}")
    try world.simulation.run(steps: 2)
    let x = world.values("x")
    let right = world.expected { _, j, r in x[j] * (1 - r / 1.5) }, wrong = world.expected { i, _, r in x[i] * (1 - r / 1.5) }
    #expect(gap(world.values("total"), right) < 1e-9)
    #expect(gap(world.values("total"), wrong) > 0.1)
  }

  @Test("Lists are those of the present positions, however far particles went in a pass before")
  func fresh() throws {
    let world = try Meeting(
      """
      - propagate: {for: [red, blue], position: "position + range*[sin(9*x), cos(11*x)]"}
        - interact: {for: [red, blue], from: [red, blue], within: range, add: {total: "x[j]"}}
      """.replacing("\n  -", with: "\n-"))
    try world.simulation.run(steps: 1)
    let before = world.values("total")
    try world.simulation.run(steps: 1)
    let x = world.values("x"), grown = zip(world.values("total"), before).map { $0 - $1 }
    #expect(gap(grown, world.expected { _, j, _ in x[j] }) < 1e-9)
    #expect(gap(before, grown) > 0.1)
  }

  @Test("Only those of `for` receive, from those of `from` alone, and others keep what they have", arguments: [1, 3])
  func roles(threads: Int) throws {
    let world = try Meeting(
      "- interact: {for: red, from: blue, within: range, sum: {total: \"weight[j]*x[blue] + x[red]\"}}",
      fields: "total: 1 = 7", threads: threads)
    try world.simulation.run(steps: 1)
    #expect(!world.simulation.plan.pairs[0].kernel.isHalf)
    let x = world.values("x"), species = world.species
    let right = world.expected { i, j, _ in species[j] == 1 ? 3 * x[j] + x[i] : 0 }
    for (i, value) in world.values("total").enumerated() { #expect(abs(value - (species[i] == 0 ? right[i] : 7)) < 1e-9) }
  }

  @Test("A condition on both ends is asked from each of them")
  func condition() throws {
    let world = try Meeting(
      "- interact: {for: [red, blue], from: [red, blue], within: range, where: \"x[i] > 1 and x[j] < 3\", sum: {total: \"x[j]\"}}"
    )
    try world.simulation.run(steps: 1)
    let x = world.values("x")
    #expect(gap(world.values("total"), world.expected { i, j, _ in x[i] > 1 && x[j] < 3 ? x[j] : 0 }) < 1e-9)
    #expect(gap(world.values("total"), world.expected { i, j, _ in x[j] > 1 && x[i] < 3 ? x[j] : 0 }) > 0.1)
  }

  @Test("A range of one end reaches from that end alone")
  func range() throws {
    let world = try Meeting(
      "- interact: {for: [red, blue], from: [red, blue], within: \"range*min(1, abs(x[i]))\", sum: {total: \"1\"}}")
    try world.simulation.run(steps: 1)
    let x = world.values("x"), right = world.expected { i, _, r in r < 1.5 * min(1, abs(x[i])) ? 1 : 0 }
    #expect(gap(world.values("total"), right) == 0)
    #expect(gap(world.values("total"), world.expected { _, j, r in r < 1.5 * min(1, abs(x[j])) ? 1 : 0 }) >= 1)
  }

  @Test("With self, i meets itself at no distance; what is summed may be what is read")
  func itself() throws {
    let world = try Meeting(
      """
      - interact: {for: [red, blue], from: [red, blue], within: range, self: true, sum: {total: "x[j]*(range - r)/range"}}
      - interact: {for: [red, blue], from: [red, blue], within: range, self: true, sum: {x: "x[j]*(range - r)/range"}}
      """)
    let x = world.values("x")
    try world.simulation.run(steps: 1)
    let others = world.expected { _, j, r in x[j] * (1.5 - r) / 1.5 }
    #expect(gap(world.values("total"), zip(others, x).map { $0 + $1 }) < 1e-9)
    #expect(gap(world.values("total"), others) > 0.1)
    #expect(gap(world.values("x"), world.values("total")) < 1e-12)
  }

  @Test("The least and the largest are those of the pairs; who meets nobody keeps what it had", arguments: [1, 3])
  func extremes(threads: Int) throws {
    let world = try Meeting(
      "- interact: {for: red, from: [red, blue], within: range/3, min: {total: \"x[j] - r/range\"}, max: {most: \"x[i]*x[j]\"}}",
      fields: "total: 1 = 50, most: 1 = -50", threads: threads)
    try world.simulation.run(steps: 1)
    let x = world.values("x"), least = world.values("total"), most = world.values("most"), species = world.species
    var alone = 0
    for i in x.indices {
      let near = world.partners(of: i).filter { world.separation(i, $0) < 0.5 }
      let isReceiver = species[i] == 0 && !near.isEmpty
      alone += isReceiver ? 0 : 1
      #expect(abs(least[i] - (isReceiver ? near.map { x[$0] - world.separation(i, $0) / 1.5 }.min() ?? 0 : 50)) < 1e-9)
      #expect(abs(most[i] - (isReceiver ? near.map { x[i] * x[$0] }.max() ?? 0 : -50)) < 1e-9)
    }
    #expect(alone > 30 && alone < 70)
  }

  @Test("Passes over pairs run at the start and in rounds, and totals read what they gave")
  func rounds() throws {
    let world = try Meeting(
      """
      - repeat:
          times: "3"
          passes:
          - interact: {for: [red, blue], from: [red, blue], within: range, sum: {next: "x[j]"}}
          - propagate: {for: [red, blue], x: next/10, total: total + 1}
      - measure: {for: [red, blue], largest: max(total)}
      - propagate: {for: [red, blue], total: largest}
      """, fields: "total: 1 = 0, next: 1 = 0, met: 1 = 0",
      start: "- interact: {for: [red, blue], from: [red, blue], within: range, sum: {met: \"1\"}}")
    #expect(gap(world.values("met"), world.expected { _, _, _ in 1 }) == 0)
    var x = world.values("x")
    try world.simulation.run(steps: 1)
    for _ in 0..<3 { x = world.expected { _, j, _ in x[j] / 10 } }
    #expect(gap(world.values("x"), x) < 1e-9)
    #expect(Set(world.values("total")) == [3])
  }

  @Test("Any pair can take its i away, once")
  func removal() throws {
    let world = try Meeting("- interact: {for: red, from: blue, within: range/3, remove: \"x[j] > 1\"}")
    let x = world.values("x"), species = world.species
    let gone = x.indices.filter { i in
      species[i] == 0 && world.partners(of: i).contains { world.separation(i, $0) < 0.5 && species[$0] == 1 && x[$0] > 1 }
    }
    try world.simulation.run(steps: 2)
    #expect(!gone.isEmpty && world.simulation.store.count == 70 - gone.count && world.simulation.removed == gone.count)
  }

  @Test("A requirement names a particle whose pair breaks it")
  func requirement() throws {
    let world = try Meeting("- interact: {for: [red, blue], from: [red, blue], within: range, require: \"r > range/100\"}")
    try world.simulation.run(steps: 1)
    let broken = try Meeting("- interact: {for: [red, blue], from: [red, blue], within: range, require: \"r > range/2\"}")
    let error = #expect(throws: Failure.self) { try broken.simulation.run(steps: 1) }
    #expect(error?.description.contains("r > range/2") ?? false)
  }

  private func gap(_ a: [Double], _ b: [Double]) -> Double { a.count == b.count ? distance(a, b) : .infinity }
}
