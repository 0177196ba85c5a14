import Diagnostics
import Foundation
import KernelCompiler
import KernelTemplates
import World

@testable import Engine

/// A law of pairs as C and as Swift: what the compiled loop gives is held against plain sums over all pairs.
struct TestLaw {
  var extras = 0, sums = 0, central = true, half = true, ids = false
  var parity = "{0}"
  /// Body of `mote_pair`; `near` tells the lanes within range, k[0] is the square of the range.
  var body: String

  static let lennardJones = TestLaw(
    body: """
      const V s = 1 / p->r2, s6 = s * s * s;
      o->ff = near ? s * s6 * (48 * s6 - 24) : (V)0;
      o->e = near ? 4 * s6 * (s6 - 1) : (V)0;
      """)
  /// Soft, finite at r = 0: a force of (1 - r²/R²) d.
  static let soft = TestLaw(
    body: """
      o->ff = near ? 1 - p->r2 / u->k[0] : (V)0;
      o->e = near ? (V)0.25f * u->k[0] * (1 - p->r2 / u->k[0]) * (1 - p->r2 / u->k[0]) : (V)0;
      """)

  func library(space: Int, precision: Precision) throws -> KernelLibrary {
    let macros: [(String, Any)] = [
      ("SPACE", space), ("EXTRA", extras), ("DOUBLE", precision == .double ? 1 : 0), ("FORCE", 1), ("CENTRAL", central ? 1 : 0),
      ("SUMS", sums), ("TOTALS", 1), ("HALF", half ? 1 : 0), ("SPECIES", 0), ("IDS", ids ? 1 : 0), ("CONSTANTS", 1),
      ("TABLES", 0),
      ("PARITY", parity),
    ]
    let text = """
      \(KernelTemplates.header)
      \(macros.map { "#define MOTE_\($0.0) \($0.1)" }.joined(separator: "\n"))
      \(KernelTemplates.lanes)
      \(KernelTemplates.outcome)
      MOTE_INLINE void mote_pair(const mote_uniforms *restrict u, const mote_pair_point *restrict p, mote_pair_outcome *restrict o) {
        const I near = p->r2 < u->k[0];
        \(body)
        // The laws of the compiler give forces in fixed point.
        if (MOTE_CENTRAL) o->ff *= u->scale;
        else for (int k = 0; k < MOTE_SPACE; k++) o->f[k] *= u->scale;
      }
      \(KernelTemplates.pairs)
      """
    return try KernelLibrary(text, with: Toolchain())
  }
}

/// Particles, a box and one loop over pairs.
final class PairWorld {
  let store: MemberStore
  let neighbourhood: Neighbourhood
  let loop: PairEvaluation
  let range: Double
  let law: TestLaw
  private let precision: Precision

  init(
    _ law: TestLaw, positions: [[Double]], box: Box, range: Double, precision: Precision = .mixed, threads: Int = 1,
    skin: Double? = nil
  ) throws {
    self.law = law
    self.range = range
    self.precision = precision
    store = MemberStore(space: box.space)
    store.addField("force", components: box.space)
    for sum in 0..<law.sums { store.addField("sum\(sum)", components: 1) }
    for extra in 0..<law.extras { store.addField("extra\(extra)", components: 1) }
    store.append(species: 0, ids: (0..<positions.count).map(Int64.init))
    let kernels = try ListKernels(space: box.space, precision: precision)
    neighbourhood = Neighbourhood(box: box, kernels: kernels, workers: Workers(threads), skin: skin)
    loop = try PairEvaluation(
      law.library(space: box.space, precision: precision),
      layout: PairLayout(extras: law.extras, sums: law.sums, usesIds: law.ids, half: law.half), range: range,
      in: neighbourhood, hasTotals: true)
    for axis in 0..<box.space {
      for (place, position) in positions.enumerated() { store.positions[axis][place] = position[axis] }
    }
  }

  /// Force, then sums, of every particle in the order of ids.
  @discardableResult
  func evaluate() throws -> (forces: [[Double]], totals: PairTotals) {
    try neighbourhood.update(store)
    var input = PairInput()
    input.constants = [range * range]
    input.extras = (0..<law.extras).flatMap { store.columns(of: "extra\($0)") ?? [] }
    let outputs = (store.columns(of: "force") ?? []) + (0..<law.sums).flatMap { store.columns(of: "sum\($0)") ?? [] }
    let totals = try loop.evaluate(store, input, into: PairOutput(outputs), totals: true)
    var forces = [[Double]](repeating: [], count: store.count)
    for place in 0..<store.count { forces[Int(store.idColumn[place])] = outputs.map { $0[place] } }
    return (forces, totals ?? PairTotals(energy: .nan, virial: []))
  }

  /// Positions in the order of ids.
  var positions: [[Double]] {
    var all = [[Double]](repeating: [], count: store.count)
    for place in 0..<store.count { all[Int(store.idColumn[place])] = store.positions.map { $0[place] } }
    return all
  }

  /// Moves every particle, told by its id.
  func move(_ shift: (Int, Int) -> Double) {
    for axis in 0..<store.space {
      for place in 0..<store.count { store.positions[axis][place] += shift(Int(store.idColumn[place]), axis) }
    }
  }
}

/// Plain sums over all pairs and the nearest periodic image: `factor(r²)` is the force over the separation.
func plainForces(_ positions: [[Double]], box: Box, range: Double, factor: (Double) -> Double) -> [[Double]] {
  var forces = positions.map { $0.map { _ in 0.0 } }
  let space = box.space, flat = Array(positions.joined())
  let sides = zip(box.lengths, box.sides).map { $1 == .periodic ? $0 : .infinity }
  var d = [0.0, 0, 0]
  for i in positions.indices {
    for j in 0..<i {
      var square = 0.0, axis = 0
      while axis < space && square < range * range {
        let gap = flat[i * space + axis] - flat[j * space + axis], side = sides[axis]
        d[axis] = abs(gap) > side / 2 ? gap - side * (gap / side).rounded() : gap
        square += d[axis] * d[axis]
        axis += 1
      }
      guard square < range * range else { continue }
      let strength = factor(square)
      for axis in 0..<space {
        forces[i][axis] += strength * d[axis]
        forces[j][axis] -= strength * d[axis]
      }
    }
  }
  return forces
}

/// A small reproducible source of numbers (SplitMix64).
struct TestNoise: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
