import Foundation
import Testing
import World

@testable import Engine

/// Numbers that travel between sites, are turned back by walls and mixed with the others of their site.
private let travel = """
  law: travel
  source: "none: a test"
  species: {site: lattice}
  constants:
    c: [[0,0,0], [1,0,0], [-1,0,0], [0,1,0], [0,-1,0], [0,0,1], [0,0,-1], [1,1,1], [-1,-1,-1]]
    back: [0, 2, 1, 4, 3, 6, 5, 8, 7]
  fields: {f: "array[9] 1", g: "array[9] 1", seen: 1, first: 1, wall: boolean = false}
  start:
  - propagate: {"g[q]": "(q + 1)*first"}
  passes:
  - interact: {neighbours: -c, where: "not wall[i]", sum: {"f[q]": "if(wall[j], g[i][back[q]], g[j][q])"}}
  - propagate: {where: not wall, seen: "sum(q in 0..<9: f[q])"}
  - propagate: {where: not wall, "g[q]": "0.7*f[q] + 0.3*seen/9"}
  measure: {all: "sum(sum(q in 0..<9: g[q]))"}
  """

/// Another pass over neighbours that knows the numbers, so that they cannot trade their memory.
private let onlooker = """
  law: onlooker
  source: "none: a test"
  species: {site: lattice}
  constants: {ahead: [[1, 0, 0]]}
  fields: {g: "array[9] 1", next: "1 = 0"}
  passes:
  - interact: {neighbours: ahead, sum: {next: "g[j][0]"}}
  """

@Suite("Passes over neighbours that put new values where they read old ones")
struct InPlaceTests {
  struct World: Sendable {
    var size: String
    var sides = "periodic"
    var wall = "0"
  }

  static let worlds = [
    World(size: "[5, 4, 3]"), World(size: "[70, 6, 5]"), World(size: "[16, 16, 16]"),
    World(size: "[12, 9, 7]", sides: "[periodic, periodic, open]", wall: "if(norm(position - [4, 4, 3]) < 1.5, 1, 0)"),
    World(size: "[20, 7, 6]", sides: "[open, periodic, periodic]"),
    World(size: "[40, 8, 8]", wall: "if(abs(position.x - 20) > 19, 1, 0)"), World(size: "[2, 2, 1]"),
  ]

  private func start(_ world: World, precision: String = "double", watched: Bool = false, threads: Int = 1) throws -> Simulation {
    try simulation(
      """
      units: reduced
      precision: \(precision)
      box: {size: \(world.size), sides: \(world.sides)}
      species: {site: {kind: lattice, spacing: 1, fields: {first: "\(first)", wall: "\(world.wall)"}}}
      laws: {travel: {}\(watched ? ", onlooker: {}" : "")}
      dt: 1
      steps: 1
      output: {every: 1, fields: [g, seen\(watched ? ", next" : "")]}
      """, laws: ["travel": travel, "onlooker": onlooker], threads: threads)
  }

  private let first = "0.2 + 0.1*sin(position.x + 2*position.y) + 0.05*cos(3*position.z + position.x*position.y)"

  private func values(_ simulation: Simulation, _ name: String = "g") -> [Double] {
    simulation.frame(fields: [name]).lattices[0].fields[0].values
  }

  @Test("In place they give what they give with two copies, after odd and even steps", arguments: worlds)
  func copies(world: World) throws {
    let inPlace = try start(world), copied = try start(world, watched: true)
    #expect(inPlace.plan.stencils[0].kernel.isInPlace && !copied.plan.stencils[0].kernel.isInPlace)
    inPlace.lattices.cached = world.size.count % 2 == 0 ? 0 : .max
    for _ in 0..<5 {
      try inPlace.run(steps: 1)
      try copied.run(steps: 1)
      for name in ["g", "seen"] {
        #expect(zip(values(inPlace, name), values(copied, name)).allSatisfy { abs($0 - $1) < 1e-13 })
      }
    }
    #expect(Set(values(inPlace).map { ($0 * 1e6).rounded() }).count > 20)
  }

  @Test("In mixed precision they hold floats, of which every reader knows", arguments: worlds)
  func floats(world: World) throws {
    let mixed = try start(world, precision: "mixed"), exact = try start(world)
    #expect(mixed.stores[1].numbers(of: "g")?[0].doubles == nil && mixed.stores[1].numbers(of: "seen")?[0].doubles == nil)
    try mixed.run(steps: 7)
    try exact.run(steps: 7)
    let differences = zip(values(mixed), values(exact)).map { abs($0 - $1) }
    #expect((differences.max() ?? 1) < 2e-6 && (differences.max() ?? 0) > 1e-9)
    let sums = try [mixed, exact].map { try $0.measure()[0].values[0] }
    #expect(abs(sums[0] - values(mixed).reduce(0, +)) < 1e-9 * sums[1] && abs(sums[0] / sums[1] - 1) < 1e-6)
  }

  @Test("Threads change no bit", arguments: worlds, ["mixed", "double"])
  func threads(world: World, precision: String) throws {
    let large = World(size: world.size == "[16, 16, 16]" ? "[16, 24, 20]" : world.size, sides: world.sides, wall: world.wall)
    let (one, two) = (try start(large, precision: precision), try start(large, precision: precision, threads: 3))
    try one.run(steps: 5)
    try two.run(steps: 5)
    #expect(values(one) == values(two))
  }

  @Test("Numbers travel round a ring, several sites at once", arguments: [([37], 1), ([5], 1), ([12, 40], 1), ([12, 40], 3)])
  func rings(sites: [Int], threads: Int) throws {
    let steps = sites.count == 1 ? [[0], [1], [-1], [2], [-2]] : [[0, 0], [1, 0], [-1, 0], [2, -1], [-2, 1]]
    let law = """
      law: rings
      source: "none: a test"
      species: {site: lattice}
      constants: {c: \(steps)}
      fields: {f: "array[5] 1", g: "array[5] 1", first: 1}
      start: [{propagate: {"g[q]": "first + q"}}]
      passes:
      - interact: {neighbours: -c, sum: {"f[q]": "g[j][q]"}}
      - propagate: {"g[q]": "f[q]"}
      """
    let simulation = try simulation(
      """
      units: reduced
      precision: double
      box: {size: \(sites)}
      species: {site: {kind: lattice, spacing: 1, fields: {first: "\(sites.count == 1 ? "cos(position.x)" : first2D)"}}}
      laws: {rings: {}}
      dt: 1
      steps: 1
      output: {every: 1, fields: [g, first]}
      """, laws: ["rings": law], threads: threads)
    #expect(simulation.plan.stencils[0].kernel.isInPlace)
    let start = values(simulation, "first"), turns = 7, width = sites[0], height = sites.count == 1 ? 1 : sites[1]
    try simulation.run(steps: turns)
    let found = values(simulation)
    for site in start.indices {
      for (q, step) in steps.enumerated() {
        let x = site % width - turns * step[0], y = site / width - turns * (step.count == 1 ? 0 : step[1])
        let from = (x % width + width) % width + width * ((y % height + height) % height)
        #expect(found[5 * site + q] == start[from] + Double(q))
      }
    }
  }

  private let first2D = "cos(position.x) + sin(3*position.y)"

  @Test("A run that goes on from a state has the same bits", arguments: [1, 2])
  func restart(steps: Int) throws {
    let whole = try start(Self.worlds[3], precision: "mixed"), half = try start(Self.worlds[3], precision: "mixed")
    try half.run(steps: steps)
    let rest = try Simulation(half.scene, from: half.state, library: lawLibrary(texts: ["travel": travel]))
    try rest.run(steps: 5)
    try whole.run(steps: steps + 5)
    #expect(values(rest) == values(whole))
  }

  @Test("What is read at several neighbours, or without an opposite, stays in two copies of doubles")
  func others() throws {
    func isInPlace(_ share: String, _ steps: String = "[[1, 0, 0], [-1, 0, 0]]") throws -> Bool {
      let law = """
        law: other
        source: "none: a test"
        species: {site: lattice}
        constants: {c: \(steps)}
        fields: {a: "array[2] 1 = 0", b: "array[2] 1 = 0"}
        passes:
        - interact: {neighbours: c, sum: {\(share)}}
        - propagate: {"a[q]": "0.5*b[q]"}
        """
      let simulation = try simulation(
        """
        units: reduced
        box: {size: [4, 4, 4]}
        species: {site: {kind: lattice, spacing: 1}}
        laws: {other: {}}
        dt: 1
        steps: 1
        """, laws: ["other": law])
      let isInPlace = simulation.plan.stencils[0].kernel.isInPlace
      #expect((simulation.stores[1].numbers(of: "a")?[0].doubles == nil) == isInPlace)
      return isInPlace
    }
    #expect(try isInPlace("\"b[q]\": \"a[j][q]\""))
    #expect(try !isInPlace("b: \"a[j]\""))
    #expect(try !isInPlace("\"b[q]\": \"a[j][q] + a[i][q]\""))
    #expect(try !isInPlace("\"b[q]\": \"a[j][q]\"", "[[1, 0, 0], [0, 1, 0]]"))
  }
}
