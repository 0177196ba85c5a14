import Foundation
import Testing

@testable import Engine

@Suite("Particles and the sites around them")
struct TransferTests {
  private static func sharing(_ weight: String) -> String {
    """
    law: sharing
    source: "none: a test"
    species: {p: particles, g: lattice}
    fields:
      p: {mass: mass, seen: "1 = 0", place: "vector length = 0", slope: "vector 1/length = 0", whole: "1 = 0"}
      g: {m: mass = 0, moment: "vector mass*length = 0", a: "1 = 0", most: "mass = 0"}
    passes:
    - interact: {for: g, from: p, weight: \(weight), sum: {m: "w*mass[p]", moment: "w*mass[p]*d"}, max: {most: "mass[p]"}}
    - propagate: {for: g, a: "2 + 3*position.x/dx - position.y/dx"}
    - interact: {for: p, from: g, weight: \(weight), sum: {seen: "w*a[g]", slope: "a[g]*dw", place: "w*d", whole: w}}
    measure:
    - {for: g, total: sum(m), first: sum(moment)}
    - {for: p, seen_off: "max(abs(seen - 2 - 3*position.x/dx + position.y/dx))", ones_off: "max(abs(whole - 1))",
       place_off: "max(norm(place))", slope_off: "max(norm(slope - [3, -1]/dx))"}
    """
  }

  /// 300 particles in the middle of a box, over sites 0.5 apart.
  private func shared(_ weight: String, sides: String = "open", threads: Int = 1) throws -> Simulation {
    try simulation(
      """
      units: reduced
      box: {size: [8, 6], sides: \(sides)}
      species:
        p: {fill: {random: 300, distance: 0.01, region: {from: [2, 2], to: [6, 4]}}, fields: {mass: "1 + 0.5*sin(id)"}}
        g: {kind: lattice, spacing: 0.5}
      laws: {sharing: {}}
      dt: 1
      steps: 1
      measure: {mass: "sum(mass)"}
      """, laws: ["sharing": Self.sharing(weight)], threads: threads)
  }

  @Test(
    "Splines share all and, from the first degree on, neither displace nor miss a slope",
    arguments: ["nearest", "linear", "quadratic", "cubic"])
  func partition(weight: String) throws {
    let row = try shared(weight).run(steps: 1, sampling: 1)[0]
    func value(_ name: String, _ component: Int = 0) -> Double { row[name]?[component] ?? .nan }
    #expect(abs(value("total") - value("mass")) < 1e-10)
    #expect(value("ones_off") < 1e-14)
    if weight != "nearest" {
      #expect(value("seen_off") < 1e-12)
      #expect(value("place_off") < 1e-14)
      #expect(value("slope_off") < 1e-12)
      #expect(hypot(value("first"), value("first", 1)) < 1e-10)
    } else {
      #expect(value("place_off") > 0.1)
    }
  }

  @Test("Threads and the order of particles change no bit")
  func order() throws {
    let one = try shared("quadratic"), two = try shared("quadratic", threads: 3)
    two.stores[0].permute(wide: { Self.reverse($0, $1, Double.self) }, narrow: { Self.reverse($0, $1, Int32.self) })
    for simulation in [one, two] { try simulation.run(steps: 1) }
    for name in ["m", "moment", "most"] {
      let values = [one, two].map { $0.frame(fields: [name]).lattices[0].fields[0].values }
      #expect(values[0] == values[1])
    }
    #expect(one.values(of: "seen") == two.values(of: "seen"))
  }

  private static func reverse<Number>(_ from: UnsafeMutableRawPointer, _ to: UnsafeMutableRawPointer, _ type: Number.Type) {
    let (a, b) = (from.assumingMemoryBound(to: Number.self), to.assumingMemoryBound(to: Number.self))
    for place in 0..<300 { b[place] = a[299 - place] }
  }

  @Test("Across periodic sides nothing is lost; beyond others it is, and is counted")
  func sides() throws {
    let law = """
      law: falling-out
      source: "none: a test"
      species: {p: particles, g: lattice}
      fields: {p: {mass: mass}, g: {m: mass = 0}}
      passes:
      - interact: {for: g, from: p, weight: quadratic, sum: {m: "w*mass[p]"}}
      measure: {for: g, total: sum(m)}
      """
    func run(_ sides: String) throws -> (Double, [String: Int]) {
      let simulation = try simulation(
        """
        units: reduced
        box: {size: [4, 4], sides: \(sides)}
        species:
          p: {fill: {points: [[0.5, 2], [2, 2]]}, fields: {mass: 1}}
          g: {kind: lattice, spacing: 1}
        laws: {falling-out: {}}
        dt: 1
        steps: 1
        """, laws: ["falling-out": law])
      let total = try simulation.run(steps: 1, sampling: 1)[0]["total"]?[0] ?? .nan
      return (total, simulation.warnings)
    }
    let closed = try run("periodic"), open = try run("open")
    #expect(closed.0 == 2)
    #expect(closed.1.isEmpty)
    // One particle sits on site 0, whose neighbour outside would have got 1/8.
    #expect(abs(open.0 - 1.875) < 1e-15)
    #expect(open.1.values.first == 1)
  }

  @Test("A lattice too coarse for the spline is refused")
  func coarse() {
    #expect(throws: (any Error).self) {
      try simulation(
        """
        units: reduced
        box: {size: [2, 6]}
        species: {p: {fill: {points: [[1, 1]]}, fields: {mass: 1}}, g: {kind: lattice, spacing: 1}}
        laws: {sharing: {}}
        dt: 1
        steps: 1
        """, laws: ["sharing": Self.sharing("quadratic")])
    }
  }

  @Test("Particles go by any of their sites, whose ids they know as sites know theirs", arguments: [1, 2])
  func removal(threads: Int) throws {
    let law = """
      law: drain
      source: "none: a test"
      species: {p: particles, g: lattice}
      fields: {g: {hole: "1 = 0", visitors: "1 = 0"}, p: {places: "1 = 0"}}
      passes:
      - interact: {for: g, from: p, weight: nearest, sum: {visitors: "id[p]"}}
      - interact: {for: p, from: g, weight: nearest, sum: {places: "id[g]"}}
      - interact: {for: p, from: g, weight: linear, remove: "hole[g] > 0 and w > 0.1"}
      """
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [8, 6], sides: periodic}
      species:
        p: {fill: {random: 300, distance: 0.01}}
        g: {kind: lattice, spacing: 1, fields: {hole: "if(norm(position - [3.5, 2.5]) < 0.1, 1, 0)"}}
      laws: {drain: {}}
      dt: 1
      steps: 1
      output: {every: 1, fields: [visitors, places]}
      """, laws: ["drain": law], threads: threads)
    let x = simulation.values(of: "position"), before = simulation.frame(fields: [])
    let hole = (0..<300).filter { (particle: Int) -> Bool in
      let dx = abs(x[2 * particle] - 3.5), dy = abs(x[2 * particle + 1] - 2.5)
      return dx < 1 && dy < 1 && (1 - dx) * (1 - dy) > 0.1
    }
    try simulation.run(steps: 1)
    let after = simulation.frame(fields: ["visitors", "places"])
    #expect(hole.count > 5 && after.count == 300 - hole.count)
    #expect(Set(after.ids).isDisjoint(with: hole.map { before.ids[$0] }))
    let visitors = after.lattices[0].fields[0].values.reduce(0, +)
    #expect(visitors == 45150)
    let places = simulation.values(of: "places"), y = simulation.values(of: "position")
    for particle in 0..<after.count {
      let site = Int(y[2 * particle]) + 8 * Int(y[2 * particle + 1])
      #expect(places[particle] == Double(site))
    }
  }
}
