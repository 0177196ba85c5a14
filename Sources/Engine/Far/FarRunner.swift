import CKernel
import Diagnostics
import Foundation
import KernelCompiler
import World

/// Calls the loops over all pairs of a plan.
///
/// Particles are taken in the order of their ids, or in that of a tree that follows from it, so that no sum depends on how they lie
/// in memory or on the number of threads.
final class FarRunner {
  private typealias Kernel = @convention(c) (UnsafePointer<mote_far_call>, Int64, Int64, Int32, Int32) -> Void

  /// A loaded loop.
  private struct Loop {
    var group: FarGroup
    var kernel: Kernel
    /// Each pair of the particles once.
    var once: Kernel
    /// Least and largest numbers; nil if the law asks for none.
    var tops: Kernel?
    /// In float, for a tree.
    var rough: Kernel?
    var tree: FarTree?
    var images: ImagesRunner?
    var needs: BoundNeeds
    var tables: [AlignedArray<Double>] = []
    let constants = AlignedArray<Double>(), tableBases = AlignedArray<UnsafeRawPointer?>()
    let particles: FarPoints, ordered: FarPoints, sample: FarPoints
    /// The libraries must stay loaded.
    let libraries: [KernelLibrary]
  }

  /// What the passes of a slot have given so far.
  private(set) var totals = PairTotals(energy: 0, virial: [])
  private var loops: [Loop] = []
  /// The places of particles in the order of their ids, in an arrangement of the store.
  private var byId: (arrangement: Int, order: [Int32]) = (-1, [])
  private let space: Int
  private let workers: Workers
  private let parameters: ParameterTable
  /// Vectors of targets for which a tree is compared with the exact sums, and targets in a vector.
  private static let samples = 16, lanes = 8
  /// Below, all pairs cost less than a tree, and are no work to be shared.
  private static let fewest = 1024
  /// Most shares of the pairs of all particles.
  private static let shares = 16

  init(
    _ groups: [FarGroup], space: Int, workers: Workers, toolchain: Toolchain, _ parameters: ParameterTable
  ) throws(Failure) {
    self.space = space
    self.workers = workers
    self.parameters = parameters
    for group in groups {
      let library = try KernelLibrary(group.kernel.text, with: toolchain), columns = space + group.kernel.extras.count
      let rough = try group.rough.map { (kernel) throws(Failure) in try KernelLibrary(kernel.text, with: toolchain) }
      loops.append(
        Loop(
          group: group, kernel: try library.function("mote_everywhere", as: Kernel.self),
          once: try library.function("mote_everywhere_once", as: Kernel.self),
          tops: group.kernel.extremes.isEmpty ? nil : try library.function("mote_everywhere_tops", as: Kernel.self),
          rough: try rough.map { (rough) throws(Failure) in try rough.function("mote_everywhere", as: Kernel.self) },
          tree: group.accuracy > 0 && group.images == nil
            ? try FarTree(library, space: space, columns: columns, reception: group.reception) : nil,
          images: try group.images.map { (pass) throws(Failure) in
            try ImagesRunner(pass, space: space, workers: workers, toolchain: toolchain, parameters)
          },
          needs: BoundNeeds(group.kernel.needs, isPaired: true), particles: FarPoints(columns: columns),
          ordered: FarPoints(columns: columns), sample: FarPoints(columns: columns),
          libraries: [library] + (rough.map { [$0] } ?? [])))
    }
  }

  /// Starts a new slot: nothing has been added to the totals.
  func clearTotals(space: Int) {
    totals = PairTotals(energy: 0, virial: [Double](repeating: 0, count: space * (space + 1) / 2))
  }

  /// Adds the force, if the law gives one, and the sums to the columns of `output`, and puts the least and the largest into theirs.
  ///
  /// - Throws: `Failure` if a sum is not finite.
  func run(
    _ index: Int, on store: MemberStore, _ world: WorldState, box: Box, into output: PairOutput, wantsTotals: Bool
  ) throws(Failure) {
    let outputs = output.columns
    guard store.count > 0 else { return }
    update(index, world)
    let order = orderOfIds(store)
    let fields = fields(of: index, store)
    loops[index].particles.take(order, of: store, fields)
    let common = call(index, store, world, box)
    let sums = FarSums(channels: outputs.count, totals: 1 + space * (space + 1) / 2, count: store.count)
    if let tree = loops[index].tree, store.count >= Self.fewest {
      let boxes = tree.order(loops[index].particles), inBoxes = boxes.map { order[Int($0)] }
      loops[index].ordered.take(inBoxes, of: store, fields)
      try runTree(index, tree, common, store, fields, inBoxes, sums, wantsTotals: wantsTotals)
      output.prepare()
      sums.add(to: outputs, at: inBoxes)
    } else {
      runAll(index, common, loops[index].particles, sums, wantsTotals: wantsTotals)
      if let images = loops[index].images {
        let more = try images.run(
          loops[index].particles, order, of: store, world, box: box, adding: sums, wantsTotals: wantsTotals)
        totals.add(more)
      }
      if let tops = loops[index].tops { runTops(tops, index, common, order, into: output.extremes) }
      output.prepare()
      sums.add(to: outputs, at: order)
    }
    guard sums.isFinite else {
      throw Failure(
        .blewUp, "what all pairs give to a particle is not finite",
        hint: "two particles at one place, or a smaller time step")
    }
    if wantsTotals { addTotals(sums) }
  }

  // MARK: Calls

  /// All pairs, each once for both ends: in shares with sums of their own, as many for any number of threads.
  private func runAll(
    _ index: Int, _ common: mote_far_call, _ particles: FarPoints, _ sums: FarSums, wantsTotals: Bool
  ) {
    let call = meeting(particles, common), kernel = loops[index].once, isPeriodic: Int32 = call.isPeriodic ? 1 : 0
    let parts = (0..<max(1, min(Self.shares, particles.count / Self.fewest))).map { part in
      part == 0 ? sums : FarSums(channels: sums.channels, totals: sums.totalCount, count: particles.count)
    }
    let calls = parts.map { part in
      var own = call
      part.describe(in: &own)
      return FarCall(own)
    }
    workers.forEach(parts.count) { part in
      withUnsafePointer(to: calls[part].call) {
        kernel($0, Int64(part), Int64(parts.count), isPeriodic, wantsTotals ? 1 : 0)
      }
    }
    for part in parts.dropFirst() { sums.add(part, withTotals: wantsTotals) }
  }

  /// The least and the largest that the pairs of each particle give, of those that have any.
  private func runTops(
    _ kernel: Kernel, _ index: Int, _ common: mote_far_call, _ order: [Int32], into outputs: [UnsafeMutablePointer<Double>]
  ) {
    let found = FarSums(channels: outputs.count, totals: 0, count: order.count)
    var call = meeting(loops[index].particles, common)
    call.tops = found.bases
    let shared = FarCall(call), isPeriodic: Int32 = call.isPeriodic ? 1 : 0
    workers.forEach((order.count + Self.lanes - 1) / Self.lanes) { vector in
      withUnsafePointer(to: shared.call) { kernel($0, Int64(vector), Int64(vector + 1), isPeriodic, 0) }
    }
    found.store(least: loops[index].group.kernel.extremes.map(\.isLeast), in: outputs, at: order)
  }

  /// A call where particles meet each other.
  private func meeting(_ particles: FarPoints, _ common: mote_far_call) -> mote_far_call {
    var call = common
    (call.targets, call.sources) = (particles.call, particles.call)
    (call.target_count, call.source_count, call.same) = (Int64(particles.count), Int64(particles.count), 1)
    return call
  }

  /// Interpolates between more and more points, until a sample of particles gets the sums of all pairs to the accuracy.
  private func runTree(
    _ index: Int, _ tree: FarTree, _ common: mote_far_call, _ store: MemberStore,
    _ fields: [UnsafeMutablePointer<Double>?], _ order: [Int32], _ sums: FarSums, wantsTotals: Bool
  ) throws(Failure) {
    let loop = loops[index], particles = loop.ordered, accuracy = loop.group.accuracy
    let vectors = (0..<Self.samples).map { $0 * (particles.count / Self.lanes) / Self.samples }
    let chosen = vectors.flatMap { $0 * Self.lanes..<($0 + 1) * Self.lanes }
    let exact = FarSums(channels: sums.channels, totals: sums.totalCount, count: particles.count)
    sampleSums(index, common, vectors, particles, exact)
    var call = meeting(particles, common)
    sums.describe(in: &call)
    for (kernel, points) in attempts(loop) {
      tree.interpolate(particles, points: points)
      tree.describe(in: &call, sums, particles, extras: loop.group.kernel.extras)
      launch(kernel, call, wantsTotals: wantsTotals)
      tree.collect(call, wantsTotals: wantsTotals)
      if sums.error(against: exact, at: chosen, vector: loop.group.kernel.hasForce ? space : 0) <= accuracy { return }
      sums.clear()
    }
    runAll(index, common, particles, sums, wantsTotals: wantsTotals)
  }

  /// Kernels and points along an axis, the cheapest first. Twice in float: if that fails, it may be for the range of its exponents.
  private func attempts(_ loop: Loop) -> [(kernel: Kernel, points: Int32)] {
    let fewest = FarTree.points(for: loop.group.accuracy), all = fewest...Int32(MOTE_FAR_POINTS)
    guard let rough = loop.rough else { return all.map { (loop.kernel, $0) } }
    return all.prefix(2).map { (rough, $0) } + all.dropFirst().map { (loop.kernel, $0) }
  }

  /// The sums of all pairs for some vectors of targets.
  private func sampleSums(_ index: Int, _ common: mote_far_call, _ vectors: [Int], _ particles: FarPoints, _ sums: FarSums) {
    var call = meeting(particles, common)
    sums.describe(in: &call)
    let kernel = loops[index].kernel, shared = FarCall(call)
    workers.forEach(vectors.count) { place in
      withUnsafePointer(to: shared.call) { kernel($0, Int64(vectors[place]), Int64(vectors[place] + 1), 0, 0) }
    }
  }

  /// Runs a kernel over the boxes of a tree.
  private func launch(_ kernel: Kernel, _ call: mote_far_call, wantsTotals: Bool) {
    let boxes = Int(call.node_count), shared = FarCall(call)
    // Leaves lie unevenly among the boxes: small shares, dealt out in turn.
    let shares = max(1, min(boxes, 16 * workers.count))
    workers.forEach(shares) { share in
      withUnsafePointer(to: shared.call) {
        kernel($0, Int64(boxes * share / shares), Int64(boxes * (share + 1) / shares), 0, wantsTotals ? 1 : 0)
      }
    }
  }

  private func call(_ index: Int, _ store: MemberStore, _ world: WorldState, _ box: Box) -> mote_far_call {
    var call = mote_far_call()
    let sides = zip(box.lengths, box.sides).map { $1 == .periodic ? $0 : 0 } + [0, 0]
    call.side = (sides[0], sides[1], sides[2])
    call.constants = UnsafePointer(loops[index].constants.base)
    call.tables = UnsafePointer(loops[index].tableBases.base)
    call.species_count = Int32(parameters.speciesCount)
    (call.seed, call.step) = (world.seed, world.step)
    return call
  }

  // MARK: What the law reads

  private func orderOfIds(_ store: MemberStore) -> [Int32] {
    if byId.arrangement != store.arrangement || byId.order.count != store.count {
      byId = (
        store.arrangement, (0..<Int32(store.count)).sorted { store.idColumn[Int($0)] < store.idColumn[Int($1)] }
      )
    }
    return byId.order
  }

  private func fields(of index: Int, _ store: MemberStore) -> [UnsafeMutablePointer<Double>?] {
    store.positions
      + loops[index].group.kernel.extras.map { column in
        column == FarGroup.weight ? nil : store.columns(of: column.field)?[column.component]
      }
  }

  private func update(_ index: Int, _ world: WorldState) {
    let renew = loops[index].needs.update(parameters, world)
    loops[index].constants.set(loops[index].needs.constants)
    guard renew else { return }
    loops[index].tables = (loops[index].needs.tables + loops[index].needs.splines.map(PairRunner.blocks)).map { values in
      let table = AlignedArray<Double>()
      table.set(values)
      return table
    }
    loops[index].tableBases.set(loops[index].tables.map { UnsafeRawPointer($0.base) })
  }

  /// Both ends have been counted.
  private func addTotals(_ sums: FarSums) {
    let found = sums.totals.map { $0 / 2 }
    totals.energy += found[0]
    totals.virial = zip(totals.virial, found.dropFirst()).map { $0 + $1 }
  }
}

extension mote_far_call {
  fileprivate var isPeriodic: Bool { side.0 + side.1 + side.2 > 0 }
}

/// A call that all threads read.
private struct FarCall: @unchecked Sendable {
  // What it points to lives until all threads are done, and each writes sums of targets of its own.
  let call: mote_far_call
  init(_ call: mote_far_call) { self.call = call }
}
