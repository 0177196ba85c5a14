import Foundation
import Testing

@testable import Engine

@Suite("Fluids of populations on a lattice")
struct LatticeBoltzmannTests {
  /// The decay of vortices in a periodic square, as the measured growth of their energy over the exact one, −4νk².
  private func decay(sites: Int, speed: Double) throws -> Double {
    let wave = 2 * Double.pi / Double(sites), viscosity = 0.05
    let simulation = try simulation(
      """
      units: reduced
      precision: double
      box: {size: [\(sites), \(sites)]}
      species:
        site:
          kind: lattice
          spacing: 1
          fields:
            density: "1 - 0.75*\(speed * speed)*(cos(2*\(wave)*position.x) + cos(2*\(wave)*position.y))"
            velocity: "[\(speed)*sin(\(wave)*position.x)*cos(\(wave)*position.y), -\(speed)*cos(\(wave)*position.x)*sin(\(wave)*position.y)]"
      laws: {lbm-d2q9: {viscosity: \(viscosity)}}
      dt: 1
      steps: 1
      measure: {energy: "sum(dot(velocity, velocity))", mass: sum(density)}
      """)
    let steps = sites * sites / 4
    let rows = try simulation.run(steps: steps, sampling: steps / 2)
    let energies = rows.compactMap { $0["energy"]?[0] }
    #expect(abs((rows[1]["mass"]?[0] ?? 0) / Double(sites * sites) - 1) < 1e-12)
    return log(energies[1] / energies[0]) / Double(steps - steps / 2) / (-4 * viscosity * wave * wave)
  }

  @Test("Vortices of Taylor and Green decay as they must, with an error of second order")
  func vortices() throws {
    let coarse = try abs(decay(sites: 16, speed: 0.08) - 1), fine = try abs(decay(sites: 32, speed: 0.04) - 1)
    #expect(fine < 4e-3)
    #expect(log2(coarse / fine) > 1.7)
    // Steps that shrink with the spacing, not with its square, keep the speed and with it the error of compression.
    #expect(try log2(coarse / abs(decay(sites: 32, speed: 0.08) - 1)) < 1.7)
  }

  @Test("A channel driven by a force has the parabola between walls half-way, exactly at τ = 1/2 + √(3/16)")
  func channel() throws {
    let tau = 0.5 + (3.0 / 16).squareRoot(), viscosity = (tau - 0.5) / 3
    func error(viscosity: Double) throws -> Double {
      let simulation = try simulation(
        """
        units: reduced
        precision: double
        box: {size: [4, 10]}
        species:
          site:
            kind: lattice
            spacing: 1
            fields: {density: 1, velocity: [0, 0], solid: "if(abs(position.y - 5) > 4, 1, 0)"}
        laws: {lbm-d2q9: {viscosity: \(viscosity), acceleration: [1.0e-4, 0]}}
        dt: 1
        steps: 1
        measure:
        - where: not solid
          off: "max(abs(velocity.x - 1.0e-4/(2*\(viscosity))*(position.y - 1)*(9 - position.y)))/(1.0e-4/(2*\(viscosity))*16)"
        """)
      return try simulation.run(steps: 3000, sampling: 3000)[0]["off"]?[0] ?? .nan
    }
    #expect(try error(viscosity: viscosity) < 1e-9)
    // At another τ the walls are a little off.
    #expect(try error(viscosity: 0.5) > 1e-3)
  }

  @Test("In three dimensions a shear wave decays as it must, and threads change no bit")
  func shear() throws {
    func run(_ threads: Int) throws -> (Double, [Double]) {
      let simulation = try simulation(
        """
        units: reduced
        box: {size: [8, 24, 6]}
        species:
          site: {kind: lattice, spacing: 1, fields: {density: 1, velocity: "[0.01*sin(2*pi*position.y/24), 0, 0]"}}
        laws: {lbm-d3q19: {viscosity: 0.1}}
        dt: 1
        steps: 1
        measure: {energy: "sum(dot(velocity, velocity))"}
        """, threads: threads)
      let rows = try simulation.run(steps: 200, sampling: 100)
      let energies = rows.compactMap { $0["energy"]?[0] }
      let exact = -2 * 0.1 * pow(2 * Double.pi / 24, 2) * 100
      return (log(energies[1] / energies[0]) / exact, simulation.frame(fields: ["g"]).lattices[0].fields[0].values)
    }
    let (one, two) = (try run(1), try run(2))
    #expect(abs(one.0 - 1) < 5e-3)
    #expect(one.1 == two.1)
  }

  /// How far the mass of vortices in a stream drifts in mixed precision, and their energy.
  private func drift(steps: Int, base: String) throws -> (mass: Double, energy: Double) {
    let file = repository.appending(path: "Scenes/laws/lbm-d2q9.yaml")
    let law = try String(contentsOf: file, encoding: .utf8).replacing("law: lbm-d2q9", with: "law: drifting")
      .replacing("base: mean(density)", with: "base: \(base)")
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [16, 16]}
      species:
        site:
          kind: lattice
          spacing: 1
          fields: {density: 1, velocity: "[0.03 + 0.04*sin(2*pi*position.y/16), 0.02*cos(2*pi*position.x/16)]"}
      laws: {drifting: {viscosity: 0.01}}
      dt: 1
      steps: 1
      measure: {mass: mean(density), energy: "mean(dot(velocity, velocity))"}
      """, laws: ["drifting": law])
    let row = try simulation.run(steps: steps, sampling: steps)[0]
    return (abs((row["mass"]?[0] ?? .nan) - 1), row["energy"]?[0] ?? .nan)
  }

  @Test("In floats mass stays, as populations are kept less a common part; whole ones would lose it")
  func mass() throws {
    let found = try drift(steps: 10_000, base: "mean(density)")
    #expect(found.mass < 1e-6)
    // The stream alone is left.
    #expect(abs(found.energy / 9e-4 - 1) < 1e-3)
    #expect(try drift(steps: 10_000, base: "0*mean(density)").mass > 1e-5)
  }

  /// A channel along x between walls at y = 1.3 and 8.45, times a scale, by two relaxation times: the largest error over the top
  /// speed. `wall` is how far the walls of the law are from there, outwards.
  private func channelError(scale: Int, wall: Double = 0) throws -> Double {
    let low = 1.3 * Double(scale), high = 8.45 * Double(scale), bend = 4e-3 / Double(scale * scale * scale)
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [\(12 * scale), \(10 * scale)], sides: [open, periodic]}
      species:
        site:
          kind: lattice
          spacing: 1
          fields:
            density: 1
            velocity: "[\(bend)*max(0, (position.y - \(low))*(\(high) - position.y)), 0]"
            solid: "if(abs(position.x - \(6 * scale)) > \(6 * scale - 1), 1, 0)"
            open: "if(position.x > \(12 * scale - 1), 1, 0)"
      laws: {lbm-d2q9-trt: {viscosity: 0.1, reference: 1, wall: "min(x.y - \(low), \(high) - x.y) + \(wall)"}}
      dt: 1
      steps: 1
      measure:
      - where: not solid and abs(position.x - \(6 * scale)) < 1
        off: "max(abs(velocity.x - \(bend)*(position.y - \(low))*(\(high) - position.y)))/\(bend*pow((high - low)/2, 2))"
      """)
    let steps = 800 * scale * scale
    return try simulation.run(steps: steps, sampling: steps)[0]["off"]?[0] ?? .nan
  }

  @Test("Walls between sites are where they are, with an error of second order")
  func cutWalls() throws {
    let coarse = try channelError(scale: 1), fine = try channelError(scale: 2)
    #expect(fine < 1e-2)
    #expect(log2(coarse / fine) > 1.7)
    // Walls a quarter of a site further out.
    #expect(try channelError(scale: 2, wall: 0.25) > 1e-2)
  }
}
