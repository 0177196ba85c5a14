/// Where the ends of links are: the places of the particles whose ids the links hold.
struct LinkEnds {
  /// The field of links that holds the ids of their ends.
  static let field = "ends"

  private var stamp: (particles: Int, links: Int)?
  private(set) var places: [Int64] = []

  /// Brings the places up to date; links that have lost an end are taken away first.
  mutating func update(_ links: MemberStore, _ particles: MemberStore) {
    if let stamp, stamp == (particles.arrangement, links.arrangement) { return }
    let table = PlaceTable(particles)
    if let ends = links.columns(of: Self.field) {
      links.remove { link in ends.contains { table[Int64($0[link])] < 0 } }
    }
    let ends = links.columns(of: Self.field) ?? []
    places = (0..<links.count).flatMap { link in ends.map { table[Int64($0[link])] } }
    stamp = (particles.arrangement, links.arrangement)
  }
}
