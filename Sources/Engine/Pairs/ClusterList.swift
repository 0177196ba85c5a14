import CKernel
import Diagnostics
import World

/// The pairs of clusters within a range, with a buffer: each pair of particles once (`half`), or from both ends.
public final class ClusterList {
  /// Pairs closer than this are found (length).
  public let range: Double
  /// Each pair once; else from both ends.
  public let half: Bool
  /// For each species those that it meets, one bit for each; empty if all meet all. Clusters that do not meet are left out.
  let meets: [UInt64]
  /// How many keep it up to date.
  var users = 0
  /// No particle receives more contributions than this power of two.
  private(set) var mostContributions = 0
  /// Pairs within range and buffer.
  private(set) var pairsWithin = 0
  private(set) var shares: [Share] = []
  /// Clusters that may meet others: all, or those in blocks where some do.
  private(set) var runs: [Range<Int64>] = []
  /// Range and buffer of the last search (length).
  private(set) var reach = 0.0
  private let low = (0..<3).map { _ in AlignedArray<Float>() }, high = (0..<3).map { _ in AlignedArray<Float>() }
  private let lanes = AlignedArray<Int32>(), present = AlignedArray<UInt64>(), partners = AlignedArray<UInt64>()

  init(range: Double, half: Bool, meets: [UInt64] = []) {
    self.range = range
    self.half = half
    self.meets = meets
  }

  /// Bytes of the list itself.
  var bytes: Int { shares.flatMap(\.chunks).reduce(0) { $0 + $1.bytes } }

  /// Finds the pairs in the order as it was made: half the buffer covers what each particle has moved since.
  func search(_ order: ClusterOrder, _ store: MemberStore, box: Box, reach: Double) throws(Failure) {
    let clusters = order.clusterCount, workers = order.workers
    self.reach = reach
    var search = mote_search()
    bind(&search, order, box)
    if !meets.isEmpty { bindSpecies(&search, order, store.speciesColumn) }
    workers.forRanges(of: clusters) { _, range in order.kernels.bound(&search, range.lowerBound, range.upperBound) }
    // More chunks than threads, so that uneven density is shared out; they are dealt in runs, to keep sums together.
    let chunkCount = workers.count == 1 ? 1 : min(max(1, clusters / 16), 8 * workers.count)
    let chunks = kept(chunkCount)
    workers.forEach(chunkCount) { part in
      chunks[part].fill(clusters * part / chunkCount..<clusters * (part + 1) / chunkCount, &search, order.kernels.search)
    }
    guard chunks.allSatisfy({ $0.list.pointee.partner_count < Int64(Int32.max) }) else {
      throw Failure(.outOfSpace, "too many pairs within \(reach)", hint: "a shorter range, or more threads")
    }
    pairsWithin = chunks.reduce(0) { $0 + Int($1.list.pointee.within) }
    deal(chunks, to: workers.count)
    survey(order)
  }

  func bind(_ search: inout mote_search, _ order: ClusterOrder, _ box: Box) {
    for bounds in low + high { bounds.reserve(order.clusterCount + 16) }
    search.order = UnsafePointer(order.order)
    search.grid = UnsafePointer(order.grid)
    search.positions = UnsafeRawPointer(order.reference.base)
    search.low = (low[0].base, low[1].base, low[2].base)
    search.high = (high[0].base, high[1].base, high[2].base)
    search.reach = reach
    search.half = half ? 1 : 0
    search.periodic = mote_region(box).periodic
  }

  /// Notes for each cluster which species it holds, and whom they meet.
  private func bindSpecies(_ search: inout mote_search, _ order: ClusterOrder, _ species: UnsafeMutablePointer<Int32>) {
    present.reserve(order.clusterCount)
    partners.reserve(order.clusterCount)
    for cluster in 0..<order.clusterCount {
      var own: UInt64 = 0, theirs: UInt64 = 0
      for member in order.first[cluster]..<order.first[cluster + 1] {
        let code = Int(species[Int(member)])
        own |= 1 << UInt64(code)
        theirs |= meets[code]
      }
      (present.base[cluster], partners.base[cluster]) = (own, theirs)
    }
    (search.species, search.partners) = (UnsafePointer(present.base), UnsafePointer(partners.base))
  }

  /// The chunks of the last search, with their memory, as far as there are.
  private func kept(_ count: Int) -> [Chunk] {
    var chunks = Array(shares.flatMap(\.chunks).prefix(count))
    while chunks.count < count { chunks.append(Chunk()) }
    return chunks
  }

  /// Gives every thread a run of chunks of about the same work.
  private func deal(_ chunks: [Chunk], to threads: Int) {
    let work = chunks.map { Int($0.list.pointee.partner_count + 4 * $0.list.pointee.entry_count) }
    let total = max(1, work.reduce(0, +))
    var hands = [[Chunk]](repeating: [], count: threads), done = 0
    for (chunk, cost) in zip(chunks, work) {
      hands[min(threads - 1, (done + cost / 2) * threads / total)].append(chunk)
      done += cost
    }
    let old = shares
    shares = hands.enumerated().map { Share(chunks: $1, blocks: $0 < old.count ? old[$0].blocks : AlignedArray()) }
  }

  private func survey(_ order: ClusterOrder) {
    let clusters = order.clusterCount, blockCount = clusters / MOTE_BLOCK + 1
    runs = [0..<Int64(clusters)]
    // Threads must know which sums they share, sums of 64 bits how many contributions they gather, and where species meet that do not
    // meet all others, most clusters may meet nobody.
    guard shares.count > 1 || order.kernels.precision == .double || !meets.isEmpty else { return }
    lanes.reserve(clusters)
    lanes.base.update(repeating: 0, count: clusters)
    order.workers.forEach(shares.count) { part in
      let blocks = shares[part].blocks
      blocks.reserve(blockCount)
      blocks.base.update(repeating: 0, count: blockCount)
      for chunk in shares[part].chunks { order.kernels.survey(chunk.list, half ? 1 : 0, blocks.base, lanes.base) }
    }
    let most = UnsafeBufferPointer(start: lanes.base, count: clusters).max() ?? 0
    mostContributions = Int32.bitWidth - most.leadingZeroBitCount
    if !meets.isEmpty { runs = touchedRuns(blockCount, clusters) }
  }

  private func touchedRuns(_ blockCount: Int, _ clusters: Int) -> [Range<Int64>] {
    var runs: [Range<Int64>] = []
    for block in 0..<blockCount where shares.contains(where: { $0.blocks.base[block] != 0 }) {
      let begin = Int64(block * MOTE_BLOCK), end = Int64(min(clusters, (block + 1) * MOTE_BLOCK))
      if let last = runs.last, last.upperBound == begin {
        runs[runs.count - 1] = last.lowerBound..<end
      } else {
        runs.append(begin..<end)
      }
    }
    return runs
  }

  /// What one thread works on: its chunks, and the blocks of clusters whose sums they touch.
  struct Share {
    var chunks: [Chunk]
    var blocks: AlignedArray<UInt8>
  }

  /// The entries of a run of clusters.
  final class Chunk {
    let list = UnsafeMutablePointer<mote_list>.allocate(capacity: 1)
    private let entries = AlignedArray<mote_entry>(), partners = AlignedArray<Int32>()

    init() { list.initialize(to: mote_list()) }
    deinit { list.deallocate() }

    var bytes: Int { entries.capacity * MemoryLayout<mote_entry>.stride + partners.capacity * 4 }

    /// Searches, and once more if the memory did not suffice.
    func fill(_ clusters: Range<Int>, _ search: UnsafePointer<mote_search>, _ kernel: ListKernels.Search) {
      for _ in 0..<2 {
        list.pointee.entries = entries.base
        list.pointee.partners = partners.base
        list.pointee.entry_capacity = Int64(entries.capacity)
        list.pointee.partner_capacity = Int64(partners.capacity)
        kernel(search, Int64(clusters.lowerBound), Int64(clusters.upperBound), list)
        let needed = (entries: Int(list.pointee.entry_count), partners: Int(list.pointee.partner_count))
        if needed.entries <= entries.capacity && needed.partners <= partners.capacity { return }
        entries.reserve(needed.entries + needed.entries / 8)
        partners.reserve(needed.partners + needed.partners / 8)
      }
    }
  }
}
