/// A closed surface of triangles around a solid, in three dimensions.
public struct Surface: Sendable, Equatable {
  /// Corners, 9 numbers for each triangle (length, or units of a file).
  public let corners: [Double]
  /// Surface whose shadow along the first axis touches each cell of a grid over the two others.
  private let shadows: [[Int32]]
  private let low: [Double], width: [Double]
  private static let cells = 64

  /// A surface by the corners of its triangles, 9 numbers each.
  public init(corners: [Double]) {
    precondition(corners.count % 9 == 0, "three corners of three numbers")
    self.corners = corners
    let bounds = [1, 2].map { axis -> (Double, Double) in
      let all = stride(from: axis, to: corners.count, by: 3).map { corners[$0] }
      return (all.min() ?? 0, all.max() ?? 0)
    }
    let (low, width) = (bounds.map(\.0), bounds.map { max($0.1 - $0.0, 1e-300) / Double(Self.cells) })
    (self.low, self.width) = (low, width)
    var shadows = [[Int32]](repeating: [], count: Self.cells * Self.cells)
    for triangle in 0..<corners.count / 9 {
      let ranges = [1, 2].map { axis -> ClosedRange<Int> in
        let values = (0..<3).map { corners[9 * triangle + 3 * $0 + axis] }
        let cells = [values.min() ?? 0, values.max() ?? 0].map { Self.cell($0, low[axis - 1], width[axis - 1]) }
        return cells[0]...cells[1]
      }
      for row in ranges[0] { for column in ranges[1] { shadows[row * Self.cells + column].append(Int32(triangle)) } }
    }
    self.shadows = shadows
  }

  /// Number of triangles.
  public var count: Int { corners.count / 9 }

  /// The same surface, stretched and then moved.
  public func scaled(by factor: Double, movedBy shift: [Double]) -> Surface {
    Surface(corners: corners.enumerated().map { $1 * factor + shift[$0 % 3] })
  }

  /// Whether a point is inside: whether a ray from it along the first axis crosses the surface an odd number of times.
  ///
  /// An edge belongs to one of the triangles that share it, so that a ray through an edge counts once.
  public func contains(_ point: [Double]) -> Bool {
    let (row, column) = (Self.cell(point[1], low[0], width[0]), Self.cell(point[2], low[1], width[1]))
    return shadows[row * Self.cells + column].count { crosses(Int($0), point) } % 2 == 1
  }

  private static func cell(_ x: Double, _ low: Double, _ width: Double) -> Int {
    Int(min(max((x - low) / width, 0), Double(cells - 1)))
  }

  private func crosses(_ triangle: Int, _ point: [Double]) -> Bool {
    let corner = (0..<3).map { number in (0..<3).map { corners[9 * triangle + 3 * number + $0] - point[$0] } }
    var isInside = false
    for (a, b) in [(0, 1), (1, 2), (2, 0)] where (corner[a][2] > 0) != (corner[b][2] > 0) {
      // The same numbers whichever triangle asks: the lower end comes first.
      let (lower, upper) = corner[a][2] < corner[b][2] ? (corner[a], corner[b]) : (corner[b], corner[a])
      if lower[1] - lower[2] * (upper[1] - lower[1]) / (upper[2] - lower[2]) > 0 { isInside.toggle() }
    }
    guard isInside else { return false }
    let (u, v) = (zip(corner[1], corner[0]).map { $0 - $1 }, zip(corner[2], corner[0]).map { $0 - $1 })
    let normal = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]]
    return zip(normal, corner[0]).reduce(0) { $0 + $1.0 * $1.1 } / normal[0] > 0
  }
}
