import CKernel
import Diagnostics
import KernelCompiler

/// A histogram over exact pairs, each counted once, such as that of distances behind g(r).
///
/// Its range may be longer than that of the forces. It searches when it is asked, as measures are rare.
public final class PairMeasure {
  /// What the measure reads; its tables are set here.
  public let packing: PairPacking
  private let library: KernelLibrary
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
    kernel = try library.function("mote_measure", as: Kernel.self)
    try neighbourhood.prepare(for: range)
    list = ClusterList(range: range, half: true)
    packing = PairPacking(layout, neighbourhood)
  }

  /// Counts the pairs of each bin. The neighbourhood must be up to date.
  public func counts(_ store: ParticleStore, _ input: PairInput) throws(Failure) -> [Int64] {
    guard store.count > 0 else { return [Int64](repeating: 0, count: bins) }
    try neighbourhood.search(list)
    let call = packing.call(store, input)
    let counts = list.shares.map { _ in AlignedArray<Int64>(capacity: bins) }
    neighbourhood.workers.forEach(list.shares.count) { part in
      var mine = call
      for chunk in list.shares[part].chunks {
        mine.entries = UnsafePointer(chunk.list.pointee.entries)
        mine.partners = UnsafePointer(chunk.list.pointee.partners)
        kernel(&mine, counts[part].base, Int64(bins), 0, chunk.list.pointee.entry_count)
      }
    }
    return (0..<bins).map { bin in counts.reduce(0) { $0 + $1.base[bin] } }
  }
}
