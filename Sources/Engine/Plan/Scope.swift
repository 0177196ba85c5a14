import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes
import World

/// What names mean in the passes of one use of a law.
struct Scope {
  /// Where a pass stands: what its names refer to; `oneself` is a pair of a member with itself.
  enum Place { case member, pair, oneself, world }

  let use: LawUse
  let place: Place
  let fields: FieldTable
  /// Abbreviations of the pass.
  var lets: [Binding]
  /// The node that stands for a column now, in a chain of fused passes.
  let current: CurrentValues
  /// In a pair: what stands in brackets after a name, with the end that it means and the population of that end.
  let ends: [String: End]
  /// Names that mean something where this pass stands, such as `d` where it is constant.
  var given: [String: (inout Graph) -> Value] = [:]
  /// Totals of the same `measure` that are known already, as nodes of the graph that is worked on.
  var totals: [String: Value] = [:]

  /// An end of a pair, as inputs of a graph name it, and the fields that it has.
  struct End {
    var name: String
    var fields: FieldTable
  }

  /// Without `ends` both ends of a pair are members of the population that `fields` looks at.
  init(
    _ use: LawUse, _ place: Place, fields: FieldTable, lets: [Binding] = [], current: CurrentValues = CurrentValues(),
    ends: [String: End]? = nil
  ) {
    self.use = use
    self.ends = ends ?? ["i": End(name: "i", fields: fields), "j": End(name: "j", fields: fields)]
    self.place = place
    self.fields = fields
    self.lets = lets
    self.current = current
  }

  /// A lowering that knows these names, working on a graph.
  func lowering(on graph: Graph, noisePlace: Int) -> Lowering {
    var lowering = Lowering(graph: graph, space: fields.space) { (key, graph) throws(Diagnostic) in
      try self.meaning(of: key, in: &graph)
    }
    lowering.special = { (name, arguments, lowering) throws(Diagnostic) in
      try self.special(name, arguments, &lowering)
    }
    lowering.noisePlace = noisePlace
    return lowering
  }

  /// In the order of LANGUAGE: let of the pass, own field, let of the law, parameters and constants, world.
  func meaning(of key: Lowering.Key, in graph: inout Graph) throws(Diagnostic) -> Meaning? {
    if key.owner.isEmpty, let binding = lets.first(where: { $0.name == key.name }) {
      return binding.index.map { .elements(variable: $0, binding.value) } ?? .abbreviation(binding.value)
    }
    if let value = known(key, in: &graph) ?? field(key, in: &graph) { return .value(value) }
    if key.owner.isEmpty, let binding = use.law.lets.first(where: { $0.name == key.name }) {
      return binding.index.map { .elements(variable: $0, binding.value) } ?? .abbreviation(binding.value)
    }
    if let setting = use[key.name] { return parameter(setting, owner: key.owner, in: &graph) }
    if let constant = use.law.constants.first(where: { $0.name == key.name }) {
      return .value(self.constant(constant.value, in: &graph))
    }
    if key.owner.isEmpty, let total = totals[key.name] { return .value(total) }
    return key.owner.isEmpty ? fields.world(key.name, every: use.every, in: &graph).map { .value($0) } : nil
  }

  // MARK: Fields and pairs

  /// The grid of the law's lattice, for passes over others than its sites.
  private var grid: Grid? {
    let lattices = use.law.roles.filter { $0.kind == .lattice }.flatMap { use.roles[$0.name] ?? [] }
    return fields.populations(of: lattices).lazy.compactMap(\.grid).first
  }

  private func field(_ key: Lowering.Key, in graph: inout Graph) -> Value? {
    switch place {
    case .world: return nil
    case .member:
      guard key.owner.isEmpty || use.roles[key.owner] != nil, let field = fields[key.name] else { return nil }
      return current.value(of: field, in: &graph)
    case .oneself:
      guard ends[key.owner] != nil, let field = fields[key.name] else { return nil }
      return current.value(of: field, in: &graph)
    case .pair:
      guard let end = ends[key.owner], let field = end.fields[key.name] else { return nil }
      return Value(
        field.shape.ofValues,
        (0..<field.components).map { graph.input(Input(.field, field.name, component: $0, end: end.name)) })
    }
  }

  /// dx of a lattice; d, r, n and u of a pair.
  private func known(_ key: Lowering.Key, in graph: inout Graph) -> Value? {
    if key.owner.isEmpty, let value = given[key.name] { return value(&graph) }
    if key.owner.isEmpty, key.name == "dx", let grid = fields.populations[fields.population].grid ?? grid {
      return .scalar(graph.constant(grid.spacing))
    }
    if place == .oneself, key.owner.isEmpty, ["d", "n", "u", "r"].contains(key.name) {
      let zero = graph.constant(0)
      return key.name == "r" ? .scalar(zero) : .vector(Array(repeating: zero, count: fields.space))
    }
    // `d[a,b]` points from b to a; without brackets from j to i.
    let between = key.owner.filter { $0 != "," }
    guard place == .pair, key.owner.isEmpty || between.count == 2 && key.owner.contains(",") else { return nil }
    let space = fields.space
    func separation(_ graph: inout Graph) -> [NodeID] {
      (0..<space).map { graph.input(Input(.separation, component: $0, end: between)) }
    }
    func distance(_ graph: inout Graph) -> NodeID {
      let square = graph.input(Input(.distanceSquared, end: between))
      return graph.squareRoot(square)
    }
    switch key.name {
    case "d": return .vector(separation(&graph))
    case "r": return .scalar(distance(&graph))
    case "n":
      let inverse = graph.power(distance(&graph), Rational(-1))
      return .vector(graph.scaled(separation(&graph), by: inverse))
    case "u":
      return .vector(
        (0..<space).map { axis in
          let ends = ["i", "j"].map { graph.input(Input(.field, "velocity", component: axis, end: $0)) }
          return graph.subtract(ends[0], ends[1])
        })
    default: return nil
    }
  }

  // MARK: Parameters and constants

  private func parameter(_ setting: ParameterSetting, owner: String, in graph: inout Graph) -> Meaning {
    let end: String
    // What is the same for all species needs no table.
    switch Set(setting.values).count == 1 ? nil : setting.per {
    case nil: end = ""
    case .species: end = place == .pair ? ends[owner]?.name ?? owner : "member"
    case .pair: end = place == .oneself ? "member" : "pair"
    }
    let name = "\(use.name).\(setting.name)"
    switch setting.values.first {
    case .function(.formula(let formula)) where Set(setting.values).count == 1:
      return .formula(Meaning.Formula(formula))
    case .function(.formula): return .choice(formulas(setting, end: end, in: &graph))
    case .function: return .function(name, end: end)
    case .numbers(let numbers) where end.isEmpty && (numbers.count == 1 && setting.isForm || numbers.allSatisfy { $0 == 0 }):
      // Terms that a zero takes away are not computed at all, nor the fields read that only they need.
      return .value(Value(numbers.count == 1 ? .scalar : setting.shape, numbers.map { graph.constant($0) }))
    case .numbers(let numbers):
      return .value(
        Value(
          numbers.count == 1 ? .scalar : setting.shape,
          numbers.indices.map { graph.input(Input(.parameter, name, component: $0, end: end)) }))
    default: return .value(.scalar(graph.constant(0)))
    }
  }

  /// The formula of each species, or pair of species, and the condition that the ends are of those.
  private func formulas(
    _ setting: ParameterSetting, end: String, in graph: inout Graph
  ) -> [(condition: NodeID, formula: Meaning.Formula)] {
    let count = use.species.count
    func isOf(_ species: Int, _ end: String, _ graph: inout Graph) -> NodeID {
      PairEnds.membership(fields.mask(of: [use.species[species]]), end: end, in: &graph)
    }
    return setting.values.enumerated().compactMap { index, value in
      guard case .function(.formula(let formula)) = value else { return nil }
      let one = end == "pair" ? isOf(index / count, "i", &graph) : isOf(index, end, &graph)
      let both = end == "pair" ? graph.multiply(one, isOf(index % count, "j", &graph)) : one
      return (graph.condition(both), Meaning.Formula(formula))
    }
  }

  private func constant(_ value: Constant.Value, in graph: inout Graph) -> Value {
    switch value {
    case .number(let number): return .scalar(graph.constant(number))
    case .list(let items):
      let values = items.map { constant($0, in: &graph) }
      let shape = values.first?.shape ?? .scalar
      let isVector: Bool = if case .array(fields.space, .scalar) = shape { true } else { false }
      return Value(.array(values.count, of: isVector ? .vector : shape), values.flatMap(\.components))
    }
  }

  // MARK: Functions that need to know where they stand

  private func special(_ name: String, _ arguments: [Expression], _ lowering: inout Lowering) throws(Diagnostic) -> Value? {
    switch (name, arguments.count) {
    case ("closest", 1):
      let value = try lowering.lower(arguments[0])
      return .vector(fields.nearestImage(of: value.components, in: &lowering.graph))
    case ("count", 0...1):
      let role = arguments.first.map { if case .name(let name) = $0.node { name } else { "" } } ?? ""
      return .scalar(
        lowering.graph.input(Input(.world, "count", component: Int(fields.mask(of: use.roles[role] ?? use.species)))))
    default: return nil
    }
  }
}

extension Meaning.Formula {
  fileprivate init(_ formula: Formula) {
    self.init(formula.expression, arguments: formula.arguments, constants: formula.constants.mapValues(\.numbers))
  }
}

extension ParameterSetting {
  /// True for whole numbers without a dimension, such as exponents: they belong to the form of a law, so that powers are products.
  fileprivate var isForm: Bool {
    guard dimension.isOne, let number else { return false }
    return number == number.rounded() && abs(number) <= 64
  }
}

/// The nodes that stand for columns now: what earlier passes of a chain have assigned, else the stored values.
final class CurrentValues {
  private(set) var assigned: [Column: NodeID] = [:]

  func value(of field: FieldTable.Field, in graph: inout Graph) -> Value {
    Value(field.shape.ofValues, (0..<field.components).map { node(of: Column(field.name, $0), in: &graph) })
  }

  func node(of column: Column, in graph: inout Graph) -> NodeID { assigned[column] ?? graph.input(column.input) }

  func assign(_ column: Column, _ node: NodeID) { assigned[column] = node }
}
