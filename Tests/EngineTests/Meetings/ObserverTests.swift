import Testing

@testable import Engine

/// Springs between points, with a load that is only looked at.
private let springs = """
  law: springs
  source: "none: a test"
  species: {point: particles, spring: links}
  parameters: {a: {dimension: length, value: 1}, stiffness: {dimension: force/length, value: 1}, late: {dimension: 1/time, value: 1}}
  fields: {spring: {rest: length}, point: {load: length, share: 1}}
  start:
  - interact: {for: point, from: point, within: 1.5*a, link: {spring: {rest: r}}}
  passes:
  - interact: {linked: spring, force: "-stiffness*(r - rest)*n", unlink: r > 1.7*a}
  - interact: {linked: spring, sum: {load: "abs(r - rest)"}}
  - propagate: {for: point, share: "load/(a + load)"}
  """

private let reader = """
  law: reader
  source: "none: a test"
  fields: {load: length, seen: length}
  passes: [{propagate: {seen: seen + load}}]
  """

private let timed = springs.replacing("load/(a + load)", with: "load/(a + load) + late*time")

@Suite("What only somebody who looks wants")
struct ObserverTests {
  private func start(_ text: String = springs, with more: String = "", threads: Int = 1) throws -> Simulation {
    try simulation(
      """
      units: reduced
      box: {size: [8, 8, 8], sides: open, origin: [-1, -1, -1]}
      species:
        point:
          fields: {mass: 1, velocity: "[0.3*sin(5*position.x), 0.4*cos(3*position.y + position.z), 0]"}
          fill: {lattice: sc, spacing: 1, region: {from: [0, 0, 0], to: [6, 6, 6]}}
        spring: {kind: links}
      laws: {velocity-verlet: {}, springs: {}\(more)}
      dt: 0.05
      steps: 1
      output: {every: 1, fields: [load, share]}
      """, laws: ["springs": text, "reader": reader], threads: threads)
  }

  private func values(_ simulation: Simulation, _ name: String) -> [Double] {
    simulation.frame(fields: [name]).fields.last?.values ?? []
  }

  private func observers(_ simulation: Simulation) -> Int { simulation.plan.forceGroups[""]?.observers.count ?? 0 }

  @Test("It waits until somebody looks, and is then what it would be if it had been done in every step")
  func looks() throws {
    let (waiting, watched) = (try start(), try start())
    #expect(observers(waiting) == 2)
    for _ in 0..<40 {
      try waiting.advance(wantsTotals: false)
      try watched.advance(wantsTotals: false)
      watched.observe()
    }
    #expect(waiting.isUnobserved && !watched.isUnobserved)
    let all = try start().stores[1].count
    #expect(waiting.stores[1].count == watched.stores[1].count && waiting.stores[1].count < all)
    let stale = waiting.store.columns(of: "load").map { $0[0][7] }
    for name in ["load", "share", "position", "velocity"] {
      // The unit that a sum is counted in follows from earlier sums, of which some were left out.
      let error = zip(values(waiting, name), values(watched, name)).map { abs($0 - $1) }.max() ?? 1
      #expect(error < (["load", "share"].contains(name) ? 1e-9 : 1e-300), "\(name)")
    }
    #expect(stale != values(waiting, "load")[7])
  }

  @Test("A state that goes on has it")
  func goesOn() throws {
    let simulation = try start()
    for _ in 0..<10 { try simulation.advance(wantsTotals: false) }
    let next = try Simulation(simulation.scene, from: simulation.state, library: lawLibrary(texts: ["springs": springs]))
    let isSame = values(next, "share") == values(simulation, "share")
    #expect(isSame)
  }

  @Test("What a law reads, or what knows the time, is done in every step")
  func wanted() throws {
    #expect(try observers(start(with: ", reader: {}")) == 1)  // the share alone
    #expect(try observers(start(timed)) == 0)
  }
}
