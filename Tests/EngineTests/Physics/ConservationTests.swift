import Foundation
import Testing

@testable import Engine

@Suite("A cluster in open space")
struct ConservationTests {
  @Test("Energy, momentum and angular momentum are conserved")
  func conserves() throws {
    let simulation = try simulation(cluster("velocity-verlet: {}"))
    let rows = try simulation.run(steps: 2000, sampling: 20)
    let first = try #require(rows.first), spin = try #require(first["spin"])
    for row in rows {
      #expect(abs(row["energy", default: [.nan]][0] - first["energy", default: [.nan]][0]) < 2e-3)
      #expect(distance(row["momentum", default: []], first["momentum", default: []]) < 1e-12)
      #expect(distance(row["spin", default: []], spin) < 1e-11)
    }
    // The cluster shakes by far more than what the energy may stray.
    let kinetic = rows.map { $0["kinetic", default: [.nan]][0] }
    #expect((kinetic.max() ?? 0) - (kinetic.min() ?? 0) > 0.1)
  }

  @Test("Drag, which conserves no energy, is noticed")
  func drag() throws {
    let simulation = try simulation(cluster("velocity-verlet: {}\n  velocity-damping: {damping: 0.05}"))
    let rows = try simulation.run(steps: 500, sampling: 100)
    let energies = rows.map { $0["energy", default: [.nan]][0] }
    #expect(energies[0] - energies[4] > 2e-3)
  }

  @Test("Particles that at first are out of each other's reach collide, and keep their energy", arguments: ["mixed", "double"])
  func collision(precision: String) throws {
    let simulation = try simulation(
      """
      units: reduced
      precision: \(precision)
      box: {size: [40, 40, 40], origin: [-20, -20, -20]}
      species: {atom: {fill: {points: [[-4, 0, 0], [4, 0.3, 0]], velocities: [[1, 0, 0], [-1, 0, 0]]}}}
      laws: {velocity-verlet: {}, lennard-jones: {epsilon: 1, sigma: 1, cutoff: 2.5, shift: force}}
      dt: 0.002
      steps: 1
      measure:
        energy: sum(mass*dot(velocity, velocity)/2) + potential
        across: max(abs(velocity.y))
      """)
    let rows = try simulation.run(steps: 4000, sampling: 100)
    #expect(rows.allSatisfy { abs($0["energy", default: [.nan]][0] - 1) < 1e-3 })
    #expect(try #require(rows.last?["across"]?.first) > 0.1)
  }

  @Test("Mixed precision conserves energy and momentum of a melt")
  func mixed() throws {
    let simulation = try simulation(
      """
      units: reduced
      box: {size: fit}
      species: {atom: {fill: {lattice: fcc, count: 256, density: 0.8}, velocities: {temperature: 1.4}}}
      laws: {velocity-verlet: {}, lennard-jones: {epsilon: 1, sigma: 1, cutoff: 2.5, smooth: 2}}
      dt: 0.002
      steps: 1
      measure:
        energy: (sum(mass*dot(velocity, velocity)/2) + potential)/count()
        momentum: norm(sum(mass*velocity))
      """)
    let rows = try simulation.run(steps: 1000, sampling: 50)
    let energies = rows.map { $0["energy", default: [.nan]][0] }
    #expect((energies.max() ?? .nan) - (energies.min() ?? .nan) < 2e-4)
    #expect(rows.allSatisfy { $0["momentum", default: [.nan]][0] < 1e-11 })
  }
}
