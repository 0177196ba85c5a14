import Diagnostics
import Foundation
import Testing
import World

@testable import Scenes

@Suite struct InitialFrameTests {
  private func neighbours(_ frame: Frame) -> [Double] {
    let position = frame[field: "position"]?.values ?? []
    let space = frame.box.space
    let count = min(frame.count, 20)
    return (0..<count).map { i in
      (0..<frame.count).filter { $0 != i }.map { j in
        (0..<space).reduce(0.0) { sum, axis in
          var d = position[i * space + axis] - position[j * space + axis]
          d -= frame.box.lengths[axis] * (d / frame.box.lengths[axis]).rounded()
          return sum + d * d
        }
      }.min() ?? 0
    }.map { $0.squareRoot() }
  }

  // Nearest neighbours in units of the cell: 1/√2, √3/2, 1, √3/4 in three dimensions, 1 in two.
  @Test(arguments: [
    ("fcc", 4, 0.5.squareRoot()), ("bcc", 2, 0.75.squareRoot()), ("sc", 1, 1), ("diamond", 8, 3.0.squareRoot() / 4),
    ("hexagonal", 2, 1), ("square", 1, 1),
  ])
  func `a lattice of a given density has its neighbours where the crystal says`(name: String, sites: Int, nearest: Double) throws
  {
    let count = sites * (name == "hexagonal" ? 40 : 64)
    let frame = try readScene(reduced("{lattice: \(name), count: \(count), density: 0.8}", box: "{size: fit}")).initialFrame()
    let space = frame.box.space
    #expect(frame.count == count)
    #expect(abs(Double(count) / frame.box.volume - 0.8) < 1e-12)
    let cellVolume = Double(sites) / 0.8
    let side =
      space == 3
      ? pow(cellVolume, 1 / 3.0) : (cellVolume / (name == "hexagonal" ? 3.0.squareRoot() : 1)).squareRoot()
    for distance in neighbours(frame) { #expect(abs(distance - nearest * side) < 1e-9 * side) }
  }

  @Test func `two lattices offset by half a cell make rock salt`() throws {
    let frame = try readScene(
      """
      units: reduced
      box: {size: fit}
      species:
        Na: {fill: {lattice: fcc, cells: [3, 3, 3], spacing: 2}}
        Cl: {fill: {lattice: fcc, cells: [3, 3, 3], spacing: 2, offset: [0.5, 0, 0]}}
      laws: {}
      dt: 1
      steps: 1
      """
    ).initialFrame()
    #expect(frame.count == 216)
    for distance in neighbours(frame) { #expect(abs(distance - 1) < 1e-12) }
  }

  @Test func `fewer particles than sites leave vacancies, and the density asked for`() throws {
    let frame = try readScene(reduced("{lattice: fcc, count: 100, density: 0.5}", box: "{size: fit}")).initialFrame()
    #expect(frame.count == 100)
    #expect(abs(100 / frame.box.volume - 0.5) < 1e-12)
  }

  @Test func `velocities have exactly the temperature and no momentum`() throws {
    let text = reduced("{lattice: fcc, count: 256, density: 0.8}", box: "{size: fit}", more: ", velocities: {temperature: 1.44}")
    let velocities = try #require(try readScene(text).initialFrame()[field: "velocity"]?.values)
    let twice = velocities.reduce(0) { $0 + $1 * $1 }
    #expect(abs(twice / Double(3 * 255) - 1.44) < 1e-12)
    for axis in 0..<3 { #expect(abs(stride(from: axis, to: velocities.count, by: 3).reduce(0) { $0 + velocities[$1] }) < 1e-11) }
  }

  @Test func `heavier particles are slower: equipartition holds in a mixture`() throws {
    let frame = try readScene(
      """
      units: reduced
      box: {size: fit}
      species:
        light: {fill: {lattice: fcc, count: 4000, density: 0.8}, velocities: {temperature: 1}}
        heavy: {fields: {mass: 4}, fill: {replace: light, count: 2000}, velocities: {temperature: 1}}
      laws: {}
      dt: 1
      steps: 1
      """
    ).initialFrame()
    let velocity = try #require(frame[field: "velocity"]?.values), mass = try #require(frame[field: "mass"]?.values)
    func meanEnergy(_ species: Int32) -> Double {
      let rows = frame.species.indices.filter { frame.species[$0] == species }
      return rows.reduce(0) { sum, row in
        sum + mass[row] / 2 * (0..<3).reduce(0) { $0 + velocity[row * 3 + $1] * velocity[row * 3 + $1] }
      } / Double(rows.count)
    }
    #expect(frame.species.filter { $0 == 1 }.count == 2000)
    // The standard error of the mean energy of 2000 particles is √(3/2)/√2000.
    #expect(abs(meanEnergy(0) - 1.5) < 4 * 0.0274)
    #expect(abs(meanEnergy(1) - 1.5) < 4 * 0.0274)
  }

  @Test func `random places keep their distance, and depend on the seed alone`() throws {
    let text = reduced("{random: 500, distance: 0.9}")
    let first = try readScene(text).initialFrame(), again = try readScene(text).initialFrame()
    #expect(first[field: "position"] == again[field: "position"])
    #expect(neighbours(first).allSatisfy { $0 >= 0.9 })
    let other = try readScene(text, overrides: ["seed=2"]).initialFrame()
    #expect(other[field: "position"] != first[field: "position"])
  }

  @Test func `particles at random places can be replaced by others`() throws {
    let frame = try readScene(
      """
      units: reduced
      box: {size: [10, 10, 10]}
      species: {A: {fill: {random: 30, distance: 1}}, B: {fill: {replace: A, count: 10}}}
      laws: {}
      dt: 1
      steps: 1
      """
    ).initialFrame()
    #expect(frame.species.count { $0 == 0 } == 20 && frame.species.count { $0 == 1 } == 10)
  }

  @Test func `formulas of fields may use the whole language: sums, vectors, conditions, noise`() throws {
    let frame = try readScene(
      """
      units: reduced
      box: {size: [10, 10]}
      species:
        A:
          fields:
            mass: {formula: "1 + sum(q in 0..<3: q*a)/3", a: 2}
            velocity: "if(position.x < 5, [1, 0], -unit(position)) + 0*normal(vector)"
          fill: {points: [[3, 4], [6, 8]]}
      laws: {}
      dt: 1
      steps: 1
      """
    ).initialFrame()
    #expect(frame[field: "mass"]?.values == [3, 3])
    #expect(zip(frame[field: "velocity"]?.values ?? [], [1, 0, -0.6, -0.8]).allSatisfy { abs($0 - $1) < 1e-15 })
  }

  @Test(arguments: [
    ("uniform() + tim", "tim is not known here"), ("norm(position)*m + 1", "m is not known here"),
    ("chi2(3)", "chi2 and poisson are known in laws only"), ("time", "time is not known here"), ("?a", "?a is open"),
  ])
  func `a formula that a field cannot have is refused at its term`(text: String, found: String) {
    #expect(mistakes(reduced("{random: 5}", more: ", fields: {mass: \"\(text)\"}")).contains(found))
  }

  @Test func `species may be named as functions and constants of the language are`() throws {
    let text = reduced("{random: 5}").replacing("{A:", with: "{W:")
    let scene = try readScene(text + "\nmeasure: {for: W, here: count(W), speed: mean(norm(velocity))}\n")
    #expect(scene.totals != nil)
  }

  @Test func `a random fill without room says so`() throws {
    let scene = try readScene(reduced("{random: 100, distance: 4.9}"))
    #expect(throws: Failure.self) { try scene.initialFrame() }
  }

  @Test(arguments: [
    ("{points: [[1, 1, 1], [2, 2, 2], [1, 1, 1]]}", "particle 3 of A is at the place of particle 1 of A"),
    ("{points: [[1, 1, 1], [2, 2, 12]]}", "particle 2 of A is outside the box: (2, 2, 12)"),
  ])
  func `impossible places are refused by name`(fill: String, message: String) throws {
    let scene = try readScene(reduced(fill))
    do {
      _ = try scene.initialFrame()
      Issue.record("no error")
    } catch let failure as Failure {
      #expect(failure.message.hasPrefix(message))
    }
  }

  @Test func `fields start from numbers, vectors and formulas of position and id`() throws {
    let frame = try readScene(
      reduced(
        "{points: [[1, 2, 3], [4, 5, 6]]}",
        more: ", fields: {mass: 2, charge: \"if(id < 2, 1, -1)\", velocity: {formula: \"[shear*position.y, 0, 0]\", shear: 0.1}}")
    ).initialFrame()
    #expect(frame[field: "mass"]?.values == [2, 2])
    #expect(frame[field: "charge"]?.values == [1, -1])
    #expect(frame[field: "velocity"]?.values == [0.2, 0, 0, 0.5, 0, 0])
    #expect(frame.ids == [1, 2])
  }

  @Test func `a ball of a lattice holds only sites inside`() throws {
    let frame = try readScene(
      reduced("{lattice: sc, spacing: 1, region: {centre: [5, 5, 5], radius: 3}}")
    ).initialFrame()
    // 4π/3·27 = 113 sites, give or take those near the surface.
    #expect((90...136).contains(frame.count))
  }
}
