import Diagnostics
import Foundation
import Laws
import Scenes
import Testing

@testable import Engine

/// Laws of all pairs, by name: with a singularity, without, and screened.
private let energies = [
  "bare": "-e*a*mass[i]*mass[j]/(m^2*r)",
  "softened": "-e*a*mass[i]*mass[j]/(m^2*sqrt(r^2 + 0.01*a^2))",
  "screened": "e*a*mass[i]*mass[j]/m^2*exp(-r/a)/r",
]

/// The text of a law of all pairs with these outcomes.
private func law(_ outcomes: String) -> [String: String] {
  [
    "far": """
    law: far
    source: none
    parameters:
      accuracy: {value: 0}
      a: {dimension: length, value: 1}
      e: {dimension: energy, value: 1}
      m: {dimension: mass, value: 1}
      own: {dimension: 1, per: species, value: 1}
    fields: {phi: 1 = 0, near: 1 = 0}
    passes:
    - interact: {everywhere: accuracy, \(outcomes)}
    """
  ]
}

/// A ball of so many particles of two species and masses in open space.
private func ball(
  _ count: Int, _ use: String, more: String = "", sides: String = "open", precision: String = "double"
) -> String {
  """
  units: reduced
  precision: \(precision)
  box: {size: [4, 4, 4], origin: [-2, -2, -2], sides: \(sides)}
  species:
    a: {fields: {mass: 1}, fill: {random: \(count / 2), region: {centre: [0.2, 0, 0], radius: 1}}}
    b: {fields: {mass: 2.5}, fill: {random: \(count - count / 2), region: {centre: [-0.2, 0.1, 0], radius: 0.6}}}
  laws: {velocity-verlet: {}, \(more)far: {\(use)}}
  dt: 0.0001
  steps: 1
  """
}

private func forces(_ simulation: Simulation) throws -> [Double] {
  try simulation.evaluateForces(group: "", wantsTotals: true)
  return simulation.values(of: "force")
}

@Suite("All pairs")
struct EverywhereTests {
  @Test("Exact sums are those of two loops", arguments: energies.keys.sorted())
  func exact(name: String) throws {
    let simulation = try simulation(ball(60, ""), laws: law("energy: \"\(energies[name] ?? "")\""))
    let found = try forces(simulation), x = simulation.values(of: "position"), mass = simulation.values(of: "mass")
    var wanted = [Double](repeating: 0, count: found.count), energy = 0.0
    for i in mass.indices {
      for j in mass.indices where j != i {
        let d = (0..<3).map { x[3 * i + $0] - x[3 * j + $0] }, r = d.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let product = mass[i] * mass[j], soft = (r * r + 0.01).squareRoot()
        let (value, slope): (Double, Double) =
          switch name {
          case "bare": (-product / r, product / (r * r))
          case "softened": (-product / soft, product * r / (soft * soft * soft))
          default: (product * exp(-r) / r, -product * exp(-r) * (1 / r + 1 / (r * r)))
          }
        energy += value / 2
        for axis in 0..<3 { wanted[3 * i + axis] -= slope * d[axis] / r }
      }
    }
    let size = wanted.map(abs).max() ?? 0
    #expect(distance(found, wanted) < 1e-12 * size)
    #expect(abs(simulation.world["potential"][0] - energy) < 1e-12 * abs(energy))
  }

  @Test(
    "Sums depend neither on threads nor on how particles lie in memory", arguments: [0, 1e-3],
    ["", ", sum: {phi: \"mass[j]/m*a/sqrt(r^2 + 0.01*a^2)\"}"])
  func order(accuracy: Double, sum: String) throws {
    let text = law("energy: \"\(energies["softened"] ?? "")\"\(sum)")
    func fields(_ more: String, threads: Int) throws -> [Double] {
      let simulation = try simulation(ball(1500, "accuracy: \(accuracy)", more: more), laws: text, threads: threads)
      return try forces(simulation) + (sum.isEmpty ? [] : simulation.values(of: "phi"))
    }
    let alone = try fields("", threads: 1)
    #expect(try fields("", threads: 3) == alone)
    // A law of near pairs sorts the store along columns of cells.
    #expect(try fields("soft-sphere: {epsilon: 0, sigma: 0.1, cutoff: 0.2}, ", threads: 2) == alone)
  }

  @Test("The image is the nearest") func images() throws {
    let text = """
      units: reduced
      precision: double
      box: {size: [4, 4, 4], origin: [-2, -2, -2]}
      species: {a: {fields: {mass: 1}, fill: {points: [[-1.9, 0, 0], [1.8, 0, 0]]}}}
      laws: {velocity-verlet: {}, far: {}}
      dt: 0.001
      steps: 1
      """
    let found = try forces(try simulation(text, laws: law("energy: \"\(energies["bare"] ?? "")\"")))
    #expect(abs(found[0] + 1 / 0.09) < 1e-10)
    #expect(abs(found[3] - 1 / 0.09) < 1e-10)
  }

  @Test(
    "A tree keeps to the accuracy, and needs the accuracy asked for", arguments: energies.keys.sorted(), [1e-2, 1e-4, 1e-7])
  func tree(name: String, accuracy: Double) throws {
    let text = law("energy: \"\(energies[name] ?? "")\"")
    let right = try simulation(ball(2500, ""), laws: text), wanted = try forces(right)
    let rough = try simulation(ball(2500, "accuracy: \(accuracy)"), laws: text), found = try forces(rough)
    let size = wanted.reduce(0) { $0 + $1 * $1 }
    let error = (zip(found, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / size).squareRoot()
    #expect(error < accuracy)
    // It is no exact sum in disguise, as long as boxes hold more particles than the points that stand for them.
    #expect(error > 1e-4 * accuracy || accuracy < 1e-6)
    let potential = right.world["potential"][0]
    #expect(abs(rough.world["potential"][0] - potential) < accuracy * abs(potential))
  }

  @Test("In mixed precision a tree in float keeps to the accuracy, and where float does not suffice it works in double")
  func mixed() throws {
    let text = law("energy: \"\(energies["softened"] ?? "")\"")
    let wanted = try forces(try simulation(ball(2500, ""), laws: text)), size = wanted.reduce(0) { $0 + $1 * $1 }
    for accuracy in [1e-2, 1e-3, 1e-4, 1e-5, 1e-6] {
      let simulation = try simulation(ball(2500, "accuracy: \(accuracy)", precision: "mixed"), laws: text)
      #expect((simulation.plan.everywhere[0].rough != nil) == (accuracy >= 1e-5))
      let found = try forces(simulation)
      let error = (zip(found, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / size).squareRoot()
      #expect(error < accuracy)
      #expect(error > 1e-4 * accuracy || accuracy < 1e-5)
    }
  }

  @Test("Decade by decade a tree's error keeps below the accuracy asked for, which a tree of a hundredth of it does not")
  func decades() throws {
    let text = law("energy: \"\(energies["softened"] ?? "")\"")
    let wanted = try forces(try simulation(ball(3000, ""), laws: text)), size = wanted.reduce(0) { $0 + $1 * $1 }
    let decades = [1e-2, 1e-3, 1e-4, 1e-5, 1e-6]
    let errors = try decades.map { accuracy in
      let found = try forces(try simulation(ball(3000, "accuracy: \(accuracy)"), laws: text))
      return (zip(found, wanted).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / size).squareRoot()
    }
    for (error, accuracy) in zip(errors, decades) { #expect(error < accuracy) }
    for (error, finer) in zip(errors, decades.dropFirst(2)) { #expect(error > finer, "the bound can be missed") }
  }

  @Test("A tree counts particles where a law has no strength") func counting() throws {
    // An energy makes it a force law; it is none.
    let text = law("energy: \"0*e\", sum: {phi: \"a/sqrt(r^2 + a^2)\", near: \"exp(-r/a)\"}")
    let found = try simulation(ball(2000, "accuracy: 1e-5"), laws: text), right = try simulation(ball(2000, ""), laws: text)
    for simulation in [found, right] { try simulation.evaluateForces(group: "", wantsTotals: true) }
    for name in ["phi", "near"] {
      let wanted = right.values(of: name), size = wanted.max() ?? 0
      #expect(size > 1)
      #expect(distance(found.values(of: name), wanted) < 1e-4 * size)
    }
  }

  @Test(
    "What a tree cannot do is refused",
    arguments: [
      ("energy: \"-e*min(r/a, 1)*mass[i]*mass[j]/m^2\"", "open", "kink"),
      ("energy: \"-e*a/r*(mass[i]*mass[j]/m^2)^2\"", "open", "linear in the fields of the source, and mass[j] is not"),
      ("energy: \"0*e\", sum: {phi: \"own[j]*a/r\"}", "open", "the same for all species"),
      ("energy: \"-e*a/r*mass[i]*mass[j]/m^2\"", "periodic", "nearest image"),
      ("energy: \"-e*a/r*mass[i]*mass[j]/m^2\"", "periodic", "images: all sums powers of r over all images"),
    ])
  func refusals(outcomes: String, sides: String, message: String) throws {
    #expect {
      _ = try simulation(ball(40, "accuracy: 1e-3, own: {a: 1, b: 2}", sides: sides), laws: law(outcomes))
    } throws: {
      "\($0)".contains(message)
    }
  }
}
