import Foundation
import Testing

@testable import Engine

/// Two bodies of half the mass each on an ellipse of half axis 1 and this eccentricity, from the pericentre on.
private func orbit(eccentricity e: Double, steps: Int) -> String {
  let far = (1 - e) / 2, fast = ((1 + e) / (1 - e)).squareRoot() / 2
  return """
    units: reduced
    precision: double
    box: {size: [6, 6], origin: [-3, -3], sides: open}
    species:
      body: {fields: {mass: 0.5}, fill: {points: [[\(far), 0], [\(-far), 0]], velocities: [[0, \(fast)], [0, \(-fast)]]}}
    laws: {velocity-verlet: {}, gravity: {G: 1}}
    dt: \(2 * Double.pi / Double(steps))
    steps: 1
    measure: {energy: "sum(mass*dot(velocity, velocity)/2) + potential", spin: "sum(mass*cross(position, velocity))"}
    """
}

@Suite("Orbits of two bodies")
struct OrbitTests {
  /// The largest error of the energy of kick, drift, kick does not grow; its size follows from the step and the ellipse.
  @Test(
    "The energy swings as much as kick, drift, kick lets it, and the spin stays",
    arguments: [(0.1, 200, 1.057e-4), (0.1, 1000, 4.220e-6), (0.5, 200, 2.689e-3), (0.5, 1000, 1.073e-4)])
  func energy(eccentricity: Double, steps: Int, largest: Double) throws {
    let simulation = try simulation(orbit(eccentricity: eccentricity, steps: steps))
    let start = Dictionary(uniqueKeysWithValues: try simulation.measure().map { ($0.name, $0.values[0]) })
    let energy = try #require(start["energy"]), spin = try #require(start["spin"])
    func worst(_ rows: [[String: [Double]]], _ name: String, _ from: Double) -> Double {
      rows.map { abs(($0[name]?[0] ?? .nan) / from - 1) }.max() ?? .nan
    }
    let early = try simulation.run(steps: 2 * steps, sampling: 1)
    #expect(abs(worst(early, "energy", energy) / largest - 1) < 0.01)
    #expect(worst(early, "spin", spin) < 1e-12)
    try simulation.run(steps: 4 * steps)
    let late = try simulation.run(steps: 2 * steps, sampling: 1)
    #expect(abs(worst(late, "energy", energy) / largest - 1) < 0.02)
  }
}
