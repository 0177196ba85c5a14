import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

extension PlanBuilder {
  /// The slot `forces`: all force laws in the order of the scene; those over the same pairs share one loop.
  mutating func forces(of uses: [LawUse], group: String) throws(Diagnostic) -> ForcePass {
    var writer = ForceWriter(fields: fields)
    for use in uses {
      for item in use.law.flattened(use.law.passes) {
        switch item {
        case .interact(let pass): try writer.add(pass, of: use, &self)
        case .propagate(let pass) where pass.roles != ["world"]: try writer.add(pass, of: use, &self)
        case .forces, .slot: throw Diagnostic("\(use.law.name) runs in the slot forces and can hold no slot itself")
        default: try writer.add(item, of: use, &self)
        }
      }
    }
    writer.finish(&self)
    return ForcePass(operations: clearing(writer.operations), memberEnergy: try memberEnergy(of: uses))
  }

  /// Clears what the slot collects; a force that the first loop over pairs writes anyway is not cleared.
  private func clearing(_ operations: [ForceOperation]) -> [ForceOperation] {
    var operations = operations
    var cleared: [String] = collected
    if case .pairs(let index, _)? = operations.first, plan.pairs[index].kernel.hasForce {
      operations[0] = .pairs(index, overwritesForce: true)
      cleared.removeAll { $0 == "force" }
    }
    let clears = fields.populations.compactMap { population -> ForceOperation? in
      let table = fields.of(population.index)
      let rates = table.fields.keys.filter { $0.hasPrefix("rate of ") }.sorted()
      let names = (population.index == Population.particles ? cleared : []) + rates
      let columns = names.flatMap { name in (0..<(table[name]?.components ?? 0)).map { Column(name, $0) } }
      return columns.isEmpty ? nil : .clear(columns, population: population.index)
    }
    return clears + operations
  }

  /// What a slot collects of particles besides rates: force, and torque where some pass refers to it.
  private var collected: [String] { ["force"] + (usesTorque ? ["torque"] : []) }

  private var usesTorque: Bool {
    scene.laws.contains { use in
      use.law.flattened(use.law.passes).contains { item in
        switch item {
        case .propagate(let pass): pass.torque != nil || use.namesRead(by: pass).contains("torque")
        case .interact(let pass): pass.torque != nil
        default: false
        }
      }
    }
  }

  /// Σ of the energies of single particles.
  private mutating func memberEnergy(of uses: [LawUse]) throws(Diagnostic) -> Int? {
    var graph = Graph(), terms: [TotalKernel.Term] = [], place = noisePlace
    for use in uses {
      for case .propagate(let pass) in use.law.flattened(use.law.passes) {
        guard let energy = pass.energy else { continue }
        var lowering = Scope(use, .member, fields: fields, lets: pass.lets).lowering(on: graph, noisePlace: place)
        var value = try lowering.scalar(energy)
        let zero = lowering.graph.constant(0)
        if let condition = pass.condition { value = lowering.graph.select(try lowering.condition(condition), value, zero) }
        let mask = pass.roles.reduce(UInt64(0)) { $0 | fields.mask(of: use.roles[$1] ?? []) }
        if mask != fields.everySpecies {
          let own = PairEnds.membership(mask, end: "member", in: &lowering.graph)
          value = lowering.graph.select(lowering.graph.condition(own), value, zero)
        }
        terms.append(.sum(value))
        graph = lowering.graph
        place = lowering.noisePlace
      }
    }
    guard !terms.isEmpty else { return nil }
    plan.totals.append(
      TotalKernel(
        name: "mote_total_\(plan.totals.count)", comment: "energy of single particles", graph: graph, terms: terms,
        condition: nil,
        speciesMask: nil, rate: Rates.members(species: fields.speciesNames.count)))
    return plan.totals.count - 1
  }
}

/// Orders the passes of a slot: a loop over pairs is shared until something that it reads is written.
///
/// At any moment one chain of passes over single particles and one loop over pairs are open. Neither reads what the other one writes,
/// but for a chain that adds to the force, which then may come last.
private struct ForceWriter {
  var operations: [ForceOperation] = []
  private var pairs: PairBuilder
  private var chain: ChainBuilder?
  private var chainReads: Set<String> = []
  private let fields: FieldTable
  /// Fields that passes of this slot have accumulated over pairs.
  private var accumulated: Set<String> = []
  /// What a slot collects: adding to it in any order gives the same.
  private static let collected: Set<String> = ["force", "torque"]

  init(fields: FieldTable) {
    self.fields = fields
    pairs = PairBuilder(fields: fields)
  }

  mutating func add(_ pass: Interact, of use: LawUse, _ builder: inout PlanBuilder) throws(Diagnostic) {
    if case .linked = pass.pairing {
      finish(&builder)
      if let index = try builder.meetings(pass, of: use) { operations.append(.meetings(index)) }
      return
    }
    guard case .within = pass.pairing else {
      throw Diagnostic(
        "the pairing `\(pass.pairing.keyword)` is checked, but this version does not run it yet", at: pass.location)
    }
    let read = use.namesRead(by: pass)
    try refuse(pass.energy, reading: read)
    if !pairs.takes(pass, of: use) { finish(&builder) }
    let written = Set((pass.sum + pass.add + pass.min + pass.max).map(\.name))
    if let open = chain, !open.writes.isDisjoint(with: read.union(written)) || !chainReads.isDisjoint(with: written) {
      flushChain(&builder)
    }
    try pairs.add(pass, of: use, noisePlace: &builder.noisePlace)
    accumulated.formUnion(pass.sum.map(\.name))
  }

  mutating func add(_ pass: Propagate, of use: LawUse, _ builder: inout PlanBuilder) throws(Diagnostic) {
    let read = use.namesRead(by: pass)
    try refuse(pass.energy, reading: read)
    if !pass.create.isEmpty || pass.waves || pass.remove != nil {
      throw Diagnostic("create, remove and waves do not run in the slot forces", at: pass.location)
    }
    // A pass that reads the force, or what pairs have summed, comes after them; so does one that writes what they read or write.
    let written = Set(pass.assignments.map(\.name)), touched = pairs.writes.union(pairs.reads)
    let readsSums = !read.isDisjoint(with: pairs.writes) || (!read.isDisjoint(with: Self.collected) && !pairs.isEmpty)
    if readsSums || !written.isDisjoint(with: touched) { finish(&builder) }
    for (population, mask) in builder.players(pass.roles, use) {
      if let open = chain, !open.takes(mask, of: population) { flushChain(&builder) }
      var open = chain ?? builder.newChain(of: population)
      try open.add(pass, of: use, mask: mask, noisePlace: &builder.noisePlace)
      chain = open
    }
    chainReads.formUnion(read)
  }

  /// Adds what stands by itself: a repeat, totals, a pass over the world.
  mutating func add(_ item: Item, of use: LawUse, _ builder: inout PlanBuilder) throws(Diagnostic) {
    finish(&builder)
    var writer = OperationWriter(slotted: [])
    writer.add(item, of: use, &builder)
    writer.flush(&builder)
    operations += writer.operations.map { .step($0) }
  }

  private func refuse(_ energy: Expression?, reading read: Set<String>) throws(Diagnostic) {
    guard let energy, !read.isDisjoint(with: accumulated) else { return }
    throw energy.diagnostic("an energy of accumulated fields is checked, but this version does not derive its force yet")
  }

  /// Ends the loop over pairs and the chain of passes over single particles.
  ///
  /// A chain that only adds to the force may come after the pairs; one that writes what pairs read was ended before them.
  mutating func finish(_ builder: inout PlanBuilder) {
    let writesMore = chain.map { !$0.writes.subtracting(Self.collected).isEmpty } ?? false
    if writesMore { flushChain(&builder) }
    if !pairs.isEmpty {
      operations.append(.pairs(builder.finish(pairs), overwritesForce: false))
      pairs = PairBuilder(fields: fields)
    }
    flushChain(&builder)
  }

  private mutating func flushChain(_ builder: inout PlanBuilder) {
    guard var open = chain else { return }
    (chain, chainReads) = (nil, [])
    if let call = builder.finish(&open) { operations.append(.members(call)) }
  }
}
