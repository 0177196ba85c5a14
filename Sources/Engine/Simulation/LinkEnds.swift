/// Where the ends of links are: the places of the particles whose ids the links hold.
struct LinkEnds {
  /// The field of links that holds the ids of their ends.
  static let field = "ends"

  private var stamp: (particles: Int, links: Int)?
  private(set) var places: [Int32] = []

  /// Brings the places up to date; links that have lost an end are taken away first.
  mutating func update(_ links: MemberStore, _ particles: MemberStore) {
    if let stamp, stamp == (particles.arrangement, links.arrangement) { return }
    let table = PlaceTable(particles)
    find(links, table)
    if places.contains(-1) {
      let found = places, arity = found.count / links.count
      links.remove { link in found[link * arity..<(link + 1) * arity].contains(-1) }
      find(links, table)
    }
    stamp = (particles.arrangement, links.arrangement)
  }

  /// Writes the place of each end, -1 where it is lost.
  private mutating func find(_ links: MemberStore, _ table: PlaceTable) {
    let ends = links.columns(of: Self.field) ?? [], wanted = links.count * ends.count
    if places.count < wanted { places += [Int32](repeating: -1, count: wanted - places.count) }
    places.removeLast(places.count - wanted)
    for (number, column) in ends.enumerated() {
      for link in 0..<links.count { places[link * ends.count + number] = Int32(table[Int64(column[link])]) }
    }
  }
}
