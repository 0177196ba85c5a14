import Foundation
import Testing

@testable import Engine

@Suite("Plasmas in cells")
struct PlasmaTests {
  private static let euler = """
    law: euler
    source: "L. Euler 1768: explicit, of first order"
    passes:
    - forces
    - propagate: {position: position + dt*velocity, velocity: velocity + dt*force/mass}
    """

  /// The field of a cold plasma's wave at the time 1, with this integrator and number of steps.
  private func wave(_ integrator: String, steps: Int) throws -> Double {
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [6.283185307179586]}
      species:
        electron: {fill: {lattice: line, count: 1600}, fields: {mass: 3.9269908169872414e-3, charge: -3.9269908169872414e-3}}
        g: {kind: lattice, spacing: 0.19634954084936207, fields: {background: 1, fixed: 0}}
      laws:
        quiet-start: {for: {plasma: electron}, speed: 0, amplitude: 0.01, beams: 1}
        \(integrator): {}
        pic-electrostatic: {for: {plasma: electron}, permittivity: 1}
      dt: \(1 / Double(steps))
      steps: 1
      measure: {for: g, wave: "mean(E.x*sin(position.x))"}
      """, laws: ["euler": Self.euler])
    return try simulation.run(steps: steps, sampling: steps)[0]["wave"]?[0] ?? .nan
  }

  /// The order of convergence, from three steps that are halved.
  private func order(_ integrator: String) throws -> Double {
    let waves = try [5, 10, 20].map { try wave(integrator, steps: $0) }
    return log2(abs((waves[0] - waves[1]) / (waves[1] - waves[2])))
  }

  @Test("A wave's error falls as the square of the time step; with Euler's steps only as the step")
  func timeStep() throws {
    #expect(try abs(order("velocity-verlet") - 2) < 0.2)
    #expect(try abs(order("euler") - 1) < 0.2)
  }

  /// How far the force on particles in a wave of density is from that of the wave's own field, in so many cells.
  private func forceError(cells: Int, law: String) throws -> Double {
    let spacing = 2 * Double.pi / Double(cells), deposit = "weight: linear, sum: {rho:"
    let text = try lawLibrary().law(named: "pic-electrostatic").text
    #expect(text.contains(deposit))
    let aside = text.replacing("law: pic-electrostatic", with: "law: aside")
      .replacing(deposit, with: "offset: \"[dx/2]\", " + deposit)
    let simulation = try simulation(
      """
      units: reduced
      precision: double
      box: {size: [6.283185307179586]}
      species:
        electron: {fill: {lattice: line, count: 6400}, fields: {mass: 9.817477042468104e-4, charge: -9.817477042468104e-4}}
        g: {kind: lattice, spacing: \(spacing), fields: {background: 1, fixed: 0}}
      laws:
        quiet-start: {for: {plasma: electron}, speed: 0, amplitude: 1.0e-4, beams: 1}
        velocity-verlet: {}
        \(law): {for: {plasma: electron}, permittivity: 1}
      dt: 1.0e-9
      steps: 1
      """, laws: ["aside": aside])
    try simulation.run(steps: 1)
    let mass = 2 * Double.pi / 6400
    let exact = simulation.values(of: "position").map { mass * 1e-4 * sin($0) }
    return distance(simulation.values(of: "force"), exact) / (mass * 1e-4)
  }

  @Test("The field's error falls as the square of the cell; with charges put down half a cell aside only as the cell")
  func cells() throws {
    func order(_ law: String) throws -> Double {
      try log2(forceError(cells: 16, law: law) / forceError(cells: 32, law: law))
    }
    #expect(try abs(order("pic-electrostatic") - 2) < 0.2)
    #expect(try abs(order("aside") - 1) < 0.2)
  }

  @Test("A cold plasma swings with the plasma frequency")
  func frequency() throws {
    // Shapes and differences of the lattice lower it by 0.6 % at 32 cells in a wave.
    let start = try wave("velocity-verlet", steps: 400), exact = -0.005 * cos(1)
    #expect(abs(abs(start / exact) - 1) < 0.02)
  }
}
