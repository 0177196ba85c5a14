import Foundation
import Testing

@testable import Engine

/// Six charges and a mesh in a periodic box, and links between some of them, under a law given as text.
private func scene(under law: String, kinds: String, sides: String = "periodic") -> String {
  """
  units: reduced
  precision: double
  box: {size: [4, 4, 4], sides: \(sides)}
  species:
    atom:
      fields: {mass: 1, charge: "if(id > 3, -0.5, 1)"}
      fill: {points: [[1.03, 1.06, 0.96], [1.93, 1.18, 1.11], [1.42, 1.82, 0.68], [0.12, 1.53, 0.81], [3.83, 1.09, 1.62], [1.32, 0.41, 3.81]]}
    \(kinds)
  laws: {velocity-verlet: {}, \(law)}
  dt: 0.001
  steps: 1
  """
}

private let bonds = "bond: {kind: links, ends: [[1, 2], [3, 2], [1, 4], [4, 5]]}"
private let corners = "corner: {kind: links, ends: [[1, 2, 3], [2, 3, 6], [4, 5, 1]]}"
private let mesh = "mesh: {kind: lattice, spacing: 0.5}"

/// Laws whose energies depend on fields through links, lattices or waves: their species, fields and passes.
private let paths: [String: (kinds: String, fields: String, passes: String)] = [
  "the area of polygons": (
    corners, "{atom: {A: 1 = 0, P: 1 = 0}}",
    """
    - interact: {linked: corner, sum: {"A[k]": "norm(cross(d[i,k], d[j,k]))/a^2", "P[k]": "r[i,j]/a"}}
    - propagate: {for: atom, energy: "e*(A - 1)^2 + e*P^3"}
    """
  ),
  "the strain of a node's bonds": (
    bonds, "{atom: {A: 1 = 0, B: 1 = 0}}",
    """
    - interact: {linked: bond, sum: {A: "(r/a - 1)^2 + d.x/a*charge[j]/c"}}
    - propagate: {for: atom, B: "A^2 + sin(A)"}
    - interact: {linked: bond, energy: "e*(B[i] + B[j])*r/a"}
    """
  ),
  "bonds of what pairs have summed": (
    bonds, "{atom: {A: 1 = 0, B: 1 = 0}}",
    """
    - interact: {for: atom, from: atom, within: 1.5*a, sum: {A: "(1.5 - r/a)^2"}}
    - interact: {linked: bond, sum: {B: "A[j]*r/a"}, where: "r < 1.4*a"}
    - propagate: {for: atom, energy: "e*A*B^2"}
    """
  ),
  "pairs that no bond joins": (
    bonds, "{atom: {A: 1 = 0}}",
    """
    - interact: {for: atom, from: atom, within: 1.8*a, except: bond, sum: {A: "(1.8 - r/a)^2*(1 + d.y/a)"}}
    - propagate: {for: atom, energy: "e*sqrt(1 + A)"}
    """
  ),
  "a density on a mesh": (
    mesh, "{mesh: {A: 1 = 0}}",
    """
    - interact: {for: mesh, from: atom, weight: cubic, sum: {A: "w*charge[atom]/c*(1 + dot(d, d)/a^2)"}}
    - propagate: {for: mesh, energy: "e*A^2"}
    """
  ),
  "a field that a mesh gives back": (
    mesh, "{mesh: {A: 1 = 0, B: vector 1 = 0}, atom: {C: 1 = 0, V: vector 1 = 0}}",
    """
    - interact: {for: mesh, from: atom, weight: quadratic, sum: {A: "w*charge[atom]/c"}}
    - propagate: {for: mesh, B: "[A, A^2, position.x/a*A]"}
    - interact: {for: atom, from: mesh, weight: cubic, sum: {C: "w*A[mesh]", V: "w*(B[mesh] + d/a*A[mesh])"}}
    - propagate: {for: atom, energy: "e*charge/c*C + e*dot(V, V)"}
    """
  ),
  "waves of two fields": (
    mesh, "{mesh: {A: 1 = 0, B: 1 = 0, C: 1 = 0}}",
    """
    - interact: {for: mesh, from: atom, weight: cubic, sum: {A: "w*charge[atom]/c", B: "w"}}
    - propagate: {for: mesh, waves: true, C: "exp(-dot(k, k)*a^2/4)*A + cos(k.x*dx)*B"}
    - propagate: {for: mesh, energy: "e*A*C + e*C^3"}
    """
  ),
  "a field in its own waves": (
    mesh, "{mesh: {A: 1 = 0, C: 1 = 0}}",
    """
    - interact: {for: mesh, from: atom, weight: cubic, sum: {A: "w*charge[atom]/c"}}
    - propagate: {for: mesh, waves: true, C: "exp(-dot(k, k)*a^2/4)*A"}
    - propagate: {for: mesh, energy: "e*A*(C + A)/2"}
    """
  ),
  "a field in the square of its own waves": (
    mesh, "{mesh: {A: 1 = 0, C: 1 = 0}}",
    """
    - interact: {for: mesh, from: atom, weight: cubic, sum: {A: "w*charge[atom]/c"}}
    - propagate: {for: mesh, waves: true, C: "exp(-dot(k, k)*a^2/4)*A"}
    - propagate: {for: mesh, energy: "e*A*C^2"}
    """
  ),
  "slopes between neighbours": (
    mesh, "{mesh: {A: 1 = 0, B: vector 1 = 0, C: \"array[3] 1 = 0\"}}",
    """
    - interact: {for: mesh, from: atom, weight: cubic, sum: {A: "w*charge[atom]/c"}}
    - interact: {for: mesh, neighbours: faces, sum: {B: "(A[j]^2 - A[i])*d/a"}}
    - interact: {for: mesh, neighbours: axes, sum: {"C[q]": "A[j]*B[i].x - A[i]"}}
    - propagate: {for: mesh, energy: "e*dot(B, B) + e*sum(q in 0..<3: C[q]^2)"}
    """
  ),
]

/// The text of a law with these fields and passes.
private func law(_ path: (kinds: String, fields: String, passes: String)) -> String {
  let links =
    path.kinds.contains("corner") ? "corner: \"links[3]\"" : path.kinds.contains("bond") ? "bond: links" : "mesh: lattice"
  return """
    law: probe
    source: none
    species: {atom: particles, \(links)}
    parameters: {a: {dimension: length, value: 1}, e: {dimension: energy, value: 1}, c: {dimension: charge, value: 1}}
    fields: \(path.fields)
    passes:
    \(path.passes)
    """
}

/// The largest difference of forces from the slope of the energy, taken to fourth order, relative to the largest force.
private func error(of simulation: Simulation, sign: Double = 1) throws -> Double {
  let slopes = try slopes(simulation)
  try simulation.evaluateForces(group: "", wantsTotals: true)
  let forces = try #require(simulation.store.columns(of: "force")), count = simulation.store.count
  let errors = zip(forces, slopes).map { force, slope in (0..<count).map { abs(sign * force[$0] - slope[$0]) }.max() ?? 0 }
  return (errors.max() ?? .infinity) / (slopes.joined().map { abs($0) }.max() ?? 0)
}

@Suite("Forces through links, lattices and waves")
struct AdjointPathTests {
  @Test("are minus the slope of the energy", arguments: paths.keys.sorted())
  func slope(name: String) throws {
    let path = try #require(paths[name])
    let simulation = try simulation(scene(under: "probe: {}", kinds: path.kinds), laws: ["probe": law(path)])
    #expect(try error(of: simulation) < 1e-7)
    #expect(try error(of: simulation, sign: -1) > 1)
  }

  @Test("need no further transform where a field is in its own waves, and one where its slope is another field")
  func transforms() throws {
    for (name, count) in [("a field in its own waves", 1), ("a field in the square of its own waves", 2)] {
      let path = try #require(paths[name])
      let simulation = try simulation(scene(under: "probe: {}", kinds: path.kinds), laws: ["probe": law(path)])
      #expect(simulation.plan.waves.count == count, "\(name)")
    }
  }

  @Test("hold where the box is open and a mesh ends", arguments: ["slopes between neighbours", "a field that a mesh gives back"])
  func open(name: String) throws {
    let path = try #require(paths[name])
    let text = scene(under: "probe: {}", kinds: path.kinds, sides: "open")
    #expect(try error(of: try simulation(text, laws: ["probe": law(path)])) < 1e-7)
  }

  @Test(
    "give the virial that the energy gives under a strain", arguments: ["the area of polygons", "the strain of a node's bonds"])
  func virial(name: String) throws {
    let path = try #require(paths[name])
    let simulation = try simulation(scene(under: "probe: {}", kinds: path.kinds, sides: "open"), laws: ["probe": law(path)])
    let places = try #require(simulation.store.columns(of: "position"))
    let slope = try derivative { stretch in
      for place in 0..<simulation.store.count { places[0][place] *= 1 + stretch }
      defer { for place in 0..<simulation.store.count { places[0][place] /= 1 + stretch } }
      try simulation.evaluateForces(group: "", wantsTotals: true)
      return simulation.world["potential"][0]
    }
    try simulation.evaluateForces(group: "", wantsTotals: true)
    #expect(abs(simulation.world["virial"][0] + slope) < 1e-6 * abs(slope))
  }

  @Test(
    "are refused where there is no derivative",
    arguments: [
      (
        "- repeat: {times: 2, passes: [{propagate: {for: atom, A: A + 1}}]}\n- propagate: {for: atom, energy: e*A}",
        "which repeat wrote"
      ),
      (
        "- measure: {for: atom, all: sum(charge)/c}\n- propagate: {for: atom, A: all}\n- propagate: {for: atom, energy: e*A}",
        "which measure wrote"
      ),
      (
        "- interact: {linked: bond, sequential: true, add: {A: r/a}}\n- propagate: {for: atom, energy: e*A}",
        "which a sequential pass wrote"
      ),
    ])
  func refusals(passes: String, message: String) throws {
    let text = law((bonds, "{atom: {A: 1 = 0}}", passes))
    #expect {
      _ = try simulation(scene(under: "probe: {}", kinds: bonds), laws: ["probe": text])
    } throws: { error in
      "\(error)".contains(message) && "\(error)".contains("no derivative")
    }
  }
}
