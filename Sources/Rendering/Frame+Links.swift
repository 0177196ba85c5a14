import World

extension Frame {
  /// Rows that links of two ends join; those across a periodic side are left out, as they would be drawn through the box.
  var drawnLinks: [Renderer.Link] {
    guard !links.isEmpty, let position = self[field: "position"] else { return [] }
    let rows = Dictionary(uniqueKeysWithValues: ids.enumerated().map { ($1, $0) }), space = position.components
    return links.filter { $0.arity == 2 }.flatMap(\.pairs).compactMap { ends in
      guard let first = rows[ends.0], let second = rows[ends.1] else { return nil }
      let isLong = (0..<space).contains { axis in
        let gap = position.values[first * space + axis] - position.values[second * space + axis]
        return box.sides[axis] == .periodic && abs(gap) > box.lengths[axis] / 2
      }
      return isLong ? nil : Renderer.Link(first, second)
    }
  }
}

extension FrameLinks {
  /// Ids of the ends of each link of two.
  fileprivate var pairs: [(Int64, Int64)] { stride(from: 0, to: ends.count - 1, by: 2).map { (ends[$0], ends[$0 + 1]) } }
}
