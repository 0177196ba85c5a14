import Foundation
import Testing

@testable import Engine

@Suite("Noise between particles and the sites around them")
struct TransferNoiseTests {
  private static let law = """
    law: shaking
    source: "none: a test"
    species: {p: particles, g: lattice}
    fields:
      p: {taken: "1 = 0", square: "1 = 0", many: "1 = 0", kick: "vector 1 = 0"}
      g: {given: "1 = 0", squares: "1 = 0", met: "1 = 0"}
    passes:
    - interact: {for: g, from: p, weight: linear, let: {x: normal()}, sum: {given: x, squares: x^2, met: 1}}
    - interact: {for: p, from: g, weight: linear, let: {x: normal()}, sum: {taken: x, square: x^2, many: 1, kick: normal(vector)}}
    measure:
    - {for: g, given_all: sum(given), squares_all: sum(squares), met_all: sum(met), first_site: "max(given)"}
    - {for: p, taken_all: sum(taken), square_all: sum(square), spread: "mean(taken^2)", both: "sum(kick.x*kick.y)"}
    """

  private func shaken(threads: Int = 1) throws -> Simulation {
    try simulation(
      """
      units: reduced
      box: {size: [20, 20]}
      species:
        p: {fill: {random: 4000, distance: 0.001}}
        g: {kind: lattice, spacing: 1}
      laws: {shaking: {}}
      dt: 1
      steps: 1
      """, laws: ["shaking": Self.law], threads: threads)
  }

  @Test("Each pair of a particle and a site draws a normal number of its own, on either way")
  func moments() throws {
    let simulation = try shaken(), row = try simulation.run(steps: 1, sampling: 1)[0]
    func value(_ name: String) -> Double { row[name]?[0] ?? .nan }
    // 16000 pairs of each pass: means are known to 1/126, squares to 1.4 times that.
    #expect(value("met_all") == 16000)
    #expect(abs(value("given_all") / 16000) < 0.025 && abs(value("taken_all") / 16000) < 0.025)
    #expect(abs(value("squares_all") / 16000 - 1) < 0.04 && abs(value("square_all") / 16000 - 1) < 0.04)
    // Four independent numbers for each particle; numbers that were one for all its sites would give 16.
    #expect(abs(value("spread") - 4) < 0.3)
    #expect(abs(value("both") / 16000) < 0.05)
    let later = try simulation.run(steps: 1, sampling: 1)[0]
    #expect(later["given_all"] != row["given_all"] && later["taken_all"] != row["taken_all"])
  }

  @Test("Threads change no bit")
  func threads() throws {
    let both = try [1, 3].map { threads in
      let simulation = try shaken(threads: threads)
      try simulation.run(steps: 2)
      return simulation.values(of: "taken") + simulation.frame(fields: ["given"]).lattices[0].fields[0].values
    }
    #expect(both[0] == both[1])
  }
}
