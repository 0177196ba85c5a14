import Foundation
import Testing

@testable import Engine

/// The stress that materials give to points, in the plane.
@Suite("Materials as points")
struct MaterialPointTests {
  /// The Kirchhoff stress of one point of this deformation: its mean pressure, and the largest shear stress in the plane.
  private static func stress(
    _ law: String, fields: String = "mass: 1", deformation: String
  ) throws -> (pressure: Double, shear: Double) {
    let run = try simulation(
      """
      units: reduced
      precision: double
      box: {size: [2, 2]}
      species: {p: {fields: {\(fields), deformation: "\(deformation)"}, fill: {points: [[1, 1]]}}}
      laws: {\(law)}
      dt: 1
      steps: 1
      """)
    try run.run(steps: 1)
    let stress = run.values(of: "stress")
    try #require(stress.count == 4)
    return (-(stress[0] + stress[3]) / 2, hypot((stress[0] - stress[3]) / 2, (stress[1] + stress[2]) / 2))
  }

  private static func sand(degrees: Double, deformation: String) throws -> (pressure: Double, shear: Double) {
    try stress(
      "sand-points: {modulus: 100, poisson_ratio: 0.25, friction_angle: \(degrees) degree}", deformation: deformation)
  }

  @Test("Sand that is sheared too much bears what Coulomb's law allows for its pressure", arguments: [20, 31, 40])
  func coulomb(degrees: Double) throws {
    let (pressure, shear) = try Self.sand(degrees: degrees, deformation: "0.98*I + 0.3*outer([1, 0], [0, 1])")
    #expect(pressure > 0)
    #expect(abs(shear - pressure * sin(degrees * .pi / 180)) < 1e-9)
    // Another sand would not.
    #expect(abs(shear - pressure * sin((degrees + 1) * .pi / 180)) > 1e-3)
  }

  @Test("Sand that is sheared a little is elastic") func elastic() throws {
    let (pressure, shear) = try Self.sand(degrees: 31, deformation: "0.98*I + 0.001*outer([1, 0], [0, 1])")
    #expect(shear > 0 && shear < 0.9 * pressure * sin(31 * .pi / 180))
  }

  @Test("Sand does not pull") func pull() throws {
    let (pressure, shear) = try Self.sand(degrees: 31, deformation: "1.05*I + 0.1*outer([1, 0], [0, 1])")
    #expect(pressure == 0 && shear == 0)
  }

  @Test("Water bears no shear, and is pressed by what its volume has lost") func water() throws {
    let (pressure, shear) = try Self.stress(
      "fluid-points: {modulus: 100, exponent: 1}", deformation: "0.9*I + 0.3*outer([1, 0], [0, 1])")
    #expect(shear < 1e-12)
    #expect(abs(pressure - 0.81 * 100 * (1 / 0.81 - 1)) < 1e-9)
  }

  @Test("A solid that is turned is not strained") func turned() throws {
    let turn = "0.6*I + 0.8*(outer([0, 1], [1, 0]) - outer([1, 0], [0, 1]))"
    let (pressure, shear) = try Self.stress(
      "neo-hookean: {modulus: 100, poisson_ratio: 0.3}", fields: "mass: 1, volume: 1", deformation: turn)
    #expect(abs(pressure) < 1e-12 && shear < 1e-12)
  }
}
