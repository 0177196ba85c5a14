import Diagnostics
import Expressions
import KernelCompiler
import Scenes
import World

extension Simulation {
  /// For each population columns for all fields that the plan or the frame needs, filled from the frame.
  static func stores(of frame: Frame, _ plan: Plan) throws -> [MemberStore] {
    plan.populations.map { population in
      let species = Int32(frame.speciesNames.firstIndex { population.species.contains($0) } ?? 0)
      if let lattice = frame.lattices.first(where: { population.species.contains($0.name) }) {
        let store = store(of: lattice.fields, plan, population, space: frame.box.space)
        store.append(species: species, ids: (0..<lattice.grid.count).map(Int64.init))
        for site in 0..<store.count {
          for (axis, x) in lattice.grid.position(of: site).enumerated() { store.positions[axis][site] = x }
        }
        store.set(lattice.fields)
        return store
      }
      if let links = frame.links.first(where: { population.species.contains($0.name) }) {
        let store = store(of: links.fields, plan, population, space: frame.box.space)
        store.addField(LinkEnds.field, components: population.arity)
        store.append(species: species, ids: links.ids)
        store.set(links.fields)
        for (number, id) in links.ends.enumerated() {
          store.columns(of: LinkEnds.field)?[number % links.arity][number / links.arity] = Double(id)
        }
        return store
      }
      let store = store(of: frame.fields, plan, population, space: frame.box.space)
      store.append(species: 0, ids: frame.ids)
      for (place, code) in frame.species.enumerated() { store.speciesColumn[place] = code }
      store.set(frame.fields)
      return store
    }
  }

  /// An empty store with columns for the fields that a population needs.
  private static func store(of given: [FrameField], _ plan: Plan, _ population: Population, space: Int) -> MemberStore {
    let store = MemberStore(space: space), used = plan.usedFields()
    for field in plan.fields[population.index] where field.components > 0 && field.name != "position" {
      if used.contains(field.name) || given.contains(where: { $0.name == field.name }) {
        store.addField(
          field.name, components: field.components, layout: plan.layouts[population.index][field.name] ?? ColumnLayout())
      }
    }
    for (name, components) in (plan.workColumns[population.index] ?? [:]).sorted(by: { $0.key < $1.key }) {
      store.addField(name, components: components)
    }
    for mark in Plan.marks where used.contains(mark.field) { store.addField(mark.field, components: 1) }
    for index in 0..<plan.mostCreations { store.addField(ChainBuilder.offspring(index).field, components: 1) }
    return store
  }

  /// The values that new members' fields have: by field, then by species. What no law gives is 0, and of a quaternion no rotation.
  func defaultValues(of population: Population) throws -> [String: [Int: [Double]]] {
    var values: [String: [Int: [Double]]] = [:]
    for field in plan.fields[population.index] {
      if field.shape == .quaternion {
        for species in scene.species.indices { values[field.name, default: [:]][species] = [1, 0, 0, 0] }
      }
      for standard in field.defaults {
        guard let use = scene.laws.first(where: { $0.name == standard.owner }) else { continue }
        var lowering = Scope(use, .world, fields: FieldTable(scene)).lowering(on: Graph(), noisePlace: 0)
        let value = try lowering.lower(standard.value)
        let numbers = lowering.graph.evaluate(value.components, in: parameters.context(world))
        for (index, species) in scene.species.enumerated() where standard.species.contains(species.name) {
          values[field.name, default: [:]][index] = numbers
        }
      }
    }
    return values
  }

  /// First values of fields that the frame does not give, or the scene to other species only: the defaults of their laws.
  func initializeFields(of population: Population, givenBy frame: Frame) {
    let given = Set(frame.fields(of: population).map(\.name)), store = stores[population.index]
    for (name, values) in defaults[population.index] {
      let setters = scene.species.indices.filter { index in scene.species[index].fields.contains { $0.name == name } }
      guard !given.contains(name) || !setters.isEmpty else { continue }
      for (component, column) in (store.numbers(of: name) ?? []).enumerated() {
        for place in 0..<store.count {
          let species = Int(store.speciesColumn[place])
          guard !setters.contains(species), let numbers = values[species] else { continue }
          column[place] = numbers[min(component, numbers.count - 1)]
        }
      }
    }
  }

  /// The particles at this moment, sorted by id, with these fields beside the positions.
  public func frame(fields names: [String], observables: [Observable] = []) -> Frame {
    observe()
    let order = (0..<store.count).sorted { store.idColumn[$0] < store.idColumn[$1] }
    let fields = [positions(in: order)] + self.fields(names, of: Population.particles, in: order)
    var frame = Frame(
      step: step, time: time, box: box, speciesNames: scene.species.map(\.name), ids: order.map { store.idColumn[$0] },
      species: order.map { store.speciesColumn[$0] }, fields: fields, observables: observables, units: scene.units)
    for population in plan.populations where population.index != Population.particles {
      let store = stores[population.index], sites = Array(0..<store.count)
      guard let grid = population.grid else {
        let ends = store.columns(of: LinkEnds.field) ?? []
        frame.links.append(
          FrameLinks(
            name: population.species[0], arity: population.arity, ids: sites.map { store.idColumn[$0] },
            ends: sites.flatMap { place in ends.map { Int64($0[place]) } },
            fields: self.fields(names, of: population.index, in: sites)))
        continue
      }
      frame.lattices.append(
        FrameLattice(name: population.species[0], grid: grid, fields: self.fields(names, of: population.index, in: sites)))
    }
    return frame
  }

  /// Fields of a population, row by row in the order given; those that it has not are left out.
  private func fields(_ names: [String], of population: Int, in order: [Int]) -> [FrameField] {
    // Readers of snapshots look for velocities and forces frame by frame, also where they stay the same.
    let store = stores[population], written = plan.writtenFields.union(["velocity", "force"])
    return names.compactMap { name in
      guard name != "position", let field = plan.fields[population].first(where: { $0.name == name }),
        let columns = store.numbers(of: name)
      else { return nil }
      var values: [Double] = []
      values.reserveCapacity(order.count * columns.count)
      for place in order { for column in columns { values.append(column[place]) } }
      return FrameField(
        name: name, shape: field.shape, components: columns.count, dimension: field.dimension, values: values,
        isStatic: !written.contains(name))
    }
  }

  /// Positions, wrapped into periodic sides.
  private func positions(in order: [Int]) -> FrameField {
    let space = store.space, columns = store.columns(of: "position") ?? []
    var values: [Double] = []
    values.reserveCapacity(order.count * space)
    for place in order {
      for axis in 0..<space { values.append(wrapped(columns[axis][place], axis)) }
    }
    return FrameField(
      name: "position", shape: .vector, components: space, dimension: Dimension(length: 1), values: values)
  }

  private func wrapped(_ x: Double, _ axis: Int) -> Double {
    guard box.sides[axis] == .periodic else { return x }
    let side = box.lengths[axis], from = x - box.origin[axis]
    let inside = from - (from / side).rounded(.down) * side
    return box.origin[axis] + (inside < side ? inside : 0)
  }
}

extension MemberStore {
  /// Fills columns from rows of a frame; fields that have no column are left out.
  fileprivate func set(_ fields: [FrameField]) {
    for field in fields {
      guard let columns = numbers(of: field.name) else { continue }
      for (component, column) in columns.enumerated() where component < field.components {
        for place in 0..<count { column[place] = field.values[place * field.components + component] }
      }
    }
  }
}

extension Frame {
  /// The fields that the frame holds of a population.
  fileprivate func fields(of population: Population) -> [FrameField] {
    lattices.first { population.species.contains($0.name) }?.fields
      ?? links.first { population.species.contains($0.name) }?.fields ?? fields
  }
}

extension Plan {
  /// Columns of the engine's own, which mark particles.
  static let marks = [ChainBuilder.removal, PairBuilder.broken]

  /// What a member of a population is called in messages.
  func memberName(_ population: Int) -> String {
    if populations[population].grid != nil { return "site" }
    return population == Population.particles ? "particle" : "link"
  }

  /// True if a pass of the slot `forces` gives new values to what meetings remember.
  var remembers: Bool {
    forceGroups.values.flatMap(\.operations).contains {
      if case .meetings(let index) = $0 { meetings[index].remembers } else { false }
    }
  }

  /// Some kernels, by their numbers.
  struct Kernels {
    var members: Set<Int> = [], meetings: Set<Int> = [], totals: Set<Int> = []

    func union(_ other: Kernels) -> Kernels {
      Kernels(
        members: members.union(other.members), meetings: meetings.union(other.meetings), totals: totals.union(other.totals))
    }
  }

  /// Fields that some kernel reads or writes, some left out.
  func usedFields(without hidden: Kernels = Kernels()) -> Set<String> {
    var names: Set<String> = ["position"]
    for (index, kernel) in members.enumerated() where !hidden.members.contains(index) {
      names.formUnion(kernel.columns.map(\.field))
    }
    for creation in creations { names.formUnion(creation.children.flatMap { $0.columns.map(\.field) }) }
    for (index, kernel) in totals.enumerated() where !hidden.totals.contains(index) {
      names.formUnion(kernel.columns.map(\.field))
    }
    for group in pairs {
      names.formUnion(group.kernel.extras.map(\.field))
      names.formUnion((group.kernel.sums + group.kernel.extremes.map(\.column)).map(\.field))
      if group.kernel.hasForce { names.insert("force") }
    }
    for group in everywhere {
      names.formUnion(group.kernel.extras.map(\.field).filter { $0 != FarGroup.weight.field })
      names.formUnion((group.kernel.sums + group.kernel.extremes.map(\.column)).map(\.field))
      if group.kernel.hasForce { names.insert("force") }
    }
    for (index, pass) in meetings.enumerated() where !hidden.meetings.contains(index) {
      names.formUnion(pass.kernel.fields)
      names.formUnion(pass.joins.flatMap { $0.fields.map(\.name) })
      names.formUnion(pass.reaction?.products.flatMap(\.columns).map(\.field) ?? [])
    }
    for pass in cells {
      names.formUnion(pass.joins.flatMap { $0.fields.map(\.name) })
      names.formUnion(pass.reaction?.products.flatMap(\.columns).map(\.field) ?? [])
    }
    names.formUnion(latticeFields.used)
    for measure in measures { names.formUnion(measure.kernel.extras.map(\.field)) }
    return names
  }

  /// Fields that change while the scene runs.
  public var writtenFields: Set<String> {
    var names = Set(members.flatMap { $0.written.map(\.field) })
    for group in pairs { names.formUnion((group.kernel.sums + group.kernel.extremes.map(\.column)).map(\.field)) }
    for group in everywhere { names.formUnion((group.kernel.sums + group.kernel.extremes.map(\.column)).map(\.field)) }
    for pass in meetings { names.formUnion(pass.kernel.written) }
    return names.union(latticeFields.written).union(["force", "position"])
  }
}
