import Foundation
import Laws
import Testing

@testable import Engine

/// What parameters without a default are in these tests.
private let parameters: [String: String] = [
  "cutoff": "2.5", "range": "2.5", "stiffness": "3", "centre": "[0.1, 0.2, 0.3]", "gravity": "[0.3, -0.4, 1]", "dispersion": "2",
  "decay": "0.4", "rest": "1.1", "screening": "0.8",
  "pair": "exp(-x)", "cloud": "{a: exp(-x), b: 2*exp(-2*x)}", "embed": "{a: -sqrt(x + 0.01), b: -2*sqrt(x + 0.1)}",
  "reach": "2.5",
  "core": "1.2",
]

/// Five particles of two species and unequal masses and charges, in an open box, under one law.
private func few(_ law: Law, _ more: String = "") -> String {
  // A default with a unit is none with reduced units.
  let given = law.parameters.filter { parameter in
    switch parameter.value {
    case nil, .quantity: true
    default: false
    }
  }.map {
    "\($0.name): \(parameters[$0.name] ?? "1")"
  }
  let use = (given + (more.isEmpty ? [] : [more])).joined(separator: ", ")
  return """
    units: reduced
    precision: double
    box: {size: [20, 20, 20], origin: [-10, -10, -10], sides: open}
    species:
      a: {fields: {mass: 1, charge: 1}, fill: {points: [[0, 0, 0], [0.9, 0.2, 0.1], [0.4, 0.8, -0.3]]}}
      b: {fields: {mass: 2, charge: -0.5}, fill: {points: [[-0.8, 0.1, 0.6], [0.3, -0.6, 0.8]]}}
    laws: {velocity-verlet: {}, \(law.name): {\(use)}}
    dt: 0.001
    steps: 1
    """
}

/// The largest difference between a force and minus the slope of the energy, over the largest force.
func mismatch(_ simulation: Simulation, sign: Double = 1) throws -> Double {
  let places = try #require(simulation.store.columns(of: "position")),
    forces = try #require(simulation.store.columns(of: "force"))
  let count = simulation.store.count, h = 1e-5
  func energy() throws -> Double {
    try simulation.evaluateForces(group: "", wantsTotals: true)
    return simulation.world["potential"][0]
  }
  _ = try energy()
  let given = forces.map { column in (0..<count).map { column[$0] } }
  var worst = 0.0
  for axis in 0..<3 {
    for particle in 0..<count {
      let rest = places[axis][particle]
      places[axis][particle] = rest + h
      let above = try energy()
      places[axis][particle] = rest - h
      let below = try energy()
      places[axis][particle] = rest
      worst = max(worst, abs(sign * given[axis][particle] + (above - below) / (2 * h)))
    }
  }
  return worst / (given.joined().map { abs($0) }.max() ?? 0)
}

@Suite("Forces derived from energies")
struct DerivedForceTests {
  /// All shipped laws with an energy of free particles; those of links and lattices need species of their own.
  static let names = lawLibrary().names.filter { name in
    guard let law = try? lawLibrary().law(named: name), law.roles.allSatisfy({ $0.kind == .particles }) else { return false }
    return law.flattened(law.passes).contains { item in
      switch item {
      case .interact(let pass): pass.energy != nil
      case .propagate(let pass): pass.energy != nil
      default: false
      }
    }
  }

  @Test("Laws with an energy are found") func finds() { #expect(Self.names.contains("lennard-jones") && Self.names.count >= 8) }

  @Test("A force is minus the slope of its law's energy", arguments: names)
  func slope(name: String) throws {
    let simulation = try simulation(few(lawLibrary().law(named: name)))
    #expect(try mismatch(simulation) < 1e-7)
    #expect(try mismatch(simulation, sign: -1) > 1e-7)
  }

  @Test(
    "Functions of each species are its own", arguments: ["{a: 2*x, b: x^2}", "{a: [[0, 0], [1, 2], [2, 4], [9, 18]], b: x^2}"])
  func functions(embed: String) throws {
    let points = "[" + (0...60).map { "[\(Double($0) / 10), \(Double($0 * $0) / 100)]" }.joined(separator: ", ") + "]"
    let given = embed.replacing("b: x^2", with: embed.contains("[[") ? "b: \(points)" : "b: x^2")
    let law = """
      law: functions
      source: none
      parameters:
        e: {dimension: energy, value: 1}
        m: {dimension: mass, value: 1}
        embed: {of: 1, per: species}
      fields: {A: 1 = 0}
      passes:
      - propagate: {A: embed(mass/m)}
      """
    var text = few(try LawLibrary(folders: [], texts: ["functions": law]).law(named: "functions"))
    text = text.replacing("functions: {embed: \(parameters["embed"] ?? "")}", with: "functions: {embed: \(given)}")
    let simulation = try simulation(text, laws: ["functions": law])
    try simulation.run(steps: 1)
    let found = simulation.values(of: "A"), mass = simulation.values(of: "mass")
    #expect(found.count == 5)
    for (value, m) in zip(found, mass) { #expect(abs(value - (m == 1 ? 2 * m : m * m)) < 1e-3) }
  }

  @Test(
    "Cut, shifted and switched energies have their own forces",
    arguments: ["shift: energy", "shift: force", "smooth: 0.9", "shift: energy, smooth: 1.2", "tail: true"])
  func cutoffs(words: String) throws {
    let simulation = try simulation(few(lawLibrary().law(named: "lennard-jones"), words))
    #expect(try mismatch(simulation) < 1e-7)
  }
}
