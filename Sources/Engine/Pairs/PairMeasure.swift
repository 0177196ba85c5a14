import CKernel
import Diagnostics
import KernelCompiler

/// A histogram over exact pairs, each counted once with its weight, such as that of distances behind g(r).
///
/// Its range may be longer than that of the forces. It searches when it is asked, as measures are rare.
public final class PairMeasure {
  /// What the measure reads; its tables are set here.
  public let packing: PairPacking
  private let library: KernelLibrary
  private let survey: Kernel
  private let kernel: Kernel
  private let neighbourhood: Neighbourhood
  private let list: ClusterList
  private let bins: Int

  typealias Kernel = @convention(c) (UnsafePointer<mote_pair_call>, UnsafeMutablePointer<Int64>, Int64, Int64, Int64) -> Void

  /// - Throws: `Failure` if the library has no measure, or a periodic side is shorter than twice the range.
  public init(
    _ library: KernelLibrary, layout: PairLayout, range: Double, bins: Int, in neighbourhood: Neighbourhood
  ) throws(Failure) {
    self.library = library
    self.bins = bins
    self.neighbourhood = neighbourhood
    survey = try library.function("mote_measure_survey", as: Kernel.self)
    kernel = try library.function("mote_measure", as: Kernel.self)
    try neighbourhood.prepare(for: range)
    list = ClusterList(range: range, half: true)
    packing = PairPacking(layout, neighbourhood, list)
  }

  /// The weights of the pairs in each bin, added up. The neighbourhood must be up to date.
  public func sums(_ store: MemberStore, _ input: PairInput) throws(Failure) -> [Double] {
    guard store.count > 0 else { return [Double](repeating: 0, count: bins) }
    try neighbourhood.search(list, store)
    let call = packing.call(store, input), parts = list.shares.count
    let largest = AlignedArray<Double>(capacity: parts), scale = AlignedArray<Double>(capacity: 1)
    let sums = list.shares.map { _ in AlignedArray<Int64>(capacity: bins) }
    largest.base.update(repeating: 0, count: parts)
    for part in sums { part.base.update(repeating: 0, count: bins) }
    func run(_ kernel: Kernel) {
      neighbourhood.workers.forEach(parts) { part in
        var mine = call
        (mine.largest, mine.scales) = (largest.base + part, UnsafePointer(scale.base))
        for chunk in list.shares[part].chunks {
          mine.entries = UnsafePointer(chunk.list.pointee.entries)
          mine.partners = UnsafePointer(chunk.list.pointee.partners)
          kernel(&mine, sums[part].base, Int64(bins), 0, chunk.list.pointee.entry_count)
        }
      }
    }
    run(survey)
    let top = (0..<parts).map { largest.base[$0] }.max() ?? 0
    guard top > 0, top.isFinite else { return [Double](repeating: top, count: bins) }
    // No sum of all pairs reaches 2^62.
    let exponent = 61 - Int(Double(max(1, list.pairsWithin)).exponent) - Int(top.exponent) - 2
    scale.base[0] = Double(sign: .plus, exponent: exponent, significand: 1)
    run(kernel)
    return (0..<bins).map { bin in
      Double(sums.reduce(0) { $0 + $1.base[bin] }) * Double(sign: .plus, exponent: -exponent, significand: 1)
    }
  }
}
