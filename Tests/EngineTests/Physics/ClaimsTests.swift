import Expressions
import Foundation
import Laws
import Testing
import World

@testable import Engine

/// A step law as it stands in a scene: its parameters, and what it needs beside it.
private struct Claimant: CustomTestStringConvertible {
  let law: Law
  var testDescription: String { law.name }

  /// Parameters without a default, or with one that has units; a bath at rest turns a law with noise into one without.
  private static let parameters: [String: String] = [
    "kT": "1", "relaxation": "0.5", "friction": "1", "target": "1", "compressibility": "1",
    "wall": "x.z + 19", "poisson_ratio": "0.3", "restitution": "0.9", "G": "1",
  ]

  /// What this law is in a scene, with an integrator before it if it is none itself.
  func words(kT: Double = 1, fixed: Int = 0) -> String {
    var given = law.parameters.filter { $0.value == nil || $0.name == "G" }.map {
      "\($0.name): \(Self.parameters[$0.name] ?? "1")"
    }
    given = given.map { $0 == "kT: 1" ? "kT: \(kT)" : $0 }
    if law.parameter("fixed") != nil { given.append("fixed: \(fixed)") }
    let own = "\(law.name): {\(given.joined(separator: ", "))}"
    return [
      isIntegrator ? nil : turns ? "velocity-verlet-spheres: {}" : "velocity-verlet: {}", needsRates ? "newton: {}" : nil, own,
    ].compactMap { $0 }.joined(
      separator: "\n  ")
  }

  /// Whether it turns particles.
  private var turns: Bool {
    law.allItems.contains { if case .interact(let pass) = $0 { pass.torque != nil } else { false } }
  }

  /// Fields that the atoms must have beside those that everybody knows.
  var fields: String {
    law.fields.filter {
      $0.initial == nil && $0.type.shape == .scalar && ($0.role.isEmpty || law.role($0.role)?.kind == .particles)
    }
    .map { ", \($0.name): 1" }.joined()
  }

  /// A species for each role of links, which join some atoms if the law joins none itself.
  var links: [String] {
    let joins = law.allItems.contains { if case .interact(let pass) = $0 { !pass.link.isEmpty } else { false } }
    return law.roles.filter { $0.ends != nil }.map { role in
      let given = law.fields.filter { $0.role == role.name && $0.initial == nil }.map { "\($0.name): 1" }
      return "  \(role.name): {kind: links"
        + (joins ? "}" : ", ends: [[1, 2], [3, 1], [2, 4]], fields: {\(given.joined(separator: ", "))}}")
    }
  }

  private var isIntegrator: Bool { law.flattened(law.passes).contains { if case .forces = $0 { true } else { false } } }
  /// True if it knows positions and velocities only as part of the state.
  private var needsRates: Bool {
    isIntegrator
      && !law.flattened(law.passes).contains { item in
        if case .propagate(let pass) = item { pass.assignments.contains { $0.name == "position" } } else { false }
      }
  }

  /// The shipped laws that claim something.
  static func all(where claims: (Claims) -> Bool) -> [Claimant] {
    lawLibrary().names.compactMap { try? lawLibrary().law(named: $0) }.filter { claims($0.claims) }.map { Claimant(law: $0) }
  }
}

@Suite("What laws claim")
struct ClaimsTests {
  // MARK: Order

  /// The largest error of the cluster's positions after one time unit with one step and half of it, against an eighth of that.
  private static func errors(_ words: String, species: [String] = [], laws: [String: String] = [:]) throws -> [Double] {
    let places = try [2560, 160, 320].map { steps in
      let run = try simulation(cluster(words, dt: 1 / Double(steps), species: species), laws: laws)
      try run.run(steps: steps)
      return run.values(of: "position")
    }
    return [distance(places[1], places[0]), distance(places[2], places[0])]
  }

  @Test("The error falls as the claimed power of the time step", arguments: Claimant.all { $0.order != nil })
  fileprivate func order(claimant: Claimant) throws {
    // Noise has no order in this sense; a bath at rest draws none.
    let hasNoise = claimant.law.text.contains("normal(")
    let errors = try Self.errors(claimant.words(kT: hasNoise ? 0 : 1), species: claimant.links)
    #expect(abs(log2(errors[0] / errors[1]) - Double(try #require(claimant.law.claims.order))) < 0.25)
  }

  @Test("An integrator that kicks twice after the drift is of order 1")
  func brokenOrder() throws {
    let euler = """
      law: euler
      source: "none: it is wrong on purpose"
      passes:
      - propagate: {position: position + dt*velocity}
      - forces: {at: time + dt}
      - propagate: {velocity: velocity + dt*force/mass}
      """
    let errors = try Self.errors("euler: {}", laws: ["euler": euler])
    #expect(abs(log2(errors[0] / errors[1]) - 1) < 0.25)
  }

  // MARK: Conserved quantities

  @Test("What a law conserves stays", arguments: Claimant.all { !$0.conserves.isEmpty })
  fileprivate func conserves(claimant: Claimant) throws {
    let run = try simulation(Self.conservation(of: claimant))
    let rows = try run.run(steps: 800, sampling: 8)
    for name in claimant.law.claims.conserves {
      let series = try rows.map { try #require($0[name == "angular momentum" ? "turning" : name]) }
      let first = series[0], scale = name.hasSuffix("momentum") ? 1e-11 : 2e-3
      #expect(series.allSatisfy { distance($0, first) < scale }, "\(name)")
    }
    let kinetic = rows.map { $0["kinetic", default: [.nan]][0] }
    #expect((kinetic.max() ?? 0) - (kinetic.min() ?? 0) > 2e-2)
  }

  /// The cluster; for laws that change the box or the energy beyond a bath's, a periodic gas.
  private static func conservation(of claimant: Claimant) -> String {
    claimant.law.text.contains("box:")
      ? gas(claimant) : cluster(claimant.words(), dt: 0.0025, fields: claimant.fields, species: claimant.links)
  }

  private static func gas(_ claimant: Claimant) -> String {
    """
    units: reduced
    precision: double
    box: {size: [6, 6, 6]}
    species: {atom: {fill: {lattice: sc, count: 216}, velocities: {temperature: 1}}}
    laws:
      velocity-verlet: {}
      stochastic-rescaling: {kT: 1, relaxation: 0.2}
      \(claimant.words().replacing("velocity-verlet: {}\n  ", with: ""))
    dt: 0.01
    steps: 1
    measure:
      kinetic: sum(mass*dot(velocity, velocity)/2)
      momentum: sum(mass*velocity)
      volume: det(diag(box))
    """
  }

  // MARK: Reversal

  @Test("A reversible law finds its way back", arguments: Claimant.all { $0.reversible })
  fileprivate func reversible(claimant: Claimant) throws {
    let text = cluster(claimant.words(), dt: 0.01)
    let scene = try scene(text), run = try simulation(text)
    let start = run.values(of: "position")
    try run.run(steps: 100)
    #expect(distance(start, run.values(of: "position")) > 0.1)
    let back = try Simulation(scene, from: Self.reversed(run.state, claimant.law), library: lawLibrary())
    try back.run(steps: 100)
    #expect(distance(start, back.values(of: "position")) < 1e-9)
  }

  /// The state with time turned round: what has an odd power of time in its dimension changes its sign.
  private static func reversed(_ state: SimulationState, _ law: Law) -> SimulationState {
    var state = state
    for index in state.frame.fields.indices where state.frame.fields[index].name == "velocity" {
      state.frame.fields[index].values = state.frame.fields[index].values.map { -$0 }
    }
    for field in law.fields where field.role == "world" {
      let isOdd = law.fieldType(field.name, role: "world", space: 3)?.dimension == Dimension(time: -1)
      if isOdd { state.memory["world.\(field.name)"] = state.memory["world.\(field.name)"]?.map { -$0 } }
    }
    return state
  }

  // MARK: Ensembles

  @Test("A bath gives every degree of freedom half kT", arguments: Claimant.all { $0.ensemble == "NVT" })
  fileprivate func equipartition(claimant: Claimant) throws {
    // Particles in a trap, stiffness 4, started cold: 3000 coordinates share the heat.
    let run = try simulation(
      """
      units: reduced
      box: {size: [40, 40, 40], origin: [-20, -20, -20]}
      species: {atom: {fill: {random: 1000, region: {centre: [0, 0, 0], radius: 1}}, velocities: {temperature: 0.5, momentum: free}}}
      laws:
        \(claimant.words())
        harmonic-trap: {stiffness: 4, centre: [0, 0, 0]}
      dt: 0.01
      steps: 1
      measure:
        square: "mean(dot(position, position))/3"
        heat: "mean(mass*dot(velocity, velocity))/3"
      """)
    try run.run(steps: 1000)
    let rows = try run.run(steps: 6000, sampling: 20)
    func mean(_ name: String) -> Double { rows.map { $0[name, default: [.nan]][0] }.reduce(0, +) / Double(rows.count) }
    // Of Euler's scheme for overdamped particles, this is 1/(1 - 2 dt): 0.02 too much.
    #expect(abs(mean("square") * 4 - 1) < 0.04)
    let movesVelocity = claimant.law.text.contains("velocity")
    if movesVelocity { #expect(abs(mean("heat") - 1) < 0.04) }
  }

  @Test("A barostat gives an ideal gas the volume N kT/P", arguments: Claimant.all { $0.ensemble == "NPT" })
  fileprivate func volume(claimant: Claimant) throws {
    let run = try simulation(Self.gas(claimant))
    try run.run(steps: 500)
    let rows = try run.run(steps: 3000, sampling: 10)
    let mean = rows.map { $0["volume", default: [.nan]][0] }.reduce(0, +) / Double(rows.count)
    #expect(abs(mean / 216 - 1) < 0.06)
  }
}
