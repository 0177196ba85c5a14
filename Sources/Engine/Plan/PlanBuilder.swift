import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Turns the laws of a scene into a plan: one ordered list of operations for a step, with as few kernels as the data allow.
struct PlanBuilder {
  let scene: Scene
  var fields: FieldTable
  var plan = Plan()
  var mistakes = Diagnostics()
  var noisePlace = 0
  /// Fields of links and pairs that change sign between their ends, by the use of a law.
  var oddFields: [String: Set<String>] = [:]
  private let rateFields: [String]
  /// Dimensions of totals, by the name of the use and the name of the total.
  private let totalDimensions: [String: [String: Dimension]]

  /// The plan of a scene.
  ///
  /// - Throws: every mistake that shows when laws meet: lost rates, different slots, words that are not run yet.
  static func plan(_ scene: Scene, library: LawLibrary) throws(Diagnostics) -> Plan {
    let checked = CheckedLaws(
      scene.laws, totals: scene.totals, stop: scene.stop, space: scene.space, isReduced: scene.units.isReduced, library: library)
    var scene = scene, mistakes = checked.problems
    (scene.laws, scene.totals) = (checked.laws, checked.totals)
    let meeting =
      MissingFields(scene, checked.accesses).mistakes + SlotOrder(scene, checked.accesses).mistakes
      + EndlessCreation(scene).mistakes
    for mistake in meeting { mistakes.add(mistake) }
    try mistakes.check()
    var builder = PlanBuilder(scene, totalDimensions: checked.dimensions)
    builder.build()
    try builder.mistakes.check()
    return builder.plan
  }

  private init(_ scene: Scene, totalDimensions: [String: [String: Dimension]]) {
    self.scene = scene
    self.totalDimensions = totalDimensions
    var table = FieldTable(scene)
    rateFields = Self.rateFields(of: scene)
    table.addStates(rateFields)
    fields = table
  }

  /// Fields that some law gives a rate.
  private static func rateFields(of scene: Scene) -> [String] {
    var names: [String] = []
    for use in scene.laws {
      for item in use.law.allItems {
        switch item {
        case .propagate(let pass): names += pass.rates.map(\.name)
        case .interact(let pass): names += pass.rate.map(\.name)
        default: continue
        }
      }
    }
    return Array(Set(names)).sorted()
  }

  private mutating func build() {
    let forceLaws = scene.laws.filter(\.law.isForceLaw), stepLaws = scene.laws.filter { !$0.law.isForceLaw }
    let slotted = stepLaws.filter { ($0.slot ?? $0.law.slot) != nil }
    let inOrder = stepLaws.filter { ($0.slot ?? $0.law.slot) == nil }
    for group in [""] + Set(scene.laws.compactMap(\.group)).sorted() {
      plan.forceGroups[group] = attempt { builder throws(Diagnostic) in
        try builder.forces(of: forceLaws.filter { group.isEmpty || $0.group == group }, group: group)
      }
    }
    let ofForces = plan.meetings.count
    plan.start = operations(of: scene.laws.map { (use: $0, items: $0.law.start) }, slotted: slotted)
    let ofStart = ofForces..<plan.meetings.count
    plan.step = operations(of: interleaved(inOrder), slotted: slotted)
    let later = plan.meetings.indices.filter { !ofStart.contains($0) }.map { plan.meetings[$0].source }
    plan.listingsOfStart = Set(plan.listings.indices.filter { !later.contains(.pairs($0)) })
    plan.needsForcesAtStart = readsForceFirst(plan.step)
    addLogTotals()
    if let stop = scene.stop {
      plan.stop = attempt { builder throws(Diagnostic) in try builder.tape(of: stop, condition: true, use: builder.scene.totals) }
    }
    plan.populations = fields.populations
    plan.fields = fields.populations.map { fields.of($0.index).fields.values.sorted { $0.name < $1.name } }
    plan.worldNames = fields.worldFields.keys.filter { !["dt", "time", "step", "box"].contains($0) }.sorted()
    plan.divisors = divisors()
    setWorldDefaults()
    dropWhatNobodyReads()
    plan.settleLayouts(scene.precision)
    checkRates()
  }

  /// Runs a piece of planning; a mistake is kept and the rest goes on.
  mutating func attempt<Result>(_ work: (inout PlanBuilder) throws(Diagnostic) -> Result) -> Result? {
    do { return try work(&self) } catch {
      mistakes.add(error)
      return nil
    }
  }

  // MARK: The order of a step

  /// Step laws one after another; those with `forces` are interleaved, so that each slot runs once for all.
  private mutating func interleaved(_ uses: [LawUse]) -> [(use: LawUse, items: [Item])] {
    let segments = uses.map { use in use.law.segments() }
    let integrators = segments.indices.filter { segments[$0].count > 1 }
    guard let first = integrators.first, let last = integrators.last else {
      return uses.map { ($0, $0.law.flattened($0.law.passes)) }
    }
    let slots = segments[first].count
    if let other = integrators.first(where: { segments[$0].count != slots }) {
      mistakes.add(
        Diagnostic(
          "\(uses[first].law.name) and \(uses[other].law.name) run forces at different places of the step",
          hint: "name one integrator"))
      return []
    }
    var order: [(LawUse, [Item])] = []
    for segment in 0..<slots {
      for index in uses.indices {
        if integrators.contains(index) {
          // The item `forces` that ends a segment is kept by the last integrator alone.
          let items = segments[index][segment]
          order.append((uses[index], segment < slots - 1 && index != last ? Array(items.dropLast()) : items))
        } else if segment == (index < first ? 0 : slots - 1) {
          order.append((uses[index], segments[index][0]))
        }
      }
    }
    return order
  }

  private mutating func operations(of list: [(use: LawUse, items: [Item])], slotted: [LawUse]) -> [Operation] {
    var writer = OperationWriter(slotted: slotted)
    for (use, items) in list {
      if use.every > 1 {
        writer.flush(&self)
        var inner = OperationWriter(slotted: slotted)
        for item in items { inner.add(item, of: use, &self) }
        inner.flush(&self)
        if !inner.operations.isEmpty { writer.operations.append(.every(use.every, inner.operations)) }
      } else {
        for item in items { writer.add(item, of: use, &self) }
      }
    }
    writer.flush(&self)
    return writer.operations
  }

  private func readsForceFirst(_ operations: [Operation]) -> Bool {
    for operation in operations {
      switch operation {
      case .members(let call):
        if plan.members[call.kernel].columns.contains(where: \.isCollected) { return true }
      case .pairs(let index): if plan.pairs[index].kernel.extras.contains(where: \.isCollected) { return true }
      case .everywhere(let index): if plan.everywhere[index].kernel.extras.contains(where: \.isCollected) { return true }
      case .forces: return false
      case .repetition(let repetition): return readsForceFirst(repetition.passes)
      case .every(_, let inner): if readsForceFirst(inner) { return true }
      case .totals(let pass):
        if pass.tape.inputs.contains(where: { $0.name == "potential" || $0.name == "virial" }) { return true }
      case .meetings(let index):
        if plan.meetings[index].kernel.row.contains(where: { $0.field == "force" }) { return true }
      case .lattice(let pass): if plan.readsForces(pass) { return true }
      case .world, .require: continue
      }
    }
    return false
  }

  // MARK: Totals and conditions

  private mutating func addLogTotals() {
    let inStep = plan.step
    for use in scene.laws + (scene.totals.map { [$0] } ?? []) {
      for measure in use.law.measures {
        if let pass = attempt({ builder throws(Diagnostic) in try builder.totals(measure, of: use) }) { plan.log.append(pass) }
      }
    }
    let observers = plan.observers
    plan.forceGroups[""]?.observers = observers
    plan.needsTotalsAlways = inStep.contains { $0.readsTotals }
  }

  mutating func totals(_ measure: Measure, of use: LawUse) throws(Diagnostic) -> TotalPass {
    let name = "mote_total_\(plan.totals.count)"
    return try TotalBuilder(
      measure, of: use, dimensions: totalDimensions[use.name] ?? [:], fields: fields, parameters: ParameterTable(scene),
      precision: scene.precision
    )
    .build(named: name, noisePlace: noisePlace, into: &plan, fields: &fields)
  }

  /// An expression of parameters and the world, for the host.
  func tape(of expression: Expression, condition: Bool = false, use: LawUse?) throws(Diagnostic) -> HostTape {
    let law = use ?? scene.laws.first
    guard let law else { throw expression.diagnostic("this needs a law") }
    var lowering = Scope(law, .world, fields: fields).lowering(on: Graph(), noisePlace: noisePlace)
    let node = condition ? try lowering.condition(expression) : try lowering.scalar(expression)
    let root = lowering.graph.number(node)
    return HostTape(lowering.graph, [root])
  }

  mutating func world(_ pass: Propagate, of use: LawUse) throws(Diagnostic) -> WorldPass {
    var lowering = Scope(use, .world, fields: fields, lets: pass.lets).lowering(on: Graph(), noisePlace: noisePlace)
    var roots: [NodeID] = [], targets: [(name: String, components: Int)] = []
    let condition = try pass.condition.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    for binding in pass.assignments {
      guard let field = fields.worldFields[binding.name] else {
        throw binding.value.diagnostic("the world has no field \(binding.name)")
      }
      let value = try lowering.lower(binding.value)
      guard value.components.count == field.components else {
        throw binding.value.diagnostic("\(binding.name) is a \(field.shape), this is a \(value.shape)")
      }
      for (component, node) in value.components.enumerated() {
        let old = lowering.graph.input(Input(.world, field.name, component: component))
        roots.append(condition.map { lowering.graph.select($0, node, old) } ?? lowering.graph.number(node))
      }
      targets.append((field.name, field.components))
    }
    noisePlace = lowering.noisePlace
    return WorldPass(targets: targets, tape: HostTape(lowering.graph, roots))
  }

  func newChain(of population: Int) -> ChainBuilder { ChainBuilder(fields: fields.of(population), rateFields: rateFields) }

  /// The populations whose members play some of the roles, with one bit for each species that does.
  func players(_ roles: [String], _ use: LawUse) -> [(population: Int, mask: UInt64)] {
    let species = roles.flatMap { use.roles[$0] ?? [] }
    return fields.populations(of: species).map { ($0.index, fields.mask(of: $0.species.filter(species.contains))) }
  }

  /// Makes the kernel of a chain; nil if it does nothing.
  mutating func finish(_ chain: inout ChainBuilder) -> MemberCall? {
    let creation = chain.creation(named: "mote_members_\(plan.members.count)").map { kernel, children in
      plan.members.append(kernel)
      plan.memberPopulations.append(chain.population)
      return CreationPass(kernel: plan.members.count - 1, population: chain.population, children: children)
    }
    guard case (let kernel, var call)? = chain.finish(named: "mote_members_\(plan.members.count)") else { return nil }
    call.kernel = plan.members.count
    call.creation = creation
    plan.members.append(kernel)
    plan.memberPopulations.append(call.population)
    return call
  }

  /// Makes the kernels of a loop over pairs; the index of its group.
  mutating func finish(_ pairs: PairBuilder) -> Int {
    var pairs = pairs
    let parameters = ParameterTable(scene)
    pairs.shareRanges(parameters)
    pairs.dropImpliedConditions(parameters)
    plan.tails += pairs.tails
    var (group, itself) = pairs.finish(precision: scene.precision, parameters)
    group.itself = finish(&itself)?.kernel
    plan.pairs.append(group)
    return plan.pairs.count - 1
  }

  /// First values of fields of the world: their defaults, else zero.
  private mutating func setWorldDefaults() {
    for use in scene.laws {
      for declaration in use.law.fields where declaration.role == "world" {
        guard let field = fields.worldFields[declaration.name] else { continue }
        plan.world[field.name] = [Double](repeating: 0, count: field.components)
        guard let initial = declaration.initial else { continue }
        let value = attempt { builder throws(Diagnostic) in
          var lowering = Scope(use, .world, fields: builder.fields).lowering(on: Graph(), noisePlace: 0)
          let value = try lowering.lower(initial)
          let table = ParameterTable(builder.scene)
          return lowering.graph.evaluate(value.components, in: table.context(WorldState()))
        }
        if let value {
          plan.world[field.name] = value.count == field.components ? value : Array(repeating: value[0], count: field.components)
        }
      }
    }
  }

  private mutating func checkRates() {
    let advanced = Set(plan.step.flatMap { $0.memberKernels }.flatMap { plan.members[$0].columns.map(\.field) })
    for name in rateFields where !advanced.contains(ChainBuilder.rateName(name)) {
      let law = scene.laws.first { $0.law.givesRate(to: name) }
      let giver = law.map { " (\($0.law.name))" } ?? ""
      mistakes.add(
        Diagnostic(
          "\(name) has a rate\(giver) that no integrator advances",
          hint: "an integrator that says `state: state + dt*rate` advances every field that has a rate"))
    }
  }
}

extension Column {
  /// Whether the slot `forces` collects it.
  fileprivate var isCollected: Bool { field == "force" || field == "torque" || field.hasPrefix("rate of ") }
}

extension Operation {
  /// True if the operation, or one inside it, reads the potential or the virial.
  var readsTotals: Bool {
    switch self {
    case .totals(let pass): pass.tape.inputs.contains { $0.name == "potential" || $0.name == "virial" }
    case .world(let pass): pass.tape.inputs.contains { $0.name == "potential" || $0.name == "virial" }
    case .repetition(let repetition): repetition.passes.contains(where: \.readsTotals)
    case .every(_, let inner): inner.contains(where: \.readsTotals)
    default: false
    }
  }

  var memberKernels: [Int] {
    switch self {
    case .members(let call): [call.kernel]
    case .repetition(let repetition): repetition.passes.flatMap(\.memberKernels)
    case .every(_, let inner): inner.flatMap(\.memberKernels)
    default: []
    }
  }
}
