import Diagnostics
import KernelCompiler

// What passes over listed pairs make: links, and members in the place of those that react.
extension Simulation {
  /// Joins the pairs that a pass has chosen, in the order of the ids of their ends.
  func join(_ joining: Joining, of pass: MeetingPass) {
    let own = meetings.own(of: pass, stores), places = meetings.places(of: pass), ids = store.idColumn
    guard let wish = own.column(joining.wish) else { return }
    let pairs = (0..<own.count).filter { wish[$0] != 0 }.map { row -> (row: Int, ends: [Int64]) in
      let (a, b) = (ids[Int(places[2 * row])], ids[Int(places[2 * row + 1])])
      return (row, [min(a, b), max(a, b)])
    }
    .sorted { $0.ends.lexicographicallyPrecedes($1.ends) }
    guard !pairs.isEmpty else { return }
    let links = stores[joining.population], new = appendLinks(pairs.count, to: joining.population)
    let ends = links.columns(of: LinkEnds.field) ?? []
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

  /// Makes pairs react in the order of their ranks, each particle at most once.
  ///
  /// That is what is left if, again and again, those pairs react whose rank is least among the open wishes of both particles.
  func react(_ reaction: Reaction, of pass: MeetingPass) throws(Failure) {
    let rows = meetings.own(of: pass, stores), places = meetings.places(of: pass), ids = store.idColumn
    guard let wish = rows.column(reaction.wish), let rank = rows.column(reaction.rank) else { return }
    func ends(_ row: Int) -> [Int64] { [ids[Int(places[2 * row])], ids[Int(places[2 * row + 1])]] }
    let wishes = (0..<rows.count).filter { wish[$0] != 0 }
      .sorted { rank[$0] == rank[$1] ? ends($0).lexicographicallyPrecedes(ends($1)) : rank[$0] < rank[$1] }
    guard !wishes.isEmpty else { return }
    var taken: Set<Int> = [], gone: Set<Int> = [], made: [NewMember] = []
    for row in wishes {
      let (i, j) = (Int(places[2 * row]), Int(places[2 * row + 1]))
      if taken.contains(i) || taken.contains(j) { continue }
      taken.formUnion([i, j])
      if reaction.removesFirst { gone.insert(i) }
      if reaction.removesSecond { gone.insert(j) }
      for product in reaction.products { made += members(of: product, row, parent: i, rows) }
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
