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
      let cell = number / Int(pow(Double(cells), Double(axis))) % cells, jitter = 0.6 * frac(Double(7 * number + 3 * axis) * 0.6180339)
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
      cell.map { [$0[0] + Double(number % cells), $0[1] + Double(number / cells % cells), $0[2] + Double(number / cells / cells)] }
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
    let force = try simulation.forces(), pairs = Double(plus.count * cells * cells * cells)
    print("madelung", number, cells, simulation.potential / pairs * distance + constant, force.map(abs).max() ?? 0)
    #expect(abs(simulation.potential / pairs * distance + constant) < 1e-12)
  }

  @Test("The force is minus the slope of the energy, and the virial that by strain", arguments: [1, 2, 4, 6, 7, 12])
  func slopes(power: Int) throws {
    let simulation = try simulation(salt(9), laws: law(energy(power)))
    let force = try simulation.forces(), virial = simulation.world["virial"], step = 1e-5
    let ids = (0..<simulation.store.count).map { Int(simulation.store.idColumn[$0]) }
    let trace = virial[0] + virial[4] + virial[8]
    print("trace", power, trace / (Double(power) * simulation.potential) - 1)
    #expect(abs(trace - Double(power) * simulation.potential) < 1e-9 * abs(trace))
    var slopes: [Double] = [], wanted: [Double] = []
    for axis in 0..<3 {
      let up = try simulation.energy(moved: step, axis: axis, particle: 2)
      let down = try simulation.energy(moved: -step, axis: axis, particle: 2)
      slopes.append((down - up) / (2 * step))
      wanted.append(force[3 * (ids.sorted().firstIndex(of: ids[2]) ?? 0) + axis])
    }
    print("force", power, error(slopes, wanted))
    #expect(error(slopes, wanted) < 1e-6)
    let strained = try (0..<3).map {
      try (simulation.energy(strain: -step, axis: $0) - simulation.energy(strain: step, axis: $0)) / (2 * step)
    }
    print("virial", power, error(strained, [virial[0], virial[4], virial[8]]))
    #expect(error(strained, [virial[0], virial[4], virial[8]]) < 1e-6)
  }

  @Test("Sums, forces and virials are those of many images one by one", arguments: [6, 8])
  func direct(power: Int) throws {
    let outcomes = energy(power) + ", sum: {phi: \"charge[j]/piece*(a/r)^\(power)\"}"
    let simulation = try simulation(salt(8, second: -1), laws: law(outcomes)), sides = simulation.box.lengths
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
    print("direct", power, error(force, wanted), error(phi, sums), error(virial, moments), simulation.potential / energy - 1)
    let bound = power == 6 ? 1e-6 : 1e-8
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
    print("accuracy", power, accuracy, error, rough.potential / exact.potential - 1)
    #expect(error < accuracy)
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
    #expect(Array(try fields("soft-sphere: {epsilon: 0, sigma: 0.1, cutoff: 0.2}, ", threads: 2).prefix(6000)) == Array(alone.prefix(6000)))
    for axis in 0..<3 {
      let sum = stride(from: axis, to: 4500, by: 3).reduce(0) { $0 + alone[$1] }
      print("momentum", sum / size)
      #expect(abs(sum) < 1e-10 * size)
    }
  }

  @Test("Charges as parameters of species, of pairs, and as fields are one") func parameters() throws {
    let fields = try simulation(salt(12), laws: law(energy(1)))
    let wanted = try fields.forces()
    let own = try simulation(salt(12, "own: {one: 1, two: -0.6}"), laws: law("energy: \"e*own[i]*own[j]*a/r\""))
    #expect(error(try own.forces(), wanted) < 1e-12)
    let pairs = try simulation(
      salt(12, "both: {\"one,one\": 1, \"one,two\": -0.6, \"two,two\": 0.36}"), laws: law("energy: \"e*both*a/r\""))
    #expect(error(try pairs.forces(), wanted) < 1e-12)
    #expect(abs(pairs.potential - fields.potential) < 1e-12 * abs(fields.potential))
    #expect(error(pairs.world["virial"], fields.world["virial"]) < 1e-12)
  }
}
