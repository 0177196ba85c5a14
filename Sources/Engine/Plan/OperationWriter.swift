import Diagnostics
import Laws
import Scenes

/// Writes operations in the order of items; passes over single particles that follow one another become one kernel, and so do
/// passes over pairs of which none reads what another one writes, and a pass over neighbours with those over the sites that follow.
struct OperationWriter {
  var operations: [Operation] = []
  private var chain: ChainBuilder?
  private var pairs: PairBuilder?
  private var stencil: StencilBuilder?
  private let slotted: [LawUse]
  private var slotsSeen: Set<String> = []

  init(slotted: [LawUse]) { self.slotted = slotted }

  mutating func add(_ item: Item, of use: LawUse, _ builder: inout PlanBuilder) {
    do throws(Diagnostic) { try write(item, of: use, &builder) } catch { builder.mistakes.add(error) }
  }

  /// Ends the chain of passes over single particles, or the loop over pairs or neighbours; at most one of them is open.
  mutating func flush(_ builder: inout PlanBuilder) {
    if var open = stencil {
      stencil = nil
      do throws(Diagnostic) { operations.append(.lattice(try builder.finish(&open))) } catch { builder.mistakes.add(error) }
    }
    if var open = chain, let call = builder.finish(&open) { operations.append(.members(call)) }
    if let open = pairs, !open.isEmpty { operations.append(.pairs(builder.finish(open))) }
    (chain, pairs) = (nil, nil)
  }

  private mutating func write(_ item: Item, of use: LawUse, _ builder: inout PlanBuilder) throws(Diagnostic) {
    switch item {
    case .propagate(let pass) where pass.roles == ["world"]:
      flush(&builder)
      operations.append(.world(try builder.world(pass, of: use)))
    case .propagate(let pass) where pass.waves:
      flush(&builder)
      operations += try builder.waves(pass, of: use).map { .lattice($0) }
    case .propagate(let pass): try write(pass, of: use, &builder)
    case .measure(let measure):
      flush(&builder)
      operations.append(.totals(try builder.totals(measure, of: use)))
    case .forces(let forces):
      flush(&builder)
      slotsSeen = []
      let time = try forces.at.map { (text) throws(Diagnostic) in try builder.tape(of: text, use: use) }
      operations.append(.forces(group: forces.only ?? "", time: time ?? HostTape.time))
    case .slot(let name): try fill(slot: name, &builder)
    case .repeat(let repetition): try write(repetition, of: use, &builder)
    case .require(let condition):
      flush(&builder)
      operations.append(.require(try builder.tape(of: condition, condition: true, use: use), message: condition.description))
    case .part(let name):
      for inner in use.law.parts[name] ?? [] { try write(inner, of: use, &builder) }
    case .interact(let pass): try write(pass, of: use, &builder)
    case .use: preconditionFailure("laws are planned with the passes of those that they use in place")
    }
  }

  private mutating func write(_ pass: Propagate, of use: LawUse, _ builder: inout PlanBuilder) throws(Diagnostic) {
    // Children are there from the end of the pass on.
    defer { if !pass.create.isEmpty { flush(&builder) } }
    if try stencil?.takes(pass, of: use) ?? false { return }
    if stencil != nil || !pass.create.isEmpty { flush(&builder) }
    for (population, mask) in builder.players(pass.roles, use) {
      if pairs != nil || chain.map({ !$0.takes(mask, of: population) }) ?? false { flush(&builder) }
      var open = chain ?? builder.newChain(of: population)
      try open.add(pass, of: use, mask: mask, noisePlace: &builder.noisePlace)
      chain = open
    }
  }

  private mutating func write(_ pass: Interact, of use: LawUse, _ builder: inout PlanBuilder) throws(Diagnostic) {
    switch pass.pairing {
    case .within where !pass.needsListedPairs(use.law):
      if stencil != nil || chain != nil || pairs.map({ !$0.takes(pass, of: use) }) ?? false { flush(&builder) }
      var open = pairs ?? PairBuilder(fields: builder.fields)
      try open.add(pass, of: use, noisePlace: &builder.noisePlace)
      pairs = open
    case .within, .linked:
      flush(&builder)
      operations += try builder.meetings(pass, of: use).map { .meetings($0) }
    case .everywhere(let accuracy):
      flush(&builder)
      if let index = try builder.everywhere(pass, of: use, accuracy: accuracy) { operations.append(.everywhere(index)) }
    case .neighbours:
      for next in try builder.stencils(pass, of: use) {
        flush(&builder)
        stencil = next
      }
    case .weight, .cell:
      flush(&builder)
      operations += try builder.lattices(pass, of: use).map { .lattice($0) }
    }
  }

  /// The step laws that run in a slot; slots of one name before the same forces are one.
  private mutating func fill(slot name: String, _ builder: inout PlanBuilder) throws(Diagnostic) {
    guard slotsSeen.insert(name).inserted else { return }
    for use in slotted where (use.slot ?? use.law.slot) == name {
      for item in use.law.flattened(use.law.passes) { try write(item, of: use, &builder) }
    }
  }

  private mutating func write(_ repetition: Repeat, of use: LawUse, _ builder: inout PlanBuilder) throws(Diagnostic) {
    flush(&builder)
    var inner = OperationWriter(slotted: slotted)
    for item in repetition.passes { try inner.write(item, of: use, &builder) }
    inner.flush(&builder)
    operations.append(
      .repetition(
        Repetition(
          times: try repetition.times.map { (text) throws(Diagnostic) in try builder.tape(of: text, use: use) },
          until: try repetition.until.map { (text) throws(Diagnostic) in try builder.tape(of: text, condition: true, use: use) },
          limit: try repetition.limit.map { (text) throws(Diagnostic) in try builder.tape(of: text, use: use) },
          dt: try repetition.dt.map { (text) throws(Diagnostic) in try builder.tape(of: text, use: use) },
          passes: inner.operations)))
  }
}
