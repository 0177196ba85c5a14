import Diagnostics
import Expressions
import KernelCompiler
import Scenes
import World

extension Simulation {
  /// Columns for all fields that the plan or the frame needs, filled from the frame.
  static func store(of frame: Frame, _ plan: Plan) throws -> ParticleStore {
    let store = ParticleStore(space: frame.box.space)
    let used = plan.usedFields
    for field in plan.fields where field.components > 0 && field.name != "position" {
      if used.contains(field.name) || frame[field: field.name] != nil {
        store.addField(field.name, components: field.components)
      }
    }
    for mark in Plan.marks where used.contains(mark.field) { store.addField(mark.field, components: 1) }
    store.append(species: 0, ids: frame.ids)
    for (place, code) in frame.species.enumerated() { store.speciesColumn[place] = code }
    for field in frame.fields {
      guard let columns = store.columns(of: field.name) else { continue }
      for (component, column) in columns.enumerated() where component < field.components {
        for place in 0..<frame.count { column[place] = field.values[place * field.components + component] }
      }
    }
    return store
  }

  /// First values of fields that the frame does not give: the defaults of their laws.
  func initializeFields(givenBy given: Set<String>) throws {
    for field in plan.fields {
      guard let initial = field.initial, !given.contains(field.name), let columns = store.columns(of: field.name),
        let use = scene.laws.first(where: { $0.name == field.owner })
      else { continue }
      var lowering = Scope(use, .world, fields: FieldTable(scene)).lowering(on: Graph(), noisePlace: 0)
      let value = try lowering.lower(initial)
      let numbers = lowering.graph.evaluate(value.components, in: parameters.context(world))
      for (component, column) in columns.enumerated() {
        column.update(repeating: numbers[min(component, numbers.count - 1)], count: store.count)
      }
    }
  }

  /// The particles at this moment, sorted by id, with these fields beside the positions.
  public func frame(fields names: [String], observables: [Observable] = []) -> Frame {
    let order = (0..<store.count).sorted { store.idColumn[$0] < store.idColumn[$1] }
    var fields = [positions(in: order)]
    for name in names where name != "position" {
      guard let field = plan.fields.first(where: { $0.name == name }), let columns = store.columns(of: name) else { continue }
      var values: [Double] = []
      values.reserveCapacity(order.count * columns.count)
      for place in order { for column in columns { values.append(column[place]) } }
      fields.append(
        FrameField(
          name: name, shape: field.shape, components: columns.count, dimension: field.dimension, values: values,
          isStatic: !plan.writtenFields.contains(name)))
    }
    return Frame(
      step: step, time: time, box: box, speciesNames: scene.species.map(\.name), ids: order.map { store.idColumn[$0] },
      species: order.map { store.speciesColumn[$0] }, fields: fields, observables: observables, units: scene.units)
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

extension Plan {
  /// Columns of the engine's own, which mark particles.
  static let marks = [ChainBuilder.removal, PairBuilder.broken]

  /// Fields that some kernel reads or writes.
  var usedFields: Set<String> {
    var names: Set<String> = ["position"]
    for kernel in members { names.formUnion(kernel.columns.map(\.field)) }
    for kernel in totals { names.formUnion(kernel.columns.map(\.field)) }
    for group in pairs {
      names.formUnion(group.kernel.extras.map(\.field))
      names.formUnion((group.kernel.sums + group.kernel.extremes.map(\.column)).map(\.field))
      if group.kernel.hasForce { names.insert("force") }
    }
    for measure in measures { names.formUnion(measure.kernel.extras.map(\.field)) }
    return names
  }

  /// Fields that change while the scene runs.
  public var writtenFields: Set<String> {
    var names = Set(members.flatMap { $0.written.map(\.field) })
    for group in pairs { names.formUnion((group.kernel.sums + group.kernel.extremes.map(\.column)).map(\.field)) }
    return names.union(["force", "position"])
  }
}
