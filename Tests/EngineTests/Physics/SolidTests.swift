import Foundation
import Testing

@testable import Engine

/// A ring of points, 64 long, whose velocities are one sine wave; the horizon is four spacings.
private func ring(_ law: String, spacing: Double) -> String {
  """
  units: reduced
  precision: double
  box: {size: fit}
  species:
    solid:
      fields: {mass: \(spacing), volume: \(spacing), velocity: "0.01*sin(2*pi*position.x/64)*ones"}
      fill: {lattice: line, cells: [\(Int(64 / spacing))], spacing: \(spacing)}
    bond: {kind: links}
  laws:
    velocity-verlet: {}
    \(law): {horizon: \(4 * spacing), spacing: \(spacing), micromodulus: \(2 / (16 * spacing * spacing))}
  dt: 0.001
  steps: 1
  """
}

/// How far the stiffness against a long wave is from that of an elastic bar, whose modulus is 1.
private func stiffnessError(_ law: String, spacing: Double, laws: [String: String] = [:]) throws -> Double {
  let run = try simulation(ring(law, spacing: spacing), laws: laws), wave = 2 * Double.pi / 64
  try run.run(steps: 1)
  var pull = 0.0, shift = 0.0
  for (force, x) in zip(run.values(of: "force"), run.values(of: "position")) {
    pull -= force * sin(wave * x)
    shift += spacing * 0.001 * 0.01 * sin(wave * x) * sin(wave * x)
  }
  return abs(pull / shift / (wave * wave) - 1)
}

/// Two halves of a plate that fly apart.
private func halves(_ more: String) -> String {
  """
  units: reduced
  precision: double
  box: {size: [30, 30], origin: [-15, -15], sides: open}
  species:
    solid:
      fields: {mass: 1, volume: 1, velocity: "[sign(position.x), 0]"}
      fill: {lattice: square, spacing: 1, region: {from: [-6, -4], to: [6, 4]}}
    bond: {kind: links}
  laws:
    velocity-verlet: {}
    peridynamics-bond: {horizon: 3, spacing: 1, micromodulus: 0.1\(more)}
  dt: 0.1
  steps: 1
  measure:
  - {for: solid, where: velocity.x > 0, flight: sum(velocity.x)}
  """
}

@Suite("Peridynamic solids")
struct SolidTests {
  @Test("The stiffness nears that of an elastic bar with the square of the horizon")
  func order() throws {
    let errors = try [4.0, 2, 1].map { try stiffnessError("peridynamics-bond", spacing: $0) }
    #expect(errors[0] < 0.2)
    for (coarse, fine) in zip(errors, errors.dropFirst()) { #expect(abs(log2(coarse / fine) - 2) < 0.2) }
  }

  @Test("It does not where points on the horizon count in full")
  func brokenOrder() throws {
    let text = try lawLibrary().law(named: "peridynamics-bond").text
    let whole = text.replacing("law: peridynamics-bond", with: "law: whole-points")
      .replacing("min(1, (horizon - r)/spacing + 1/2)", with: "r/r")
    let errors = try [2.0, 1].map { try stiffnessError("whole-points", spacing: $0, laws: ["whole-points": whole]) }
    #expect(log2(errors[0] / errors[1]) < 0.2)
  }

  @Test("No bond crosses a gap in the matter", arguments: [true, false])
  func gap(isCut: Bool) throws {
    let run = try simulation(halves(isCut ? ", matter: \"abs(x.x) - 0.3\"" : ""))
    let rows = try run.run(steps: 20, sampling: 20)
    let flight = try #require(rows.last?["flight"]?[0])
    #expect((abs(flight - 48) < 1e-9) == isCut)
  }
}
