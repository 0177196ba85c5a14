import CKernel
import Diagnostics
import Foundation
import KernelCompiler

/// Sums over all pairs.
public struct PairTotals: Sendable, Equatable {
  /// Sum of the energies of all pairs.
  public var energy: Double
  /// Σ d ⊗ F over pairs: xx, xy, xz, yy, yz, zz, as far as the space goes.
  public var virial: [Double]

  /// Adds others, of the same space.
  mutating func add(_ others: PairTotals) {
    energy += others.energy
    for index in virial.indices { virial[index] += others.virial[index] }
  }
}

/// One loop over pairs: a compiled law on a list, and the fixed point in which it sums.
///
/// Every contribution is a whole number of 2^-exponent, so that sums depend neither on order nor on threads. The largest
/// contribution is watched: where a sum could overflow, the exponent is lowered and the loop runs again.
public final class PairEvaluation {
  /// What the law needs and gives.
  public let layout: PairLayout
  /// Powers of two of force, sums, energy, virial; nil for what was not evaluated yet. Part of the state of a run: a continued
  /// one gives the same bits.
  public var fixedPoint: [Int?] {
    get { zip(exponents, isCalibrated).map { $1 ? $0 : nil } }
    set {
      precondition(newValue.count == exponents.count, "one exponent for the force, each sum, energy and virial")
      exponents = newValue.map { $0 ?? 0 }
      isCalibrated = newValue.map { $0 != nil }
    }
  }
  var exponents: [Int]
  let neighbourhood: Neighbourhood
  let list: ClusterList
  private let library: KernelLibrary
  private let kernel: Kernel
  private let kernelWithTotals: Kernel?
  /// What the law reads; its tables are set here.
  public let packing: PairPacking
  private let scales = AlignedArray<Double>()
  let workplaces: [Workplace]
  var isCalibrated: [Bool]

  typealias Kernel = @convention(c) (UnsafePointer<mote_pair_call>, Int64, Int64) -> Void

  /// - Parameter hasTotals: the library also has the loop with energy and virial.
  /// - Throws: `Failure` if the library lacks a function, or the range does not fit into the box.
  public init(
    _ library: KernelLibrary, layout: PairLayout, range: Double, in neighbourhood: Neighbourhood, hasTotals: Bool
  ) throws(Failure) {
    self.library = library
    self.layout = layout
    self.neighbourhood = neighbourhood
    list = try neighbourhood.list(within: range, half: layout.half, meets: layout.meets)
    kernel = try library.function("mote_pairs", as: Kernel.self)
    kernelWithTotals = hasTotals ? try library.function("mote_pairs_with_totals", as: Kernel.self) : nil
    exponents = [Int](repeating: 0, count: layout.scales + 2)
    isCalibrated = exponents.map { _ in false }
    let scaleCount = exponents.count
    workplaces = (0..<neighbourhood.workers.count).map { _ in Workplace(scales: scaleCount) }
    packing = PairPacking(layout, neighbourhood, list)
  }

  /// Runs over all pairs.
  ///
  /// - Throws: `Failure` if what a pair gives is not finite.
  @discardableResult
  public func evaluate(
    _ store: MemberStore, _ input: PairInput, into output: PairOutput, totals: Bool = false
  ) throws(Failure) -> PairTotals? {
    precondition(
      output.columns.count == layout.channels(store.space) && output.extremes.count == layout.extremes.count
        && input.extras.count == layout.extras, "columns as the layout says")
    precondition(!totals || kernelWithTotals != nil, "the library has no totals")
    guard store.count > 0 else { return totals ? PairTotals(energy: 0, virial: zeroVirial(store.space)) : nil }
    let start = ContinuousClock.now
    defer { neighbourhood.times.laws += ContinuousClock.now - start }
    let call = packing.call(store, input)
    output.prepare()
    run(call, store.space, totals: totals, adding: output.isAdded)
    while try lowerExponents(totals: totals) { run(call, store.space, totals: totals, adding: output.isAdded) }
    if layout.channels(store.space) > 0 { reduceAndUnpack(store.space, output.columns, adding: output.isAdded) }
    if !layout.extremes.isEmpty { unpackExtremes(output.extremes) }
    let result = totals ? gatheredTotals(store.space) : nil
    raiseExponents()
    return result
  }

  private func zeroVirial(_ space: Int) -> [Double] { [Double](repeating: 0, count: space * (space + 1) / 2) }
  var order: ClusterOrder { neighbourhood.order }

  /// One run of the loop in the present fixed point.
  private func run(_ common: mote_pair_call, _ space: Int, totals: Bool, adding: Bool) {
    let shares = list.shares, loop = totals ? kernelWithTotals ?? kernel : kernel, channels = Int64(layout.channels(space))
    scales.reserve(exponents.count)
    for (index, exponent) in exponents.enumerated() { scales.base[index] = exp2(Double(exponent)) }
    for place in workplaces {
      place.sums.reserve(order.clusterCount * Int(channels) * MOTE_CLUSTER)
      place.extremes.reserve(extremeCount)
    }
    order.workers.forEach(shares.count) { part in
      let place = workplaces[part]
      var call = common
      place.reset()
      // The first thread's sums become those of all.
      for clusters in part == 0 ? unpacked(adding: adding) : blocks(of: shares[part]) {
        order.kernels.clear(place.sums.base, channels, clusters.lowerBound, clusters.upperBound)
      }
      call.scales = UnsafePointer(scales.base)
      order.kernels.clearExtremes(place.extremes.base, Int64(extremeCount))
      call.extremes = place.extremes.base
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

  /// Clusters whose sums are written: where they are added, those that meet nobody keep what they have.
  private func unpacked(adding: Bool) -> [Range<Int64>] { adding ? list.runs : [0..<Int64(order.clusterCount)] }

  /// Runs of clusters that a thread's share touches.
  private func blocks(of share: ClusterList.Share) -> [Range<Int64>] {
    let clusters = Int64(order.clusterCount), block = Int64(MOTE_BLOCK)
    return (0..<(clusters + block - 1) / block).filter { share.blocks.base[Int($0)] != 0 }
      .map { $0 * block..<min(clusters, ($0 + 1) * block) }
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
        for run in unpacked(adding: adding) where run.overlaps(begin..<end) {
          order.kernels.unpack(
            total, channels, channelUnits, adding ? 1 : 0, order.first, columns, max(begin, run.lowerBound),
            min(end, run.upperBound))
        }
      }
    }
  }

  /// Whole numbers for the least and the largest values of all slots.
  private var extremeCount: Int { order.clusterCount * layout.extremes.count * MOTE_CLUSTER }

  private func unpackExtremes(_ outputs: [UnsafeMutablePointer<Double>]) {
    let first = workplaces[0].extremes.base, signs = layout.extremes.map { $0 ? -1.0 : 1 }
    for place in workplaces.dropFirst() { order.kernels.reduceExtremes(first, place.extremes.base, Int64(extremeCount)) }
    withColumns(outputs) { columns in
      order.kernels.unpackExtremes(first, Int64(signs.count), signs, order.first, columns, 0, Int64(order.clusterCount))
    }
  }

  private func gatheredTotals(_ space: Int) -> PairTotals {
    let shared = layout.half ? 1 : 0.5, first = layout.scales
    let virials = space * (space + 1) / 2
    let sums = (0...virials).map { gatheredTotal($0) * shared }
    let units = [first, first + 1].map { exp2(Double(-exponents[$0])) }
    return PairTotals(energy: sums[0] * units[0], virial: sums.dropFirst().map { $0 * units[1] })
  }

  /// One total of all threads; the carry makes it the same however many there are.
  private func gatheredTotal(_ index: Int) -> Double {
    let high = workplaces.reduce(0) { $0 + $1.totals.base[2 * index] },
      low = workplaces.reduce(0) { $0 + $1.totals.base[2 * index + 1] }
    return Double(high + low >> 32) * exp2(32) + Double(low & Int64(UInt32.max))
  }

  /// What one thread writes.
  final class Workplace {
    let sums = AlignedArray<Int64>(), extremes = AlignedArray<Int64>(), totals = AlignedArray<Int64>(capacity: 2 * 7)
    let largest: AlignedArray<Double>

    init(scales: Int) { largest = AlignedArray(capacity: scales) }

    func reset() {
      largest.base.update(repeating: 0, count: largest.capacity)
      totals.base.update(repeating: 0, count: totals.capacity)
    }
  }
}
