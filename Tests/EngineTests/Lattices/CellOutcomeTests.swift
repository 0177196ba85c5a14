import Foundation
import Testing

@testable import Engine

private let laws = [
  "annihilation": """
  law: annihilation
  source: "M. v. Smoluchowski, Z. Phys. Chem. 92 (1917) 129"
  species: {gas: particles, cell: lattice}
  parameters: {strength: volume/time}
  passes:
  - interact:
      for: gas
      cell: cell
      let: {chance: w*strength*dt/dx^3}
      require: chance <= 1
      where: uniform() < chance
      react: {remove: [i, j]}
  """,
  "wedding": """
  law: wedding
  source: "none: a test"
  species: {gas: particles, pair: particles, cell: lattice}
  fields: {gas: {own: "1 = 3"}, pair: {total: "1 = 0", own: "1 = 0"}}
  passes:
  - interact:
      for: gas
      cell: cell
      where: r < dx/4
      react: {remove: [i, j], create: {pair: {position: "position[i] - d/2", total: "own[i] + own[j]", number: 1}}}
  """,
  "chain": """
  law: chain
  source: "none: a test"
  species: {gas: particles, bond: links, cell: lattice}
  fields: {bond: {rest: length}}
  passes:
  - interact: {for: gas, cell: cell, where: r < 0.5*dx, link: {bond: {rest: r}}}
  """,
  "duel": """
  law: duel
  source: "none: a test"
  species: {gas: particles, cell: lattice}
  fields: {gas: {seen: "mass = 0", least: "mass = 0", lower: "1 = 0", met: "1 = 0"}}
  passes:
  - interact:
      for: gas
      cell: cell
      max: {seen: "mass[j]"}
      min: {least: "if(mass[i] < mass[j], mass[i], mass[j])"}
      sum: {lower: "if(id[j] < id[i], 1, 0)", met: 1}
  """,
  "fight": """
  law: fight
  source: "none: a test"
  species: {gas: particles, cell: lattice}
  passes:
  - interact: {for: gas, cell: cell, remove: "mass[i] < mass[j]"}
  """,
  "still": """
  law: still
  source: "none: a test"
  species: {gas: particles, cell: lattice}
  passes:
  - interact: {for: gas, cell: cell, force: "mass[i]*n*dx/dt^2"}
  """,
]

@Suite("What random pairs in cells give")
struct CellOutcomeTests {
  private func gas(
    _ use: String, count: Int = 4000, side: Int = 4, spacing: Int = 4, more: String = "", threads: Int = 1
  ) throws -> Simulation {
    try simulation(
      """
      units: reduced
      precision: double
      box: {size: [\(side), \(side), \(side)]}
      species:
        gas: {fill: {random: \(count), distance: 0.001}, fields: {mass: "1 + 0.5*sin(id)"}}
        cell: {kind: lattice, spacing: \(spacing)}
        \(more)
      laws: {\(use)}
      dt: 0.01
      steps: 1
      """, laws: laws, threads: threads)
  }

  @Test("Particles that annihilate in pairs follow the law of mass action")
  func annihilation() throws {
    // One cell: dN/dt = -k N(N - 1)/V.
    let simulation = try gas("annihilation: {strength: 0.064}"), rate = 0.064 / 64
    for _ in 0..<2 {
      let before = Double(simulation.store.count), time = simulation.time
      try simulation.run(steps: 50)
      let exact = before / (1 + before * rate * (simulation.time - time))
      // Its spread is below the root of what is left.
      #expect(abs(Double(simulation.store.count) - exact) < 3 * exact.squareRoot())
      #expect(exact < 0.8 * before)
    }
  }

  @Test("Pairs that react make one particle between them, whatever the threads")
  func products() throws {
    let both = try [1, 3].map { try gas("wedding: {}", spacing: 1, more: "pair: {}", threads: $0) }
    for simulation in both { try simulation.run(steps: 3) }
    let frame = both[0].frame(fields: ["total"]), made = frame.species.filter { $0 == 2 }.count
    #expect(made > 100 && frame.count == 4000 - made)
    let total = frame.fields.first { $0.name == "total" }?.values ?? []
    let wanted = frame.species.map { $0 == 2 ? 6.0 : 0 }
    #expect(total == wanted)
    #expect(both[0].values(of: "position") == both[1].values(of: "position"))
  }

  @Test("Random pairs are linked once each")
  func links() throws {
    let simulation = try gas("chain: {}", count: 300, spacing: 2, more: "bond: {kind: links}")
    try simulation.run(steps: 20)
    let links = simulation.frame(fields: ["rest"]).links[0], pairs = stride(from: 0, to: links.ends.count, by: 2)
    #expect(links.ids.count > 500)
    let keys = pairs.map { (pair: Int) -> Int64 in links.ends[pair] * 1000 + links.ends[pair + 1] }
    #expect(pairs.allSatisfy { (pair: Int) -> Bool in links.ends[pair] < links.ends[pair + 1] })
    #expect(Set(keys).count == links.ids.count)
    let rest = links.fields.first { $0.name == "rest" }?.values ?? []
    #expect(rest.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(simulation.state.frame.fields.allSatisfy { !$0.name.contains("pair") })
  }

  @Test("The least and the greatest are those of the one pair; who has none keeps what there was")
  func extremes() throws {
    let simulation = try gas("duel: {}", count: 301)
    try simulation.run(steps: 1)
    let mass = simulation.values(of: "mass"), seen = simulation.values(of: "seen"), least = simulation.values(of: "least")
    let met = simulation.values(of: "met"), lower = simulation.values(of: "lower")
    #expect(met.reduce(0, +) == 300 && lower.reduce(0, +) == 150)
    for particle in 0..<301 {
      let isMet = met[particle] == 1, wanted = isMet ? min(mass[particle], seen[particle]) : 0
      #expect(isMet ? mass.contains(seen[particle]) : seen[particle] == 0)
      #expect(least[particle] == wanted)
    }
  }

  @Test("Of each pair the one goes that is meant") func removal() throws {
    let simulation = try gas("fight: {}", count: 301), heaviest = simulation.values(of: "mass").max()
    try simulation.run(steps: 1)
    #expect(simulation.store.count == 151)
    try simulation.run(steps: 8)
    #expect(simulation.values(of: "mass") == [heaviest])
  }

  @Test("Forces between random pairs are refused with the reason") func refusal() {
    #expect { _ = try gas("still: {}") } throws: { "\($0)".contains("drawn at random") }
  }
}
