import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Gathers passes over the same pairs and makes one kernel of them.
struct PairBuilder {
  var graph = Graph()
  var parts: [PairKernel.Part] = []
  private var tails: [Tail] = []
  var adds: [Bool] = []
  var names: [String] = []
  let fields: FieldTable

  init(fields: FieldTable) { self.fields = fields }

  var isEmpty: Bool { parts.isEmpty }
  /// Fields that the gathered passes sum into.
  var writes: Set<String> { Set(parts.flatMap { $0.sums.map(\.column.field) }) }

  /// Adds a pass `within`, or `everywhere`, which has no range; its energy also gives the adjoints of the fields that have one.
  mutating func add(
    _ pass: Interact, of use: LawUse, adjoints: Set<String> = [], noisePlace: inout Int
  ) throws(Diagnostic) {
    let rangeText: Expression?
    switch pass.pairing {
    case .within(let text): rangeText = text
    case .everywhere: rangeText = nil
    default: return
    }
    try refuseWhatIsNotRun(pass)
    let scope = Scope(use, .pair, fields: fields, lets: pass.lets)
    var lowering = scope.lowering(on: graph, noisePlace: noisePlace)
    let range = try rangeText.map { (text) throws(Diagnostic) in try lowering.scalar(text) } ?? lowering.graph.constant(.infinity)
    var part = PairKernel.Part(range: range, condition: try condition(pass, use, &lowering))
    if let text = pass.energy {
      try add(energy: text, of: pass, use, to: &part, &lowering)
      if let energy = part.energy { addAdjoints(of: energy, by: adjoints, to: &part, &lowering.graph) }
    }
    if let text = pass.force {
      let force = try lowering.lower(text)
      try checkOpposite(force.components, text, &lowering)
      part.force = force.components
    }
    for binding in pass.sum { try add(binding, replacing: true, to: &part, pass, use, &lowering) }
    for binding in pass.add { try add(binding, replacing: false, to: &part, pass, use, &lowering) }
    for binding in pass.rate {
      var rate = binding
      rate.name = ChainBuilder.rateName(binding.name)
      try add(rate, replacing: false, to: &part, pass, use, &lowering)
    }
    parts.append(part)
    names.append(use.law.name)
    graph = lowering.graph
    noisePlace = lowering.noisePlace
  }

  private func refuseWhatIsNotRun(_ pass: Interact) throws(Diagnostic) {
    let present: [(String, Bool)] = [
      ("torque", pass.torque != nil), ("min", !pass.min.isEmpty), ("max", !pass.max.isEmpty), ("memory", !pass.memory.isEmpty),
      ("link", !pass.link.isEmpty), ("unlink", pass.unlink != nil), ("react", pass.react != nil),
      ("remove", pass.remove != nil), ("require", pass.require != nil), ("sequential", pass.sequential),
      ("self", pass.includesSelf), ("except", pass.except != nil),
    ]
    if let (name, _) = present.first(where: \.1) {
      throw Diagnostic("`\(name)` of a pass with `within` is checked, but this version does not run it yet", at: pass.location)
    }
  }

  // MARK: Who takes part

  /// The condition of the pass, and that the ends play its roles.
  func condition(_ pass: Interact, _ use: LawUse, _ lowering: inout Lowering) throws(Diagnostic) -> NodeID? {
    let condition = try pass.condition.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    let either = Self.players(mask(pass.receivers, use), mask(pass.givers, use), all: fields.everySpecies, in: &lowering.graph)
    guard let condition, let either else { return condition ?? either }
    return lowering.graph.and(condition, either)
  }

  /// That one end plays the first role and the other the second, either way round; nil if everybody plays both.
  static func players(_ receivers: UInt64, _ givers: UInt64, all: UInt64, in graph: inout Graph) -> NodeID? {
    guard receivers != all || givers != all else { return nil }
    let forward = member(receivers, "i", givers, "j", &graph), backward = member(receivers, "j", givers, "i", &graph)
    return graph.or(forward, backward)
  }

  private func mask(_ roles: [String], _ use: LawUse) -> UInt64 {
    roles.reduce(0) { $0 | fields.mask(of: use.roles[$1] ?? []) }
  }

  private static func member(_ one: UInt64, _ i: String, _ other: UInt64, _ j: String, _ graph: inout Graph) -> NodeID {
    let first = membership(one, end: i, in: &graph), second = membership(other, end: j, in: &graph)
    return graph.condition(graph.multiply(first, second))
  }

  /// 1 for species of the mask, else 0: a table per species.
  static func membership(_ mask: UInt64, end: String, in graph: inout Graph) -> NodeID {
    graph.input(Input(.parameter, "\(membershipPrefix)\(mask)", end: end))
  }
  static let membershipPrefix = "species in "

  // MARK: Energies and forces

  private mutating func add(
    energy text: Expression, of pass: Interact, _ use: LawUse, to part: inout PairKernel.Part, _ lowering: inout Lowering
  ) throws(Diagnostic) {
    let raw = try lowering.scalar(text)
    let (parity, _) = lowering.graph.parity(of: raw)
    if parity != .even {
      throw text.diagnostic(
        "energy changes when i and j are exchanged",
        hint: "an energy of a pair is seen alike from both ends: use min, max, sums or products of both ends' fields")
    }
    let cut = Cutoff(pass, use, range: part.range)
    let energy = try cut.apply(to: raw, &lowering, at: text)
    part.energy = energy
    part.force = lowering.graph.gradientBySeparation(of: energy, space: fields.space).map { lowering.graph.negate($0) }
    if cut.hasTail {
      let square = lowering.graph.input(Input(.distanceSquared))
      let slope = lowering.graph.derivative(of: raw, by: square)
      tails.append(Tail(graph: lowering.graph, energy: raw, slope: slope, range: part.range))
    }
  }

  private func checkOpposite(_ force: [NodeID], _ text: Expression, _ lowering: inout Lowering) throws(Diagnostic) {
    for node in force where lowering.graph.constant(node) != 0 {
      if lowering.graph.parity(of: node).0 != .odd {
        throw text.diagnostic("force is not opposite when i and j are exchanged", hint: "use add: {force: …} if it is meant")
      }
    }
  }

  // MARK: Sums

  private mutating func add(
    _ binding: Binding, replacing: Bool, to part: inout PairKernel.Part, _ pass: Interact, _ use: LawUse,
    _ lowering: inout Lowering
  ) throws(Diagnostic) {
    for (column, own, other) in try terms(of: binding, pass, use, &lowering) {
      add(column, own, other, replacing: replacing, to: &part, &lowering.graph)
    }
  }

  /// A sum into a column: what i gets from the pair, and j.
  mutating func add(
    _ column: Column, _ own: NodeID, _ other: NodeID, replacing: Bool, to part: inout PairKernel.Part, _ graph: inout Graph
  ) {
    let parity: Parity = own == other ? .even : own == graph.negate(other) ? .odd : .none
    part.sums.append((column, own, other, parity))
    adds.append(!replacing)
  }

  /// What a pair adds to the columns of a field of i, and of j where the ends play the roles the other way round.
  func terms(
    of binding: Binding, _ pass: Interact, _ use: LawUse, _ lowering: inout Lowering
  ) throws(Diagnostic) -> [(column: Column, own: NodeID, other: NodeID)] {
    guard let field = fields[binding.name] else { throw binding.value.diagnostic("\(binding.name) is no field") }
    let value = try lowering.lower(binding.value)
    guard value.components.count == field.components else {
      throw binding.value.diagnostic("\(binding.name) is a \(field.shape), this is a \(value.shape)")
    }
    let receivers = mask(pass.receivers, use), givers = mask(pass.givers, use), all = fields.everySpecies
    return value.components.enumerated().map { component, node in
      var own = lowering.graph.number(node)
      var other = lowering.graph.exchangingEnds(own)
      if receivers != all || givers != all {
        let zero = lowering.graph.constant(0)
        own = lowering.graph.select(Self.member(receivers, "i", givers, "j", &lowering.graph), own, zero)
        other = lowering.graph.select(Self.member(receivers, "j", givers, "i", &lowering.graph), other, zero)
      }
      return (Column(field.name, component), own, other)
    }
  }

  // MARK: The kernel

  /// The group of everything gathered.
  func finish(precision: Scene.Precision) -> PairGroup {
    let kernel = PairKernel(
      comment: names.joined(separator: " + "), graph: graph, parts: parts, space: fields.space, double: precision == .double,
      species: fields.speciesNames.count, rate: Rates.pairs(species: fields.speciesNames.count))
    return PairGroup(
      kernel: kernel, adds: adds, range: RangeBound(graph: graph, nodes: parts.map(\.range)), tails: tails, names: names)
  }
}
