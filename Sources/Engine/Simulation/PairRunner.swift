import CKernel
import Diagnostics
import Expressions
import Foundation
import KernelCompiler
import World

/// Calls the loops over pairs of a plan.
final class PairRunner {
  /// A loaded loop, on a list of pairs that reaches far enough.
  private struct Loop {
    let library: KernelLibrary
    let kernel: PairKernel
    let bound: RangeBound
    var needs: BoundNeeds
    var evaluation: PairEvaluation
    var range: Double
  }

  /// Potential energy and virial of all pairs since the slot began.
  private(set) var totals = PairTotals(energy: 0, virial: [])
  let neighbourhood: Neighbourhood
  private let parameters: ParameterTable
  private var loops: [Loop] = []
  /// What tails add for each pair of species, per density of pairs.
  private let tails: [[(energy: Double, virial: Double)]]

  init(
    _ groups: [PairGroup], tails: [Tail], kernels: ListKernels, box: Box, store: MemberStore, workers: Workers,
    toolchain: Toolchain,
    _ parameters: ParameterTable, _ world: WorldState
  ) throws(Failure) {
    self.parameters = parameters
    self.tails = tails.map { $0.perDensity(parameters, world, space: box.space) }
    neighbourhood = Neighbourhood(box: box, kernels: kernels, workers: workers)
    for group in groups {
      let library = try KernelLibrary(group.kernel.text, with: toolchain)
      let range = group.range.value(store, parameters, world)
      var needs = BoundNeeds(group.kernel.needs, isPaired: true)
      _ = needs.update(parameters, world)
      try Self.checkTables(needs, range)
      loops.append(
        Loop(
          library: library, kernel: group.kernel, bound: group.range, needs: BoundNeeds(group.kernel.needs, isPaired: true),
          evaluation: try Self.evaluation(library, group.kernel, group.meets, range, neighbourhood), range: range))
    }
  }

  /// A table that does not end at zero must reach as far as the pairs.
  private static func checkTables(_ needs: BoundNeeds, _ range: Double) throws(Failure) {
    for (use, tables) in zip(needs.functions, needs.splines) {
      guard let short = tables.first(where: { $0.end < range * (1 - 1e-9) && !$0.endsAtZero }) else { continue }
      throw Failure(
        .invalidScene, "table \(use.name) ends at \(short.end), range is \(range)",
        hint: "a shorter cutoff, or points up to the range, or a last value of 0")
    }
  }

  private static func evaluation(
    _ library: KernelLibrary, _ kernel: PairKernel, _ meets: [UInt64], _ range: Double, _ neighbourhood: Neighbourhood
  ) throws(Failure) -> PairEvaluation {
    try PairEvaluation(
      library,
      layout: PairLayout(
        extras: kernel.extras.count, hasForce: kernel.hasForce, sums: kernel.sums.count, usesSpecies: kernel.usesSpecies,
        usesIds: kernel.usesIds, half: kernel.isHalf, extremes: kernel.extremes.map(\.isLeast), meets: meets),
      range: range, in: neighbourhood, hasTotals: kernel.hasForce || kernel.hasEnergy)
  }

  /// Brings lists up to date with the positions, and with the fields that ranges depend on.
  func update(_ store: MemberStore, _ world: WorldState, box: Box) throws(Failure) {
    neighbourhood.box = box
    for index in loops.indices where loops[index].bound.readsFields { try fitRange(of: index, store, world) }
    try neighbourhood.update(store)
  }

  /// Makes another list where the largest range has outgrown the one of the list, or become much smaller. Pairs beyond the range
  /// do not meet, so that a list may reach further.
  private func fitRange(of index: Int, _ store: MemberStore, _ world: WorldState) throws(Failure) {
    let loop = loops[index], range = loop.bound.value(store, parameters, world)
    guard range > loop.range || range < 0.7 * loop.range else { return }
    let room = neighbourhood.widestRange
    loops[index].range = max(range, min(1.05 * range, room))
    loops[index].evaluation = try Self.evaluation(
      loop.library, loop.kernel, loop.evaluation.layout.meets, loops[index].range, neighbourhood)
    loops[index].evaluation.fixedPoint = loop.evaluation.fixedPoint
    loops[index].needs = BoundNeeds(loop.kernel.needs, isPaired: true)
    neighbourhood.release(loop.evaluation.list)
  }

  /// Starts a new slot: nothing has been added to the totals.
  func clearTotals(space: Int) {
    totals = PairTotals(energy: 0, virial: [Double](repeating: 0, count: space * (space + 1) / 2))
  }

  /// Runs one loop on lists that are up to date with the positions.
  func run(
    _ index: Int, on store: MemberStore, _ world: WorldState, into output: PairOutput, wantsTotals: Bool
  ) throws(Failure) {
    let kernel = loops[index].kernel
    if loops[index].needs.update(parameters, world) {
      loops[index].evaluation.packing.setTables(loops[index].needs.tables + loops[index].needs.splines.map(Self.blocks))
    }
    var input = PairInput()
    input.extras = kernel.extras.map { column in
      guard let field = store.columns(of: column.field) else { preconditionFailure("the store has no field \(column.field)") }
      return field[column.component]
    }
    input.constants = loops[index].needs.constants
    input.speciesCount = parameters.speciesCount
    (input.seed, input.step) = (world.seed, world.step)
    let wants = wantsTotals && (kernel.hasForce || kernel.hasEnergy)
    let found = try loops[index].evaluation.evaluate(store, input, into: output, totals: wants)
    if let found {
      totals.energy += found.energy
      totals.virial = zip(totals.virial, found.virial).map { $0 + $1 }
    }
  }

  /// The blocks of a function, one for each pair of species, as the kernels read them.
  static func blocks(_ splines: [SplineTable]) -> [Double] {
    splines.flatMap { [$0.first, 1 / $0.width, Double($0.intervals), Double(4 + $0.pieces.count)] + $0.pieces }
  }

  /// Mean-field corrections for these numbers of particles in this volume: energy, and the trace of the virial.
  func tailCorrection(counts: [Int], volume: Double) -> (energy: Double, virial: Double) {
    var sum = (energy: 0.0, virial: 0.0)
    for values in tails {
      for (index, value) in values.enumerated() {
        let (i, j) = (index / counts.count, index % counts.count)
        let pairs = Double(counts[i]) * Double(counts[j]) / (2 * volume)
        sum.energy += pairs * value.energy
        sum.virial += pairs * value.virial
      }
    }
    return sum
  }
}

extension Tail {
  /// For each pair of species, ∫ e dV and ∫ −r·(de/dr) dV beyond the range: energy and virial per density of pairs.
  ///
  /// With r = R/x the integral runs over x from 0 to 1; Gauss–Legendre in panels towards x = 0.
  func perDensity(_ parameters: ParameterTable, _ world: WorldState, space: Int) -> [(energy: Double, virial: Double)] {
    let count = parameters.speciesCount
    return (0..<count * count).map { index in
      integral(parameters.context(world, i: index / count, j: index % count), space: space)
    }
  }

  private func integral(_ context: GraphContext, space: Int) -> (energy: Double, virial: Double) {
    let reach = graph.evaluate([range], in: context)[0]
    let tape = Tape(graph, roots: [energy, slope])
    let surface = [2, 2 * Double.pi, 4 * Double.pi][space - 1]
    var sum = (energy: 0.0, virial: 0.0)
    for (x, weight) in Self.nodes {
      let r = reach / x
      var inner = context
      inner.input = { $0.kind == .distanceSquared ? r * r : context.input($0) }
      let values = tape.run(in: inner)
      // dV = surface r^(D−1) dr, dr = R/x² dx; r de/dr = 2 r² de/d(r²)
      let volume = surface * pow(r, Double(space - 1)) * reach / (x * x) * weight
      sum.energy += values[0] * volume
      sum.virial -= 2 * r * r * values[1] * volume
    }
    return sum
  }

  /// Five-point Gauss–Legendre on 40 panels of [0, 1].
  private static let nodes: [(Double, Double)] = {
    let roots = [0.0, 0.5384693101056831, -0.5384693101056831, 0.9061798459386640, -0.9061798459386640]
    let weights = [0.5688888888888889, 0.4786286704993665, 0.4786286704993665, 0.2369268850561891, 0.2369268850561891]
    let panels = 40
    return (0..<panels).flatMap { panel in
      zip(roots, weights).map { root, weight in
        ((Double(panel) + 0.5 + root / 2) / Double(panels), weight / Double(2 * panels))
      }
    }
  }()
}
