import Expressions

// Members that passes make: links and particles, with ids that never occurred before.
extension Simulation {
  /// Joins the pairs that a pass has chosen, in the order of the ids of their ends.
  func join(_ joining: Joining, of pass: MeetingPass) throws {
    let own = meetings.own(of: pass, stores), places = meetings.places(of: pass), ids = store.idColumn
    guard let wish = own.column(joining.wish) else { return }
    let pairs = (0..<own.count).filter { wish[$0] != 0 }.map { row -> (row: Int, ends: [Int64]) in
      let (a, b) = (ids[Int(places[2 * row])], ids[Int(places[2 * row + 1])])
      return (row, [min(a, b), max(a, b)])
    }
    .sorted { $0.ends.lexicographicallyPrecedes($1.ends) }
    guard !pairs.isEmpty else { return }
    let links = stores[joining.population], new = try append(pairs.count, to: joining.population, species: nil)
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

  /// Adds members with new ids and the defaults of their fields; returns their places.
  func append(_ count: Int, to population: Int, species code: Int32?) throws -> Range<Int> {
    let members = stores[population], first = nextIDs[population]
    let own = scene.species.firstIndex { plan.populations[population].species.contains($0.name) } ?? 0
    nextIDs[population] += Int64(count)
    let places = members.append(species: code ?? Int32(own), ids: first..<first + Int64(count))
    try setDefaults(of: population, at: places) { _ in true }
    return places
  }

  /// Sets fields to the defaults of their laws, at these places, where they are wanted.
  func setDefaults(of population: Int, at places: Range<Int>, where isWanted: (String) -> Bool) throws {
    for field in plan.fields[population] {
      guard let initial = field.initial, isWanted(field.name), let columns = stores[population].columns(of: field.name),
        let use = scene.laws.first(where: { $0.name == field.owner })
      else { continue }
      var lowering = Scope(use, .world, fields: FieldTable(scene)).lowering(on: Graph(), noisePlace: 0)
      let value = try lowering.lower(initial)
      let numbers = lowering.graph.evaluate(value.components, in: parameters.context(world))
      for (component, column) in columns.enumerated() {
        (column + places.lowerBound).update(repeating: numbers[min(component, numbers.count - 1)], count: places.count)
      }
    }
  }
}
