import CKernel
import World

/// Particles sorted by the cells of a lattice: memory that is kept from pass to pass.
final class CellOrder {
  typealias Sort = @convention(c) (UnsafePointer<mote_cell_order>) -> Int64

  private let cells = AlignedArray<Int64>(), order = AlignedArray<Int64>(), starts = AlignedArray<Int64>()
  /// Particles by cell, by ascending id within each.
  var places: UnsafeMutablePointer<Int64> { order.base }
  /// Where each cell begins, and after the last one where it ends.
  var beginnings: UnsafePointer<Int64> { UnsafePointer(starts.base) }
  /// Number of cells along each axis.
  private(set) var counts: [Int] = []
  /// Number of particles that are in some cell.
  var count: Int { Int(starts.base[counts.reduce(1, *)]) }

  /// Sorts the particles of the masked species by the first site of their support; returns how many have some of it where no
  /// site is.
  func sort(
    _ store: MemberStore, mask: UInt64, grid: Grid, offset: [Double], reach: Int, isStaggered: Bool = false, with sort: Sort
  ) -> Int {
    counts = grid.counts.indices.map { grid.counts[$0] + (grid.isPeriodic[$0] ? 0 : reach) }
    cells.reserve(store.count)
    order.reserve(store.count)
    starts.reserve(counts.reduce(1, *) + 2)
    var call = mote_cell_order()
    let space = store.space, axes = (0..<3).map { min($0, space - 1) }
    let sites = (0..<3).map { $0 < space ? Int64(grid.counts[$0]) : 1 }
    call.counts = (sites[0], sites[1], sites[2])
    let periodic = axes.map { Int32(grid.isPeriodic[$0] ? 1 : 0) }
    call.is_periodic = (periodic[0], periodic[1], periodic[2])
    let origin = axes.map { grid.origin[$0] + (offset.indices.contains($0) ? offset[$0] : 0) }
    call.origin = (origin[0], origin[1], origin[2])
    let positions = axes.map { UnsafePointer(store.positions[$0]) }
    call.position = (positions[0], positions[1], positions[2])
    (call.inverse_spacing, call.space, call.reach) = (1 / grid.spacing, Int32(space), Int32(reach))
    (call.ids, call.species) = (UnsafePointer(store.idColumn), UnsafePointer(store.speciesColumn))
    call.is_staggered = isStaggered ? 1 : 0
    (call.mask, call.particles) = (mask, Int64(store.count))
    (call.cells, call.order, call.starts) = (cells.base, order.base, starts.base)
    return Int(sort(&call))
  }

  /// Cuts the layers of sites along the last axis into ranges, one for each thread, with about the same number of particles.
  func ranges(of layers: Int, threads: Int) -> [Range<Int64>] {
    guard threads > 1, layers > 1, count > 64 * threads, let cellLayers = counts.last else { return [0..<Int64(layers)] }
    let width = counts.dropLast().reduce(1, *), reach = cellLayers - layers
    var cuts: [Int] = [0]
    for thread in 1..<threads {
      let wanted = count * thread / threads
      let layer = (0...cellLayers).first { Int(starts.base[$0 * width]) >= wanted } ?? cellLayers
      cuts.append(min(layers, max(cuts[thread - 1], layer - reach / 2)))
    }
    cuts.append(layers)
    return zip(cuts, cuts.dropFirst()).filter { $0 < $1 }.map { Int64($0)..<Int64($1) }
  }

  /// Layers of cells in blocks of two colours: particles of different blocks of a colour share no site. Which sums are made, and in
  /// which order, is the same for all numbers of threads.
  func blocks(reach: Int) -> [[Range<Int64>]] {
    let layers = counts.last ?? 1, size = max(4, reach + 2)
    let all = stride(from: 0, to: layers, by: size).map { Int64($0)..<Int64(min($0 + size, layers)) }
    return [0, 1].map { colour in all.indices.filter { $0 % 2 == colour }.map { all[$0] } }
  }
}
