import Diagnostics
import Testing
import World

@testable import Engine

@Suite("Loops over pairs")
struct PairForceTests {
  struct Case: CustomTestStringConvertible {
    var space: Int, sides: [Side], precision: Precision, threads: Int, half: Bool, count = 300
    var testDescription: String {
      "\(space)-D, \(sides.map(\.rawValue)), \(precision.rawValue), \(threads) threads, \(half ? "half" : "full") list, \(count)"
    }
  }

  static let cases: [Case] =
    [1, 2, 3].flatMap { space in
      [
        Case(space: space, sides: Array(repeating: .periodic, count: space), precision: .mixed, threads: 1, half: true),
        Case(space: space, sides: Array(repeating: .periodic, count: space), precision: .double, threads: 3, half: true),
        Case(space: space, sides: Array(repeating: .open, count: space), precision: .mixed, threads: 3, half: false),
        Case(space: space, sides: Array(repeating: .wall, count: space), precision: .double, threads: 1, half: false),
        Case(space: space, sides: [.open, .periodic, .wall].prefix(space).map { $0 }, precision: .mixed, threads: 2, half: true),
      ]
    }
    + [1, 2, 5, 8, 9].map {
      Case(space: 3, sides: [.periodic, .periodic, .open], precision: .mixed, threads: 2, half: true, count: $0)
    }

  static func world(_ example: Case, law: TestLaw = .soft) throws -> PairWorld {
    let lengths = Array([7.3, 6.1, 9.7].prefix(example.space)).map {
      example.space == 1 ? 40 * $0 : example.space == 2 ? 2 * $0 : $0
    }
    let box = Box(origin: Array([-2, 0.5, 11].prefix(example.space)), lengths: lengths, sides: example.sides)
    var noise = TestNoise(state: UInt64(example.count))
    let positions = (0..<example.count).map { _ in
      (0..<box.space).map { box.origin[$0] + box.lengths[$0] * Double.random(in: 0..<1, using: &noise) }
    }
    var law = law
    law.half = example.half
    return try PairWorld(law, positions: positions, box: box, range: 2.1, precision: example.precision, threads: example.threads)
  }

  @Test("The force on every particle is the plain sum over all pairs", arguments: cases)
  func plainSum(_ example: Case) throws {
    let world = try Self.world(example), forces = try world.evaluate().forces
    let expected = plainForces(world.positions, box: world.neighbourhood.box, range: 2.1) { 1 - $0 / (2.1 * 2.1) }
    let bound = example.precision == .double ? 1e-11 : 4e-5
    for (force, right) in zip(forces, expected) {
      for (one, other) in zip(force, right) { #expect(abs(one - other) < bound) }
    }
    let wrong = plainForces(world.positions, box: world.neighbourhood.box, range: 2.1) { 1.001 - $0 / (2.1 * 2.1) }
    let off = zip(forces.joined(), wrong.joined()).map { abs($0 - $1) }.max() ?? 0
    #expect(off > bound || example.count < 9)
  }

  @Test("Forces on all particles add up to nothing, to the last bit")
  func momentum() throws {
    let world = try Self.world(Self.cases[10]), forces = try world.evaluate().forces
    for axis in 0..<3 { #expect(forces.reduce(0) { $0 + $1[axis] } == 0) }
  }

  @Test("Any number of threads gives the same bits", arguments: [Precision.mixed, .double])
  func threads(_ precision: Precision) throws {
    let results = try [1, 2, 5].map { threads in
      let example = Case(
        space: 3, sides: [.periodic, .open, .periodic], precision: precision, threads: threads, half: true, count: 900)
      let result = try Self.world(example).evaluate()
      return (result.forces, result.totals)
    }
    for result in results.dropFirst() {
      #expect(result.0 == results[0].0)
      #expect(result.1 == results[0].1)
    }
  }

  @Test("The width of the buffer does not change a bit")
  func skin() throws {
    let example = Self.cases[10], reference = try Self.world(example)
    let wide = try PairWorld(
      reference.law, positions: reference.positions, box: reference.neighbourhood.box, range: 2.1, skin: 0.9)
    #expect(try wide.evaluate().forces == reference.evaluate().forces)
  }

  @Test("Virial and energy are those of the plain sums")
  func totals() throws {
    let world = try Self.world(
      Case(space: 3, sides: [.periodic, .periodic, .periodic], precision: .double, threads: 2, half: true))
    let result = try world.evaluate()
    let box = world.neighbourhood.box, positions = world.positions
    var energy = 0.0, trace = 0.0
    for i in positions.indices {
      for j in 0..<i {
        let square = (0..<3).reduce(0.0) { sum, axis in
          let gap = positions[i][axis] - positions[j][axis], side = box.lengths[axis]
          let near = gap - side * (gap / side).rounded()
          return sum + near * near
        }
        let left = 1 - square / (2.1 * 2.1)
        if left > 0 {
          energy += 0.25 * 2.1 * 2.1 * left * left
          trace += left * square
        }
      }
    }
    #expect(abs(result.totals.energy / energy - 1) < 1e-9)
    #expect(abs((result.totals.virial[0] + result.totals.virial[3] + result.totals.virial[5]) / trace - 1) < 1e-9)
  }

  @Test("Lists stay right while particles move, and are made anew in time")
  func motion() throws {
    let world = try Self.world(Case(space: 3, sides: [.periodic, .open, .wall], precision: .double, threads: 1, half: true))
    var noise = TestNoise(state: 7)
    for _ in 0..<12 {
      let kicks = (0..<900).map { _ in Double.random(in: -0.06...0.06, using: &noise) }
      world.move { kicks[3 * $0 + $1] }
      let forces = try world.evaluate().forces
      let expected = plainForces(world.positions, box: world.neighbourhood.box, range: 2.1) { 1 - $0 / (2.1 * 2.1) }
      let off = zip(forces.joined(), expected.joined()).map { abs($0 - $1) }.max() ?? 0
      #expect(off < 1e-11)
    }
    #expect(world.neighbourhood.rebuilds > 1 && world.neighbourhood.rebuilds < 12)
  }
}
