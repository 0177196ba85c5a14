import Foundation
import Testing

@testable import Engine

@Suite("Light on a staggered lattice")
struct LightTests {
  /// Curls in turn, B half a step, E, B half a step.
  private static func law(first: String = "-dt/2", last: String = "-dt/2") -> String {
    """
    law: light
    source: "K. S. Yee, IEEE Trans. Antennas Propag. 14 (1966) 302"
    dimensions: [3]
    species: {g: lattice}
    parameters: {c: velocity}
    fields: {g: {E: edges magnetic, B: faces magnetic, leak: magnetic/length = 0}}
    passes:
    - interact: {for: g, neighbours: axes, add: {B: "\(first)*c*cross(d, E[i] - E[j])/dx^2"}}
    - interact: {for: g, neighbours: -axes, add: {E: "dt*c*cross(d, B[i] - B[j])/dx^2"}}
    - interact: {for: g, neighbours: axes, add: {B: "\(last)*c*cross(d, E[i] - E[j])/dx^2"}}
    - interact: {for: g, neighbours: axes, sum: {leak: "dot(d, B[i] - B[j])/dx^2"}}
    measure: {for: g, energy: "sum(dot(E, E) + dot(B, B))", leak_most: max(abs(leak))}
    """
  }

  /// A wave along a diagonal of a flat box, after the time 1, against the same wave then.
  private func wave(sites: Int, law: String = Self.law()) throws -> (error: Double, leak: Double) {
    let spacing = 1 / Double(sites), steps = 2 * sites
    // E along z and B across the diagonal of a wave of length 1/√2: after the time 1 it has gone √2 of its lengths.
    func fields(_ time: Double) -> String {
      let phase = "2*pi*(position.x + position.y - \(2.0.squareRoot() * time))"
      return "{E: \"[0, 0, cos(\(phase))]\", B: \"[cos(\(phase))/sqrt(2), -cos(\(phase))/sqrt(2), 0]\"}"
    }
    func simulation(_ time: Double) throws -> Simulation {
      try EngineTests.simulation(
        """
        units: reduced
        box: {size: [1, 1, \(spacing)]}
        species: {g: {kind: lattice, spacing: \(spacing), fields: \(fields(time))}}
        laws: {light: {c: 1}}
        dt: \(1 / Double(steps))
        steps: 1
        """, laws: ["light": law])
    }
    let light = try simulation(0)
    let rows = try light.run(steps: steps, sampling: steps)
    let exact = try simulation(1).frame(fields: ["E", "B"]).lattices[0].fields
    let found = light.frame(fields: ["E", "B"]).lattices[0].fields
    let errors = zip(found, exact).map { distance($0.values, $1.values) }
    return (errors.max() ?? .nan, rows[0]["leak_most"]?[0] ?? .nan)
  }

  @Test("A wave's error falls as the square of the spacing and step; with one whole step of B in front only as they do")
  func order() throws {
    func order(_ law: String) throws -> Double {
      let errors = try [16, 32].map { try wave(sites: $0, law: law).error }
      return log2(errors[0] / errors[1])
    }
    #expect(try abs(order(Self.law()) - 2) < 0.1)
    #expect(try abs(order(Self.law(first: "-dt", last: "0*dt")) - 1) < 0.2)
  }

  @Test("A curl leaves no divergence")
  func divergence() throws {
    #expect(try wave(sites: 16).leak < 1e-12)
  }

  @Test("A gradient has no curl")
  func gradient() throws {
    let law = """
      law: rising
      source: "none: a test"
      dimensions: [3]
      species: {g: lattice}
      fields: {g: {height: 1, slope: edges 1/length = 0, curl: faces 1/length^2 = 0}}
      passes:
      - interact: {for: g, neighbours: axes, sum: {slope: "(height[i] - height[j])*d/dx^2"}}
      - interact: {for: g, neighbours: axes, sum: {curl: "cross(d, slope[i] - slope[j])/dx^2"}}
      measure: {for: g, steepest: max(norm(slope)), most: max(norm(curl))}
      """
    let row = try simulation(
      """
      units: reduced
      box: {size: [2, 1.5, 1]}
      species: {g: {kind: lattice, spacing: 0.25, fields: {height: "sin(id^2)"}}}
      laws: {rising: {}}
      dt: 1
      steps: 1
      """, laws: ["rising": law]
    ).run(steps: 1, sampling: 1)[0]
    #expect((row["steepest"]?[0] ?? 0) > 1)
    #expect((row["most"]?[0] ?? .nan) < 1e-13)
  }

  @Test("Charges see a uniform field at their own place and turn in it without gaining energy")
  func gyration() throws {
    let (speed, field, step) = (0.6, 2.0, 0.05)
    let scene = """
      units: reduced
      box: {size: [4, 4, 4]}
      species:
        ion: {fill: {points: [[2, 2, 2]]}, fields: {mass: 1, charge: 1, velocity: [\(speed), 0, 0]}}
        g: {kind: lattice, spacing: 1, fields: {B: [0, 0, \(field)]}}
      laws: {pic-electromagnetic: {for: {plasma: ion}, c0: 1, permittivity: 1.0e30}}
      dt: \(step)
      steps: 1
      """
    let simulation = try simulation(scene), gamma = 1 / (1 - speed * speed).squareRoot()
    // Each step turns by twice the angle whose tangent is half the frequency times the step.
    let turn = 2 * atan(field / gamma * step / 2), steps = 100
    try simulation.run(steps: steps)
    let velocity = simulation.values(of: "velocity"), angle = -turn * Double(steps)
    #expect(abs(hypot(velocity[0], velocity[1]) - speed) < 1e-10)
    #expect(distance(velocity, [speed * cos(angle), speed * sin(angle), 0]) < 1e-10)
    // The true angle differs by the cube of the step.
    #expect(abs(turn - field / gamma * step) > 1e-5)
  }
}
