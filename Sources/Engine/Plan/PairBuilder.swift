import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Gathers passes over the same pairs and makes one kernel of them.
struct PairBuilder {
  var graph = Graph()
  var parts: [PairKernel.Part] = []
  var targets: [PairTarget] = []
  var tails: [Tail] = []
  private(set) var names: [String] = []
  private var itself: ChainBuilder
  private(set) var requirement: String?
  /// For each species those that it meets, one bit for each.
  private var meets: [UInt64]
  /// For each species those that it receives from.
  private var hears: [UInt64]
  let fields: FieldTable

  init(fields: FieldTable) {
    self.fields = fields
    itself = ChainBuilder(fields: fields, rateFields: [])
    meets = fields.speciesNames.map { _ in 0 }
    hears = meets
  }

  var isEmpty: Bool { parts.isEmpty }
  /// Fields that the gathered passes write, beside the force.
  var writes: Set<String> {
    Set(parts.flatMap { $0.sums.map(\.column.field) + $0.extremes.map(\.column.field) })
  }

  /// Whether a pass can share the loop: it reads nothing that the gathered ones write, and replaces nothing that they write.
  func takes(_ pass: Interact, of use: LawUse) -> Bool {
    let replaced = Set((pass.sum + pass.min + pass.max).map(\.name))
    return writes.isDisjoint(with: use.namesRead(by: pass)) && writes.isDisjoint(with: replaced)
      && Set(targets.filter { $0.clears != 0 }.map(\.column.field)).isDisjoint(with: pass.add.map(\.name))
      && (requirement == nil || pass.require == nil) && (!pass.includesSelf || itself.isEmpty)
  }

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
    let scope = Scope(use, .pair, fields: fields, lets: pass.lets, ends: pass.ends(in: fields))
    var lowering = scope.lowering(on: graph, noisePlace: noisePlace)
    let ends = try PairEnds(pass, use, range: rangeText, fields: fields, &lowering)
    guard ends.receivers != 0 else { return }
    var part = PairKernel.Part(range: ends.range, condition: ends.shared)
    if let text = pass.energy {
      try add(energy: text, of: pass, use, ends, to: &part, &lowering)
      if let energy = part.energy { addAdjoints(of: energy, by: adjoints, to: &part, &lowering.graph) }
    }
    if let text = pass.force { try add(force: text, ends, to: &part, &lowering) }
    try addSums(of: pass, ends, to: &part, &lowering)
    try addExtremes(of: pass, ends, to: &part, &lowering)
    noisePlace = lowering.noisePlace
    if pass.includesSelf {
      try itself.addMeetingOneself(pass, of: use, mask: ends.receivers & ends.givers, noisePlace: &noisePlace)
    }
    requirement = pass.require?.written ?? requirement
    append(part, ends, named: use.law.name)
    graph = lowering.graph
  }

  /// Adds what the pairs of these ends give.
  mutating func append(_ part: PairKernel.Part, _ ends: PairEnds, named name: String) {
    for species in meets.indices {
      if ends.receivers >> UInt64(species) & 1 != 0 {
        meets[species] |= ends.givers
        hears[species] |= ends.givers
      }
      if ends.givers >> UInt64(species) & 1 != 0 { meets[species] |= ends.receivers }
    }
    parts.append(part)
    names.append(name)
  }

  private func refuseWhatIsNotRun(_ pass: Interact) throws(Diagnostic) {
    // Passes `within` that remember, join or react are no loops over lists of clusters.
    let present: [(String, Bool)] = [
      ("memory", !pass.memory.isEmpty), ("link", !pass.link.isEmpty), ("react", pass.react != nil),
    ]
    if let (name, _) = present.first(where: \.1) {
      throw Diagnostic(
        "`\(name)` wants pairs that can be kept one by one, not all of them", hint: "say within: RANGE", at: pass.location)
    }
    try pass.refuseSelfInOthersThanSums()
  }

  // MARK: The kernel

  /// The group of everything gathered; `itself` is what members give themselves, as a chain of passes over single particles.
  func finish(precision: Scene.Precision, _ parameters: ParameterTable) -> (group: PairGroup, itself: ChainBuilder) {
    let kernel = PairKernel(
      comment: names.joined(separator: " + "), graph: graph, parts: parts, space: fields.space, double: precision == .double,
      species: fields.speciesNames.count, isHalf: !isOneWay, sharesIntervals: parameters.shareIntervals,
      rate: Rates.pairs(species: fields.speciesNames.count))
    let allMeet = fields.speciesNames.indices.allSatisfy {
      fields.everySpecies >> UInt64($0) & 1 == 0 || meets[$0] == fields.everySpecies
    }
    let group = PairGroup(
      kernel: kernel, targets: targets, range: RangeBound(graph: graph, nodes: parts.map(\.range)), names: names,
      everySpecies: fields.everySpecies, meets: allMeet ? [] : isOneWay ? hears : meets, requirement: requirement)
    return (group, itself)
  }

  /// Whether pairs give nothing but sums, and who receives gives nothing: then a pair is met from one end alone.
  private var isOneWay: Bool {
    guard parts.allSatisfy({ $0.energy == nil && $0.force == nil && $0.extremes.isEmpty }) else { return false }
    let receivers = hears.indices.reduce(UInt64(0)) { hears[$1] == 0 ? $0 : $0 | 1 << UInt64($1) }
    return hears.allSatisfy { $0 & receivers == 0 }
  }
}

extension LawUse {
  /// Names of fields that a pass may read, with those behind abbreviations of the law.
  func namesRead(by pass: Interact) -> Set<String> {
    var names = expanded(pass.names)
    if names.contains("u") { names.insert("velocity") }
    return names
  }

  /// Names of fields that a pass may read, with those behind abbreviations of the law.
  func namesRead(by pass: Propagate) -> Set<String> { expanded(pass.names) }

  private func expanded(_ names: Set<String>) -> Set<String> {
    var found: Set<String> = [], open = Array(names)
    while let name = open.popLast() {
      guard found.insert(name).inserted else { continue }
      for binding in law.lets where binding.name == name { open += binding.value.names }
    }
    return found
  }
}

extension Interact {
  /// Members that meet themselves give themselves sums, and nothing else.
  func refuseSelfInOthersThanSums() throws(Diagnostic) {
    let others: [Expression?] = [energy, force, torque, remove, require]
    if includesSelf, others.contains(where: { $0 != nil }) || !min.isEmpty || !max.isEmpty || sequential {
      throw Diagnostic("self: true is for sums", hint: "give what is no sum a pass of its own", at: location)
    }
  }

  /// What may stand in brackets after a name: `i`, `j`, and roles that only one of them has.
  func ends(in fields: FieldTable) -> [String: Scope.End] {
    let (i, j) = (Scope.End(name: "i", fields: fields), Scope.End(name: "j", fields: fields))
    var ends = ["i": i, "j": j]
    for role in receivers where !givers.contains(role) { ends[role] = i }
    for role in givers where !receivers.contains(role) { ends[role] = j }
    return ends
  }
}
