import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

extension PlanBuilder {
  /// Makes the kernels of a pass over links, one for each sort that plays their role, or of one over pairs that are listed one by one.
  mutating func meetings(_ pass: Interact, of use: LawUse, adjoints: Set<String> = []) throws(Diagnostic) -> [Int] {
    try pass.refuseSelfInOthersThanSums()
    return try meetings(pass, of: use) { (builder, plan, listing) throws(Diagnostic) in
      builder.adjoints = adjoints
      return try plan.build(&builder, listing: listing)
    }
  }

  /// Makes the kernels of the reverse of a pass over links, or over pairs that are listed one by one.
  mutating func reverse(meetings pass: Interact, of use: LawUse, _ adjoint: Adjoint) throws(Diagnostic) -> [Int] {
    try meetings(pass, of: use) { (builder, plan, listing) throws(Diagnostic) in
      try builder.buildReverse(named: plan.nextMeeting, of: adjoint, listing: listing)
    }
  }

  private var nextMeeting: String { "mote_meeting_\(plan.meetings.count)" }

  private mutating func meetings(
    _ pass: Interact, of use: LawUse,
    build: (inout MeetingBuilder, inout PlanBuilder, Int) throws(Diagnostic) -> MeetingPass
  ) throws(Diagnostic) -> [Int] {
    guard case .linked(let role) = pass.pairing else { return [try listed(pass, of: use, build: build)] }
    var made: [Int] = []
    for links in fields.populations(of: use.roles[role] ?? []) {
      var builder = MeetingBuilder(links, playing: role, of: pass, use, fields: fields, noisePlace: noisePlace)
      plan.meetings.append(try build(&builder, &self, 0))
      addWorkColumns(builder.ownFields, of: links.index)
      made.append(plan.meetings.count - 1)
    }
    return made
  }

  /// Gives columns to the members of a population that passes work with.
  mutating func addWorkColumns(_ columns: [(name: String, components: Int)], of population: Int) {
    for (name, components) in columns { plan.workColumns[population, default: [:]][name] = components }
  }

  private mutating func listed(
    _ pass: Interact, of use: LawUse,
    build: (inout MeetingBuilder, inout PlanBuilder, Int) throws(Diagnostic) -> MeetingPass
  ) throws(Diagnostic) -> Int {
    let memory = use.law.memory.map { declaration in
      FieldTable.Field(
        name: declaration.name, shape: declaration.type.shape, components: declaration.type.shape.components(space: fields.space),
        dimension: .one, owner: use.name)
    }
    var builder = MeetingBuilder(pairs: pass, of: use, fields: fields, memory: memory, noisePlace: noisePlace)
    let range = if case .within(let range) = pass.pairing { "\(range)" } else { "" }
    let key = "\(use.name) \(range) \(pass.receivers) \(pass.givers)"
    let listing = plan.listings.firstIndex { $0.key == key } ?? plan.listings.count
    let made = try build(&builder, &self, listing)
    plan.meetings.append(made)
    let index = plan.meetings.count - 1
    if listing == plan.listings.count {
      plan.listings.append(
        PairListing(
          key: key, range: builder.bound, receives: receives(pass, use), speciesCount: fields.speciesNames.count,
          fields: memory.map { ($0.name, $0.components) }, memory: memory.map(\.name), marks: []))
    }
    plan.listings[listing].add(builder.ownFields, marks: builder.marks)
    if pass.includesSelf { plan.meetings[index].itself = try itself(pass, of: use, builder.meetThemselves, memory) }
    return index
  }

  /// The kernels of what members give themselves in a pass over listed pairs; nil if it is nothing.
  private mutating func itself(
    _ pass: Interact, of use: LawUse, _ mask: UInt64, _ memory: [FieldTable.Field]
  ) throws(Diagnostic) -> (before: Int, after: Int)? {
    guard mask != 0 else { return nil }
    var before = newChain(of: Population.particles), after = newChain(of: Population.particles)
    try before.addMeetingOneself(pass, of: use, mask: mask, aside: true, remembering: memory, noisePlace: &noisePlace)
    let names = (pass.sumsReplaced + pass.sumsAdded).map(\.name)
    for (name, components) in after.addWhatIsAside(for: names, mask: mask) {
      addWorkColumns([(name, components)], of: Population.particles)
    }
    guard let first = finish(&before), let second = finish(&after) else { return nil }
    return (first.kernel, second.kernel)
  }

  private mutating func build(_ builder: inout MeetingBuilder, listing: Int) throws(Diagnostic) -> MeetingPass {
    let name = nextMeeting
    builder.odd = oddFields[builder.use.name] ?? []
    var pass = try builder.build(named: name, listing: listing, noisePlace: &noisePlace)
    if let tail = builder.tail { plan.tails.append(tail) }
    if let noting = builder.noting(named: name + "_near", listing: listing) {
      pass.noting = plan.meetings.count
      plan.meetings.append(noting)
    }
    oddFields[builder.use.name] = builder.odd
    return pass
  }

  /// For species i and j, row by row, 1 if i plays a role that receives and j one that gives.
  private func receives(_ pass: Interact, _ use: LawUse) -> [UInt8] {
    func players(_ roles: [String]) -> Set<String> { Set(roles.flatMap { use.roles[$0] ?? [] }) }
    let receivers = players(pass.receivers), givers = players(pass.givers)
    return fields.speciesNames.flatMap { i in
      fields.speciesNames.map { j in receivers.contains(i) && givers.contains(j) ? 1 : 0 }
    }
  }
}

extension PairListing {
  mutating func add(_ more: [(name: String, components: Int)], marks moreMarks: [Int]) {
    for field in more where !fields.contains(where: { $0.name == field.name }) { fields.append(field) }
    for links in moreMarks where !marks.contains(links) { marks.append(links) }
  }
}

extension Interact {
  /// True if pairs within a range must be visited one by one: where they remember, make, break or replace something, or some do
  /// not meet, or where their ids count, which floats do not hold.
  func needsListedPairs(_ law: Law) -> Bool {
    guard case .within = pairing else { return false }
    return !memory.isEmpty || !link.isEmpty || react != nil || except != nil || sequential
      || !law.names(in: expressions, lets: lets).isDisjoint(with: law.memory.map(\.name) + ["id"])
  }
}
