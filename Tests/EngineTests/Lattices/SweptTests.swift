import Foundation
import Testing

@testable import Engine

@Suite("Charge that crosses edges")
struct SweptTests {
  /// Random motions of up to `cells` cells along each axis; `current` are the passes that move particles and give a current.
  private static func law(_ weight: String, current: String) -> String {
    """
    law: crossing
    source: "T. Zh. Esirkepov, Comput. Phys. Commun. 135 (2001) 144"
    species: {p: particles, g: lattice}
    parameters: {cells: 1}
    fields:
      p: {charge: charge, before: "vector length = 0", way: "vector length = 0"}
      g:
        rho: charge/volume = 0
        was: charge/volume = 0
        gone: charge/(volume*time) = 0
        J: edges charge*length/(volume*time) = 0
    passes:
    - interact: {for: g, from: p, weight: \(weight), sum: {was: "w*charge[p]/dx^dimensions"}}
    - propagate: {for: p, before: position, way: "cells*dx*(2*uniform(vector) - ones)"}
    \(current)
    - interact: {for: g, from: p, weight: \(weight), sum: {rho: "w*charge[p]/dx^dimensions"}}
    - interact: {for: g, neighbours: -axes, sum: {gone: "dot(d, J[i] - J[j])/dx^2"}}
    measure:
    - {for: g, off: max(abs(rho - was + dt*gone)), change: max(abs(rho - was)), total: sum(rho*dx^dimensions), flow: sum(J*dx^dimensions)}
    - {for: p, moved: sum(charge*way/dt)}
    """
  }

  private static func swept(_ weight: String) -> String {
    """
    - propagate: {for: p, position: position + way}
    - interact: {for: g, from: p, weight: \(weight), swept: before, sum: {J: "w*charge[p]/(dt*dx^dimensions)"}}
    """
  }

  private static func atMidpoint(_ weight: String) -> String {
    """
    - propagate: {for: p, position: position + way/2}
    - interact: {for: g, from: p, weight: \(weight), sum: {J: "w*charge[p]*way[p]/(dt*dx^dimensions)"}}
    - propagate: {for: p, position: position + way/2}
    """
  }

  private func crossing(
    _ weight: String, size: String, count: Int = 60, cells: Double = 0.99, threads: Int = 1,
    current: (String) -> String = Self.swept
  ) throws -> Simulation {
    try simulation(
      """
      units: reduced
      box: {size: \(size)}
      species:
        p: {fill: {random: \(count), distance: 0}, fields: {mass: 1, charge: "sin(id)"}}
        g: {kind: lattice, spacing: 0.25}
      laws: {crossing: {cells: \(cells)}}
      dt: 0.1
      steps: 1
      """, laws: ["crossing": Self.law(weight, current: current(weight))], threads: threads)
  }

  @Test(
    "What flows out of a site is what it loses, to rounding, across periodic sides too",
    arguments: ["[2]", "[2, 1.5]", "[2, 1.5, 1]", "[2, 1.5, 0.75]"], ["linear", "quadratic"])
  func continuity(size: String, weight: String) throws {
    for row in try crossing(weight, size: size).run(steps: 5, sampling: 1) {
      let change = row["change"]?[0] ?? .nan
      #expect(change > 0.1)
      #expect((row["off"]?[0] ?? .nan) < 1e-13 * change)
      // All that moves flows: the total current is that of the charges.
      #expect(distance(row["flow"] ?? [], row["moved"] ?? []) < 1e-10)
    }
  }

  @Test("Charge times velocity at the midpoint of the way does not keep account", arguments: ["[2]", "[2, 1.5]", "[2, 1.5, 1]"])
  func midpoint(size: String) throws {
    let row = try crossing("linear", size: size, current: Self.atMidpoint).run(steps: 1, sampling: 1)[0]
    #expect((row["off"]?[0] ?? 0) > 0.05 * (row["change"]?[0] ?? .nan))
  }

  @Test("A way across more than a cell stops the run and names the particle")
  func tooFar() throws {
    let simulation = try crossing("linear", size: "[2, 1.5]", cells: 2.5)
    let failure = #expect(throws: (any Error).self) { try simulation.run(steps: 1) }
    #expect("\(try #require(failure))".contains("the way from before to position"))
  }

  @Test("Threads change no bit", arguments: ["[3, 2.5]", "[2, 1.5, 1]"])
  func threads(size: String) throws {
    let both = try [1, 3].map { threads in
      let simulation = try crossing("quadratic", size: size, count: 800, threads: threads)
      try simulation.run(steps: 3)
      return simulation.frame(fields: ["J"]).lattices[0].fields[0].values
    }
    #expect(both[0] == both[1])
    #expect(both[0].contains { $0 != 0 })
  }
}
