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
    // A point on the upper face belongs to the last cell.
    let cell = point.indices.map { min(cells[$0] - 1, max(0, layer(point[$0], $0))) }
    members[index(of: cell), default: []].append(points.count)
    points.append(point)
  }

  /// The first point nearer than `distance`, by its number in the order of insertion.
  func neighbour(of point: [Double], within distance: Double) -> Int? {
    // Only cells that the ball around the point touches: for a small ball nearly always one.
    let low = point.indices.map { layer(point[$0] - distance, $0) }, high = point.indices.map { layer(point[$0] + distance, $0) }
    var cell = low
    while true {
      if let image = wrapped(cell), let found = members[index(of: image)]?.first(where: { isNear(points[$0], point, distance) }) {
        return found
      }
      guard let axis = cell.indices.first(where: { cell[$0] < high[$0] }) else { return nil }
      cell[axis] += 1
      for before in 0..<axis { cell[before] = low[before] }
    }
  }

  /// The cell in the box that a cell beyond a periodic side is the image of; nothing beyond other sides.
  private func wrapped(_ cell: [Int]) -> [Int]? {
    var result = cell
    for axis in cell.indices where cell[axis] < 0 || cell[axis] >= cells[axis] {
      guard box.sides[axis] == .periodic else { return nil }
      result[axis] = (cell[axis] % cells[axis] + cells[axis]) % cells[axis]
    }
    return result
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

  private func layer(_ coordinate: Double, _ axis: Int) -> Int {
    let layer = ((coordinate - box.origin[axis]) / box.lengths[axis] * Double(cells[axis])).rounded(.down)
    // Places far outside are refused later; here they must only be numbers.
    return Int(min(1e9, max(-1e9, layer)))
  }

  private func index(of cell: [Int]) -> Int { zip(cell, cells).reduce(0) { $0 * $1.1 + $1.0 } }
}
