import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Makes the kernel of a pass over links, or over pairs one by one: what each gives to its ends and to itself.
struct MeetingBuilder {
  /// Which ends of a pair receive what is seen from an end.
  enum Reception: Equatable {
    /// Both, as they play the same roles.
    case both
    /// i alone, as only it plays the role that receives.
    case first
    /// Those that play the receiving role opposite one that gives: masks of species.
    case some(receivers: UInt64, givers: UInt64)
  }

  let pass: Interact
  let use: LawUse
  let fields: FieldTable
  private let source: MeetingPass.Source
  /// `i`, `j` and, where links have more ends, `k` and `l`.
  let ends: [String]
  /// What may stand in brackets after a name.
  private let owners: [String: Scope.End]
  let reception: Reception
  /// Species of those that receive, and of those that give.
  private let players: (receivers: UInt64, givers: UInt64)
  var lowering: Lowering
  private(set) var outcomes: [MeetingKernel.Outcome] = []
  private var adds: [Bool] = []
  private var removesEnds = false
  var joins: [Joining] = []
  var reaction: Reaction?
  /// Fields of the meeting itself that change sign when its ends are exchanged.
  var odd: Set<String> = []
  /// Fields through which energies depend on positions.
  var adjoints: Set<String> = []
  /// Of listed pairs: those closer than this meet.
  private var range: NodeID?
  /// Columns that listed pairs must have besides what they remember.
  var ownFields: [(name: String, components: Int)] = []
  /// That a pair is closer than its range.
  private var isNear: NodeID?
  /// What is added to the potential beyond the range.
  private(set) var tail: Tail?
  /// Links whose joined pairs must be marked.
  private(set) var marks: [Int] = []

  /// A pass over links of the role `role`, which are those of a population.
  init(
    _ links: Population, playing role: String, of pass: Interact, _ use: LawUse, fields: FieldTable, noisePlace: Int
  ) {
    let ends = Array(["i", "j", "k", "l"].prefix(links.arity)), particles = fields.of(Population.particles)
    var owners = Dictionary(uniqueKeysWithValues: ends.map { ($0, Scope.End(name: $0, fields: particles)) })
    owners[""] = Scope.End(name: "", fields: fields.of(links.index))
    owners[role] = owners[""]
    // Ends of different roles are known by them.
    let roles = use.law.roles.first { $0.name == role }?.ends ?? []
    for (end, name) in zip(ends, roles) where !name.isEmpty && roles.count(where: { $0 == name }) == 1 {
      owners[name] = owners[end]
    }
    self.init(pass, use, fields, .links(links.index), ends, owners, .both, (0, 0), noisePlace)
  }

  /// A pass over pairs within a range, with the fields that they remember.
  init(pairs pass: Interact, of use: LawUse, fields: FieldTable, memory: [FieldTable.Field], noisePlace: Int) {
    let particles = fields.of(Population.particles), ends = ["i", "j"]
    var owners = Dictionary(uniqueKeysWithValues: ends.map { ($0, Scope.End(name: $0, fields: particles)) })
    owners[""] = Scope.End(name: "", fields: fields.ofPairs(memory))
    for role in pass.receivers where !role.isEmpty && !pass.givers.contains(role) { owners[role] = owners["i"] }
    for role in pass.givers where !role.isEmpty && !pass.receivers.contains(role) { owners[role] = owners["j"] }
    func mask(_ roles: [String]) -> UInt64 { roles.reduce(0) { $0 | fields.mask(of: use.roles[$1] ?? []) } }
    let receivers = mask(pass.receivers), givers = mask(pass.givers)
    let reception: Reception =
      receivers == givers ? .both : receivers & givers == 0 ? .first : .some(receivers: receivers, givers: givers)
    self.init(pass, use, fields, .pairs(0), ends, owners, reception, (receivers, givers), noisePlace)
  }

  private init(
    _ pass: Interact, _ use: LawUse, _ fields: FieldTable, _ source: MeetingPass.Source, _ ends: [String],
    _ owners: [String: Scope.End], _ reception: Reception, _ players: (receivers: UInt64, givers: UInt64), _ noisePlace: Int
  ) {
    (self.pass, self.use, self.fields, self.source) = (pass, use, fields, source)
    (self.ends, self.owners, self.reception, self.players) = (ends, owners, reception, players)
    lowering = Scope(use, .pair, fields: fields.of(Population.particles), lets: pass.lets, ends: owners)
      .lowering(on: Graph(), noisePlace: noisePlace)
  }

  /// The pass as a kernel of this name; `noisePlace` goes on to the next free place.
  ///
  /// - Parameter listing: of pairs: which of the plan's lists they are in.
  mutating func build(named name: String, listing: Int = 0, noisePlace: inout Int) throws(Diagnostic) -> MeetingPass {
    let condition = try condition()
    try findParities()
    try addEnergyAndForce()
    try addSums()
    for binding in pass.memory { try renew(binding) }
    for (links, bindings) in pass.link { try join(links, bindings) }
    if let text = pass.unlink { try markOwn(text) }
    if let text = pass.remove { try markEnds(text) }
    if let (removed, created) = pass.react { try react(removing: removed, creating: created) }
    let requirement = try pass.require.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    noisePlace = lowering.noisePlace
    var made = finished(
      named: name, listing: listing, where: condition, requirements: requirement.map { [$0] } ?? [], forgets: isOverPairs)
    var removes = removesEnds ? [Population.particles] : []
    if pass.unlink != nil, case .links(let population) = source { removes.append(population) }
    (made.removes, made.joins, made.reaction) = (removes, joins, reaction)
    (made.remembers, made.requirement, made.isInTurn) = (!pass.memory.isEmpty, pass.require?.description, pass.sequential)
    return made
  }

  /// The pass that gives what has been gathered.
  func finished(
    named name: String, listing: Int, where condition: NodeID?, requirements: [NodeID] = [], forgets: Bool = false
  ) -> MeetingPass {
    let rate = Rates.pairs(species: fields.speciesNames.count)
    let kernel =
      pass.sequential
      ? MeetingKernel(
        inTurn: name, comment: use.law.name, graph: lowering.graph, ends: ends, outcomes: outcomes, condition: condition,
        forgets: forgets, requirements: requirements, areLinks: !isOverPairs, space: fields.space, rate: rate)
      : MeetingKernel(
        name: name, comment: use.law.name, graph: lowering.graph, ends: ends, outcomes: outcomes, condition: condition,
        forgets: forgets, requirements: requirements, areLinks: !isOverPairs, space: fields.space, rate: rate)
    return MeetingPass(
      kernel: kernel, source: isOverPairs ? .pairs(listing) : source, ends: ends.map { _ in Population.particles }, adds: adds,
      removes: [], joins: [], remembers: false, name: use.law.name)
  }

  var isOverPairs: Bool { if case .pairs = source { true } else { false } }

  // MARK: Who meets

  /// That a pair is closer than its range and not joined by an excepted link, and the condition of the pass.
  mutating func condition() throws(Diagnostic) -> NodeID? {
    var holds: [NodeID] = []
    if case .within(let text) = pass.pairing {
      let range = try lowering.scalar(text)
      self.range = range
      let square = lowering.graph.input(Input(.distanceSquared)), edge = lowering.graph.power(range, Rational(2))
      let near = lowering.graph.compare(.less, square, edge)
      holds.append(near)
      if pass.sequential { holds.append(wasNear(near)) }
    }
    if let role = pass.except {
      for links in fields.populations(of: use.roles[role] ?? []) { holds.append(isJoined(by: links.index, 0)) }
    }
    if let text = pass.condition { holds.append(try lowering.condition(text)) }
    guard var all = holds.first else { return nil }
    for condition in holds.dropFirst() { all = lowering.graph.and(all, condition) }
    return all
  }

  /// That the pair was closer than its range before any of the pass acted.
  private mutating func wasNear(_ near: NodeID) -> NodeID {
    isNear = near
    ownFields.append((Self.near.field, 1))
    let mark = lowering.graph.input(Self.near.input), one = lowering.graph.constant(1)
    return lowering.graph.compare(.equal, mark, one)
  }

  /// The column that is 1 for listed pairs that were closer than their range when a pass began in which they act in turn.
  private static let near = Column("was near", 0)

  /// The pass that notes which pairs are closer than their range, where those act in turn.
  mutating func noting(named name: String, listing: Int) -> MeetingPass? {
    guard let isNear else { return nil }
    let near = MeetingKernel.Outcome(.own(Self.near), lowering.graph.number(isNear))
    let kernel = MeetingKernel(
      name: name, comment: "who meets in \(use.law.name)", graph: lowering.graph, ends: ends,
      outcomes: [near], condition: nil, space: fields.space, rate: Rates.pairs(species: fields.speciesNames.count))
    return MeetingPass(
      kernel: kernel, source: .pairs(listing), ends: ends.map { _ in Population.particles }, adds: [false], removes: [],
      joins: [],
      remembers: false, name: use.law.name)
  }

  /// That the mark of pairs which a link joins is 1, or is 0.
  mutating func isJoined(by links: Int, _ value: Double) -> NodeID {
    if !marks.contains(links) { marks.append(links) }
    let mark = lowering.graph.input(PairListing.mark(links).input), wanted = lowering.graph.constant(value)
    return lowering.graph.compare(.equal, mark, wanted)
  }

  /// Species of listed pairs that are both i and j.
  var meetThemselves: UInt64 { players.receivers & players.givers }

  /// The range of listed pairs, as a value of parameters and fields.
  var bound: RangeBound { RangeBound(graph: lowering.graph, nodes: range.map { [$0] } ?? []) }

  // MARK: Energies and forces

  private mutating func addEnergyAndForce() throws(Diagnostic) {
    if let text = pass.energy { try add(energy: text) }
    if let text = pass.force { try add(force: text) }
    if let text = pass.torque { try contribute("torque", nil, text, adds: true) }
  }

  private mutating func add(energy text: Expression) throws(Diagnostic) {
    var energy = try lowering.scalar(text)
    if let range {
      if reception != .first, lowering.graph.parity(of: energy, odd: odd).0 != .even {
        throw text.diagnostic("energy changes when i and j are exchanged")
      }
      let cut = Cutoff(pass, use, range: range)
      if cut.hasTail { tail = Tail(of: energy, within: range, between: players, among: fields, lowering.graph) }
      energy = try cut.apply(to: energy, &lowering, at: text)
    }
    add(.total(0), energy)
    addDescent(of: energy)
  }

  private mutating func add(force text: Expression) throws(Diagnostic) {
    let force = try lowering.lower(text)
    guard force.components.count == fields.space else { throw text.diagnostic("force is a vector, this is a \(force.shape)") }
    for node in force.components where reception != .first && lowering.graph.constant(node) != 0 {
      guard lowering.graph.parity(of: node, odd: odd).0 == .odd else {
        throw text.diagnostic(
          "force is not opposite when i and j are exchanged", hint: "use add: {force: …} if it is meant")
      }
    }
    add(force: force.components, between: "")
  }

  /// A force along the separation of two ends: on the first, its opposite on the second, and its part of the virial.
  mutating func add(force: [NodeID], between name: String) {
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

  mutating func add(_ target: MeetingKernel.Target, _ value: NodeID, adds isAdded: Bool = true) {
    outcomes.append(MeetingKernel.Outcome(target, lowering.graph.number(value)))
    adds.append(isAdded)
  }

  // MARK: Fields of ends

  private mutating func addSums() throws(Diagnostic) {
    for item in pass.sum { try contribute(item.name, item.index, item.value, adds: false) }
    for item in pass.add { try contribute(item.name, item.index, item.value, adds: true) }
    for item in pass.rate { try contribute(ChainBuilder.rateName(item.name), item.index, item.value, adds: true) }
    for (bindings, isGreatest) in [(pass.min, false), (pass.max, true)] {
      for item in bindings {
        try give(item.name, item.index, item.value) { isGreatest ? .greatest($0) : .least($0) }
      }
    }
  }

  private mutating func contribute(_ name: String, _ owner: String?, _ text: Expression, adds isAdded: Bool) throws(Diagnostic) {
    try give(name, owner, text, adds: isAdded) { .sum($0) }
  }

  /// Gives a value to a field of every end that receives, as it sees the meeting; or of the end that the target names.
  private mutating func give(
    _ name: String, _ owner: String?, _ text: Expression, adds isAdded: Bool = true,
    as target: (MeetingKernel.EndColumn) -> MeetingKernel.Target
  ) throws(Diagnostic) {
    for (place, value) in try given(name, owner, text) { add(target(place), value, adds: isAdded) }
  }

  /// What a field of every end that receives is given, as that end sees the meeting.
  mutating func given(
    _ name: String, _ owner: String?, _ text: Expression
  ) throws(Diagnostic) -> [(MeetingKernel.EndColumn, NodeID)] {
    let value = try lowering.lower(text)
    var found: [(MeetingKernel.EndColumn, NodeID)] = []
    for (end, exchanged) in try receivers(of: name, owner, text) {
      for (column, node) in zip(try columns(of: name, value, end, text), value.components) {
        let own = lowering.graph.number(node)
        found.append((.init(end, column), seen(own, from: end, exchanged, isNamed: owner != nil)))
      }
    }
    return found
  }

  /// A value as an end sees it, 0 where that end does not receive.
  private mutating func seen(_ value: NodeID, from end: String, _ exchanged: Bool, isNamed: Bool) -> NodeID {
    let seen = exchanged ? lowering.graph.exchangingEnds(value, odd: odd) : value
    guard case .some(let receivers, let givers) = reception, !isNamed else { return seen }
    let own = PairEnds.membership(receivers, end: end, in: &lowering.graph)
    let other = PairEnds.membership(givers, end: end == "i" ? "j" : "i", in: &lowering.graph)
    let both = lowering.graph.condition(lowering.graph.multiply(own, other)), zero = lowering.graph.constant(0)
    return lowering.graph.select(both, seen, zero)
  }

  /// The ends that receive, and whether they see the meeting with its ends exchanged.
  private func receivers(
    of name: String, _ owner: String?, _ text: Expression
  ) throws(Diagnostic) -> [(end: String, exchanged: Bool)] {
    guard let owner else {
      guard ends.count == 2 else { throw text.diagnostic("\(name) of which end?", hint: "say \"\(name)[i]\"") }
      return reception == .first ? [("i", false)] : [("i", false), ("j", true)]
    }
    guard let end = owners[owner] else { throw text.diagnostic("\(owner) is no end here") }
    return [(end.name, false)]
  }

  private func columns(of name: String, _ value: Value, _ end: String, _ text: Expression) throws(Diagnostic) -> [Column] {
    let table = owners[end]?.fields ?? fields
    guard let field = table[name] else { throw text.diagnostic("\(name) is no field") }
    guard field.components == value.components.count else {
      throw text.diagnostic("\(name) is a \(field.shape), this is a \(value.shape)")
    }
    return (0..<field.components).map { Column(field.name, $0) }
  }

  /// Marks the ends that go, as each of them sees the meeting.
  private mutating func markEnds(_ text: Expression) throws(Diagnostic) {
    let gone = lowering.graph.number(try lowering.condition(text))
    removesEnds = true
    for (end, exchanged) in try receivers(of: "remove", nil, text) {
      let column = MeetingKernel.EndColumn(end, ChainBuilder.removal)
      add(.greatest(column), seen(gone, from: end, exchanged, isNamed: false))
    }
  }

  // MARK: Fields of the meeting itself

  /// A new value of the link's own field, or of what the pair remembers.
  private mutating func renew(_ binding: Binding) throws(Diagnostic) {
    let value = try lowering.lower(binding.value)
    for (column, node) in zip(try columns(of: binding.name, value, "", binding.value), value.components) {
      add(.own(column), node)
    }
  }

  /// Marks the links that go.
  private mutating func markOwn(_ text: Expression) throws(Diagnostic) {
    add(.mark(ChainBuilder.removal), try lowering.condition(text))
  }
}
