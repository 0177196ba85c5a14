import Diagnostics
import Foundation
import Laws
import Testing

@testable import Engine

/// A scene of a few atoms of two species, close together in an open box, under a law given as text.
private func scene(under law: String, precision: String = "double") -> String {
  """
  units: reduced
  precision: \(precision)
  box: {size: [20, 20, 20], origin: [-10, -10, -10], sides: open}
  species:
    a:
      fields: {mass: 1, charge: 1}
      fill: {points: [[0, 0, 0], [0.9, 0.2, 0.1], [0.4, 0.8, -0.3], [-0.9, 0.5, -0.2]]}
    b: {fields: {mass: 2, charge: -0.5}, fill: {points: [[-0.8, 0.1, 0.6], [0.3, -0.6, 0.8]]}}
  laws: {velocity-verlet: {}, \(law)}
  dt: 0.001
  steps: 1
  """
}

/// Laws whose energies depend on fields through several passes, by what is special about them.
private let passes: [String: String] = [
  "a root of a sum": """
  - interact: {within: 2*a, sum: {A: "(2 - x)^2"}}
  - propagate: {energy: -e*sqrt(A)}
  """,
  "a sum of a sum": """
  - interact: {within: 2*a, sum: {A: "(2 - x)^2"}}
  - interact: {within: 1.7*a, sum: {B: "A[j]*(1.7 - x)^2 + A[i]^2*(1.7 - x)^3"}}
  - propagate: {energy: e*(B^2 + A)}
  """,
  "assignments between": """
  - interact: {within: 2*a, sum: {A: "(2 - x)^2"}}
  - propagate: {B: "sin(A)*position.x/a + mass/m*A"}
  - interact: {within: 2*a, sum: {C: "B[j]^2*(2 - x)^3"}}
  - propagate: {energy: e*(C*B + position.y/a*A)}
  """,
  "a pair energy of sums": """
  - interact: {within: 2*a, sum: {A: "(2 - x)^2", V: "s*(2 - x)^2"}}
  - interact: {within: 1.8*a, energy: "e*(A[i] + A[j])*(1.8 - x)^2*(1 + dot(V[i], V[j]) - dot(V[i] - V[j], s))"}
  """,
  "tensors": """
  - interact: {within: 2*a, sum: {M: "outer(s, s)*(2 - x)^2"}}
  - propagate: {energy: "e*(dot(M, M) - trace(M)^2/3 + det(M))"}
  """,
  "a sum that grows": """
  - interact: {within: 2*a, sum: {A: "(2 - x)^2"}}
  - interact: {within: 1.5*a, add: {A: "(1.5 - x)^3"}}
  - propagate: {energy: e*A^3}
  """,
  "conditions": """
  - interact: {within: 2*a, where: "mass[i] != mass[j]", sum: {A: "(2 - x)^2"}}
  - propagate: {where: A > 0.1, B: A^2}
  - propagate: {where: mass > m, energy: e*(B + A)}
  - interact: {within: 2*a, where: "A[i] + A[j] > 0.2", energy: "e*A[i]*A[j]*(2 - x)^2"}
  """,
  "abbreviations and arrays": """
  - interact: {within: 2*a, let: {g: "(2 - x)^2"}, sum: {A: "g*x", B: "g*mass[j]/m"}}
  - propagate: {"F[q]": "A*B + q*A^2"}
  - propagate: {let: {twice: "2*F[0]"}, energy: "e*(twice*F[1] + whole + sum(q in 0..<4: F[q]^2))"}
  """,
  "sums with their own pair energy": """
  - interact: {within: 2*a, sum: {A: "(2 - x)^2"}, energy: "e*(2 - x)^2"}
  - propagate: {energy: e*A^2, force: "0*e/a*ones"}
  """,
]

/// The text of a law with these passes; fields keep nothing from step to step.
private func law(_ passes: String) -> String {
  """
  law: probe
  source: none
  parameters: {a: {dimension: length, value: 1}, e: {dimension: energy, value: 1}, m: {dimension: mass, value: 1}}
  fields: {A: 1 = 0, B: 1 = 0, C: 1 = 0, V: vector 1 = 0, M: matrix 1 = 0, F: "array[4] 1 = 0"}
  let: {x: r/a, s: d/a, whole: "F[2]*F[0]"}
  passes:
  \(passes)
  """
}

@Suite("Forces through accumulated fields")
struct AdjointTests {
  @Test("are minus the slope of the energy", arguments: passes.keys.sorted())
  func slope(name: String) throws {
    let text = law(passes[name] ?? "")
    let simulation = try simulation(scene(under: "probe: {}"), laws: ["probe": text])
    #expect(try mismatch(simulation) < 1e-7)
    #expect(try mismatch(simulation, sign: -1) > 1e-7)
  }

  @Test("give the virial that the energy gives under a strain", arguments: ["a root of a sum", "a sum of a sum", "tensors"])
  func virial(name: String) throws {
    let simulation = try simulation(scene(under: "probe: {}"), laws: ["probe": law(passes[name] ?? "")])
    let places = try #require(simulation.store.columns(of: "position")), h = 1e-6
    func energy(stretch: Double) throws -> Double {
      for place in 0..<simulation.store.count { places[0][place] *= stretch }
      try simulation.evaluateForces(group: "", wantsTotals: true)
      let energy = simulation.world["potential"][0]
      for place in 0..<simulation.store.count { places[0][place] /= stretch }
      return energy
    }
    let slope = try (energy(stretch: 1 + h) - energy(stretch: 1 - h)) / (2 * h)
    try simulation.evaluateForces(group: "", wantsTotals: true)
    let virial = simulation.world["virial"][0]
    #expect(abs(virial + slope) < 1e-7 * abs(virial))
  }

  @Test("share the loop of the pair energy") func sharing() throws {
    let law = try lawLibrary().law(named: "embedded-atom")
    let given = "embedded-atom: {cutoff: 2, pair: exp(-x), cloud: exp(-x), embed: \"-sqrt(x)\"}"
    #expect(law.passes.count == 2)
    let plan = try simulation(scene(under: given)).plan
    #expect(plan.pairs.count == 2)
    #expect(plan.pairs[1].names.contains { $0.contains("through sums") })
  }

  @Test(
    "are refused where there is no derivative",
    arguments: [
      ("- interact: {within: a, min: {A: x}}\n- propagate: {B: 2*A}\n- propagate: {energy: e*B}", "which min wrote"),
      ("- interact: {within: a, add: {A: x}}\n- propagate: {energy: e*A}", "which add wrote"),
      ("- interact: {within: a, sum: {A: x}}\n- propagate: {A: A + 1}\n- propagate: {energy: e*A}", "which two passes wrote"),
      ("- interact: {within: a, sum: {A: x}}\n- propagate: {energy: e*A}\n- propagate: {A: 0}", "which a later pass wrote"),
      ("- interact: {within: a, sum: {A: x*normal()}}\n- propagate: {energy: e*A}", "which noise enters"),
    ])
  func refusals(passes: String, message: String) throws {
    #expect {
      _ = try simulation(scene(under: "probe: {}"), laws: ["probe": law(passes)])
    } throws: { error in
      "\(error)".contains(message) && "\(error)".contains("no derivative")
    }
  }
}
