import World

/// Finds points near a place: cells of a hashed grid, periodic where the box is.
struct PlaceGrid {
  private let box: Box
  private let cells: [Int]
  private var members: [Int: [Int]] = [:]
  private(set) var points: [[Double]] = []

  /// - Parameter reach: the largest distance that will be asked for (length).
  init(box: Box, reach: Double) {
    self.box = box
    // Cells are no smaller than the reach, so that neighbouring cells suffice, and few enough for their number to be an index.
    cells = box.lengths.map { max(1, Int(min($0 / max(reach, $0 * 1e-6), 1e6))) }
  }

  mutating func insert(_ point: [Double]) {
    members[index(of: cell(of: point)), default: []].append(points.count)
    points.append(point)
  }

  /// The first point nearer than `distance`, by its number in the order of insertion.
  func neighbour(of point: [Double], within distance: Double) -> Int? {
    let centre = cell(of: point)
    for shift in 0..<[3, 9, 27][box.space - 1] {
      var rest = shift, cell = centre, isInside = true
      for axis in cell.indices {
        cell[axis] += rest % 3 - 1
        rest /= 3
        if cell[axis] < 0 || cell[axis] >= cells[axis] {
          isInside = isInside && box.sides[axis] == .periodic
          cell[axis] = (cell[axis] + cells[axis]) % cells[axis]
        }
      }
      if isInside, let found = members[index(of: cell)]?.first(where: { isNear(points[$0], point, distance) }) { return found }
    }
    return nil
  }

  private func isNear(_ a: [Double], _ b: [Double], _ distance: Double) -> Bool {
    var square = 0.0
    for axis in a.indices {
      var difference = a[axis] - b[axis]
      if box.sides[axis] == .periodic { difference -= box.lengths[axis] * (difference / box.lengths[axis]).rounded() }
      square += difference * difference
    }
    return square < distance * distance
  }

  private func cell(_ point: [Double], _ axis: Int) -> Int {
    let part = (point[axis] - box.origin[axis]) / box.lengths[axis]
    return min(cells[axis] - 1, max(0, Int(part * Double(cells[axis]))))
  }

  private func cell(of point: [Double]) -> [Int] { point.indices.map { cell(point, $0) } }

  private func index(of cell: [Int]) -> Int { zip(cell, cells).reduce(0) { $0 * $1.1 + $1.0 } }
}
