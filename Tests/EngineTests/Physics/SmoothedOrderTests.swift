import Foundation
import Testing

@testable import Engine

/// What sums over smoothed particles give, against what they stand for.
@Suite("Smoothed particles converge")
struct SmoothedOrderTests {
  /// A shear wave on a square lattice of so many particles a side, its smoothing length three spacings: after no time to speak of, the
  /// particles' places, densities and forces are known.
  private static func shearWave(_ count: Int, law: String) throws -> Simulation {
    let spacing = 1 / Double(count)
    let run = try simulation(
      """
      units: reduced
      precision: double
      box: {size: [1, 0.5]}
      species:
        fluid:
          fields: {mass: \(spacing * spacing), velocity: "sin(2*pi*position.x)*[0, 1]"}
          fill: {lattice: square, spacing: \(spacing)}
      laws:
        verlet-transport: {}
        fluid: {law: \(law), for: {fluid: fluid, wall: none}, h: \(3 * spacing), c0: 10, rho0: 1, viscosity: 0.01}
      dt: 1e-9
      steps: 1
      """, laws: ["cut-short": try cutShort])
    try run.run(steps: 1)
    return run
  }

  /// A twin whose sums stop before the kernels do.
  private static var cutShort: String {
    get throws {
      try lawLibrary().law(named: "transport-velocity").text
        .replacingOccurrences(of: "law: transport-velocity", with: "law: cut-short")
        .replacingOccurrences(of: "within: 2*h", with: "within: 1.2*h")
    }
  }

  /// The largest difference of viscous forces from `viscosity ∂²v/∂x²` for each area, over the largest of these.
  private static func error(_ count: Int, law: String) throws -> Double {
    let run = try shearWave(count, law: law)
    let places = run.values(of: "position"), forces = run.values(of: "force"), wave = 2 * Double.pi
    let area = 1 / Double(count * count), greatest = 0.01 * wave * wave * area
    let exact = places.indices.map { $0 % 2 == 0 ? 0 : -greatest * sin(wave * places[$0 - 1]) }
    return distance(forces, exact) / greatest
  }

  private static func order(of law: String) throws -> Double { log2(try error(32, law: law) / error(64, law: law)) }

  @Test("Viscous forces are right to the second order of the smoothing length") func viscosity() throws {
    #expect(abs(try Self.order(of: "transport-velocity") - 2) < 0.15)
  }

  @Test("Sums that stop before their kernels do not converge") func twin() throws {
    #expect(try Self.order(of: "cut-short") < 0.5)
  }

  @Test("The density of a lattice is that of its masses") func density() throws {
    let densities = try Self.shearWave(32, law: "transport-velocity").values(of: "density")
    #expect(densities.allSatisfy { abs($0 - 1) < 1e-3 })
    let short = try Self.shearWave(32, law: "cut-short").values(of: "density")
    #expect(short.contains { abs($0 - 1) > 1e-3 })
  }

  /// How far the forces of a gas whose pressure is a wave are from the slope of that wave, over the largest of these; so many
  /// particles on a line, h three spacings. The law's pairs reach `range` times h.
  private static func slopeError(_ count: Int, range: Double) throws -> Double {
    let text = try lawLibrary().law(named: "gas-sph").text.replacing("law: gas-sph", with: "law: gas")
      .replacing("within: 2*max(", with: "within: \(range)*max(")
    let spacing = 1 / Double(count), wave = 2 * Double.pi
    let run = try simulation(
      """
      units: reduced
      precision: double
      box: {size: [1]}
      species:
        gas:
          fields: {mass: \(spacing), h: \(3 * spacing), heat: "2.5 + 0.25*sin(2*pi*position.x)"}
          fill: {lattice: line, spacing: \(spacing)}
      laws: {velocity-verlet: {}, gas: {eta: 3, alpha: 0, beta: 0}}
      dt: 1e-9
      steps: 1
      """, laws: ["gas": text])
    try run.run(steps: 1)
    let greatest = 0.1 * wave * spacing
    return distance(run.values(of: "force"), run.values(of: "position").map { -greatest * cos(wave * $0) }) / greatest
  }

  @Test("Forces of pressure are right to the second order of the smoothing length, which they are not if pairs are cut short")
  func pressure() throws {
    func order(_ range: Double) throws -> Double {
      try log2(Self.slopeError(50, range: range) / Self.slopeError(100, range: range))
    }
    #expect(try abs(order(2) - 2) < 0.15)
    #expect(try order(1.2) < 0.5)
  }
}
