import Diagnostics
import Foundation
import Laws
import Scenes
import Testing

@testable import Engine

/// The text of a law of all images with these outcomes.
private func law(_ outcomes: String, roles: String = "") -> [String: String] {
  let fields = "phi: 1 = 0, moment: vector 1"
  return [
    "far": """
    law: far
    source: none
    \(roles)
    parameters:
      accuracy: {value: 0}
      a: {dimension: length, value: 1}
      e: {dimension: energy, value: 1}
      piece: {dimension: charge, value: 1}
      own: {dimension: 1, per: species, value: 1}
      both: {dimension: 1, per: pair, mix: (a + b)^2, value: 1}
    fields: {\(roles.isEmpty ? fields : "one: {\(fields)}, two: {\(fields)}")}
    passes:
    - interact: {everywhere: accuracy, images: all, \(outcomes)}
    """
  ]
}

/// The energy of a pair of charges that falls with this power of the distance.
private func energy(_ power: Int) -> String { "energy: \"e*charge[i]*charge[j]/piece^2*(a/r)^\(power)\"" }

/// So many charged particles of two species in a box: near the points of a grid, so that none are very close.
private func salt(
  _ count: Int, _ use: String = "", more: String = "", sides: [Double] = [1, 1.3, 1.1], second: Double = -0.6,
  kind: String = "periodic", fields: String = ""
) -> String {
  let cells = (1...count).first { Int(pow(Double($0), Double(sides.count))) >= count } ?? count
  let points = (0..<count).map { number in
    sides.indices.map { axis in
      let cell = number / Int(pow(Double(cells), Double(axis))) % cells,
        jitter = 0.6 * frac(Double(7 * number + 3 * axis) * 0.6180339)
      return (Double(cell) + jitter) * sides[axis] / Double(cells)
    }
  }
  return """
    units: reduced
    precision: double
    box: {size: \(sides), sides: \(kind)}
    species:
      one: {fields: {mass: 1, charge: 1\(fields)}, fill: {points: \(Array(points.prefix(count / 2)))}}
      two: {fields: {mass: 2.5, charge: \(second)\(fields)}, fill: {points: \(Array(points.dropFirst(count / 2)))}}
    laws: {velocity-verlet: {}, \(more)far: {\(use)}}
    dt: 0.0001
    steps: 1
    """
}

private func frac(_ x: Double) -> Double { x - x.rounded(.down) }

/// Charges 1 and -1 on points of a cubic cell of side 1 that is repeated so often along each axis.
private func crystal(_ plus: [[Double]], _ minus: [[Double]], cells: Int) -> String {
  func points(_ cell: [[Double]]) -> [[Double]] {
    (0..<cells * cells * cells).flatMap { number in
      cell.map {
        [$0[0] + Double(number % cells), $0[1] + Double(number / cells % cells), $0[2] + Double(number / cells / cells)]
      }
    }
  }
  return """
    units: reduced
    precision: double
    box: {size: [\(cells), \(cells), \(cells)]}
    species:
      one: {fields: {mass: 1, charge: 1}, fill: {points: \(points(plus))}}
      two: {fields: {mass: 1, charge: -1}, fill: {points: \(points(minus))}}
    laws: {velocity-verlet: {}, far: {}}
    dt: 0.0001
    steps: 1
    """
}

extension Simulation {
  fileprivate func forces() throws -> [Double] {
    try evaluateForces(group: "", wantsTotals: true)
    return values(of: "force")
  }

  fileprivate var potential: Double { world["potential"][0] }

  /// The energy with the box and all in it strained along an axis.
  fileprivate func energy(strain: Double, axis: Int) throws -> Double {
    let before = box.lengths
    func stretch(by factor: Double) throws {
      for place in 0..<store.count { store.positions[axis][place] *= factor }
      box.lengths[axis] *= factor
      world["box"] = box.lengths
      try evaluateForces(group: "", wantsTotals: true)
    }
    try stretch(by: 1 + strain)
    let found = potential
    try stretch(by: 1 / (1 + strain))
    box.lengths = before
    world["box"] = before
    return found
  }

  /// The energy with a particle moved.
  fileprivate func energy(moved: Double, axis: Int, particle: Int) throws -> Double {
    store.positions[axis][particle] += moved
    defer { store.positions[axis][particle] -= moved }
    try evaluateForces(group: "", wantsTotals: true)
    return potential
  }
}

/// The largest difference relative to the largest number.
private func error(_ found: [Double], _ wanted: [Double]) -> Double { distance(found, wanted) / (wanted.map(abs).max() ?? 0) }

@Suite("All periodic images")
struct ImagesTests {
  /// Name, places of both charges in a cell, distance of neighbours, energy of a pair of ions times that distance.
  private static let crystals: [(name: String, plus: [[Double]], minus: [[Double]], distance: Double, constant: Double)] = [
    (
      "rock salt", [[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]],
      [[0.5, 0, 0], [0, 0.5, 0], [0, 0, 0.5], [0.5, 0.5, 0.5]], 0.5, 1.747564594633182
    ), ("caesium chloride", [[0, 0, 0]], [[0.5, 0.5, 0.5]], 0.75.squareRoot(), 1.762674773070991),
  ]

  @Test("Crystals have the energies of Madelung, of one cell as of eight", arguments: [0, 1], [1, 2])
  func madelung(crystal number: Int, cells: Int) throws {
    let (_, plus, minus, distance, constant) = Self.crystals[number]
    let simulation = try simulation(crystal(plus, minus, cells: cells), laws: law(energy(1)))
    let forces = try simulation.forces(), pairs = Double(plus.count * cells * cells * cells)
    #expect(abs(simulation.potential / pairs * distance + constant) < 1e-12)
    #expect(forces.allSatisfy { abs($0) < 1e-11 })  // every place is a centre of symmetry
  }

  @Test(
    "A charge among its background has the energy of Wigner's crystals",
    arguments: [
      ([[0.0, 0, 0]], -0.8800594421117), ([[0, 0, 0], [0.5, 0.5, 0.5]], -0.895929255682),
      ([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]], -0.895873615195),
    ])
  func background(places: [[Double]], constant: Double) throws {
    let text = crystal(places, [], cells: 1).replacing(/\n *two: .*\n/, with: "\n")
    let simulation = try simulation(text, laws: law(energy(1)))
    _ = try simulation.forces()
    // The radius of a ball that holds one charge.
    let radius = cbrt(3 / (4 * Double.pi * Double(places.count)))
    #expect(abs(simulation.potential / Double(places.count) * radius - constant) < 1e-11)
  }

  @Test("Several passes, of which each has waves of its own, add up") func several() throws {
    let both = law(energy(1) + "}\n- interact: {everywhere: accuracy, images: all, " + energy(6))
    let simulation = try simulation(salt(9, "accuracy: 1e-6"), laws: both), found = try simulation.forces()
    let one = try EngineTests.simulation(salt(9, "accuracy: 1e-6"), laws: law(energy(1))), first = try one.forces()
    let other = try EngineTests.simulation(salt(9, "accuracy: 1e-6"), laws: law(energy(6))), second = try other.forces()
    #expect(error(found, zip(first, second).map { $0 + $1 }) < 1e-14)
    #expect(abs(simulation.potential - one.potential - other.potential) < 1e-14 * abs(simulation.potential))
    let sum = law("energy: \"e*charge[i]*charge[j]/piece^2*(a/r + (a/r)^6)\"")
    #expect(error(try EngineTests.simulation(salt(9, "accuracy: 1e-6"), laws: sum).forces(), found) < 1e-6)
  }

  @Test("The force is minus the slope of the energy, and the virial that by strain", arguments: [1, 2, 4, 5, 6, 9])
  func slopes(power: Int) throws {
    let simulation = try simulation(salt(9, "accuracy: 1e-8"), laws: law(energy(power)))
    let force = try simulation.forces(), virial = simulation.world["virial"], step = 1e-5
    let ids = (0..<simulation.store.count).map { Int(simulation.store.idColumn[$0]) }
    let trace = virial[0] + virial[4] + virial[8]
    #expect(abs(trace - Double(power) * simulation.potential) < 1e-7 * abs(trace))
    var slopes: [Double] = [], wanted: [Double] = []
    for axis in 0..<3 {
      let up = try simulation.energy(moved: step, axis: axis, particle: 2)
      let down = try simulation.energy(moved: -step, axis: axis, particle: 2)
      slopes.append((down - up) / (2 * step))
      wanted.append(force[3 * (ids.sorted().firstIndex(of: ids[2]) ?? 0) + axis])
    }
    #expect(error(slopes, wanted) < 1e-6)
    let strained = try (0..<3).map {
      try (simulation.energy(strain: -step, axis: $0) - simulation.energy(strain: step, axis: $0)) / (2 * step)
    }
    #expect(error(strained, [virial[0], virial[4], virial[8]]) < 1e-6)
  }

  @Test("Sums, forces and virials are those of many images one by one", arguments: [6, 8])
  func direct(power: Int) throws {
    let outcomes = energy(power) + ", sum: {phi: \"charge[j]/piece*(a/r)^\(power)\"}"
    let simulation = try simulation(salt(8, "accuracy: 1e-9", second: -1), laws: law(outcomes)), sides = simulation.box.lengths
    let force = try simulation.forces(), phi = simulation.values(of: "phi"), virial = simulation.world["virial"]
    let x = simulation.values(of: "position"), charge = simulation.values(of: "charge"), p = Double(power)
    var wanted = [Double](repeating: 0, count: force.count), sums = [Double](repeating: 0, count: phi.count)
    var moments = [Double](repeating: 0, count: 9), energy = 0.0
    for number in 0..<17 * 17 * 17 {
      let image = [number % 17 - 8, number / 17 % 17 - 8, number / 289 - 8]
      for i in phi.indices {
        for j in phi.indices where i != j || image != [0, 0, 0] {
          let d = (0..<3).map { x[3 * i + $0] - x[3 * j + $0] + Double(image[$0]) * sides[$0] }
          let r2 = d.reduce(0) { $0 + $1 * $1 }, value = charge[j] * pow(r2, -p / 2)
          sums[i] += value
          energy += charge[i] * value / 2
          for a in 0..<3 {
            wanted[3 * i + a] += p * charge[i] * value * d[a] / r2
            for b in 0..<3 { moments[3 * a + b] += p * charge[i] * value * d[a] * d[b] / r2 / 2 }
          }
        }
      }
    }
    // What is farther than eight boxes is left out here.
    let bound = power == 6 ? 2e-6 : 1e-8
    #expect(error(force, wanted) < bound)
    #expect(error(phi, sums) < bound)
    #expect(error(virial, moments) < bound)
    #expect(abs(simulation.potential - energy) < bound * abs(energy))
  }

  @Test("Two accuracies, which split the powers elsewhere, agree to the coarser one", arguments: [1, 2, 6], [1e-3, 1e-5, 1e-8])
  func accuracies(power: Int, accuracy: Double) throws {
    let exact = try simulation(salt(40), laws: law(energy(power))), wanted = try exact.forces()
    let rough = try simulation(salt(40, "accuracy: \(accuracy)"), laws: law(energy(power))), found = try rough.forces()
    let size = wanted.reduce(0) { $0 + $1 * $1 }
    let error = (zip(found, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / size).squareRoot()
    #expect(error < accuracy)
    // It is no exact sum in disguise.
    #expect(error > 1e-3 * accuracy || power > 1)
    #expect(abs(rough.potential - exact.potential) < accuracy * abs(exact.potential))
  }

  @Test("Momentum is kept, and bits depend neither on threads nor on how particles lie in memory") func order() throws {
    let text = law(energy(1) + ", sum: {phi: \"charge[j]/piece*a/r\"}")
    func fields(_ more: String, threads: Int) throws -> [Double] {
      let simulation = try simulation(salt(1500, "accuracy: 1e-3", more: more), laws: text, threads: threads)
      return try simulation.forces() + simulation.values(of: "phi") + simulation.world["virial"] + simulation.world["potential"]
    }
    let alone = try fields("", threads: 1), size = alone.prefix(4500).map(abs).max() ?? 0
    #expect(try fields("", threads: 2) == alone)
    #expect(try fields("", threads: 3) == alone)
    // A law of near pairs sorts the store along columns of cells.
    #expect(
      Array(try fields("soft-sphere: {epsilon: 0, sigma: 0.1, cutoff: 0.2}, ", threads: 2).prefix(6000))
        == Array(alone.prefix(6000)))
    for axis in 0..<3 {
      let sum = stride(from: axis, to: 4500, by: 3).reduce(0) { $0 + alone[$1] }
      #expect(abs(sum) < 1e-10 * size)
    }
  }

  @Test("Charges as parameters of species, of pairs, and as fields are one") func parameters() throws {
    let fields = try simulation(salt(12, "accuracy: 1e-6"), laws: law(energy(1)))
    let wanted = try fields.forces()
    let own = try simulation(salt(12, "accuracy: 1e-6, own: {one: 1, two: -0.6}"), laws: law("energy: \"e*own[i]*own[j]*a/r\""))
    #expect(error(try own.forces(), wanted) < 1e-12)
    let pairs = try simulation(
      salt(12, "accuracy: 1e-6, both: {one: 1, two: 0.36, one two: -0.6}"), laws: law("energy: \"e*both*a/r\""))
    #expect(error(try pairs.forces(), wanted) < 1e-12)
    #expect(abs(pairs.potential - fields.potential) < 1e-12 * abs(fields.potential))
    #expect(error(pairs.world["virial"], fields.world["virial"]) < 1e-12)
  }

  @Test("Charges may come from tables of each species, and from sums of an earlier pass") func sources() throws {
    let table = law("energy: \"e*shape[i](charge[i]/piece)*shape[j](charge[j]/piece)*a/r\"")
      .mapValues { $0.replacing("both: {", with: "shape: {of: 1, per: species}\n  both: {") }
    let shapes = "accuracy: 1e-6, shape: {one: [[-2, -2], [-1, -1], [0, 0], [2, 2]], two: [[-2, -4], [-1, -2], [0, 0], [2, 4]]}"
    let doubled = try simulation(salt(12, shapes), laws: table)
    let wanted = try simulation(salt(12, "accuracy: 1e-6", second: -1.2), laws: law(energy(1)))
    #expect(error(try doubled.forces(), try wanted.forces()) < 1e-12)
    let summed = law("energy: \"e*phi[i]*phi[j]*a/r\"").mapValues {
      $0.replacing("passes:", with: "passes:\n- interact: {within: 0.45*a, sum: {phi: \"(1 - r/(0.45*a))^2\"}}")
    }
    #expect(try mismatch(simulation(salt(9, "accuracy: 1e-8"), laws: summed)) < 1e-6)
  }

  @Test("Ends of different roles meet, and only those that receive do") func roles() throws {
    let roles = "species: {one: particles, two: particles}"
    func potential(_ ends: String) throws -> Double {
      let simulation = try simulation(salt(12, "accuracy: 1e-6"), laws: law("\(ends), \(energy(1))", roles: roles))
      #expect(try simulation.forces().contains { $0 != 0 })
      return simulation.potential
    }
    let all = try potential("for: [one, two], from: [one, two]"), apart = try potential("for: one, from: two")
    let each = try potential("for: one, from: one") + potential("for: two, from: two")
    #expect(abs(apart + each - all) < 1e-12 * abs(all))
    #expect(abs(apart) > 0.01 * abs(all))
    let sum = "sum: {phi: \"charge[j]/piece*a/r\"}", none = "energy: \"0*e\""
    let single = try simulation(salt(12, "accuracy: 1e-6"), laws: law("for: one, from: two, \(none), \(sum)", roles: roles))
    let masked = try simulation(
      salt(12, "accuracy: 1e-6, own: {one: 0, two: 1}"), laws: law("\(none), sum: {phi: \"own[j]*charge[j]/piece*a/r\"}"))
    _ = (try single.forces(), try masked.forces())
    let wanted = masked.values(of: "phi").prefix(6) + [Double](repeating: 0, count: 6)
    #expect(error(single.values(of: "phi"), Array(wanted)) < 1e-12)
  }

  @Test("In one dimension the sum of 1/r² is π²/sin²(πx)") func line() throws {
    let text = salt(2, sides: [1], second: -0.5), simulation = try simulation(text, laws: law(energy(2)))
    let force = try simulation.forces(), x = simulation.values(of: "position"), angle = Double.pi * (x[0] - x[1])
    let pair = Double.pi * Double.pi / (sin(angle) * sin(angle)), own = Double.pi * Double.pi / 6 * (1 + 0.25)
    #expect(abs(simulation.potential - (own - 0.5 * pair)) < 1e-10 * pair)
    let wanted = -0.5 * 2 * Double.pi * pair / tan(angle)
    #expect(abs(force[0] - wanted) < 1e-10 * abs(wanted))
    #expect(abs(force[0] + force[1]) < 1e-12 * abs(wanted))
  }

  @Test("In two dimensions the sum of d/r² is that of cotangents row by row, with the background") func plane() throws {
    let text = salt(2, sides: [1, 1], second: -0.5)
    let simulation = try simulation(text, laws: law("force: \"e*charge[i]*charge[j]/piece^2*d/r^2\""))
    let force = try simulation.forces(), x = simulation.values(of: "position")
    let (dx, dy) = (x[0] - x[2], x[1] - x[3])
    // cot(a + ib) = [sin 2a − i sinh 2b]/(cosh 2b − cos 2a); the mean field of the rows, 2π dy, is the background's.
    var field = [0.0, -2 * Double.pi * dy]
    for row in -8...8 {
      let (a, b) = (2 * Double.pi * dx, 2 * Double.pi * (dy + Double(row)))
      field[0] += Double.pi * sin(a) / (cosh(b) - cos(a))
      field[1] += Double.pi * sinh(b) / (cosh(b) - cos(a))
    }
    #expect(error(Array(force.prefix(2)), field.map { -0.5 * $0 }) < 1e-10)
  }

  @Test("Dipoles: a cubic lattice has the energy of Lorentz's field, and forces are slopes") func dipoles() throws {
    let outcome =
      "energy: \"e*a^3*(dot(moment[i], moment[j])/r^3 - 3*dot(moment[i], d)*dot(moment[j], d)/r^5)\""
    let one = crystal([[0, 0, 0]], [], cells: 1).replacing("charge: 1", with: "charge: 1, moment: [0.3, 0.4, 1.2]")
      .replacing(/\n *two: .*\n/, with: "\n").replacing("charge: 1,", with: "")
    let lattice = try simulation(one, laws: law(outcome))
    _ = try lattice.forces()
    #expect(abs(lattice.potential / 1.69 + 2 * Double.pi / 3) < 1e-10)
    let text = salt(6, "accuracy: 1e-7", fields: ", moment: [0.3, 0.4, 1.2]"), several = try simulation(text, laws: law(outcome))
    let force = try several.forces(), virial = several.world["virial"], energy = several.potential, step = 1e-5
    let trace = virial[0] + virial[4] + virial[8]
    #expect(abs(trace - 3 * energy) < 1e-6 * abs(trace))
    let slope =
      try (several.energy(moved: -step, axis: 1, particle: 0) - several.energy(moved: step, axis: 1, particle: 0)) / (2 * step)
    #expect(abs(slope - force[1]) < 1e-6 * (force.map(abs).max() ?? 0))
  }

  @Test("A box that changes has the waves of its new sides") func changing() throws {
    let simulation = try simulation(salt(9, "accuracy: 1e-6"), laws: law(energy(1)))
    _ = try simulation.forces()
    let before = simulation.potential
    for axis in 0..<3 { for place in 0..<9 { simulation.store.positions[axis][place] *= 2 } }
    simulation.box.lengths = simulation.box.lengths.map { 2 * $0 }
    simulation.world["box"] = simulation.box.lengths
    _ = try simulation.forces()
    #expect(abs(simulation.potential - before / 2) < 1e-12 * abs(before))
  }

  @Test(
    "What has no sum over all images is refused",
    arguments: [
      ("energy: \"e*exp(-r/a)\"", "periodic", "powers of r, and exp(-r/a) is none"),
      ("energy: \"e*a/sqrt(r^2 + a^2)\"", "periodic", "is none"),
      ("energy: \"e*(a/r)^1.5\"", "periodic", "is none"),
      ("energy: \"e*a/r*sqrt(charge[i]^2 + charge[j]^2)/piece\"", "periodic", "sqrt((charge[i]^2 + charge[j]^2)) is none"),
      ("energy: \"e*r/a\"", "periodic", "is none"),
      ("energy: \"e*a/r\", where: r < a", "periodic", "is none"),
      (energy(3), "periodic", "what falls as r^-3 has no limit over all images in 3 dimensions"),
      ("force: \"e*a^3*d/r^5\"", "periodic", "what falls as r^-3 has no limit"),
      (energy(1), "[periodic, periodic, open]", "periodic on all sides"),
    ])
  func refusals(outcomes: String, sides: String, message: String) throws {
    #expect {
      _ = try simulation(salt(8, kind: sides), laws: law(outcomes))
    } throws: {
      "\($0)".contains(message)
    }
  }

  @Test("A box of too many waves is refused, and one that becomes so stops the run", arguments: [5000, Double.nan])
  func length(side: Double) throws {
    let changing = try simulation(salt(8, "accuracy: 1e-3"), laws: law(energy(1)))
    changing.box.lengths[2] = side
    #expect(throws: Failure.self) { try changing.forces() }
    #expect {
      _ = try simulation(salt(8, sides: [1, 1, 5000]), laws: law(energy(1)))
    } throws: {
      "\($0)".contains("too long for its width")
    }
  }
}
