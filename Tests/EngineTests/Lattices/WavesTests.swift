import Foundation
import Testing

@testable import Engine

@Suite("Waves of a lattice")
struct WavesTests {
  private func solved(_ law: String, size: String = "[12, 10]", spacing: Double = 0.5, threads: Int = 1) throws -> Simulation {
    try simulation(
      """
      units: reduced
      box: {size: \(size)}
      species:
        g:
          kind: lattice
          spacing: \(spacing)
          fields: {source: "1.5*cos(2*pi*(2*position.x/12 + position.y/10) + 0.3) - sin(2*pi*position.y/10)", phi: 0}
      laws: {solver: {law: \(law)}}
      dt: 1
      steps: 1
      """, laws: ["bad": Self.bad, "odd": Self.odd], threads: threads)
  }

  private static let bad = """
    law: bad
    source: "none: a test"
    species: {g: lattice}
    fields: {g: {phi: 1, source: 1}}
    passes:
    - propagate: {for: g, waves: true, phi: source^2}
    """
  private static let odd = bad.replacing("law: bad", with: "law: odd").replacing("source^2", with: "source*k.x*dx")

  @Test(
    "Poisson's equation is solved exactly, wave by wave, whatever the factors of the sides", arguments: [0.5, 0.4, 2], [1, 2])
  func poisson(spacing: Double, threads: Int) throws {
    let simulation = try solved("poisson-waves", spacing: spacing, threads: threads)
    try simulation.run(steps: 1)
    let lattice = simulation.frame(fields: ["phi"]).lattices[0]
    let error =
      (0..<lattice.grid.count).map { site in
        let at = lattice.grid.position(of: site), x = 2 * Double.pi * at[0] / 12, y = 2 * Double.pi * at[1] / 10
        let first = pow(4 * Double.pi / 12, 2) + pow(2 * Double.pi / 10, 2), second = pow(2 * Double.pi / 10, 2)
        return abs(lattice.fields[0].values[site] - 1.5 * cos(2 * x + y + 0.3) / first + sin(y) / second)
      }.max() ?? .nan
    #expect(error < 1e-12)
  }

  @Test("By conjugate gradients the Laplacian of the lattice is inverted, to the tolerance asked for")
  func gradients() throws {
    let simulation = try solved("poisson")
    try simulation.run(steps: 1)
    let lattice = simulation.frame(fields: ["phi"]).lattices[0]
    let error =
      (0..<lattice.grid.count).map { site in
        let at = lattice.grid.position(of: site), x = 2 * Double.pi * at[0] / 12, y = 2 * Double.pi * at[1] / 10
        func square(_ k: Double) -> Double { pow(2 / 0.5 * sin(k * 0.25), 2) }
        let first = square(4 * .pi / 12) + square(2 * .pi / 10), second = square(2 * .pi / 10)
        return abs(lattice.fields[0].values[site] - 1.5 * cos(2 * x + y + 0.3) / first + sin(y) / second)
      }.max() ?? .nan
    #expect(error < 1e-6)
  }

  @Test("What is not linear with even factors is refused")
  func mistakes() {
    for (law, words) in [("bad", "must be linear"), ("odd", "even in k")] {
      do {
        _ = try solved(law)
        Issue.record("\(law) was taken")
      } catch { #expect("\(error)".contains(words)) }
    }
  }
}
