import Foundation
import Testing

@testable import Engine

/// Laws of all pairs that a step runs, or the forces.
private let laws = [
  "closest": """
  law: closest
  source: "none: a test"
  species: {a: particles, b: particles}
  parameters: {reach: {dimension: length, value: 1}}
  fields:
    a: {mass: mass, near: "length = 0", far: "length = 0", heavy: "mass = 0", lower: "1 = 0", phi: "1 = 0", old: "1 = 1"}
    b: {mass: mass, phi: "1 = 7", old: "1 = 1"}
  passes:
  - interact:
      for: a
      from: [a, b]
      everywhere: 0
      min: {near: r}
      max: {far: r, heavy: "if(mass[j] < mass[i], mass[j], mass[i])"}
      sum: {phi: "1/r*reach", lower: "if(id[j] < id[i], 1, 0)"}
      add: {old: "old[j]/1000"}
  """,
  "crowding": """
  law: crowding
  source: "none: a test"
  parameters: {reach: length}
  passes:
  - interact: {everywhere: 0, remove: "r < reach and mass[i] < mass[j]"}
  """,
  "apart": """
  law: apart
  source: "none: a test"
  parameters: {reach: length}
  passes:
  - interact: {everywhere: 0, require: r > reach}
  """,
  "embedded": """
  law: embedded
  source: "none: a test"
  parameters: {accuracy: {value: 0}, a: {dimension: length, value: 1}, e: {dimension: energy, value: 1}}
  fields: {density: "1 = 0"}
  passes:
  - interact: {everywhere: accuracy, sum: {density: "exp(-(r/a)^2)"}}
  - propagate: {energy: "-e*sqrt(1 + density)"}
  """,
  "embedded-in-images": """
  law: embedded-in-images
  source: "none: a test"
  parameters: {a: {dimension: length, value: 0.15}, e: {dimension: energy, value: 1}}
  fields: {mass: mass, density: "mass = 0"}
  passes:
  - interact: {everywhere: 1e-12, images: all, sum: {density: "mass[j]*(a/r)^6"}}
  - propagate: {energy: "-e*sqrt(1 + density/mass)"}
  """,
]

@Suite("What all pairs give beside sums")
struct EverywhereOutcomeTests {
  private func cloud(_ use: String, sides: String = "open", threads: Int = 1) throws -> Simulation {
    try simulation(
      """
      units: reduced
      precision: double
      box: {size: [4, 4, 4], sides: \(sides)}
      species:
        a: {fields: {mass: "1 + 0.5*sin(id)"}, fill: {random: 150, distance: 0.05}}
        b: {fields: {mass: 2.5}, fill: {random: 53, distance: 0.05}}
      laws: {\(use)}
      dt: 0.001
      steps: 1
      """, laws: laws, threads: threads)
  }

  /// Distances from each particle to all others, by id.
  private func distances(_ simulation: Simulation, isPeriodic: Bool) -> [[Double]] {
    let x = simulation.values(of: "position"), count = x.count / 3
    return (0..<count).map { i in
      (0..<count).map { j in
        let square = (0..<3).reduce(0.0) { sum, axis in
          var d = x[3 * i + axis] - x[3 * j + axis]
          if isPeriodic { d -= 4 * (d / 4).rounded() }
          return sum + d * d
        }
        return square.squareRoot()
      }
    }
  }

  @Test("Least and greatest of all pairs, by who receives, in a law of the step", arguments: ["open", "periodic"], [1, 3])
  func extremes(sides: String, threads: Int) throws {
    let simulation = try cloud("closest: {}", sides: sides, threads: threads)
    let r = distances(simulation, isPeriodic: sides == "periodic")
    try simulation.run(steps: 1)
    let near = simulation.values(of: "near"), far = simulation.values(of: "far"), phi = simulation.values(of: "phi")
    let heavy = simulation.values(of: "heavy"), mass = simulation.values(of: "mass"), old = simulation.values(of: "old")
    for i in 0..<150 {
      let others = (0..<203).filter { $0 != i }
      #expect(abs(near[i] - (others.map { r[i][$0] }.min() ?? 0)) < 1e-12)
      #expect(abs(far[i] - (others.map { r[i][$0] }.max() ?? 0)) < 1e-12)
      #expect(abs(heavy[i] - (others.map { min(mass[$0], mass[i]) }.max() ?? 0)) < 1e-14)
      #expect(abs(phi[i] / others.reduce(0) { $0 + 1 / r[i][$1] } - 1) < 1e-12)
      #expect(abs(old[i] - 1.202) < 1e-12)
    }
    #expect(simulation.values(of: "lower").prefix(150).elementsEqual((0..<150).map(Double.init)))
    // Those that only give keep what they had.
    #expect(phi[150...].allSatisfy { $0 == 7 })
  }

  @Test("Particles go by any of their pairs")
  func removal() throws {
    let simulation = try cloud("crowding: {reach: 0.7}"), r = distances(simulation, isPeriodic: false)
    let mass = simulation.values(of: "mass")
    let kept = (0..<203).filter { i in !(0..<203).contains { $0 != i && r[i][$0] < 0.7 && mass[i] < mass[$0] } }
    try simulation.run(steps: 1)
    #expect(simulation.values(of: "mass") == kept.map { mass[$0] })
    #expect(kept.count > 20 && kept.count < 180)
  }

  @Test("A pair that breaks a requirement stops the run")
  func requirement() throws {
    let least =
      distances(try cloud(""), isPeriodic: false).enumerated().map { i, row in
        row.enumerated().filter { $0.offset != i }.map(\.element).min() ?? 0
      }.min() ?? 0
    try cloud("apart: {reach: \(0.999 * least)}").run(steps: 1)
    #expect { try cloud("apart: {reach: \(1.001 * least)}").run(steps: 1) } throws: { "\($0)".contains("r > reach") }
  }

  @Test(
    "Forces through sums over all pairs are minus the slopes of the energy",
    arguments: [("open", "embedded: {}"), ("open", "embedded: {accuracy: 1e-6}"), ("periodic", "embedded-in-images: {}")])
  func embedding(sides: String, use: String) throws {
    let text = """
      units: reduced
      precision: double
      box: {size: [4, 4, 4], sides: \(sides)}
      species: {a: {fields: {mass: "1 + 0.3*sin(id)"}, fill: {random: 24, distance: 0.3}}}
      laws: {velocity-verlet: {}, \(use)}
      dt: 0.001
      steps: 1
      """
    let simulation = try simulation(text, laws: laws)
    func energy() throws -> Double {
      try simulation.evaluateForces(group: "", wantsTotals: true)
      return simulation.world["potential"][0]
    }
    #expect(try energy() < -24)
    let x = simulation.store.positions[0], step = 1e-5
    let forces = (0..<24).map { simulation.store.columns(of: "force")?[0][$0] ?? .nan }
    #expect(forces.contains { abs($0) > 0.02 })
    for place in 0..<24 {
      x[place] += step
      let above = try energy()
      x[place] -= 2 * step
      let below = try energy()
      x[place] += step
      #expect(abs(forces[place] + (above - below) / (2 * step)) < 1e-8)
    }
  }

  @Test("All images have no least and greatest")
  func images() {
    let law = laws["apart"]?.replacing("everywhere: 0", with: "everywhere: 0, images: all") ?? ""
    #expect {
      _ = try simulation(
        """
        units: reduced
        box: {size: [4, 4, 4], sides: periodic}
        species: {a: {fields: {mass: 1}, fill: {random: 9}}}
        laws: {apart: {reach: 0.1}}
        dt: 1
        steps: 1
        """, laws: ["apart": law])
    } throws: {
      "\($0)".contains("give them a pass with images: nearest")
    }
  }

  @Test("A tree has no least and greatest")
  func tree() {
    let law = laws["closest"]?.replacing("everywhere: 0", with: "everywhere: 1e-3") ?? ""
    #expect {
      _ = try simulation(
        """
        units: reduced
        box: {size: [4, 4, 4], sides: open}
        species: {a: {fields: {mass: 1}, fill: {random: 9}}, b: {fields: {mass: 1}, fill: {random: 9}}}
        laws: {closest: {}}
        dt: 1
        steps: 1
        """, laws: ["closest": law])
    } throws: {
      "\($0)".contains("ask each pair")
    }
  }
}
