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
  "core": "1.2", "longest": "2.5",
]

/// Links among the five particles, by how many they join, and the fields that links have.
private let ends = [2: "[[1, 2], [2, 3], [4, 1], [5, 3]]", 3: "[[1, 2, 3], [4, 1, 5]]", 4: "[[1, 2, 3, 5], [4, 1, 2, 5]]"]
private let linkFields = ["rest": "0.8", "stiffness": "3", "amplitude": "2", "fold": "3", "phase": "0.4", "bend": "1.5"]

/// Five particles of two species and unequal masses and charges, in a box that is open unless the law sums all
/// periodic images, under one law, with the links that it knows.
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
  let bound = law.roles.filter { $0.kind == .particles && !$0.name.isEmpty }.map { "\($0.name): [a, b]" }
  let roles = bound.isEmpty ? [] : ["for: {\(bound.joined(separator: ", "))}"]
  let use = (roles + given + (more.isEmpty ? [] : [more])).joined(separator: ", ")
  let space = law.dimensions.max() ?? 3
  func points(_ all: [[Double]]) -> String { "\(all.map { Array($0.prefix(space)) })" }
  let links = law.roles.filter { $0.ends != nil }.map { "  \($0.name): {kind: links\(joined($0, by: law))}\n" }.joined()
  let isPeriodic = law.flattened(law.passes).contains { if case .interact(let pass) = $0 { pass.images == "all" } else { false } }
  return """
    units: reduced
    precision: double
    box: {size: \(points([[20, 20, 20]]).dropFirst().dropLast()), origin: \(points([[-10, -10, -10]]).dropFirst().dropLast()), sides: \(isPeriodic ? "periodic" : "open")}
    species:
      a: {fields: {mass: 1, charge: 1}, fill: {points: \(points([[0, 0, 0], [0.9, 0.2, 0.1], [0.4, 0.8, -0.3]]))}}
      b: {fields: {mass: 2, charge: -0.5}, fill: {points: \(points([[-0.8, 0.1, 0.6], [0.3, -0.6, 0.8]]))}}
    \(links)laws: {velocity-verlet: {}, \(law.name): {\(use)}}
    dt: 0.001
    steps: 1
    """
}

/// What a species of links says of its links, unless the law makes them.
private func joined(_ role: Role, by law: Law) -> String {
  let fields = law.fields.filter { $0.role == role.name && $0.initial == nil }.compactMap { field in
    linkFields[field.name].map { "\(field.name): \($0)" }
  }
  let makes = law.flattened(law.start).contains { item in
    if case .interact(let pass) = item { !pass.link.isEmpty } else { false }
  }
  return makes ? "" : ", ends: \(ends[role.ends?.count ?? 0] ?? ""), fields: {\(fields.joined(separator: ", "))}"
}

/// The largest difference between a force and minus the slope of the energy, over the largest force.
func mismatch(_ simulation: Simulation, sign: Double = 1) throws -> Double {
  let places = try #require(simulation.store.columns(of: "position")),
    forces = try #require(simulation.store.columns(of: "force"))
  let count = simulation.store.count
  func energy() throws -> Double {
    try simulation.evaluateForces(group: "", wantsTotals: true)
    return simulation.world["potential"][0]
  }
  _ = try energy()
  let given = forces.map { column in (0..<count).map { column[$0] } }
  var worst = 0.0
  for axis in places.indices {
    for particle in 0..<count {
      let rest = places[axis][particle]
      defer { places[axis][particle] = rest }
      let slope = try derivative { shift in
        places[axis][particle] = rest + shift
        return try energy()
      }
      worst = max(worst, abs(sign * given[axis][particle] + slope))
    }
  }
  return worst / (given.joined().map { abs($0) }.max() ?? 0)
}

@Suite("Forces derived from energies")
struct DerivedForceTests {
  /// All shipped laws with a pass that has an energy, but for those of lattices.
  static let names = shipped.filter { !$0.roles.contains { $0.kind == .lattice } }.map(\.name)
  /// Those of lattices, which a test of its own tries.
  static let ofLattices = ["ewald"]

  private static let shipped = lawLibrary().names.compactMap { try? lawLibrary().law(named: $0) }.filter {
    hasEnergy($0.passes, $0)
  }

  private static func hasEnergy(_ items: [Item], _ law: Law) -> Bool {
    law.flattened(items).contains { item in
      switch item {
      case .interact(let pass): pass.energy != nil
      case .propagate(let pass): pass.energy != nil
      case .repeat(let loop): hasEnergy(loop.passes, law)
      default: false
      }
    }
  }

  @Test("Every shipped law with an energy is among the cases of this suite") func finds() throws {
    let files = try FileManager.default.contentsOfDirectory(at: lawFolder, includingPropertiesForKeys: nil)
    let written = try files.filter { file in
      guard file.pathExtension == "yaml" else { return false }
      // An energy of a pass stands after a dash, a brace, a comma, or alone on a line of its map; a total's follows `measure`.
      let passes = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\nmeasure:")[0]
      return passes.contains(#/(- |\{|, |\n {4})energy: /#)
    }.map { $0.deletingPathExtension().lastPathComponent }
    #expect(Set(written) == Set(Self.names + Self.ofLattices))
    #expect(written.count > 20)
  }

  @Test("The force of charges on a mesh is minus the slope of the total energy")
  func mesh() throws {
    let text = """
      units: reduced
      precision: double
      box: {size: [4, 4, 4]}
      species:
        a: {fields: {mass: 1, charge: 1}, fill: {points: [[1, 1, 1], [1.9, 1.2, 1.1]]}}
        b: {fields: {mass: 1, charge: -1}, fill: {points: [[0.2, 3.1, 1.6], [1.3, 0.4, 1.8]]}}
        mesh: {kind: lattice, spacing: 0.25}
      laws: {velocity-verlet: {}, ewald: {for: {ion: [a, b]}, strength: 1, alpha: 2.5, cutoff: 1.9}}
      dt: 0.001
      steps: 1
      """
    let simulation = try simulation(text)
    #expect(try mismatch(simulation) < 1e-6)
    #expect(try mismatch(simulation, sign: -1) > 1e-3)
  }

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
