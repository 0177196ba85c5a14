/// Finds rows by the places of their two ends.
struct PairIndex {
  /// Rows whose first end is at place p are `rows[first[p]..<first[p + 1]]`.
  private var first: [Int]
  private var rows: [Int]
  private let seconds: [Int64]

  /// Row n joins `ends[n]`; rows with an end of -1 are never found.
  ///
  /// - Parameter count: number of places.
  init(_ ends: [(Int64, Int64)], count: Int) {
    seconds = ends.map(\.1)
    first = [Int](repeating: 0, count: count + 1)
    for (a, b) in ends where a >= 0 && b >= 0 { first[Int(a) + 1] += 1 }
    for place in 0..<count { first[place + 1] += first[place] }
    rows = [Int](repeating: 0, count: first[count])
    var next = first
    for (row, (a, b)) in ends.enumerated() where a >= 0 && b >= 0 {
      rows[next[Int(a)]] = row
      next[Int(a)] += 1
    }
  }

  /// The row that joins a, first, and b.
  func row(_ a: Int64, _ b: Int64) -> Int? {
    for at in first[Int(a)]..<first[Int(a) + 1] where seconds[rows[at]] == b { return rows[at] }
    return nil
  }
}

/// Where the members of a store are.
struct PlaceTable {
  private var places: [Int64]

  init(_ store: MemberStore) {
    let ids = store.idColumn, count = store.count
    places = [Int64](repeating: -1, count: (0..<count).reduce(0) { max($0, Int(ids[$1]) + 1) })
    for place in 0..<count { places[Int(ids[place])] = Int64(place) }
  }

  /// The place of an id; -1 if no member has it.
  subscript(id: Int64) -> Int64 { id >= 0 && id < places.count ? places[Int(id)] : -1 }
}
