import CKernel
import World

extension ClusterList {
  /// The pairs of the last search one by one, as places of i and j: those whose species meet, with that end first that receives.
  ///
  /// - Parameter receives: for species i and j, row by row, 1 if i receives from j; of two that both do, the lower id is i.
  func pairs(_ order: ClusterOrder, box: Box, _ store: MemberStore, receives: [UInt8], speciesCount: Int) -> [Int32] {
    precondition(half, "each pair once")
    var search = mote_search()
    bind(&search, order, box)
    let chunks = shares.flatMap(\.chunks)
    var found = chunks.map { AlignedArray<Int32>(capacity: 2 * Int($0.list.pointee.within)) }
    var counts = [Int](repeating: 0, count: chunks.count)
    receives.withUnsafeBufferPointer { receives in
      var roles = mote_roles(
        ids: UnsafePointer(store.idColumn), species: UnsafePointer(store.speciesColumn), receives: receives.baseAddress,
        species_count: Int64(speciesCount))
      counts.withUnsafeMutableBufferPointer { counts in
        order.workers.forEach(chunks.count) { part in
          for _ in 0..<2 {
            let capacity = found[part].capacity / 2
            counts[part] = Int(
              order.kernels.listPairs(&search, chunks[part].list, &roles, found[part].base, Int64(capacity)))
            if counts[part] <= capacity { break }
            found[part].reserve(2 * counts[part])
          }
        }
      }
    }
    return [Int32](unsafeUninitializedCapacity: 2 * counts.reduce(0, +)) { buffer, count in
      for (pairs, number) in zip(found, counts) {
        if let base = buffer.baseAddress { (base + count).initialize(from: pairs.base, count: 2 * number) }
        count += 2 * number
      }
      found = []
    }
  }
}
