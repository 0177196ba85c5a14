import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Orders the passes of the slot `forces`: a loop over pairs, and a chain of passes over single particles, stay open until something
/// that they need, or that needs them, would come out of order. What is open does not depend on each other.
struct ForceWriter {
  private(set) var operations: [ForceOperation] = []
  /// Energies of single particles that can be added up at the end of the slot.
  private(set) var plainEnergies: [MemberEnergy] = []
  private var pairs: PairBuilder
  private var chain: ChainBuilder?
  private var pairAccess = Access(), chainAccess = Access()
  /// Energies of fields that the slot writes: added up when the chain ends, before anything writes them anew.
  private var chainEnergies: [MemberEnergy] = []
  private var written: Set<String> = []
  private let fields: FieldTable

  /// Names that passes read, write, and add to; the order of additions does not matter.
  private struct Access {
    var reads: Set<String> = []
    var writes: Set<String> = []
    var adds: Set<String> = []

    func mustPrecede(_ next: Access) -> Bool {
      !writes.isDisjoint(with: next.reads.union(next.writes).union(next.adds))
        || !adds.isDisjoint(with: next.reads.union(next.writes)) || !reads.isDisjoint(with: next.writes.union(next.adds))
    }

    mutating func formUnion(_ other: Access) {
      reads.formUnion(other.reads)
      writes.formUnion(other.writes)
      adds.formUnion(other.adds)
    }
  }

  init(fields: FieldTable) {
    self.fields = fields
    pairs = PairBuilder(fields: fields)
  }

  /// Adds a pass of a law.
  mutating func add(_ item: Item, of use: LawUse, _ adjoint: Adjoint, _ builder: inout PlanBuilder) throws(Diagnostic) {
    var access = Access(reads: item.reads(in: use.law), writes: item.replaces, adds: item.adds)
    if item.energy != nil { access.adds.formUnion(adjoint.names.intersection(access.reads.map(Adjoint.name))) }
    switch item {
    case .interact(let pass) where pass.pairing.keyword == "linked" || pass.needsListedPairs(use.law):
      if pass.remove != nil || pass.react != nil || !pass.link.isEmpty {
        throw Diagnostic(
          "link, remove and react do not run in the slot forces, which may run several times in a step",
          hint: "give them a law of their own, without force and energy", at: pass.location)
      }
      finish(&builder)
      operations += try builder.meetings(pass, of: use, adjoints: adjoint.fields).map { .meetings($0) }
    case .interact(let pass):
      switch pass.pairing {
      case .within:
        if !pairs.takes(pass, of: use) { finish(&builder) }
        try openPairs(access, &builder)
        try pairs.add(pass, of: use, adjoints: adjoint.fields, noisePlace: &builder.noisePlace)
      case .everywhere(let accuracy):
        finish(&builder)
        if let index = try builder.everywhere(pass, of: use, adjoints: adjoint.fields, accuracy: accuracy) {
          operations.append(.other(.everywhere(index)))
        }
      case .neighbours, .weight, .cell:
        if pass.pairing.keyword == "cell", !adjoint.fields.isDisjoint(with: item.writes) {
          throw Diagnostic("a sum over random pairs has no derivative", hint: "write the force", at: pass.location)
        }
        finish(&builder)
        operations += try builder.lattices(pass, of: use).map { .lattice($0) }
      case .linked: break
      }
    case .propagate(let pass) where pass.roles != ["world"] && !pass.waves:
      if !pass.create.isEmpty || pass.remove != nil {
        throw Diagnostic(
          "create and remove do not run in the slot forces, which may run several times in a step",
          hint: "give them a law of their own, without force and energy", at: pass.location)
      }
      for (population, mask) in builder.players(pass.roles, use) {
        // An energy is differentiated by stored values.
        if pass.energy != nil, !chainAccess.writes.isDisjoint(with: access.reads) { flushChain(&builder) }
        var open = openChain(access, mask, of: population, &builder)
        try open.add(pass, of: use, adjoints: adjoint.fields, mask: mask, noisePlace: &builder.noisePlace)
        chain = open
        guard let energy = pass.energy else { continue }
        guard population == Population.particles || !adjoint.fields.isDisjoint(with: access.reads) else {
          throw energy.diagnostic(
            "an energy of lattice sites or links alone moves nothing", hint: "give it to particles, or to pairs")
        }
        note(MemberEnergy(text: energy, pass: pass, use: use, population: population, mask: mask), reading: access.reads)
      }
    case .propagate, .measure, .repeat, .require: addOther(item, of: use, &builder)
    case .forces, .slot, .use, .part: throw Diagnostic("no forces and no slot within the slot forces (\(use.law.name))")
    }
    written.formUnion(item.writes)
  }

  /// Adds what is no pass over members: totals, repetitions, fields of the world, Fourier amplitudes.
  private mutating func addOther(_ item: Item, of use: LawUse, _ builder: inout PlanBuilder) {
    finish(&builder)
    var writer = OperationWriter(slotted: [])
    writer.add(item, of: use, &builder)
    writer.flush(&builder)
    operations += writer.operations.map { .other($0) }
  }

  /// Adds the reverse of a pass that wrote fields with adjoints.
  mutating func addReverse(_ item: Item, of use: LawUse, _ adjoint: Adjoint, _ builder: inout PlanBuilder) throws(Diagnostic) {
    let reads = item.reads(in: use.law), targets = item.writes.intersection(adjoint.fields)
    let sources = adjoint.names.intersection(reads.map(Adjoint.name))
    let access = Access(reads: reads.union(targets.map(Adjoint.name)), adds: sources.union(["force"]))
    switch item {
    case .interact(let pass) where pass.pairing.keyword == "linked" || pass.needsListedPairs(use.law):
      finish(&builder)
      operations += try builder.reverse(meetings: pass, of: use, adjoint).map { .meetings($0) }
    case .interact(let pass) where pass.pairing.keyword == "within":
      try openPairs(access, &builder)
      try pairs.addReverse(pass, of: use, adjoint, noisePlace: &builder.noisePlace)
    case .interact(let pass) where pass.pairing.keyword == "everywhere":
      finish(&builder)
      if let index = try builder.reverse(everywhere: pass, of: use, adjoint) { operations.append(.other(.everywhere(index))) }
    case .interact(let pass):
      finish(&builder)
      operations += try builder.reverse(lattices: pass, of: use, adjoint).map { .lattice($0) }
    case .propagate(let pass) where pass.waves:
      if try addKnownReverse(pass, of: use, adjoint, &builder) { return }
      finish(&builder)
      operations += try builder.waves(pass, of: use, reverse: adjoint).map { .lattice($0) }
    case .propagate(let pass):
      for (population, mask) in builder.players(pass.roles, use) {
        if !chainAccess.writes.isDisjoint(with: reads) { flushChain(&builder) }
        var open = openChain(access, mask, of: population, &builder)
        try open.addReverse(pass, of: use, adjoint, mask: mask, noisePlace: &builder.noisePlace)
        chain = open
      }
    default: return
    }
  }

  /// Adds the reverse of a pass over waves where that needs no transform.
  private mutating func addKnownReverse(
    _ pass: Propagate, of use: LawUse, _ adjoint: Adjoint, _ builder: inout PlanBuilder
  ) throws(Diagnostic) -> Bool {
    let players = builder.players(pass.roles, use)
    guard players.count == 1, let (population, mask) = players.first,
      let known = SelfAdjointWaves(pass, of: use, adjoint, fields: fields.of(population))
    else { return false }
    let access = Access(reads: [known.target], adds: [Adjoint.name(of: known.source)])
    var open = openChain(access, mask, of: population, &builder)
    guard try open.addReverse(known, of: use, mask: mask, noisePlace: &builder.noisePlace) else { return false }
    chain = open
    return true
  }

  private mutating func note(_ energy: MemberEnergy, reading reads: Set<String>) {
    if reads.isDisjoint(with: written) { plainEnergies.append(energy) } else { chainEnergies.append(energy) }
  }

  // MARK: What is open

  private mutating func openPairs(_ access: Access, _ builder: inout PlanBuilder) throws(Diagnostic) {
    if pairAccess.mustPrecede(access) { finish(&builder) } else if chainAccess.mustPrecede(access) { flushChain(&builder) }
    pairAccess.formUnion(access)
  }

  private mutating func openChain(
    _ access: Access, _ mask: UInt64, of population: Int, _ builder: inout PlanBuilder
  ) -> ChainBuilder {
    if pairAccess.mustPrecede(access) { finish(&builder) }
    if let open = chain, !open.takes(mask, of: population) { flushChain(&builder) }
    chainAccess.formUnion(access)
    return chain ?? builder.newChain(of: population)
  }

  /// Ends the loop over pairs and the chain of passes over single particles.
  mutating func finish(_ builder: inout PlanBuilder) {
    if !pairs.isEmpty {
      operations.append(.pairs(builder.finish(pairs), overwritesForce: false))
      pairs = PairBuilder(fields: fields)
    }
    pairAccess = Access()
    flushChain(&builder)
  }

  private mutating func flushChain(_ builder: inout PlanBuilder) {
    chainAccess = Access()
    guard var open = chain else { return }
    chain = nil
    if let call = builder.finish(&open) { operations.append(.members(call)) }
    operations += builder.energyTotals(of: chainEnergies).map { .energy($0) }
    chainEnergies = []
  }
}

extension Item {
  /// All names that a pass uses, also through abbreviations.
  fileprivate func reads(in law: Law) -> Set<String> {
    switch self {
    case .propagate(let pass): law.names(in: pass.expressions, lets: pass.lets)
    case .interact(let pass): law.names(in: pass.expressions, lets: pass.lets)
    default: []
    }
  }

  /// Fields that a pass over members or pairs gives new values.
  fileprivate var replaces: Set<String> {
    switch self {
    case .propagate(let pass): Set(pass.assignments.map(\.name))
    case .interact(let pass): Set((pass.sum + pass.min + pass.max).map(\.name))
    default: []
    }
  }

  /// Fields that a pass over members or pairs adds to.
  fileprivate var adds: Set<String> {
    switch self {
    case .propagate(let pass):
      Self.forces(pass.energy, pass.force, pass.torque).union(pass.rates.map { ChainBuilder.rateName($0.name) })
    case .interact(let pass):
      Self.forces(pass.energy, pass.force, pass.torque)
        .union(pass.rate.map { ChainBuilder.rateName($0.name) } + pass.add.map(\.name))
    default: []
    }
  }

  private static func forces(_ energy: Expression?, _ force: Expression?, _ torque: Expression?) -> Set<String> {
    Set(((energy ?? force) == nil ? [] : ["force"]) + (torque == nil ? [] : ["torque"]))
  }

  /// Fields that a pass over members or pairs writes in whatever way, force and torque excepted.
  var writes: Set<String> { replaces.union(adds).subtracting(["force", "torque"]) }
}
