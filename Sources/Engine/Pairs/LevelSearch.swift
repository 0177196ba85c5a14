import World

/// Finds the pairs of particles whose ranges differ much: a hash of cells for each level of size.
///
/// A level holds the particles whose own range lies in one octave, in cells as wide as their pairs reach. Each particle looks into the
/// cells of its own and of the wider levels, where there are few particles, so that small ones do not meet all that is near a large
/// one (V. Ogarkov, S. Luding, Comput. Phys. Commun. 183 (2012) 929).
struct LevelSearch {
  /// Level of each particle, 0 the widest.
  private let levels: [UInt8]
  /// How far pairs of levels a and b are looked for: `reach[a][b]` (length).
  private let reach: [[Double]]
  private let receives: [UInt8]
  private let speciesCount: Int

  /// Finds pairs within their range and a buffer.
  ///
  /// - Parameter receives: for species i and j, row by row, 1 if i may receive from j.
  init(_ ranges: RangeLevels, within buffer: Double, receives: [UInt8], speciesCount: Int) {
    levels = ranges.levels
    reach = ranges.reach.map { $0.map { $0 + buffer } }
    self.receives = receives
    self.speciesCount = speciesCount
  }

  /// Places of i and j, pair by pair: that end first which receives; if both do, the one of lower id.
  func pairs(_ store: MemberStore, _ box: Box, workers: Workers) -> [Int32] {
    let sizes = Array(Set(levels)).sorted().map(Int.init)
    let grids = sizes.map { level in
      HashedCells(
        (0..<store.count).filter { Int(levels[$0]) == level }, of: store, box, side: sizes.map { reach[level][$0] }.max() ?? 0)
    }
    var found = [[Int32]](repeating: [], count: workers.count)
    found.withUnsafeMutableBufferPointer { lists in
      workers.forRanges(of: store.count) { part, range in
        var pairs: [Int32] = []
        for place in range { meet(Int(place), sizes, grids, store, into: &pairs) }
        lists[part] = pairs
      }
    }
    return found.flatMap { $0 }
  }

  private func meet(_ own: Int, _ sizes: [Int], _ grids: [HashedCells], _ store: MemberStore, into pairs: inout [Int32]) {
    let level = Int(levels[own])
    for (size, grid) in zip(sizes, grids) where size <= level {
      let limit = reach[size][level] * reach[size][level]
      grid.forEachNear(own) { other, distanceSquared in
        guard distanceSquared <= limit, size < level || other > own else { return }
        let sense = sense(own, other, store)
        guard sense != 0 else { return }
        pairs.append(Int32(sense > 0 ? own : other))
        pairs.append(Int32(sense > 0 ? other : own))
      }
    }
  }

  /// 1 if a is i, −1 if b is, 0 if they do not meet.
  private func sense(_ a: Int, _ b: Int, _ store: MemberStore) -> Int {
    let (x, y) = (Int(store.speciesColumn[a]), Int(store.speciesColumn[b]))
    let first = receives[x * speciesCount + y] != 0, second = receives[y * speciesCount + x] != 0
    if first && second { return store.idColumn[a] < store.idColumn[b] ? 1 : -1 }
    return first ? 1 : second ? -1 : 0
  }
}

/// Particles in cells of equal sides; a table of hashed cells holds them, so that empty room costs nothing.
private struct HashedCells {
  private let positions: [UnsafeMutablePointer<Double>]
  private let origin: [Double]
  private let side: [Double]
  /// Cells along a periodic axis; 0 where there is no end.
  private let counts: [Int]
  private let lengths: [Double]
  /// Steps to the cells around one: each cell once.
  private let steps: [[Int]]
  /// Members of bucket b are `members[first[b]..<first[b + 1]]`, with their cells beside them.
  private var first: [Int]
  private var members: [Int]
  private var cells: [SIMD3<Int>]

  init(_ places: [Int], of store: MemberStore, _ box: Box, side wanted: Double) {
    positions = store.positions
    origin = box.origin
    let isPeriodic = box.sides.map { $0 == .periodic }
    counts = zip(box.lengths, isPeriodic).map { $1 ? max(1, Int($0 / wanted)) : 0 }
    lengths = zip(box.lengths, isPeriodic).map { $1 ? $0 : 0 }
    side = zip(box.lengths, counts).map { $1 > 0 ? $0 / Double($1) : wanted }
    steps = counts.reduce([[]]) { steps, count in
      let along = count == 1 ? [0] : count == 2 ? [0, 1] : [-1, 0, 1]
      return steps.flatMap { step in along.map { step + [$0] } }
    }
    let buckets = 1 << (Int.bitWidth - max(1, 2 * places.count - 1).leadingZeroBitCount)
    (first, members, cells) = ([Int](repeating: 0, count: buckets + 1), places, [])
    let found = places.map { cell(of: $0) }
    for cell in found { first[bucket(cell) + 1] += 1 }
    for bucket in 0..<buckets { first[bucket + 1] += first[bucket] }
    cells = found
    var next = first
    for (place, cell) in zip(places, found) {
      let at = next[bucket(cell)]
      (members[at], cells[at]) = (place, cell)
      next[bucket(cell)] += 1
    }
  }

  private func cell(of place: Int) -> SIMD3<Int> {
    var cell = SIMD3<Int>(repeating: 0)
    for axis in positions.indices {
      cell[axis] = wrapped(Int(((positions[axis][place] - origin[axis]) / side[axis]).rounded(.down)), axis)
    }
    return cell
  }

  private func wrapped(_ index: Int, _ axis: Int) -> Int {
    guard counts[axis] > 0 else { return index }
    let rest = index % counts[axis]
    return rest < 0 ? rest + counts[axis] : rest
  }

  private func bucket(_ cell: SIMD3<Int>) -> Int {
    let mixed = (cell[0] &* 73_856_093) ^ (cell[1] &* 19_349_663) ^ (cell[2] &* 83_492_791)
    return mixed & (first.count - 2)
  }

  /// Calls for each particle in the cells around one, with the square of its distance to the nearest image.
  func forEachNear(_ own: Int, _ body: (Int, Double) -> Void) {
    let centre = cell(of: own)
    for step in steps {
      var cell = centre
      for axis in step.indices { cell[axis] = wrapped(centre[axis] + step[axis], axis) }
      let bucket = bucket(cell)
      for at in first[bucket]..<first[bucket + 1] where cells[at] == cell {
        body(members[at], distanceSquared(own, members[at]))
      }
    }
  }

  private func distanceSquared(_ a: Int, _ b: Int) -> Double {
    var sum = 0.0
    for axis in positions.indices {
      var difference = positions[axis][a] - positions[axis][b]
      if lengths[axis] > 0 { difference -= lengths[axis] * (difference / lengths[axis]).rounded() }
      sum += difference * difference
    }
    return sum
  }
}
