/// Spheres sorted into cubic cells, to find those near a point.
struct CellGrid {
  /// Side of a cell: all spheres with centres within this distance of a point are in its cell and the 26 around it.
  let side: Float
  private let origin: SIMD3<Float>
  private let cells: SIMD3<Int>
  private var starts: [Int32]
  private var members: [SIMD4<Float>]
  private var indices: [Int32]

  /// A grid with cells of about the given side, larger where the scene is so wide and sparse that there would be far more cells
  /// than spheres.
  init(_ spheres: [SIMD4<Float>], side wanted: Float) {
    var low = SIMD4<Float>(repeating: .infinity), high = SIMD4<Float>(repeating: -.infinity)
    for sphere in spheres { (low, high) = (low.lowered(to: sphere), high.raised(to: sphere)) }
    let extent = spheres.isEmpty ? .zero : SIMD3(high.x - low.x, high.y - low.y, high.z - low.z)
    var side = max(wanted, 1e-30, extent.max() / 1000)
    func count(_ side: Float) -> SIMD3<Int> {
      SIMD3(Int(extent.x / side) + 1, Int(extent.y / side) + 1, Int(extent.z / side) + 1)
    }
    var cells = count(side)
    while cells.x * cells.y * cells.z > 4 * spheres.count + 64 {
      side *= 1.25
      cells = count(side)
    }
    (self.side, self.cells) = (side, cells)
    origin = spheres.isEmpty ? .zero : SIMD3(low.x, low.y, low.z)
    starts = Array(repeating: 0, count: cells.x * cells.y * cells.z + 1)
    members = Array(repeating: .zero, count: spheres.count)
    indices = Array(repeating: 0, count: spheres.count)
    let keys = spheres.map { key(of: $0) }
    for key in keys { starts[key + 1] += 1 }
    for cell in 1..<starts.count { starts[cell] += starts[cell - 1] }
    var next = starts
    for (index, key) in keys.enumerated() {
      members[Int(next[key])] = spheres[index]
      indices[Int(next[key])] = Int32(truncatingIfNeeded: index)
      next[key] += 1
    }
  }

  private func cell(of point: SIMD4<Float>) -> SIMD3<Int> {
    SIMD3(Int((point.x - origin.x) / side), Int((point.y - origin.y) / side), Int((point.z - origin.z) / side))
  }
  private func key(of point: SIMD4<Float>) -> Int {
    let cell = cell(of: point)
    return (cell.z * cells.y + cell.y) * cells.x + cell.x
  }

  /// Visits every sphere in the cells around a sphere of the grid, always in the same order.
  @inline(__always) func forEach(near point: SIMD4<Float>, _ body: (_ index: Int32, _ sphere: SIMD4<Float>) -> Void) {
    let middle = cell(of: point)
    for z in max(0, middle.z - 1)...min(cells.z - 1, middle.z + 1) {
      for y in max(0, middle.y - 1)...min(cells.y - 1, middle.y + 1) {
        let row = (z * cells.y + y) * cells.x
        let first = starts[row + max(0, middle.x - 1)], end = starts[row + min(cells.x - 1, middle.x + 1) + 1]
        for member in Int(first)..<Int(end) { body(indices[member], members[member]) }
      }
    }
  }
}
