import Testing
import World

@testable import Engine

/// Names of the fields whose bits differ.
private func unequalFields(_ a: Simulation, _ b: Simulation) -> [String] {
  ["position", "velocity", "force"].filter { a.values(of: $0) != b.values(of: $0) }
}

@Suite("The same bits")
struct ReproductionTests {
  /// A liquid with noise, a thermostat and totals.
  static func liquid(_ thermostat: String, precision: String) -> String {
    """
    units: reduced
    precision: \(precision)
    box: {size: fit}
    species: {atom: {fill: {lattice: fcc, count: 500, density: 0.8}, velocities: {temperature: 1.2}}}
    laws: {\(thermostat), lennard-jones: {epsilon: 1, sigma: 1, cutoff: 2.5}, thermodynamics: {}, diffusion: {}}
    dt: 0.004
    steps: 1
    """
  }
  static let thermostats = [
    "velocity-verlet: {}, stochastic-rescaling: {kT: 1.2, relaxation: 0.2}", "langevin-baoab: {kT: 1.2, friction: 1}",
    "nose-hoover-chain: {kT: 1.2, relaxation: 0.3}",
  ]

  @Test("One thread and three give the same bits", arguments: thermostats, ["mixed", "double"])
  func threads(thermostat: String, precision: String) throws {
    let text = Self.liquid(thermostat, precision: precision)
    let one = try simulation(text, threads: 1), three = try simulation(text, threads: 3)
    let a = try one.run(steps: 60, sampling: 30), b = try three.run(steps: 60, sampling: 30)
    #expect(unequalFields(one, three).isEmpty)
    #expect(a == b)
  }

  @Test("Threads that divide members unevenly give the same bits, for functions of the library too")
  func members() throws {
    let text = """
      units: reduced
      box: {size: fit}
      species:
        grain: {fields: {mass: 1, radius: 0.5, inertia: 0.1, spin: [0.3, 0.2, 0.7]}, fill: {lattice: fcc, count: 500, density: 0.1}}
      laws: {velocity-verlet-spheres: {}}
      dt: 0.01
      steps: 1
      """
    let orientations = try [1, 3].map { threads in
      let simulation = try simulation(text, threads: threads)
      try simulation.run(steps: 20)
      return simulation.values(of: "orientation")
    }
    #expect(orientations[0] == orientations[1])
    #expect(orientations[0].allSatisfy { $0.isFinite })
  }

  @Test("Another seed gives other bits")
  func seeds() throws {
    let text = Self.liquid("langevin-baoab: {kT: 1.2, friction: 1}", precision: "mixed")
    let one = try simulation(text), other = try simulation("seed: 2\n" + text)
    try one.run(steps: 5)
    try other.run(steps: 5)
    #expect(one.values(of: "position") != other.values(of: "position"))
  }

  @Test("A run that is taken up again gives the bits of the one that was not left", arguments: thermostats)
  func resuming(thermostat: String) throws {
    let text = Self.liquid(thermostat, precision: "mixed"), scene = try scene(text)
    func resumed(_ state: SimulationState) throws -> Simulation { try Simulation(scene, from: state, library: lawLibrary()) }
    // A run goes on from the state that it saved, as does the one that reads it later.
    let saved = try simulation(text)
    try saved.run(steps: 40)
    let state = saved.state
    let on = try resumed(state), later = try resumed(state)
    try on.run(steps: 20)
    let between = try resumed(on.state)
    try between.run(steps: 20, sampling: 20)
    try later.run(steps: 20)
    let again = try resumed(later.state)
    try again.run(steps: 20, sampling: 20)
    #expect(again.step == 80)
    #expect(unequalFields(again, between).isEmpty)
    #expect(try again.measure() == between.measure())
  }
}
