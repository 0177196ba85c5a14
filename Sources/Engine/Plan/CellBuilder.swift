import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Makes the kernel of a pass over random pairs in the cells of a lattice.
struct CellBuilder {
  let pass: Interact
  let use: LawUse
  let fields: FieldTable
  private let lattice: Population
  private let mask: UInt64
  var lowering: Lowering
  var outcomes: [CellKernel.Outcome] = []
  /// Columns of particles that pairs work with.
  var workColumns: [(name: String, components: Int)] = []
  var joins: [Joining] = []
  var reaction: Reaction?

  /// Pairs of particles of the masked species in the cells of a lattice.
  init(_ pass: Interact, of use: LawUse, fields: FieldTable, lattice: Population, mask: UInt64, noisePlace: Int) {
    self.pass = pass
    self.use = use
    self.lattice = lattice
    self.mask = mask
    self.fields = fields.of(Population.particles)
    let ends = ["i", "j"].map { ($0, Scope.End(name: $0, fields: fields.of(Population.particles))) }
    var scope = Scope(
      use, .pair, fields: fields.of(lattice.index), lets: pass.lets, ends: Dictionary(uniqueKeysWithValues: ends))
    scope.given["w"] = { graph in .scalar(graph.input(Input(.local, "w"))) }
    // The first place orders the particles of a cell.
    lowering = scope.lowering(on: Graph(), noisePlace: noisePlace + 1)
  }

  /// The pass as a kernel of this name; `noisePlace` goes on to the next free place.
  mutating func build(named name: String, noisePlace: inout Int) throws(Diagnostic) -> CellPass {
    try refuseWhatIsNotRun()
    let condition = try pass.condition.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    let requirement = try pass.require.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    for binding in pass.sum { try add(binding, binding.name, .replaced) }
    for binding in pass.add { try add(binding, binding.name, .added) }
    for binding in pass.rate { try add(binding, ChainBuilder.rateName(binding.name), .added) }
    // Nobody is in two pairs: the least and the greatest of what one pair gives is that.
    for binding in pass.min + pass.max { try add(binding, binding.name, .kept) }
    if let text = pass.remove { try markEnds(text) }
    for (links, bindings) in pass.link { try join(links, bindings) }
    if let (removed, created) = pass.react { try react(removing: removed, creating: created) }
    let kernel = CellKernel(
      name: name, comment: use.law.name, graph: lowering.graph, space: fields.space, place: noisePlace + 1, outcomes: outcomes,
      condition: condition, requirements: requirement.map { [$0] } ?? [], rate: Self.rates(species: fields.speciesNames.count))
    noisePlace = lowering.noisePlace
    return CellPass(
      kernel: kernel, lattice: lattice.index, mask: mask, requirement: pass.require?.description, removes: pass.remove != nil,
      joins: joins, reaction: reaction, name: use.law.name)
  }

  private static func rates(species: Int) -> (Input) -> Rate {
    let pairs = Rates.pairs(species: species)
    return { input in input.kind == .local ? .varying : pairs(input) }
  }

  private func refuseWhatIsNotRun() throws(Diagnostic) {
    let present: [(String, Bool)] = [
      ("energy", pass.energy != nil), ("force", pass.force != nil), ("torque", pass.torque != nil),
    ]
    if let (name, _) = present.first(where: \.1) {
      throw Diagnostic(
        "\(name): pairs that are drawn at random are others in the next evaluation, and have no energy and no virial",
        hint: "add: {force: …} gives each end what it sees", at: pass.location)
    }
    if !pass.memory.isEmpty {
      throw Diagnostic("memory: pairs that are drawn at random last for one pass", hint: "say within: RANGE", at: pass.location)
    }
    guard Set(pass.receivers) == Set(pass.givers) else {
      throw Diagnostic("`cell` pairs the members of one role", hint: "say from: the same as for:", at: pass.location)
    }
  }

  /// What both ends receive, each as it sees the pair.
  private mutating func add(_ binding: Binding, _ name: String, _ way: CellKernel.Way) throws(Diagnostic) {
    guard let field = fields[name] else { throw binding.value.diagnostic("\(name) is no field of the particles") }
    let value = try lowering.lower(binding.value)
    guard value.components.count == field.components else {
      throw binding.value.diagnostic("\(name) is a \(field.shape), this is a \(value.shape)")
    }
    for (component, node) in value.components.enumerated() {
      let own = lowering.graph.number(node), other = lowering.graph.exchangingEnds(own)
      outcomes.append(CellKernel.Outcome(Column(field.name, component), own, other, way))
    }
  }
}
