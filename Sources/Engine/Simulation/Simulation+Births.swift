import KernelCompiler

/// A member that is about to be made.
private struct Child {
  var parent: Int64
  /// Which of the pass's births it is, and which child of them.
  var birth: Int, turn: Int
  /// Place of the parent, or row of the pair.
  var place: Int
  var fields: [String: [Double]]
}

// Particles that passes make.
extension Simulation {
  /// Runs a pass that makes members: children see their parents as they were before it, and are there after it.
  func run(_ pass: BirthPass) throws {
    let parents = stores[pass.parents]
    _ = members.run(pass.numbers, on: parents, parameters, world)
    var children: [Child] = []
    for (index, birth) in pass.births.enumerated() {
      guard let numbers = parents.column(birth.number) else { continue }
      for place in 0..<parents.count where numbers[place] >= 1 {
        let inherited = inheritance(of: place, in: pass.parents, for: birth)
        for turn in 0..<Int(numbers[place]) {
          children.append(
            Child(parent: parents.idColumn[place], birth: index, turn: turn, place: place, fields: inherited))
        }
      }
    }
    for turn in 0...(children.map(\.turn).max() ?? 0) where !children.isEmpty {
      // Every child draws its own noise.
      var own = world
      own.seed = world.seed ^ (UInt64(turn) &* 0xd6e8_feb8_6659_fd93)
      _ = members.run(pass.fields, on: parents, parameters, own)
      for index in children.indices where children[index].turn == turn {
        give(&children[index], pass.births[children[index].birth], from: parents)
      }
    }
    if let own = pass.own { try run(own) }
    try bear(children, pass.births)
  }

  /// Makes pairs react in the order of their ranks, each particle at most once.
  ///
  /// That is what is left if, again and again, those pairs react whose rank is least among the open wishes of both particles.
  func react(_ reaction: Reaction, of pass: MeetingPass) throws {
    let rows = meetings.own(of: pass, stores), places = meetings.places(of: pass), ids = store.idColumn
    guard let wish = rows.column(reaction.wish), let rank = rows.column(reaction.rank) else { return }
    func ends(_ row: Int) -> [Int64] { [ids[Int(places[2 * row])], ids[Int(places[2 * row + 1])]] }
    let wishes = (0..<rows.count).filter { wish[$0] != 0 }
      .sorted { rank[$0] == rank[$1] ? ends($0).lexicographicallyPrecedes(ends($1)) : rank[$0] < rank[$1] }
    guard !wishes.isEmpty else { return }
    var taken: Set<Int> = [], gone: Set<Int> = [], children: [Child] = []
    for row in wishes {
      let (i, j) = (Int(places[2 * row]), Int(places[2 * row + 1]))
      if taken.contains(i) || taken.contains(j) { continue }
      taken.formUnion([i, j])
      if reaction.removesFirst { gone.insert(i) }
      if reaction.removesSecond { gone.insert(j) }
      for (index, birth) in reaction.births.enumerated() {
        for turn in 0..<max(0, Int(rows.column(birth.number)?[row] ?? 0)) {
          var child = Child(
            parent: ids[i], birth: index, turn: turn, place: row,
            fields: inheritance(of: i, in: Population.particles, for: birth))
          give(&child, birth, from: rows)
          children.append(child)
        }
      }
    }
    removed += store.remove { gone.contains($0) }
    afterRemoval()
    try bear(children, reaction.births)
  }

  /// Old values of the fields that a parent's species has and that the birth does not give.
  private func inheritance(of place: Int, in population: Int, for birth: Birth) -> [String: [Double]] {
    let parents = stores[population], species = scene.species[Int(parents.speciesColumn[place])].name
    var values: [String: [Double]] = [:]
    for field in plan.fields[population] where !birth.fields.contains(where: { $0.name == field.name }) {
      // New particles have no force until it next runs.
      guard field.name != "force", field.name != "torque", !field.name.hasPrefix("rate of "), has(field, species),
        let columns = parents.columns(of: field.name)
      else { continue }
      values[field.name] = columns.map { $0[place] }
    }
    return values
  }

  /// True for fields that everybody knows, and those of laws in which the species plays the role that has them.
  private func has(_ field: FieldTable.Field, _ species: String) -> Bool {
    guard let use = scene.laws.first(where: { $0.name == field.owner }) else { return true }
    return use.law.fields.contains { $0.name == field.name && use.roles[$0.role]?.contains(species) == true }
  }

  private func give(_ child: inout Child, _ birth: Birth, from source: MemberStore) {
    for field in birth.fields { child.fields[field.name] = field.columns.compactMap { source.column($0)?[child.place] } }
  }

  /// Adds children to their populations: new ids in the order of the parents' ids.
  private func bear(_ children: [Child], _ births: [Birth]) throws {
    guard !children.isEmpty else { return }
    for child in children.sorted(by: { ($0.parent, $0.birth, $0.turn) < ($1.parent, $1.birth, $1.turn) }) {
      let birth = births[child.birth]
      let place = try append(1, to: birth.population, species: birth.species).lowerBound
      for (name, values) in child.fields {
        for (column, value) in zip(stores[birth.population].columns(of: name) ?? [], values) { column[place] = value }
      }
    }
    updateWorld()
  }
}
