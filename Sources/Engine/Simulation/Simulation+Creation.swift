import Diagnostics
import Expressions
import KernelCompiler

/// A member that a pass makes.
struct NewMember {
  var parent: Int64
  var species: Int32
  var population: Int
  /// All fields that differ from zero.
  var values: [(Column, Double)]
}

extension Simulation {
  /// The least id above all of a store.
  func nextID(after store: MemberStore) -> Int64 {
    (0..<store.count).reduce(1) { max($0, store.idColumn[$1] + 1) }
  }

  /// The members that a pass makes, in the order of their parents' ids; they read their parents as they are now.
  ///
  /// - Throws: `Failure` if they are more than memory bears.
  func children(of pass: CreationPass) throws(Failure) -> [NewMember] {
    let store = stores[pass.population]
    for index in pass.children.indices {
      store.column(ChainBuilder.offspring(index))?.update(repeating: 0, count: store.count)
    }
    _ = members.run(pass.kernel, on: store, parameters, world)
    let counts = pass.children.indices.compactMap { store.column(ChainBuilder.offspring($0)) }
    let total = counts.reduce(0) { sum, column in (0..<store.count).reduce(sum) { $0 + max(0, column[$1]) } }
    try checkRoom(for: total, fields: pass.children.map(\.columns.count).max() ?? 0, in: store)
    let parents = (0..<store.count).filter { place in counts.contains { $0[place] > 0 } }
    return parents.sorted { store.idColumn[$0] < store.idColumn[$1] }.flatMap { place in
      zip(pass.children, counts).flatMap { child, count in
        (0..<Int(count[place])).map { newMember(child, number: $0, of: place, in: pass.population) }
      }
    }
  }

  /// Refuses new members that do not fit into memory, before the machine runs out of it.
  private func checkRoom(for newcomers: Double, fields: Int, in store: MemberStore) throws(Failure) {
    // Lists of pairs and the new members' values come on top of the columns.
    let bytes = Double(16 * store.columnCount + 40 * fields + 400)
    let isFew = newcomers < 100_000
    guard !isFew, let available = PhysicalMemory.available, !(newcomers * bytes < Double(available)) else { return }
    throw Failure(
      .blewUp, "step \(step): \(newcomers) new members beside \(store.count) do not fit into memory",
      hint: "what makes them has no end: a smaller number, or a condition")
  }

  private func newMember(_ child: CreationPass.Child, number: Int, of parent: Int, in population: Int) -> NewMember {
    let values = child.tape.tape.run(in: context(of: parent, in: population, child: child, number: number))
    let species = Int32(scene.species.firstIndex { $0.name == child.species } ?? 0)
    let old = inherited(by: species, of: child.population, but: child.columns, from: parent, in: population)
    return NewMember(
      parent: stores[population].idColumn[parent], species: species, population: child.population,
      values: old + zip(child.columns, values))
  }

  /// What expressions of a member read: parameters, the world and its own fields.
  func memberContext(_ place: Int, in population: Int) -> GraphContext {
    let store = stores[population], species = Int(store.speciesColumn[place])
    var context = parameters.context(world, i: species, j: species)
    let others = context.input
    context.input = { input in
      guard input.kind == .field else { return others(input) }
      return store.numbers(Column(input.name, input.component))?[place] ?? .nan
    }
    return context
  }

  /// What expressions of a child read: the parent's fields, its noise, and noise of the child's own.
  private func context(of parent: Int, in population: Int, child: CreationPass.Child, number: Int) -> GraphContext {
    let id = stores[population].idColumn[parent], world = world
    var context = memberContext(parent, in: population)
    context.noise = { noise, place, component, argument in
      var own = world
      if place >= child.firstPlace { own.seed ^= UInt64(number + 1) &* 0x9e37_79b9_7f4a_7c15 }
      return own.noise(noise, place, component, argument, id: id)
    }
    return context
  }

  /// Fields that the pass does not give: the parent's, if it has them, else their defaults.
  func inherited(
    by species: Int32, of children: Int, but given: [Column], from parent: Int, in population: Int
  ) -> [(Column, Double)] {
    let given = Set(given), store = stores[population], hidden = plan.hiddenFields
    var values: [(Column, Double)] = []
    for field in plan.fields[children] where !hidden.contains(field.name) && !field.isCollected {
      let first = defaults[children][field.name]?[Int(species)]
      for component in 0..<field.components where !given.contains(Column(field.name, component)) {
        let column = Column(field.name, component)
        if let old = store.numbers(column)?[parent] {
          values.append((column, old))
        } else if let first {
          values.append((column, first[min(component, first.count - 1)]))
        }
      }
    }
    return values
  }

  /// Adds new members to their populations, with ids that were never used.
  func append(_ list: [NewMember]) throws(Failure) {
    guard !list.isEmpty else { return }
    for item in list {
      let store = stores[item.population]
      guard store.count < Self.mostMembers else {
        throw Failure(
          .blewUp, "step \(step): more than \(Self.mostMembers) members of \(scene.species[Int(item.species)].name)",
          hint: "what makes them has no end: a smaller number, or a condition")
      }
      let place = store.append(species: item.species, ids: [nextIDs[item.population]]).lowerBound
      nextIDs[item.population] += 1
      for (column, value) in item.values { store.numbers(column)?[place] = value }
    }
    try wrapNewMembers(list.count)
    updateWorld()
  }

  /// More members than places that kernels can number.
  private static let mostMembers = Int(Int32.max) / 2

  /// New particles beyond periodic sides come in at the other one; those beyond open sides go.
  private func wrapNewMembers(_ count: Int) throws(Failure) {
    guard let position = store.columns(of: "position") else { return }
    for place in max(0, store.count - count)..<store.count {
      for axis in 0..<store.space where box.sides[axis] == .periodic {
        let side = box.lengths[axis], turns = ((position[axis][place] - box.origin[axis]) / side).rounded(.down)
        position[axis][place] -= turns * side
      }
    }
    try removeEscaped()
  }
}

extension FieldTable.Field {
  /// True for what the slot `forces` collects: nothing of it is known of a new member.
  fileprivate var isCollected: Bool { name == "force" || name == "torque" || name.hasPrefix("rate of ") || components == 0 }
}

extension Plan {
  /// All passes that make members.
  var creations: [CreationPass] { (start + step).flatMap(\.creations) }

  /// True if the number of particles can grow.
  public var makesParticles: Bool { creations.contains { $0.children.contains { $0.population == Population.particles } } }

  /// The most sorts of children that one pass makes.
  var mostCreations: Int { creations.map(\.children.count).max() ?? 0 }

  /// Fields that only the engine knows.
  var hiddenFields: Set<String> {
    Set((0..<mostCreations).map { ChainBuilder.offspring($0).field } + Self.marks.map(\.field) + [LinkEnds.field])
      .union(workColumns.values.flatMap(\.keys))
  }
}

extension Operation {
  fileprivate var creations: [CreationPass] {
    switch self {
    case .members(let call): call.creation.map { [$0] } ?? []
    case .repetition(let repetition): repetition.passes.flatMap(\.creations)
    case .every(_, let inner): inner.flatMap(\.creations)
    default: []
    }
  }
}
