/// Where the ends of links are: the places of the particles whose ids the links hold.
struct LinkEnds {
  /// The field of links that holds the ids of their ends.
  static let field = "ends"

  private var stamp: (particles: Int, links: Int)?
  private(set) var places: [Int64] = []

  /// Brings the places up to date; links that have lost an end are taken away first.
  mutating func update(_ links: MemberStore, _ particles: MemberStore) {
    if let stamp, stamp == (particles.arrangement, links.arrangement) { return }
    var place = [Int64](repeating: -1, count: (0..<particles.count).reduce(0) { max($0, Int(particles.idColumn[$1]) + 1) })
    for index in 0..<particles.count { place[Int(particles.idColumn[index])] = Int64(index) }
    func found(_ id: Double) -> Int64 { Int(id) < place.count && id >= 0 ? place[Int(id)] : -1 }
    if let ends = links.columns(of: Self.field) {
      links.remove { link in ends.contains { found($0[link]) < 0 } }
    }
    let ends = links.columns(of: Self.field) ?? []
    places = (0..<links.count).flatMap { link in ends.map { found($0[link]) } }
    stamp = (particles.arrangement, links.arrangement)
  }
}
