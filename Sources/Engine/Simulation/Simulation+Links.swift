import Diagnostics
import KernelCompiler

/// Meetings of which some wish to be joined or to react.
struct WishingMeetings {
  /// What belongs to each of them, in rows: wishes, and the fields of what they make.
  let own: MemberStore
  /// The places of the ends of a row.
  let ends: (Int) -> [Int]
}

// What passes over meetings make: links, and members in the place of those that react.
extension Simulation {
  /// Joins the ends of meetings that a pass has chosen and no such link joins yet, once each, in the order of the ids of the ends.
  func join(_ joining: Joining, of meetings: WishingMeetings) {
    let own = meetings.own
    guard let wish = own.column(joining.wish) else { return }
    let wishes = (0..<own.count).filter { wish[$0] != 0 }.map { (row: $0, ends: ids(ofEndsOf: $0, meetings).prefix(2).sorted()) }
      .sorted { $0.ends == $1.ends ? own.idColumn[$0.row] < own.idColumn[$1.row] : $0.ends.lexicographicallyPrecedes($1.ends) }
    guard !wishes.isEmpty else { return }
    let links = stores[joining.population], columns = links.columns(of: LinkEnds.field) ?? []
    var joined = Set((0..<links.count).map { link in columns.map { Int64($0[link]) }.sorted() })
    let pairs = wishes.filter { joined.insert($0.ends).inserted }
    guard !pairs.isEmpty else { return }
    let new = appendLinks(pairs.count, to: joining.population), ends = links.columns(of: LinkEnds.field) ?? []
    for (place, pair) in zip(new, pairs) {
      for (column, id) in zip(ends, pair.ends) { column[place] = Double(id) }
      for field in joining.fields {
        for (column, source) in zip(links.columns(of: field.name) ?? [], field.columns) {
          if let values = own.column(source) { column[place] = values[pair.row] }
        }
      }
    }
    updateWorld()
  }

  /// The ids of the ends of a meeting.
  private func ids(ofEndsOf meeting: Int, _ meetings: WishingMeetings) -> [Int64] {
    meetings.ends(meeting).map { store.idColumn[$0] }
  }

  /// Adds links with new ids and the defaults of their fields; returns their places.
  private func appendLinks(_ count: Int, to population: Int) -> Range<Int> {
    let links = stores[population], first = nextIDs[population]
    let code = scene.species.firstIndex { plan.populations[population].species.contains($0.name) } ?? 0
    nextIDs[population] += Int64(count)
    let places = links.append(species: Int32(code), ids: first..<first + Int64(count))
    for (name, values) in defaults[population] {
      guard let numbers = values[code] else { continue }
      for (component, column) in (links.columns(of: name) ?? []).enumerated() {
        (column + places.lowerBound).update(repeating: numbers[min(component, numbers.count - 1)], count: count)
      }
    }
    return places
  }

  /// Makes the ends of meetings react in the order of their ranks, each particle at most once.
  ///
  /// That is what is left if, again and again, those react whose rank is least among the open wishes of all their particles.
  func react(_ reaction: Reaction, of meetings: WishingMeetings) throws(Failure) {
    let rows = meetings.own
    guard let wish = rows.column(reaction.wish), let rank = rows.column(reaction.rank) else { return }
    let wishes = (0..<rows.count).filter { wish[$0] != 0 }
      .sorted {
        rank[$0] == rank[$1]
          ? ids(ofEndsOf: $0, meetings).lexicographicallyPrecedes(ids(ofEndsOf: $1, meetings)) : rank[$0] < rank[$1]
      }
    guard !wishes.isEmpty else { return }
    var taken: Set<Int> = [], gone: Set<Int> = [], made: [NewMember] = []
    for row in wishes {
      let ends = meetings.ends(row)
      guard taken.isDisjoint(with: ends) else { continue }
      taken.formUnion(ends)
      if reaction.removesFirst { gone.insert(ends[0]) }
      if reaction.removesSecond { gone.insert(ends[1]) }
      for product in reaction.products { made += members(of: product, row, parent: ends[0], rows) }
    }
    removed += store.remove { gone.contains($0) }
    afterRemoval()
    try append(made.sorted { $0.parent < $1.parent })
  }

  private func members(of product: Reaction.Product, _ row: Int, parent: Int, _ rows: MemberStore) -> [NewMember] {
    let given = zip(product.columns, product.sources).map { ($0, rows.column($1)?[row] ?? 0) }
    let values =
      given
      + inherited(by: product.species, of: product.population, but: product.columns, from: parent, in: Population.particles)
    let member = NewMember(
      parent: store.idColumn[parent], species: product.species, population: product.population, values: values)
    return Array(repeating: member, count: max(0, Int(rows.column(product.number)?[row] ?? 0)))
  }
}
