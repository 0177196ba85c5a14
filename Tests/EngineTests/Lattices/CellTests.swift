import Foundation
import Testing

@testable import Engine

@Suite("Random pairs in cells")
struct CellTests {
  private func gas(threads: Int = 1) throws -> Simulation {
    try simulation(
      """
      units: reduced
      box: {size: [8, 8, 8]}
      seed: 3
      species:
        gas: {fill: {random: 8000, distance: 0.0001}, velocities: {temperature: 1}, fields: {mass: 1}}
        cell: {kind: lattice, spacing: 2}
      laws: {dsmc: {diameter: 0.2, kT: 1, omega: 0.81, ratio: 1}}
      dt: 0.02
      steps: 1
      measure:
        for: gas
        energy: sum(mass*dot(velocity, velocity)/2)
        momentum: sum(mass*velocity)
        per_time: "mean(collisions)/max(time, 1.0e-9)"
      """, threads: threads)
  }

  @Test("Hard spheres of variable size collide as often as kinetic theory says, and keep momentum and energy")
  func rate() throws {
    let gas = try gas(), start = try gas.measure()
    let row = try gas.run(steps: 200, sampling: 200)[0]
    let before = start.first { $0.name == "energy" }?.values[0] ?? .nan
    #expect(abs((row["energy"]?[0] ?? 0) / before - 1) < 1e-12)
    #expect((row["momentum"] ?? [1]).allSatisfy { abs($0) < 1e-9 })
    // 4 d² n √(πkT/m) (Bird 1994, eq. 4.64) at the diameter's own temperature.
    let exact = 4 * 0.2 * 0.2 * 8000 / 512.0 * Double.pi.squareRoot()
    #expect(abs((row["per_time"]?[0] ?? 0) / exact - 1) < 0.01)
  }

  @Test("Threads change no bit")
  func threads() throws {
    let both = try [1, 2].map { threads in
      let gas = try gas(threads: threads)
      try gas.run(steps: 5)
      return gas.values(of: "velocity")
    }
    #expect(both[0] == both[1])
  }

  @Test("A rotation of velocities about the mean of a cell keeps momentum and energy and mixes directions")
  func rotation() throws {
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [8, 8, 8]}
      species:
        fluid: {fill: {random: 5000, distance: 0.0001}, velocities: {temperature: 1}, fields: {mass: 1}}
        cell: {kind: lattice, spacing: 1}
      laws: {stochastic-rotation: {alpha: 2.27}}
      dt: 0.1
      steps: 1
      measure: {for: fluid, energy: "sum(dot(velocity, velocity))", momentum: sum(velocity), twist: sum(velocity.x*velocity.y^2)}
      """)
    let rows = try simulation.run(steps: 20, sampling: 10)
    #expect(abs((rows[1]["energy"]?[0] ?? 0) / (rows[0]["energy"]?[0] ?? 1) - 1) < 1e-12)
    #expect((rows[1]["momentum"] ?? [1]).allSatisfy { abs($0) < 1e-9 })
    #expect(rows[1]["twist"] != rows[0]["twist"])
  }
}
