import Diagnostics
import Foundation
import KernelCompiler
import KernelTemplates
import Testing
import World

@testable import Engine

@Suite("Pairs at the edges")
struct PairEdgeTests {
  static let open = Box(origin: [0, 0, 0], lengths: [10, 10, 10], sides: [.open, .open, .open])

  @Test("Particles at the same place meet, and a regular law stays finite")
  func coincident() throws {
    let positions = [[5.0, 5, 5], [5, 5, 5], [5, 5, 5], [6, 5, 5]]
    let result = try PairWorld(.soft, positions: positions, box: Self.open, range: 2).evaluate()
    #expect(abs(result.forces[3][0] - 3 * (1 - 1.0 / 4)) < 1e-6)
    // Three pairs at r = 0 of energy 1, three at r = 1 of energy (3/4)².
    #expect(abs(result.totals.energy - (3 + 3 * 9.0 / 16)) < 1e-5)
  }

  @Test("A force that is not finite ends the run and is not summed")
  func notFinite() throws {
    let world = try PairWorld(.lennardJones, positions: [[5, 5, 5], [5, 5, 5]], box: Self.open, range: 2)
    #expect(throws: Failure.self) { try world.evaluate() }
    let lost = try PairWorld(.soft, positions: [[5, 5, 5], [.nan, 5, 5]], box: Self.open, range: 2)
    #expect(throws: Failure.self) { try lost.evaluate() }
  }

  @Test("A force that grows a million times between two steps does not overflow")
  func growth() throws {
    let world = try PairWorld(.lennardJones, positions: [[5, 5, 5], [6.2, 5, 5]], box: Self.open, range: 2, skin: 1.5)
    try world.evaluate()
    let before = (world.loop.fixedPoint[0] ?? .max)
    world.move { id, axis in id == 1 && axis == 0 ? -0.7 : 0 }
    let force = try world.evaluate().forces[0][0], r = 0.5
    #expect(world.neighbourhood.rebuilds == 1 && (world.loop.fixedPoint[0] ?? .max) < before)
    let exact = -(48 / pow(r, 13) - 24 / pow(r, 7))
    #expect(abs(force / exact - 1) < 1e-5)
  }

  @Test("Energy and virial of many pairs that all give the same do not overflow", arguments: [Precision.mixed, .double])
  func manyAlike(_ precision: Precision) throws {
    // Each of 16³ sites meets 6 neighbours at r = 1; one force constant for all makes every contribution the largest.
    let side = 0..<16, positions = side.flatMap { x in side.flatMap { y in side.map { z in [x, y, z].map(Double.init) } } }
    let box = Box(origin: [0, 0, 0], lengths: [16, 16, 16], sides: [.periodic, .periodic, .periodic])
    let totals = try PairWorld(.soft, positions: positions, box: box, range: 1.25, precision: precision).evaluate().totals
    let pairs = 3.0 * 4096, near = 1 - 1 / 1.5625
    #expect(abs(totals.energy / (pairs * 1.5625 / 4 * near * near) - 1) < 1e-6)
    #expect(abs(totals.virial[0] / (pairs / 3 * near) - 1) < 1e-6)
  }

  @Test("What moves through periodic sides as a whole keeps its forces, to the last bit", arguments: [9.87654321, 33.5894581])
  func translation(_ side: Double) throws {
    var noise = TestNoise(state: 5)
    // On a grid that is coarser than that of the kernels.
    let positions = (0..<400).map { _ in (0..<3).map { _ in Double.random(in: 0..<side, using: &noise).truncated(toBits: 12) } }
    let box = Box(origin: [0, 0, 0], lengths: [side, side, side], sides: [.periodic, .periodic, .periodic])
    let world = try PairWorld(.soft, positions: positions, box: box, range: 2, skin: 0.5)
    let forces = try world.evaluate().forces
    for _ in 0..<40 {
      world.move { _, _ in 0.25 }
      #expect(try world.evaluate().forces == forces)
    }
    #expect(world.neighbourhood.rebuilds > 10)
  }

  @Test("Forces of any magnitude are resolved, whatever the units", arguments: [1e-24, 1e-9, 1e12, 1e17] as [Float])
  func magnitude(_ strength: Float) throws {
    var law = TestLaw.soft
    law.body += "o->ff *= \(strength)f;"
    let force = try PairWorld(law, positions: [[5, 5, 5], [6, 5, 5]], box: Self.open, range: 2).evaluate().forces[1][0]
    #expect(abs(force / (0.75 * Double(strength)) - 1) < 1e-5)
  }

  @Test("A run that goes on with the fixed point of another gives the same bits")
  func resumed() throws {
    let first = try PairForceTests.world(PairForceTests.cases[10], law: .soft)
    try first.evaluate()
    let second = try PairForceTests.world(PairForceTests.cases[10], law: .soft)
    second.loop.fixedPoint = first.loop.fixedPoint
    #expect(try first.evaluate().forces == second.evaluate().forces)
  }

  @Test("A range beyond half a periodic side is refused")
  func longRange() {
    let box = Box(origin: [0, 0, 0], lengths: [5, 9, 9], sides: [.periodic, .periodic, .open])
    let failure = #expect(throws: Failure.self) { try PairWorld(.soft, positions: [[1, 1, 1]], box: box, range: 3) }
    #expect(failure?.message == "range 3.0 exceeds half the periodic side of 5.0")
  }

  @Test("A dense droplet in a huge open box costs what the droplet costs")
  func droplet() throws {
    var noise = TestNoise(state: 3)
    var positions = (0..<500).map { _ in (0..<3).map { _ in Double.random(in: 0..<8, using: &noise) } }
    positions.append([1e5, -1e5, 1e5])
    let box = Box(origin: [-2e5, -2e5, -2e5], lengths: [4e5, 4e5, 4e5], sides: [.open, .open, .open])
    let world = try PairWorld(.soft, positions: positions, box: box, range: 1.5, precision: .double)
    let result = try world.evaluate()
    #expect(world.neighbourhood.listBytes < 500 * 160)
    let expected = plainForces(Array(positions.prefix(500)), box: box, range: 1.5) { 1 - $0 / 2.25 }
    let off = zip(result.forces.joined(), expected.joined()).map { abs($0 - $1) }.max() ?? 1
    #expect(off < 1e-6)
  }

  @Test("Sums with and without parity, of extra fields, reach both ends", arguments: [Precision.mixed, .double])
  func sums(_ precision: Precision) throws {
    var law = TestLaw.soft
    (law.extras, law.sums, law.parity) = (1, 3, "{1, -1, 0}")
    law.body += """
      const V zero = (V)0, charge = near ? p->i[0] * p->j[0] : zero;
      o->sum_i[0] = charge;
      o->sum_i[1] = near ? p->i[0] - p->j[0] : zero;
      o->sum_i[2] = near ? p->j[0] : zero;
      o->sum_j[2] = near ? p->i[0] : zero;
      """
    let world = try PairWorld(
      law, positions: [[1, 1, 1], [1, 2, 1], [9.5, 1, 1]],
      box: Box(origin: [0, 0, 0], lengths: [10, 10, 10], sides: [.periodic, .open, .open]),
      range: 2, precision: precision)
    for place in 0..<3 { world.store.columns(of: "extra0")?[0][place] = Double(place + 2) }
    let sums = try world.evaluate().forces.map { Array($0.dropFirst(3)) }
    // Charges 2, 3 and 4; the first meets both, the others meet over the periodic side at a distance of 1.80.
    let expected: [[Double]] = [[14, -3, 7], [18, 0, 6], [20, 3, 5]]
    for (sum, right) in zip(sums, expected) {
      for (one, other) in zip(sum, right) { #expect(abs(one - other) < 1e-5) }
    }
  }

  @Test("A measure adds the weight of every pair within its own, longer range once")
  func measure() throws {
    let world = try PairForceTests.world(PairForceTests.cases[10])
    try world.evaluate()
    world.move { id, axis in id % 3 == axis ? 0.01 : 0 }
    try world.evaluate()
    let text = """
      \(KernelTemplates.header)
      #define MOTE_SPACE 3
      #define MOTE_EXTRA 0
      #define MOTE_DOUBLE 0
      #define MOTE_HALF 1
      #define MOTE_SUMS 0
      #define MOTE_SPECIES 0
      #define MOTE_IDS 0
      #define MOTE_CONSTANTS 1
      #define MOTE_TABLES 0
      \(KernelTemplates.lanes)
      \(KernelTemplates.outcome)
      MOTE_INLINE I mote_pair_measure(const mote_uniforms *restrict u, const mote_pair_point *restrict p, V *weight) {
        *weight = (V)(mote_real)0.5;
        return __builtin_convertvector(__builtin_elementwise_sqrt(p->r2) * u->k[0], I);
      }
      \(KernelTemplates.measure)
      """
    let measure = try PairMeasure(
      KernelLibrary(text, with: Toolchain()), layout: PairLayout(hasForce: false), range: 3, bins: 3, in: world.neighbourhood)
    try world.neighbourhood.update(world.store)
    var input = PairInput()
    input.constants = [1]
    let sums = try measure.sums(world.store, input)
    var expected = [0.0, 0, 0]
    let positions = world.positions, box = world.neighbourhood.box
    for i in positions.indices {
      for j in 0..<i {
        let square = (0..<3).reduce(0.0) { sum, axis in
          let gap = positions[i][axis] - positions[j][axis], near = gap - box.lengths[axis] * (gap / box.lengths[axis]).rounded()
          return sum + near * near
        }
        if square < 9 { expected[Int(square.squareRoot())] += 0.5 }
      }
    }
    #expect(sums == expected)
  }
}

extension Double {
  /// The next lower multiple of this power of one half.
  fileprivate func truncated(toBits bits: Int) -> Double { (self * exp2(Double(bits))).rounded(.down) / exp2(Double(bits)) }
}
