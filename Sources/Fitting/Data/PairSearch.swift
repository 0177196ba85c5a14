import World

/// Finds pairs of particles closer than a reach, by cells.
struct PairSearch {
  /// Ends of the pairs, i < j.
  private(set) var i: [Int32] = []
  private(set) var j: [Int32] = []
  private let box: Box
  private let reach: Double
  private var cells: [Int]
  private var origin: [Double]
  private var widths: [Double]

  /// All pairs closer than `reach` (length) of particles at these places, `box.space` numbers each.
  init(_ positions: [Double], in box: Box, reach: Double) {
    self.box = box
    self.reach = reach
    cells = Array(repeating: 1, count: box.space)
    (origin, widths) = (box.origin, box.lengths)
    layCells(positions)
    collect(positions)
  }

  private mutating func layCells(_ positions: [Double]) {
    let space = box.space, count = positions.count / space
    for axis in 0..<space {
      if box.sides[axis] != .periodic {
        let places = stride(from: axis, to: positions.count, by: space).map { positions[$0] }
        origin[axis] = places.min() ?? 0
        widths[axis] = max((places.max() ?? 0) - origin[axis], reach) * (1 + 1e-12)
      }
      // More cells than particles would only cost memory.
      cells[axis] = max(1, min(Int(widths[axis] / reach), count + 1))
    }
  }

  private mutating func collect(_ positions: [Double]) {
    let space = box.space, count = positions.count / space
    let total = cells.reduce(1, *)
    var heads = [Int32](repeating: -1, count: total), next = [Int32](repeating: -1, count: count)
    for particle in (0..<count).reversed() {
      let cell = cell(of: positions, particle)
      next[particle] = heads[cell]
      heads[cell] = Int32(particle)
    }
    for cell in 0..<total {
      for other in neighbours(of: cell) {
        var a = heads[cell]
        while a >= 0 {
          var b = other == cell ? next[Int(a)] : heads[other]
          while b >= 0 {
            if isNear(positions, Int(a), Int(b)) {
              i.append(min(a, b))
              j.append(max(a, b))
            }
            b = next[Int(b)]
          }
          a = next[Int(a)]
        }
      }
    }
  }

  private func cell(of positions: [Double], _ particle: Int) -> Int {
    var index = 0
    for axis in 0..<box.space {
      let share = (positions[particle * box.space + axis] - origin[axis]) / widths[axis]
      let inside = box.sides[axis] == .periodic ? share - share.rounded(.down) : share
      index = index * cells[axis] + min(max(0, Int(inside * Double(cells[axis]))), cells[axis] - 1)
    }
    return index
  }

  /// The cell itself and those around it with a greater number, each once.
  private func neighbours(of cell: Int) -> [Int] {
    var found = [0]
    var rest = cell
    var places = [Int](repeating: 0, count: box.space)
    for axis in (0..<box.space).reversed() {
      places[axis] = rest % cells[axis]
      rest /= cells[axis]
    }
    for axis in 0..<box.space {
      let (count, isPeriodic) = (cells[axis], box.sides[axis] == .periodic)
      let steps = Set(
        [-1, 0, 1].compactMap { step -> Int? in
          let place = places[axis] + step
          return isPeriodic ? (place + count) % count : (0..<count).contains(place) ? place : nil
        })
      found = found.flatMap { base in steps.sorted().map { base * count + $0 } }
    }
    return found.filter { $0 >= cell }
  }

  private func isNear(_ positions: [Double], _ a: Int, _ b: Int) -> Bool {
    var square = 0.0
    for axis in 0..<box.space {
      let d = box.nearest(positions[a * box.space + axis] - positions[b * box.space + axis], axis: axis)
      square += d * d
    }
    return square < reach * reach
  }
}

extension Box {
  /// The image of a difference of positions that is nearest to zero.
  func nearest(_ difference: Double, axis: Int) -> Double {
    guard sides[axis] == .periodic else { return difference }
    return difference - lengths[axis] * (difference / lengths[axis]).nearestWhole
  }
}
