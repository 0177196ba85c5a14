import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Gathers passes over single particles that follow one another, and makes one kernel of them.
struct ChainBuilder {
  /// A column, and its new value or what is added to it.
  typealias Change = (Column, NodeID)

  private(set) var graph = Graph()
  private(set) var current = CurrentValues()
  private var requirements: [NodeID] = []
  private var requirementText: String?
  private var names: [String] = []
  private var mask: UInt64 = 0
  private var creations: [PlannedCreation] = []
  let fields: FieldTable
  private let rateFields: [String]

  /// `rateFields` are the fields that some force law gives a rate.
  init(fields: FieldTable, rateFields: [String]) {
    self.fields = fields
    self.rateFields = rateFields
  }

  /// An empty chain of the same members that goes on where a pass has these new values.
  func continuing(_ graph: Graph, after stores: [MemberKernel.Store]) -> ChainBuilder {
    var chain = ChainBuilder(fields: fields, rateFields: rateFields)
    chain.graph = graph
    for store in stores { chain.current.assign(store.column, store.value) }
    return chain
  }

  var isEmpty: Bool { names.isEmpty }
  /// Whose members the passes run over.
  var population: Int { fields.population }

  /// Fields that the gathered passes write.
  var writes: Set<String> { Set(current.assigned.keys.map(\.field)) }

  /// True if a pass of these species can join the chain.
  func takes(_ mask: UInt64, of population: Int) -> Bool { isEmpty || mask == self.mask && population == fields.population }

  /// Adds a pass; its energy also gives the adjoints of the fields that have one. `noisePlace` goes on to the next free place.
  mutating func add(
    _ pass: Propagate, of use: LawUse, adjoints: Set<String> = [], mask: UInt64, noisePlace: inout Int
  ) throws(Diagnostic) {
    var (lowering, condition) = try begin(pass, use, mask, noisePlace)
    var changes: [Change] = [], additions: [Change] = []
    for binding in pass.assignments { changes += try assignment(binding, pass, &lowering) }
    for binding in pass.rates { additions += try addition(to: Self.rateName(binding.name), binding.value, &lowering) }
    if let force = pass.force { additions += try addition(to: "force", force, &lowering) }
    if let torque = pass.torque { additions += try addition(to: "torque", torque, &lowering) }
    if let energy = pass.energy {
      let value = try lowering.scalar(energy)
      additions += try descent(of: value, by: adjoints, at: energy, &lowering.graph)
    }
    if let remove = pass.remove {
      let one = lowering.graph.constant(1), marked = try lowering.condition(remove)
      let before = current.node(of: Self.removal, in: &lowering.graph)
      changes.append((Self.removal, lowering.graph.select(marked, one, before)))
    }
    if let requirement = pass.require {
      let holds = try lowering.condition(requirement)
      requirements.append(condition.map { lowering.graph.or(lowering.graph.not($0), holds) } ?? holds)
      requirementText = requirement.description
    }
    if !pass.create.isEmpty { try add(pass.create, of: use, where: condition, &lowering) }
    end(changes, adding: additions, where: condition, lowering, &noisePlace)
  }

  /// The lowering of a pass, and its condition.
  mutating func begin(
    _ pass: Propagate, _ use: LawUse, _ mask: UInt64, _ noisePlace: Int
  ) throws(Diagnostic) -> (lowering: Lowering, condition: NodeID?) {
    self.mask = mask
    names.append(use.law.name)
    let scope = Scope(use, .member, fields: fields, lets: pass.lets, current: current)
    var lowering = scope.lowering(on: graph, noisePlace: noisePlace)
    let condition = try pass.condition.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    return (lowering, condition)
  }

  /// Makes the changes of a pass where its condition holds, and adds what it adds.
  mutating func end(
    _ changes: [Change] = [], adding additions: [Change], where condition: NodeID?, _ done: Lowering, _ noisePlace: inout Int
  ) {
    var lowering = done
    func assign(_ column: Column, _ value: (NodeID, inout Graph) -> NodeID) {
      let old = current.node(of: column, in: &lowering.graph), new = value(old, &lowering.graph)
      current.assign(column, condition.map { lowering.graph.select($0, new, old) } ?? lowering.graph.number(new))
    }
    for (column, value) in changes { assign(column) { _, _ in value } }
    for (column, part) in additions { assign(column) { $1.add($0, part) } }
    graph = lowering.graph
    noisePlace = lowering.noisePlace
  }

  /// New members, with what the pass says of them before it changes anything.
  private mutating func add(
    _ list: [Creation], of use: LawUse, where condition: NodeID?, _ lowering: inout Lowering
  ) throws(Diagnostic) {
    for item in list {
      guard let population = fields.populations(of: use.roles[item.species] ?? []).first else { continue }
      let given = try item.number.map { (text) throws(Diagnostic) in try lowering.scalar(text) } ?? lowering.graph.constant(1)
      lowering.noisePlace += 1
      // The fraction is a chance.
      let chance = lowering.graph.noise(.uniform, place: lowering.noisePlace, component: -1)
      let number = lowering.graph.function(.floor, lowering.graph.add(given, chance))
      let zero = lowering.graph.constant(0), firstPlace = lowering.noisePlace + 1
      var values: [(Column, NodeID)] = []
      for binding in item.fields {
        guard let field = fields.of(population.index)[binding.name] else {
          throw binding.value.diagnostic("\(binding.name) is no field of \(item.species)")
        }
        values += try components(of: field, try lowering.lower(binding.value), at: binding.value, &lowering)
      }
      creations.append(
        PlannedCreation(
          species: population.species.first { use.roles[item.species]?.contains($0) == true } ?? "", population: population.index,
          number: condition.map { lowering.graph.select($0, number, zero) } ?? number, values: values, firstPlace: firstPlace))
    }
  }

  /// The column where the number of children of a creation is counted.
  static func offspring(_ creation: Int) -> Column { Column("offspring \(creation)", 0) }

  /// Adds what members give themselves in a pass over pairs with `self: true`, where they meet themselves at r = 0 and remember
  /// nothing; it goes to columns of its own if it is put `aside`.
  mutating func addMeetingOneself(
    _ pass: Interact, of use: LawUse, mask: UInt64, aside: Bool = false, remembering memory: [FieldTable.Field] = [],
    noisePlace: inout Int
  ) throws(Diagnostic) {
    self.mask = mask
    names.append(use.law.name)
    var scope = Scope(use, .oneself, fields: fields, lets: pass.lets, current: current, ends: pass.ends(in: fields))
    for field in memory {
      scope.given[field.name] = { graph in
        let zero = graph.constant(0)
        return Value(field.shape, Array(repeating: zero, count: field.components))
      }
    }
    var lowering = scope.lowering(on: graph, noisePlace: noisePlace)
    let condition = try pass.condition.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    let zero = lowering.graph.constant(0)
    var changes: [Change] = []
    for (adds, list) in [(false, pass.sumsReplaced), (true, pass.sumsAdded)] {
      for (name, text) in list {
        for (column, node) in try fields.components(of: name, text, &lowering) {
          let value = condition.map { lowering.graph.select($0, node, zero) } ?? node
          let place = aside ? Self.aside(column) : column, old = current.node(of: place, in: &lowering.graph)
          changes.append((place, adds && !aside ? lowering.graph.add(old, value) : value))
        }
      }
    }
    for (column, value) in changes { current.assign(column, value) }
    graph = lowering.graph
    noisePlace = lowering.noisePlace
  }

  /// The column where is put aside what a member gives to a column of its own.
  static func aside(_ column: Column) -> Column { Column("own \(column.field)", column.component) }

  /// Adds what was put aside for fields; returns the names of the columns, and how many numbers each has.
  mutating func addWhatIsAside(for names: [String], mask: UInt64) -> [String: Int] {
    self.mask = mask
    self.names.append("what members gave themselves")
    var columns: [String: Int] = [:]
    for field in names.compactMap({ fields[$0] }) {
      for column in (0..<field.components).map({ Column(field.name, $0) }) {
        let old = current.node(of: column, in: &graph), own = graph.input(Self.aside(column).input)
        current.assign(column, graph.add(old, own))
        columns[Self.aside(column).field] = field.components
      }
    }
    return columns
  }

  /// The column where members to be removed are marked.
  static let removal = Column("removal", 0)
  /// The name of the field that collects the rate of a field.
  static func rateName(_ field: String) -> String { "rate of \(field)" }

  // MARK: Assignments

  func assignment(_ binding: Binding, _ pass: Propagate, _ lowering: inout Lowering) throws(Diagnostic) -> [Change] {
    if isState(binding.name) { return try stateAssignment(binding, pass, &lowering) }
    guard let field = fields[binding.name] else { throw binding.value.diagnostic("\(binding.name) is no field") }
    if let variable = binding.index { return try elements(of: field, variable, binding.value, &lowering) }
    return try components(of: field, try lowered(binding.value, for: field, &lowering), at: binding.value, &lowering)
  }

  /// The value of an expression that a field receives, at the places of its components.
  private func lowered(
    _ text: Expression, for field: FieldTable.Field, _ lowering: inout Lowering
  ) throws(Diagnostic) -> Value {
    try lowering.lower(text, at: field.shape, of: fields.populations[fields.population].grid)
  }

  private func components(
    of field: FieldTable.Field, _ value: Value, at expression: Expression, _ lowering: inout Lowering
  ) throws(Diagnostic) -> [Change] {
    var nodes = value.components.map { lowering.graph.number($0) }
    // 0 fits every shape, and one condition all components.
    if nodes.count == 1, field.components > 1, value.shape == .boolean || lowering.graph.constant(nodes[0]) == 0 {
      nodes = Array(repeating: nodes[0], count: field.components)
    }
    guard nodes.count == field.components else {
      throw expression.diagnostic("\(field.name) is a \(field.shape), this is a \(value.shape)")
    }
    return nodes.enumerated().map { (Column(field.name, $0), $1) }
  }

  private func elements(
    of field: FieldTable.Field, _ variable: String, _ value: Expression, _ lowering: inout Lowering
  ) throws(Diagnostic) -> [Change] {
    guard case .array(let count, _) = field.shape else { throw value.diagnostic("\(field.name) is no array") }
    let width = field.components / max(1, count)
    var changes: [Change] = []
    for element in 0..<count {
      let lowered = try lowering.lower(value, setting: variable, to: element)
      for (index, node) in lowered.components.prefix(width).enumerated() {
        changes.append((Column(field.name, element * width + index), node))
      }
    }
    return changes
  }

  private func addition(to name: String, _ value: Expression, _ lowering: inout Lowering) throws(Diagnostic) -> [Change] {
    guard let field = fields[name] else { throw value.diagnostic("\(name) is no field") }
    return try components(of: field, try lowered(value, for: field, &lowering), at: value, &lowering)
  }

  // MARK: States

  private func isState(_ name: String) -> Bool {
    name == "state" || fields[name].map { $0.shape == .state || $0.shape == .rate } ?? false
  }

  /// The same assignment for every field that has a rate and that the pass does not assign itself.
  private func stateAssignment(
    _ binding: Binding, _ pass: Propagate, _ lowering: inout Lowering
  ) throws(Diagnostic) -> [Change] {
    let own = Set(pass.assignments.map(\.name))
    var changes: [Change] = []
    for name in rateFields where !own.contains(name) {
      guard let field = fields[name] else { continue }
      var replacements: [Lowering.Key: Value] = [:]
      for state in ["state", "rate"] + fields.stateNames {
        if let copy = fields[Self.copyName(state, of: name)] {
          replacements[Lowering.Key(state)] = current.value(of: copy, in: &lowering.graph)
        }
      }
      let value = try lowering.lower(binding.value, replacing: replacements)
      guard let target = fields[Self.copyName(binding.name, of: name)], target.components == field.components else { continue }
      changes += try components(of: target, value, at: binding.value, &lowering)
    }
    return changes
  }

  /// The field that holds a state's copy of a field.
  static func copyName(_ state: String, of field: String) -> String {
    switch state {
    case "state": field
    case "rate": rateName(field)
    default: "\(state) of \(field)"
    }
  }

  // MARK: The kernel

  /// The kernel that counts the children of each member before anything changes, and what is made; nil if nothing is.
  func creation(named name: String) -> (MemberKernel, [CreationPass.Child])? {
    guard !creations.isEmpty else { return nil }
    let counts = creations.enumerated().map { MemberKernel.Store(column: Self.offspring($0), value: $1.number) }
    let kernel = MemberKernel(
      name: name, comment: "children of " + names.joined(separator: ", "), graph: graph, stores: counts,
      speciesMask: mask == fields.everySpecies ? nil : mask, rate: Rates.members(species: fields.speciesNames.count))
    let children = creations.map { item in
      CreationPass.Child(
        species: item.species, population: item.population, columns: item.values.map(\.0),
        tape: HostTape(graph, item.values.map(\.1)), firstPlace: item.firstPlace)
    }
    return (kernel, children)
  }

  /// The new values of columns that change.
  var stores: [MemberKernel.Store] {
    current.assigned.sorted { ($0.key.field, $0.key.component) < ($1.key.field, $1.key.component) }
      .filter { $0.value != graph.knownInput($0.key.input) }
      .map { MemberKernel.Store(column: $0.key, value: $0.value) }
  }

  /// The kernel of the chain, which is empty afterwards; nil if nothing was gathered.
  mutating func finish(named name: String) -> (MemberKernel, MemberCall)? {
    guard !isEmpty else { return nil }
    defer { self = ChainBuilder(fields: fields, rateFields: rateFields) }
    let stores = self.stores
    guard !stores.isEmpty || !requirements.isEmpty || !creations.isEmpty else { return nil }
    let kernel = MemberKernel(
      name: name, comment: names.joined(separator: ", "), graph: graph, stores: stores, requirements: requirements,
      speciesMask: mask == fields.everySpecies ? nil : mask, rate: Rates.members(species: fields.speciesNames.count))
    let call = MemberCall(
      kernel: 0, population: fields.population,
      movesParticles: fields.population == Population.particles && stores.contains { $0.column.field == "position" },
      removes: stores.contains { $0.column == Self.removal }, requirement: requirementText)
    return (kernel, call)
  }
}

/// Members to be made, as nodes of the graph of a chain.
private struct PlannedCreation {
  var species: String
  var population: Int
  var number: NodeID
  var values: [(Column, NodeID)]
  /// The first place of noise that every child draws for itself.
  var firstPlace: Int
}

extension Graph {
  /// The node of an input if the graph has it.
  func knownInput(_ input: Input) -> NodeID? {
    nodes.first { if case .input(input) = self[$0] { true } else { false } }
  }
}

/// How often inputs change, by where the kernel runs.
enum Rates {
  static func members(species: Int) -> @Sendable (Input) -> Rate {
    { input in
      switch input.kind {
      case .field, .separation, .distanceSquared: .varying
      case .species: .species
      case .parameter: input.end.isEmpty || species == 1 ? .uniform : .species
      case .world, .local: .uniform
      }
    }
  }

  static func pairs(species: Int) -> @Sendable (Input) -> Rate {
    { input in
      switch input.kind {
      case .field, .separation, .distanceSquared: .varying
      case .species, .parameter: input.end.isEmpty || species == 1 ? .uniform : .species
      case .world, .local: .uniform
      }
    }
  }
}
