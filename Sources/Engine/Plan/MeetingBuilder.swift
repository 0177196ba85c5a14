import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Makes the kernel of a pass over links: what each link gives to its ends and to itself.
struct MeetingBuilder {
  private let pass: Interact
  private let use: LawUse
  private let fields: FieldTable
  private let links: Population
  /// `i`, `j` and, where links have more ends, `k` and `l`.
  private let ends: [String]
  /// What may stand in brackets after a name.
  private let owners: [String: Scope.End]
  private var lowering: Lowering
  private var outcomes: [MeetingKernel.Outcome] = []
  private var adds: [Bool] = []

  /// Nil if no species plays the role of the links.
  init?(_ pass: Interact, of use: LawUse, fields: FieldTable, noisePlace: Int) {
    guard case .linked(let role) = pass.pairing, let links = fields.populations(of: use.roles[role] ?? []).first else {
      return nil
    }
    self.pass = pass
    self.use = use
    self.fields = fields
    self.links = links
    ends = Array(["i", "j", "k", "l"].prefix(links.arity))
    let particles = fields.of(Population.particles)
    var owners = Dictionary(uniqueKeysWithValues: ends.map { ($0, Scope.End(name: $0, fields: particles)) })
    owners[""] = Scope.End(name: "", fields: fields.of(links.index))
    owners[role] = owners[""]
    // Ends of different roles are known by them.
    let roles = use.law.roles.first { $0.name == role }?.ends ?? []
    for (end, name) in zip(ends, roles) where !name.isEmpty && roles.count(where: { $0 == name }) == 1 {
      owners[name] = owners[end]
    }
    lowering = Scope(use, .pair, fields: particles, lets: pass.lets, ends: owners).lowering(on: Graph(), noisePlace: noisePlace)
    self.owners = owners
  }

  /// The pass as a kernel of this name; `noisePlace` goes on to the next free place.
  mutating func build(named name: String, noisePlace: inout Int) throws(Diagnostic) -> MeetingPass {
    try refuseWhatIsNotRun()
    let condition = try pass.condition.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    if let text = pass.energy { try add(energy: text) }
    if let text = pass.force { try add(force: text) }
    if let text = pass.torque { try contribute("torque", nil, text, adds: true) }
    for item in pass.sum { try contribute(item.name, item.index, item.value, adds: false) }
    for item in pass.add { try contribute(item.name, item.index, item.value, adds: true) }
    for item in pass.rate { try contribute(ChainBuilder.rateName(item.name), item.index, item.value, adds: true) }
    for (bindings, isGreatest) in [(pass.min, false), (pass.max, true)] {
      for binding in bindings { try extreme(binding, isGreatest: isGreatest) }
    }
    for binding in pass.memory { try renew(binding) }
    if let text = pass.unlink {
      let one = lowering.graph.constant(1), old = lowering.graph.input(ChainBuilder.removal.input)
      let gone = try lowering.condition(text)
      add(.own(ChainBuilder.removal), lowering.graph.select(gone, one, old))
    }
    let requirement = try pass.require.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    noisePlace = lowering.noisePlace
    let kernel = MeetingKernel(
      name: name, comment: use.law.name, graph: lowering.graph, ends: ends, outcomes: outcomes, condition: condition,
      requirements: requirement.map { [$0] } ?? [], space: fields.space, rate: Rates.pairs(species: fields.speciesNames.count))
    return MeetingPass(
      kernel: kernel, population: links.index, ends: ends.map { _ in Population.particles }, adds: adds,
      removes: pass.unlink != nil, requirement: pass.require?.description, name: use.law.name)
  }

  private func refuseWhatIsNotRun() throws(Diagnostic) {
    let present: [(String, Bool)] = [
      ("link", !pass.link.isEmpty), ("react", pass.react != nil), ("remove", pass.remove != nil), ("sequential", pass.sequential),
    ]
    if let (name, _) = present.first(where: \.1) {
      throw Diagnostic("`\(name)` of a pass with `linked` is checked, but this version does not run it yet", at: pass.location)
    }
  }

  // MARK: Energies and forces

  private mutating func add(energy text: Expression) throws(Diagnostic) {
    let energy = try lowering.scalar(text)
    add(.total(0), energy)
    let between = Set(
      lowering.graph.inputs(of: [energy]).filter { $0.kind == .separation || $0.kind == .distanceSquared }.map(\.end))
    for name in between.sorted() {
      let gradient = lowering.graph.gradientBySeparation(of: energy, space: fields.space, between: name)
      add(force: gradient.map { lowering.graph.negate($0) }, between: name)
    }
  }

  private mutating func add(force text: Expression) throws(Diagnostic) {
    let force = try lowering.lower(text)
    guard force.components.count == fields.space else { throw text.diagnostic("force is a vector, this is a \(force.shape)") }
    for node in force.components where lowering.graph.constant(node) != 0 && lowering.graph.parity(of: node).0 != .odd {
      throw text.diagnostic("force is not opposite when i and j are exchanged", hint: "use add: {force: …} if it is meant")
    }
    add(force: force.components, between: "")
  }

  /// A force along the separation of two ends: on the first, its opposite on the second, and its part of the virial.
  private mutating func add(force: [NodeID], between name: String) {
    let letters = name.isEmpty ? ["i", "j"] : name.map(String.init), space = fields.space
    for axis in 0..<space {
      let column = Column("force", axis)
      add(.sum(.init(letters[0], column)), force[axis])
      add(.sum(.init(letters[1], column)), lowering.graph.negate(force[axis]))
    }
    var entry = 1
    for row in 0..<space {
      for column in row..<space {
        let separation = lowering.graph.input(Input(.separation, component: row, end: name))
        add(.total(entry), lowering.graph.multiply(separation, force[column]))
        entry += 1
      }
    }
  }

  private mutating func add(_ target: MeetingKernel.Target, _ value: NodeID, adds isAdded: Bool = true) {
    outcomes.append(MeetingKernel.Outcome(target, lowering.graph.number(value)))
    adds.append(isAdded)
  }

  // MARK: Fields of ends and of the link

  /// Sums into a field of every end, as each of them sees the link; or of the end that the target names.
  private mutating func contribute(_ name: String, _ owner: String?, _ text: Expression, adds isAdded: Bool) throws(Diagnostic) {
    let value = try lowering.lower(text)
    for (end, exchanged) in try receivers(of: name, owner, text) {
      for (column, node) in zip(try columns(of: name, value, end, text), value.components) {
        let own = lowering.graph.number(node)
        let seen = exchanged ? lowering.graph.exchangingEnds(own) : own
        add(.sum(.init(end, column)), seen, adds: isAdded)
      }
    }
  }

  private mutating func extreme(_ binding: Binding, isGreatest: Bool) throws(Diagnostic) {
    let value = try lowering.lower(binding.value)
    for (end, exchanged) in try receivers(of: binding.name, binding.index, binding.value) {
      for (column, node) in zip(try columns(of: binding.name, value, end, binding.value), value.components) {
        let own = lowering.graph.number(node)
        let seen = exchanged ? lowering.graph.exchangingEnds(own) : own
        add(isGreatest ? .greatest(.init(end, column)) : .least(.init(end, column)), seen)
      }
    }
  }

  /// The ends that receive, and whether they see the link with its ends exchanged.
  private func receivers(
    of name: String, _ owner: String?, _ text: Expression
  ) throws(Diagnostic) -> [(end: String, exchanged: Bool)] {
    guard let owner else {
      guard ends.count == 2 else { throw text.diagnostic("\(name) of which end?", hint: "say \"\(name)[i]\"") }
      return [("i", false), ("j", true)]
    }
    guard let end = owners[owner] else { throw text.diagnostic("\(owner) is no end of these links") }
    return [(end.name, false)]
  }

  private func columns(of name: String, _ value: Value, _ end: String, _ text: Expression) throws(Diagnostic) -> [Column] {
    let table = end.isEmpty ? fields.of(links.index) : fields.of(Population.particles)
    guard let field = table[name] else { throw text.diagnostic("\(name) is no field") }
    guard field.components == value.components.count else {
      throw text.diagnostic("\(name) is a \(field.shape), this is a \(value.shape)")
    }
    return (0..<field.components).map { Column(field.name, $0) }
  }

  /// A new value of the link's own field.
  private mutating func renew(_ binding: Binding) throws(Diagnostic) {
    let value = try lowering.lower(binding.value)
    for (column, node) in zip(try columns(of: binding.name, value, "", binding.value), value.components) {
      add(.own(column), node)
    }
  }
}
