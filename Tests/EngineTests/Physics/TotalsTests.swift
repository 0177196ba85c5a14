import Foundation
import Testing

@testable import Engine

@Suite("Totals")
struct TotalsTests {
  static let text = """
    units: reduced
    box: {size: [20, 20, 20]}
    species: {atom: {fields: {velocity: "[1, 2, 3]"}, fill: {points: [[1, 1, 1], [12, 12, 12]]}}}
    laws: {velocity-verlet: {}, velocity-damping: {damping: 0.5}}
    dt: 0.1
    steps: 1
    measure:
      kinetic: sum(mass*dot(velocity, velocity)/2)
      doubled: 2*kinetic
      later: average(kinetic, 0.15)
    """

  @Test("A total that uses another reads its value of the same moment")
  func sameMoment() throws {
    for row in try simulation(Self.text).run(steps: 5, sampling: 1) {
      #expect(row["doubled"] == row["kinetic"].map { [2 * $0[0]] })
    }
  }

  @Test("An average is over the rows from its time on")
  func average() throws {
    let rows = try simulation(Self.text).run(steps: 4, sampling: 1)
    let kinetic = rows.map { $0["kinetic", default: [.nan]][0] }
    let mean = (kinetic[1] + kinetic[2] + kinetic[3]) / 3
    #expect(abs(rows[3]["later", default: [.nan]][0] - mean) < 1e-12)
  }

  @Test("With reduced units a number in a total may have any dimension; with others it may not")
  func bareNumbers() throws {
    let reduced = Self.text.replacing("doubled: 2*kinetic", with: "doubled: 2*kinetic + 0.85")
    #expect(try simulation(reduced).run(steps: 1, sampling: 1).first?["doubled"] != nil)
    let molecular = reduced.replacing("units: reduced", with: "units: molecular").replacing(
      "[20, 20, 20]", with: "[20, 20, 20] nm")
    #expect(throws: (any Error).self) { try simulation(molecular) }
  }

  @Test("The virial's components and their trace are those of the forces")
  func virial() throws {
    let simulation = try simulation(
      """
      units: reduced
      precision: double
      box: {size: [20, 20, 20], origin: [-10, -10, -10], sides: open}
      species: {atom: {fill: {points: [[0, 0, 0], [1, 0.5, 0.2], [0.3, -0.9, 0.8]]}}}
      laws: {velocity-verlet: {}, lennard-jones: {epsilon: 1, sigma: 1, cutoff: 5}}
      dt: 0.001
      steps: 1
      measure:
        xy: (virial*[0, 1, 0]).x
        zz: (virial*[0, 0, 1]).z
        all: trace(virial)
        xyOfForces: sum(position.x*force.y)
        zzOfForces: sum(position.z*force.z)
        allOfForces: sum(dot(position, force))
      """)
    let row = try #require(try simulation.run(steps: 1, sampling: 1).first)
    for name in ["xy", "zz", "all"] {
      let value = try #require(row[name]?.first), other = try #require(row[name + "OfForces"]?.first)
      #expect(abs(value) > 1e-3)
      #expect(abs(value - other) < 1e-10 * abs(value))
    }
  }

  @Test("The least and the greatest over pairs are those of two loops, each from both ends", arguments: ["mixed", "double"])
  func extremesOfPairs(precision: String) throws {
    let simulation = try simulation(
      """
      units: reduced
      precision: \(precision)
      box: {size: [6, 6, 6]}
      species: {atom: {fill: {random: 200, distance: 0.1}, fields: {mass: "1 + 0.5*sin(id)"}}}
      laws: {}
      dt: 1
      steps: 1
      measure: {within: 1.5, shortest: min(r), furthest: max(r), heavy: "max(mass[i] - mass[j]/2)", total_r: sum(r)}
      """)
    let row = try simulation.run(steps: 1, sampling: 1)[0]
    let x = simulation.values(of: "position"), mass = simulation.values(of: "mass")
    var near: [Double] = [], heavy = -Double.infinity
    for i in 0..<200 {
      for j in 0..<200 where i != j {
        let square = (0..<3).reduce(0.0) { sum, axis in
          let d: Double = x[3 * i + axis] - x[3 * j + axis]
          return sum + pow(d - 6 * (d / 6).rounded(), 2)
        }
        guard square < 2.25 else { continue }
        near.append(square.squareRoot())
        heavy = max(heavy, mass[i] - mass[j] / 2)
      }
    }
    let found = ["shortest", "furthest", "heavy"].map { row[$0]?[0] ?? .nan }
    #expect(abs(found[0] - (near.min() ?? 0)) < 1e-5 && abs(found[1] - (near.max() ?? 0)) < 1e-5 && abs(found[2] - heavy) < 1e-5)
    #expect(abs(2 * (row["total_r"]?[0] ?? 0) / near.reduce(0, +) - 1) < 1e-5)
  }
}
