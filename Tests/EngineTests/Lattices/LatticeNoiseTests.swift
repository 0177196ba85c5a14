import Foundation
import Testing
import World

@testable import Engine

/// What a site's neighbours draw with it, and what travels with noise between sites.
private let laws = [
  "fluctuating": """
  law: fluctuating
  source: "A. Donev, E. Vanden-Eijnden, A. Garcia, J. Bell, Comm. App. Math. Comp. Sci. 5 (2010) 149"
  species: {site: lattice}
  parameters: {a: 1, b: 1}
  fields: {heat: 1}
  passes:
  - interact: {neighbours: faces, add: {heat: "a*(heat[j] - heat[i]) + b*normal(vector).x"}}
  measure: {total: sum(heat), variance: mean(heat^2)}
  """,
  "draws": """
  law: draws
  source: "none: a test"
  species: {site: lattice}
  fields:
    same: "array[4] 1 = 0"
    opposite: "array[4] 1 = 0"
    even: "array[4] 1 = 0"
    trials: "array[4] 1 = 0"
    own: "array[4] 1 = 0"
  passes:
  - interact:
      neighbours: faces
      sum:
        "same[q]": normal()
        "opposite[q]": normal(vector).y
        "even[q]": uniform()
        "trials[q]": "chi2(3) + poisson(2)"
  - propagate: {"own[q]": normal()}
  """,
  "watch": """
  law: watch
  source: "none: a test"
  species: {site: lattice}
  fields: {same: "array[4] 1"}
  measure: {first: "sum(same[0])"}
  """,
  "travel": """
  law: travel
  source: "none: a test"
  species: {site: lattice}
  constants: {c: [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]}
  fields: {f: "array[5] 1", g: "array[5] 1 = 0", seen: "1 = 0", wall: boolean = false}
  passes:
  - interact: {neighbours: -c, sum: {"f[q]": "if(wall[j], g[i][q], g[j][q]) + 0.01*normal(vector).x + 0.01*uniform()"}}
  - propagate: {seen: "sum(q in 0..<5: f[q])"}
  - propagate: {"g[q]": "0.7*f[q] + 0.3*seen/5 + 0.01*normal()"}
  """,
  "breeze": """
  law: breeze
  source: "none: a test"
  species: {site: lattice}
  constants: {c: [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1]]}
  fields: {f: "array[5] 1", g: "array[5] 1 = 0", seen: "1 = 0", wall: boolean = false}
  passes:
  - interact: {neighbours: -c, sum: {"f[q]": "if(wall[j], g[i][q], g[j][q])"}}
  - propagate: {seen: "sum(q in 0..<5: f[q])"}
  - propagate: {"g[q]": "0.7*f[q] + 0.3*seen/5 + 0.01*normal() + 0.001*mod(id, 7)"}
  """,
  "onlooker": """
  law: onlooker
  source: "none: a test"
  species: {site: lattice}
  constants: {ahead: [[1, 0]]}
  fields: {g: "array[5] 1", next: "1 = 0"}
  passes:
  - interact: {neighbours: ahead, sum: {next: "g[j][0]"}}
  """,
]

@Suite("Noise between sites and their neighbours")
struct LatticeNoiseTests {
  private func lattice(_ use: String, size: String, sides: String = "periodic", fields: String = "{}", threads: Int = 1) throws
    -> Simulation
  {
    try simulation(
      """
      units: reduced
      precision: double
      box: {size: \(size), sides: \(sides)}
      species: {site: {kind: lattice, spacing: 1, fields: \(fields)}}
      laws: {\(use)}
      dt: 1
      steps: 1
      output: {every: 1, fields: [same, opposite, even, trials, own, g, seen, next, heat]}
      """, laws: laws, threads: threads)
  }

  private func values(_ simulation: Simulation, _ name: String) -> [Double] {
    simulation.frame(fields: [name]).lattices[0].fields[0].values
  }

  /// Variance of a site in equilibrium: that of each wave is b²/(a(2 − aλ)), with λ = Σ 2(1 − cos k) of the discrete Laplacian.
  private func variance(_ sides: [Int], a: Double, b: Double) -> Double {
    var total = 0.0
    for x in 0..<sides[0] {
      for y in 0..<sides[1] where x + y > 0 {
        let waves = [(x, sides[0]), (y, sides[1])].map { 2 - 2 * cos(2 * .pi * Double($0.0) / Double($0.1)) }
        total += b * b / (a * (2 - a * waves.reduce(0, +)))
      }
    }
    return total / Double(sides[0] * sides[1])
  }

  @Test("A fluctuating exchange between neighbours keeps the total and has the variance of theory")
  func fluctuatingDiffusion() throws {
    // A cosine of each wave at once would take long to come to rest: begin with as much noise as slow waves have.
    let start = (0.5 / 0.1).squareRoot()
    let simulation = try lattice(
      "fluctuating: {a: 0.1, b: 1}", size: "[64, 48]", fields: "{heat: \"\(start)*normal()\"}")
    let before = try simulation.measure().first { $0.name == "total" }?.values[0] ?? .nan
    try simulation.run(steps: 100)
    let rows = try simulation.run(steps: 400, sampling: 10)
    let variances = rows.map { $0["variance"]?[0] ?? .nan }
    let mean = variances.reduce(0, +) / Double(variances.count), exact = variance([64, 48], a: 0.1, b: 1)
    #expect(abs(mean / exact - 1) < 0.03)
    // Noise that knew of no waves would give half of b²/a, and white noise at each site far more.
    #expect(abs(0.5 / 0.1 / exact - 1) > 0.2)
    #expect(rows.allSatisfy { abs(($0["total"]?[0] ?? .nan) - before) < 1e-9 })
  }

  @Test(
    "Sides so short that several steps lead to one site keep the total too",
    arguments: ["[1, 1]", "[2, 1]", "[2, 2]", "[3, 2]", "[1, 500]"])
  func shortSides(size: String) throws {
    let simulation = try lattice("fluctuating: {a: 0, b: 1}", size: size, fields: "{heat: 0}")
    try simulation.run(steps: 20)
    #expect(abs(values(simulation, "heat").reduce(0, +)) < 1e-10)
    if size == "[1, 1]" { #expect(abs(values(simulation, "heat")[0]) < 1e-12) }
  }

  @Test("Each of several steps to one site draws its own numbers")
  func ways() throws {
    // Rows of two sites: the two pairs of a row give 2b² to the variance of each site, and twice that if they were one.
    let simulation = try lattice("fluctuating: {a: 0, b: 1}", size: "[2, 20000]", sides: "[periodic, open]", fields: "{heat: 0}")
    try simulation.run(steps: 1)
    let heat = values(simulation, "heat"), variance = heat.reduce(0) { $0 + $1 * $1 } / Double(heat.count)
    // Two more come along y.
    #expect(abs(variance - 4) < 0.1)
  }

  @Test("A pair's number is the same from both ends, its vector opposite; both have the moments of their distribution")
  func ends() throws {
    let simulation = try lattice("draws: {}", size: "[100, 80]")
    try simulation.run(steps: 1)
    let same = values(simulation, "same"), opposite = values(simulation, "opposite"), even = values(simulation, "even")
    let own = values(simulation, "own"), trials = values(simulation, "trials")
    // The faces: +x, +y, −x, −y.
    for y in 0..<80 {
      for x in 0..<100 {
        let i = x + 100 * y, right = (x + 1) % 100 + 100 * y, above = x + 100 * ((y + 1) % 80)
        for (from, to) in [(4 * i, 4 * right + 2), (4 * i + 1, 4 * above + 3)] {
          guard same[from] == same[to], even[from] == even[to], trials[from] == trials[to], opposite[from] == -opposite[to] else {
            Issue.record("site \(i)")
            return
          }
        }
      }
    }
    func moments(_ list: [Double]) -> (mean: Double, variance: Double) {
      let mean = list.reduce(0, +) / Double(list.count)
      return (mean, list.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(list.count))
    }
    // 16000 pairs: the mean is known to 0.008 of the spread.
    for (list, mean, variance) in [(same, 0, 1), (even, 0.5, 1.0 / 12), (trials, 5, 8), (own, 0, 1)]
      as [([Double], Double, Double)]
    {
      #expect(abs(moments(list).mean - mean) < 0.03 * variance.squareRoot())
      #expect(abs(moments(list).variance / variance - 1) < 0.06)
    }
    #expect(abs(moments(opposite).variance - 1) < 0.06)
    // Neighbouring pairs of a site, what the site draws alone, and the next step are independent.
    let products = (0..<8000).map { (site: Int) -> Double in same[4 * site] * (same[4 * site + 1] + own[4 * site]) }
    #expect(abs(moments(products).mean) < 0.05)
    try simulation.run(steps: 1)
    let later = zip(same, values(simulation, "same")).map(*)
    #expect(abs(moments(later).mean) < 0.05)
  }

  @Test("One loop with the sites' own noise draws what two loops draw")
  func fused() throws {
    let fused = try lattice("draws: {}", size: "[9, 7]"), apart = try lattice("draws: {}, watch: {}", size: "[9, 7]")
    try fused.run(steps: 3)
    try apart.run(steps: 3)
    for name in ["same", "opposite", "own"] { #expect(values(fused, name) == values(apart, name)) }
  }

  @Test(
    "Threads, caches and a restart change no bit", arguments: ["[40, 30]", "[131, 3]", "[2, 1]"],
    ["periodic", "[open, periodic]"])
  func reproduction(size: String, sides: String) throws {
    let one = try lattice("travel: {}", size: size, sides: sides),
      three = try lattice("travel: {}", size: size, sides: sides, threads: 3)
    three.lattices.cached = 0
    try one.run(steps: 2)
    try three.run(steps: 2)
    #expect(values(one, "g") == values(three, "g"))
    let text = one.state
    try one.run(steps: 3)
    let again = try Simulation(one.scene, from: text, library: lawLibrary(texts: laws))
    try again.run(steps: 3)
    #expect(values(one, "g") == values(again, "g"))
  }

  @Test(
    "In place the sites' own noise is the same as with two copies; noise of pairs wants two",
    arguments: ["[24, 9]", "[70, 4]", "[2, 2]"])
  func inPlace(size: String) throws {
    let walls = "{wall: \"if(norm(position - [6, 2]) < 2.2, 1, 0)\"}"
    let inPlace = try lattice("breeze: {}", size: size, fields: walls)
    let copied = try lattice("breeze: {}, onlooker: {}", size: size, fields: walls)
    #expect(inPlace.plan.stencils[0].kernel.isInPlace && !copied.plan.stencils[0].kernel.isInPlace)
    #expect(try !lattice("travel: {}", size: size).plan.stencils[0].kernel.isInPlace)
    for _ in 0..<3 {
      try inPlace.run(steps: 1)
      try copied.run(steps: 1)
      #expect(distance(values(inPlace, "g"), values(copied, "g")) < 1e-13)
    }
  }
}
