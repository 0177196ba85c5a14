import Foundation
import Testing

@testable import Engine

/// Sums that are polynomials in the share and the separation are made over numbers of sites that lie side by side.
@Suite("Sites side by side")
struct NodeTests {
  /// A law whose sums are polynomials; a condition that always holds makes it go through columns, site by site.
  private static func law(_ weight: String, _ condition: String) -> String {
    """
    law: giving
    source: "none: a test"
    species: {p: particles, g: lattice}
    fields:
      p: {mass: mass, turning: "matrix mass*area/time = 0", curved: "mass = 0", slope: "vector mass/length = 0"}
      g: {m: mass = 0, momentum: "vector mass*velocity = 0", bent: "mass*area = 0", pull: "vector mass/length = 0"}
    passes:
    - interact:
        for: g
        from: p
        weight: \(weight)
        \(condition)
        sum: {m: "w*mass[p]", momentum: "w*mass[p]*velocity[p]*(1 + 2*d.x/dx)"}
    - interact:
        for: g
        from: p
        weight: \(weight)
        \(condition)
        sum: {pull: "mass[p]*dw"}
        add: {bent: "w*mass[p]*(r^2 + d.x^2)"}
    - interact:
        for: p
        from: g
        weight: \(weight)
        \(condition)
        sum: {turning: "-4*w*outer(momentum[g], d)"}
    - interact:
        for: p
        from: g
        weight: \(weight)
        \(condition)
        sum: {slope: "m[g]*dw"}
        add: {curved: "w*m[g]*(1 + r^2/dx^2)*velocity[p].x/norm(velocity[p]) + w*bent[g]*d.x/dx^3"}
    - interact:
        for: p
        from: g
        weight: \(weight)
        \(condition)
        sum: {velocity: "w*momentum[g]/mass[p]"}
    """
  }

  private func run(
    _ space: Int, _ weight: String, sides: String, threads: Int = 1, condition: String = ""
  ) throws -> [[Double]] {
    let size = [6, 5, 4].prefix(space).map(String.init).joined(separator: ", ")
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [\(size)], sides: \(sides)}
      species:
        p: {fill: {random: 200, distance: 0.0001}, fields: {mass: "1 + 0.5*sin(id)"}, velocities: {temperature: 1}}
        g: {kind: lattice, spacing: 0.5}
      laws: {giving: {}}
      dt: 1
      steps: 1
      """, laws: ["giving": Self.law(weight, condition)], threads: threads)
    #expect(simulation.plan.transfers.allSatisfy { $0.kernel.groups.isEmpty == !condition.isEmpty })
    try simulation.run(steps: 2)
    let ofSites = ["m", "momentum", "bent", "pull"].map { simulation.frame(fields: [$0]).lattices[0].fields[0].values }
    return ofSites + ["turning", "slope", "curved", "velocity"].map { simulation.values(of: $0) }
  }

  private static let cases = [
    (1, "linear", "periodic"), (1, "cubic", "open"), (2, "quadratic", "open"), (2, "linear", "periodic"),
    (3, "quadratic", "periodic"),
    (3, "cubic", "open"),
  ]

  @Test("Side by side sums are what they are site by site", arguments: cases)
  func sameSums(space: Int, weight: String, sides: String) throws {
    let fast = try run(space, weight, sides: sides)
    let slow = try run(space, weight, sides: sides, condition: "where: mass[p] > 0")
    for (a, b) in zip(fast, slow) {
      let scale = b.map { abs($0) }.max() ?? 0
      #expect(scale > 0)
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-13 * scale })
    }
  }

  @Test("Threads change no bit", arguments: cases)
  func threads(space: Int, weight: String, sides: String) throws {
    #expect(try run(space, weight, sides: sides) == run(space, weight, sides: sides, threads: 3))
  }
}
