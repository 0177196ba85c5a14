import CKernel
import Diagnostics
import Foundation
import World

/// The order of particles in memory and their packed positions: what all lists of pairs have in common.
final class ClusterOrder {
  let kernels: ListKernels
  let workers: Workers
  let order = UnsafeMutablePointer<mote_order>.allocate(capacity: 1)
  let grid = UnsafeMutablePointer<mote_grid>.allocate(capacity: 1)
  /// [cluster][space][8], float or double.
  let positions = AlignedArray<UInt8>()
  /// The packed positions when the order was made.
  let reference = AlignedArray<UInt8>()
  private let keys = AlignedArray<UInt64>(), scratch = AlignedArray<UInt64>()
  private let columnKeys = AlignedArray<UInt32>()
  private let columnFirst = AlignedArray<Int32>(), clusterFirst = AlignedArray<Int32>()
  /// Particles in a unit of volume, around a typical particle; nil before the first search.
  var density: Double?

  init(kernels: ListKernels, workers: Workers) {
    self.kernels = kernels
    self.workers = workers
    order.initialize(to: mote_order())
    grid.initialize(to: mote_grid())
  }

  deinit {
    order.deallocate()
    grid.deallocate()
  }

  var clusterCount: Int { Int(order.pointee.cluster_count) }
  var first: UnsafeMutablePointer<Int32> { clusterFirst.base }
  /// Bytes of one packed number.
  var realSize: Int { kernels.precision == .double ? 8 : 4 }

  /// Wraps particles into periodic sides, sorts the store, and packs positions afresh.
  func rebuild(_ store: MemberStore, box: Box, range: Double, skin: Double) throws(Failure) {
    let reach = range + skin, count = store.count
    var region = mote_region(box)
    reserve(count)
    order.pointee.count = Int64(count)
    if !box.sides.allSatisfy({ $0 == .periodic }) { findBounds(store, region) }
    placeGrid(box: box, range: range)
    // By sides on the grid: a particle that is put back stays where it was relative to all others, to the bit. Were it moved by less
    // than a quantum, it would be away from the force that had held it back, and the energy would grow with every crossing.
    region.side = grid.pointee.shift
    wrap(store, region)
    if density == nil { density = sampledDensity(store, region, reach) }
    chooseColumns(reach: reach)
    withColumns(store.positions) { kernels.sort(order, $0) }
    store.permute(
      wide: { kernels.permuteWide(order, $0, $1) },
      narrow: { kernels.permuteNarrow(order, $0, $1) })
    let bytes = clusterCount * store.space * MOTE_CLUSTER * realSize
    positions.reserve(bytes)
    reference.reserve(bytes)
    _ = try pack(store, measuring: false)
    reference.base.update(from: positions.base, count: bytes)
  }

  /// Packs positions; returns the largest distance that a particle has moved since the order was made.
  func pack(_ store: MemberStore, measuring: Bool = true) throws(Failure) -> Double {
    var found = [mote_packed](repeating: mote_packed(), count: workers.count)
    withColumns(store.positions) { columns in
      found.withUnsafeMutableBufferPointer { found in
        workers.forRanges(of: clusterCount) { part, range in
          kernels.packPositions(
            columns, grid, first, measuring ? UnsafeRawPointer(reference.base) : nil, positions.base, range.lowerBound,
            range.upperBound, &found[part])
        }
      }
    }
    guard found.allSatisfy({ $0.extent.isFinite && $0.extent < grid.pointee.far }) else {
      guard measuring, found.allSatisfy(\.extent.isFinite) else { throw Self.blewUp(store) }
      return .infinity
    }
    return (found.map(\.moved).max() ?? 0).squareRoot()
  }

  private static func blewUp(_ store: MemberStore) -> Failure {
    let lost = (0..<store.count).first { place in store.positions.contains { !$0[place].isFinite } }
    let who = lost.map { "particle \(store.idColumn[$0])" } ?? "a particle"
    return Failure(
      .blewUp, "the position of \(who) is not finite", hint: "a smaller time step, or particles that overlap less at the start")
  }

  private func reserve(_ count: Int) {
    keys.reserve(count)
    scratch.reserve(count)
    columnKeys.reserve(count)
    columnFirst.reserve(count + 1)
    clusterFirst.reserve(count + 1)
    order.pointee.keys = keys.base
    order.pointee.scratch = scratch.base
    order.pointee.column_keys = columnKeys.base
    order.pointee.column_first = columnFirst.base
    order.pointee.cluster_first = clusterFirst.base
  }

  /// The bounds of all particles where they are; `wrap` without periodic sides.
  private func findBounds(_ store: MemberStore, _ region: mote_region) {
    var open = region
    open.periodic = (0, 0, 0)
    wrap(store, open)
  }

  /// Puts particles back into periodic sides, and finds their bounds.
  private func wrap(_ store: MemberStore, _ region: mote_region) {
    var low = [0.0, 0, 0], high = [0.0, 0, 0]
    withColumns(store.positions) { columns in
      store.imageColumns.map(Optional.some).withUnsafeBufferPointer { images in
        guard let images = images.baseAddress else { return }
        withUnsafePointer(to: region) { kernels.wrap(columns, images, $0, Int64(store.count), &low, &high) }
      }
    }
    order.pointee.low = (low[0], low[1], low[2])
    order.pointee.high = (high[0], high[1], high[2])
  }

  /// Particles in a unit of volume around particles taken at even distances in the store.
  private func sampledDensity(_ store: MemberStore, _ region: mote_region, _ reach: Double) -> Double {
    let samples = max(16, min(128, 20_000_000 / max(1, store.count))), stride = max(1, store.count / samples)
    let taken = (store.count + stride - 1) / stride
    let near = withColumns(store.positions) { columns in
      withUnsafePointer(to: region) { kernels.countNear(columns, $0, Int64(store.count), Int64(stride), reach) }
    }
    return (Double(near) / Double(max(1, taken)) + 1) / ballVolume(reach, space: store.space)
  }

  /// Columns as wide as makes a cluster about as long as wide; neither so narrow that a search meets very many, nor more than
  /// the keys can tell apart.
  private func chooseColumns(reach: Double) {
    let space = kernels.space, spacing = pow(density ?? 1, -1 / Double(space))
    let wanted = max((space == 2 ? 2.4 : 2) * spacing, reach / 16)
    func columns(_ axis: Int, _ extent: Double) -> (count: Int64, width: Double) {
      guard axis < space - 1, extent > 0 else { return (1, max(extent, wanted)) }
      let count = min(max(1, (extent / wanted).rounded(.down)), 32_000)
      return (Int64(count), extent / count * (1 + 1e-9))
    }
    let low = order.pointee.low, high = order.pointee.high
    let along = [columns(0, high.0 - low.0), columns(1, high.1 - low.1)]
    order.pointee.columns_along = (along[0].count, along[1].count)
    order.pointee.width = (along[0].width, along[1].width)
  }

  /// A grid as fine as the numbers of the arithmetic allow for the region that the particles fill. Its centre is one of its
  /// points, so that snapping does not depend on it.
  private func placeGrid(box: Box, range: Double) {
    let bounds = [order.pointee.low, order.pointee.high].map { [$0.0, $0.1, $0.2] }
    let spans = (0..<3).map { axis in
      axis < box.space && box.sides[axis] == .periodic
        ? (box.origin[axis], box.origin[axis] + box.lengths[axis]) : (bounds[0][axis], bounds[1][axis])
    }
    // Images lie a range beyond the region, and particles drift by less than another before the next order.
    let room = (spans.map { ($0.1 - $0.0) / 2 }.max() ?? 0) + 4 * range
    let exponent = log2(room).rounded(.up), quantum = exp2(exponent - (kernels.precision == .double ? 52 : 24))
    let centre = spans.map { (($0.0 + $0.1) / 2 / quantum).rounded() * quantum }
    grid.pointee.centre = (centre[0], centre[1], centre[2])
    grid.pointee.quantum = quantum
    grid.pointee.far = exp2(exponent + 2)
    updateShifts(box)
  }

  /// Takes over the sides of a box that has changed a little; a side has one bit more than positions, which float lacks.
  func updateShifts(_ box: Box) {
    let step = 2 * grid.pointee.quantum
    let shifts = box.lengths.map { ($0 / step).rounded() * step } + [0, 0]
    grid.pointee.shift = (shifts[0], shifts[1], shifts[2])
  }
}

/// Volume of a ball of 1, 2 or 3 dimensions (length^D).
func ballVolume(_ radius: Double, space: Int) -> Double {
  [2 * radius, .pi * radius * radius, 4 / 3 * .pi * radius * radius * radius][space - 1]
}

/// Hands columns to a kernel.
func withColumns<Result>(
  _ columns: [UnsafeMutablePointer<Double>], _ body: (UnsafePointer<UnsafeMutablePointer<Double>?>) -> Result
) -> Result {
  // An empty list still needs an address.
  (columns.map(Optional.some) + [nil]).withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("a buffer of at least one element has an address") }
    return body(base)
  }
}

extension mote_region {
  /// The box as the kernels see it.
  init(_ box: Box) {
    let origin = box.origin + [0, 0], side = box.lengths + [0, 0]
    let periodic: [Int32] = box.sides.map { $0 == .periodic ? 1 : 0 } + [0, 0]
    self.init(
      origin: (origin[0], origin[1], origin[2]), side: (side[0], side[1], side[2]),
      periodic: (periodic[0], periodic[1], periodic[2]))
  }
}
