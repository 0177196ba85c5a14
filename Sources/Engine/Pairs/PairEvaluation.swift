import CKernel
import Diagnostics
import Foundation
import KernelCompiler

/// What the compiled law of a loop over pairs needs and gives.
public struct PairLayout: Sendable {
  /// Numbers packed for each particle beside its position.
  public var extras: Int
  public var hasForce: Bool
  /// Scalar sums beside the force.
  public var sums: Int
  public var usesSpecies: Bool
  public var usesIds: Bool
  public var half: Bool

  public init(
    extras: Int = 0, hasForce: Bool = true, sums: Int = 0, usesSpecies: Bool = false, usesIds: Bool = false, half: Bool = true
  ) {
    self.extras = extras
    self.hasForce = hasForce
    self.sums = sums
    self.usesSpecies = usesSpecies
    self.usesIds = usesIds
    self.half = half
  }

  func channels(_ space: Int) -> Int { (hasForce ? space : 0) + sums }
  /// Force and sums have a scale each.
  var scales: Int { (hasForce ? 1 : 0) + sums }
}

/// What a loop over pairs reads besides the particles.
public struct PairInput {
  /// Columns to pack beside positions.
  public var extras: [UnsafeMutablePointer<Double>] = []
  public var constants: [Double] = []
  public var speciesCount = 1
  public var time = 0.0
  public var dt = 0.0
  public var seed: UInt64 = 0
  public var step: Int64 = 0

  public init() {}
}

/// Sums over all pairs.
public struct PairTotals: Sendable, Equatable {
  public var energy: Double
  /// Σ d ⊗ F over pairs: xx, xy, xz, yy, yz, zz, as far as the space goes.
  public var virial: [Double]
}

/// One loop over pairs: a compiled law on a list, and the fixed point in which it sums.
///
/// Every contribution is a whole number of 2^-exponent, so that sums depend neither on order nor on threads. The largest
/// contribution is watched: where a sum could overflow, the exponent is lowered and the loop runs again.
public final class PairEvaluation {
  public let layout: PairLayout
  /// Powers of two of force, sums, energy, virial: part of the state of a run, so that a continued one gives the same bits.
  public var exponents: [Int]
  let neighbourhood: Neighbourhood
  let list: ClusterList
  private let library: KernelLibrary
  private let kernel: Kernel
  private let kernelWithTotals: Kernel?
  private let extras = AlignedArray<UInt8>(), species = AlignedArray<Int32>(), ids = AlignedArray<UInt32>()
  private let constants = AlignedArray<Double>(), scaleColumn = AlignedArray<Double>()
  private var tables: [AlignedArray<UInt8>] = []
  private let tableBases = AlignedArray<UnsafeRawPointer?>()
  private let workplaces: [Workplace]
  private var seenRebuilds = 0
  private var isCalibrated: [Bool]

  typealias Kernel = @convention(c) (UnsafePointer<mote_pair_call>, Int64, Int64) -> Void

  /// - Parameter hasTotals: the library also has the loop with energy and virial.
  /// - Throws: `Failure` if the library lacks a function, or the range does not fit into the box.
  public init(
    _ library: KernelLibrary, layout: PairLayout, range: Double, in neighbourhood: Neighbourhood, hasTotals: Bool
  ) throws(Failure) {
    self.library = library
    self.layout = layout
    self.neighbourhood = neighbourhood
    list = try neighbourhood.list(within: range, half: layout.half)
    kernel = try library.function("mote_pairs", as: Kernel.self)
    kernelWithTotals = hasTotals ? try library.function("mote_pairs_with_totals", as: Kernel.self) : nil
    exponents = [Int](repeating: 0, count: layout.scales + 2)
    isCalibrated = exponents.map { _ in false }
    let scales = exponents.count
    workplaces = (0..<neighbourhood.workers.count).map { _ in Workplace(scales: scales) }
  }

  /// Runs over all pairs. `outputs` are the columns of the force and of the sums; they are written, or added to.
  ///
  /// - Throws: `Failure` if what a pair gives is not finite.
  @discardableResult
  public func evaluate(
    _ store: ParticleStore, _ input: PairInput, into outputs: [UnsafeMutablePointer<Double>], adding: Bool, totals: Bool = false
  ) throws(Failure) -> PairTotals? {
    precondition(
      outputs.count == layout.channels(store.space) && input.extras.count == layout.extras, "columns as the layout says")
    precondition(!totals || kernelWithTotals != nil, "the library has no totals")
    guard store.count > 0 else { return totals ? PairTotals(energy: 0, virial: zeroVirial(store.space)) : nil }
    pack(store, input)
    run(store.space, input, totals: totals)
    while try lowerExponents(store.space, totals: totals) { run(store.space, input, totals: totals) }
    reduceAndUnpack(store.space, outputs, adding: adding)
    let result = totals ? gatheredTotals(store.space) : nil
    raiseExponents()
    return result
  }

  private func zeroVirial(_ space: Int) -> [Double] { [Double](repeating: 0, count: space * (space + 1) / 2) }
  private var order: ClusterOrder { neighbourhood.order }

  private func pack(_ store: ParticleStore, _ input: PairInput) {
    let slots = order.clusterCount * MOTE_CLUSTER, kernels = order.kernels, first = order.first
    if layout.extras > 0 { extras.reserve(slots * layout.extras * order.realSize) }
    if layout.usesSpecies { species.reserve(slots) }
    if layout.usesIds { ids.reserve(slots) }
    withColumns(input.extras) { columns in
      order.workers.forRanges(of: order.clusterCount) { _, range in
        let (begin, end) = (range.lowerBound, range.upperBound)
        if layout.extras > 0 { kernels.packExtras(columns, Int64(layout.extras), first, extras.base, begin, end) }
        if layout.usesSpecies { kernels.packCodes(store.speciesColumn, first, species.base, begin, end) }
        if layout.usesIds { kernels.packIds(store.idColumn, first, ids.base, begin, end) }
      }
    }
  }

  /// One run of the loop in the present fixed point.
  private func run(_ space: Int, _ input: PairInput, totals: Bool) {
    let shares = list.shares, loop = totals ? kernelWithTotals ?? kernel : kernel
    let common = call(input), channels = Int64(layout.channels(space))
    for place in workplaces { place.sums.reserve(order.clusterCount * Int(channels) * MOTE_CLUSTER) }
    order.workers.forEach(shares.count) { part in
      let place = workplaces[part]
      var call = common
      place.reset()
      // The first thread's sums become those of all.
      forBlocks(of: part == 0 ? nil : shares[part]) { order.kernels.clear(place.sums.base, channels, $0, $1) }
      call.sums = place.sums.base
      call.largest = place.largest.base
      call.totals = place.totals.base
      for chunk in shares[part].chunks {
        call.entries = UnsafePointer(chunk.list.pointee.entries)
        call.partners = UnsafePointer(chunk.list.pointee.partners)
        loop(&call, 0, chunk.list.pointee.entry_count)
      }
    }
  }

  /// What is the same for all threads.
  private func call(_ input: PairInput) -> mote_pair_call {
    constants.reserve(input.constants.count)
    for (index, value) in input.constants.enumerated() { constants.base[index] = value }
    scaleColumn.reserve(exponents.count)
    for (index, exponent) in exponents.enumerated() { scaleColumn.base[index] = exp2(Double(exponent)) }
    var call = mote_pair_call()
    call.positions = UnsafeRawPointer(order.positions.base)
    call.extras = UnsafeRawPointer(extras.base)
    call.species = UnsafePointer(species.base)
    call.ids = UnsafePointer(ids.base)
    call.cluster_first = UnsafePointer(order.first)
    call.grid = UnsafePointer(order.grid)
    call.constants = UnsafePointer(constants.base)
    call.tables = UnsafePointer(tableBases.base)
    call.species_count = Int32(input.speciesCount)
    call.scales = UnsafePointer(scaleColumn.base)
    (call.time, call.dt, call.seed, call.step) = (input.time, input.dt, input.seed, input.step)
    return call
  }

  /// Runs of clusters that a thread's share touches; all clusters if there is no share.
  private func forBlocks(of share: ClusterList.Share?, _ body: (Int64, Int64) -> Void) {
    let clusters = Int64(order.clusterCount), block = Int64(MOTE_BLOCK)
    guard let share else { return body(0, clusters) }
    for index in 0..<(clusters + block - 1) / block where share.blocks.base[Int(index)] != 0 {
      body(index * block, min(clusters, (index + 1) * block))
    }
  }

  private func reduceAndUnpack(_ space: Int, _ outputs: [UnsafeMutablePointer<Double>], adding: Bool) {
    let channels = Int64(layout.channels(space)), total = workplaces[0].sums.base, clusters = Int64(order.clusterCount)
    let units = exponents.map { exp2(Double(-$0)) }
    let channelUnits = (layout.hasForce ? [Double](repeating: units[0], count: space - 1) : []) + units.prefix(layout.scales)
    let block = Int64(MOTE_BLOCK), blocks = Int((clusters + block - 1) / block)
    withColumns(outputs) { columns in
      order.workers.forRanges(of: blocks) { _, range in
        let (begin, end) = (range.lowerBound * block, min(clusters, range.upperBound * block))
        for part in 1..<max(1, workplaces.count) {
          for index in range where list.shares[part].blocks.base[Int(index)] != 0 {
            order.kernels.reduce(
              total, workplaces[part].sums.base, channels, index * block, min(clusters, (index + 1) * block))
          }
        }
        order.kernels.unpack(total, channels, channelUnits, adding ? 1 : 0, order.first, columns, begin, end)
      }
    }
  }

  private func gatheredTotals(_ space: Int) -> PairTotals {
    let shared = layout.half ? 1 : 0.5, first = layout.scales
    let virials = space * (space + 1) / 2
    let sums = (0...virials).map { index in workplaces.reduce(Int64(0)) { $0 &+ $1.totals.base[index] } }
    let energy = Double(sums[0]) * exp2(Double(-exponents[first])) * shared
    return PairTotals(energy: energy, virial: sums.dropFirst().map { Double($0) * exp2(Double(-exponents[first + 1])) * shared })
  }

  /// The law's tables: one number for each ordered pair of species, or the blocks of a function.
  public func setTables(_ values: [[Double]]) {
    tables = values.map { table in
      let bytes = AlignedArray<UInt8>(capacity: table.count * order.realSize), base = UnsafeMutableRawPointer(bytes.base)
      for (index, value) in table.enumerated() {
        if order.kernels.precision == .double {
          base.storeBytes(of: value, toByteOffset: index * 8, as: Double.self)
        } else {
          base.storeBytes(of: Float(value), toByteOffset: index * 4, as: Float.self)
        }
      }
      return bytes
    }
    tableBases.reserve(tables.count)
    for (index, table) in tables.enumerated() { tableBases.base[index] = UnsafeRawPointer(table.base) }
  }

  /// What one thread writes.
  private final class Workplace {
    let sums = AlignedArray<Int64>(), totals = AlignedArray<Int64>(capacity: 7)
    let largest: AlignedArray<Double>

    init(scales: Int) { largest = AlignedArray(capacity: scales) }

    func reset() {
      largest.base.update(repeating: 0, count: largest.capacity)
      totals.base.update(repeating: 0, count: totals.capacity)
    }
  }
}

// MARK: - Fixed point

extension PairEvaluation {
  /// The largest scaled contribution of a pair to each scale.
  private var largest: [Double] {
    exponents.indices.map { index in
      workplaces.map { $0.largest.base[index] }.reduce(0) { $0 >= $1 || $0.isNaN ? $0 : $1 }.squareRoot()
    }
  }

  /// How many powers of two lie between the sums that may occur and those that overflow; nil without contributions.
  ///
  /// It depends on the largest contribution alone, not on the list, so that the fixed point follows from the physics.
  private func headroom(_ largest: Double) -> Int? {
    guard largest > 0 else { return nil }
    let limit = order.kernels.precision == .double ? 63 - max(13, list.mostContributions) : 31 - Self.laneContributions
    return Int((Double(limit) - log2(largest)).rounded(.down))
  }

  /// In mixed precision 32 bits gather this power of two of contributions before they are added to 64.
  private static var laneContributions: Int { (2 * MOTE_RUN).trailingZeroBitCount }

  /// Lowers exponents whose sums could have overflowed; true if the loop has to run again.
  ///
  /// At first nothing is known of the law, so that a run whose numbers vanish or overflow tries another magnitude.
  private func lowerExponents(_ space: Int, totals: Bool) throws(Failure) -> Bool {
    var again = false
    for (index, largest) in largest.enumerated() where index < layout.scales || totals {
      guard !largest.isNaN, largest.isFinite || exponents[index] > -Self.widest else {
        throw Failure(
          .blewUp, "what a pair of particles gives is not finite",
          hint: "a smaller time step, or particles that overlap less at the start")
      }
      if !largest.isFinite {
        exponents[index] -= 32
        again = true
      } else if let room = headroom(largest), room < 1 || !isCalibrated[index] {
        exponents[index] += room - Self.margin
        isCalibrated[index] = true
        again = true
      }
    }
    return again
  }

  /// Where numbers have become small, the next run is finer. Only when lists are new: seldom, and at the same step for any number
  /// of threads.
  private func raiseExponents() {
    guard seenRebuilds != neighbourhood.rebuilds else { return }
    seenRebuilds = neighbourhood.rebuilds
    for (index, largest) in largest.enumerated() {
      if let room = headroom(largest), room > Self.margin + 3 { exponents[index] += room - Self.margin }
    }
  }

  /// Powers of two kept free above the largest sums, lest a small growth costs another run.
  private static var margin: Int { 3 }
  /// Exponents beyond which numbers of the arithmetic are not finite.
  private static var widest: Int { 128 }
}
