import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

extension PlanBuilder {
  /// Makes the kernel of a pass over links, or over pairs that are listed one by one; nil if no species plays the role of the links.
  mutating func meetings(_ pass: Interact, of use: LawUse, adjoints: Set<String> = []) throws(Diagnostic) -> Int? {
    try meetings(pass, of: use) { (builder, plan, listing) throws(Diagnostic) in
      builder.adjoints = adjoints
      return try plan.build(&builder, listing: listing)
    }
  }

  /// Makes the kernel of the reverse of a pass over links, or over pairs that are listed one by one.
  mutating func reverse(meetings pass: Interact, of use: LawUse, _ adjoint: Adjoint) throws(Diagnostic) -> Int? {
    try meetings(pass, of: use) { (builder, plan, listing) throws(Diagnostic) in
      try builder.buildReverse(named: plan.nextMeeting, of: adjoint, listing: listing)
    }
  }

  private var nextMeeting: String { "mote_meeting_\(plan.meetings.count)" }

  private mutating func meetings(
    _ pass: Interact, of use: LawUse,
    build: (inout MeetingBuilder, inout PlanBuilder, Int) throws(Diagnostic) -> MeetingPass
  ) throws(Diagnostic) -> Int? {
    guard case .within(let range) = pass.pairing else {
      guard var builder = MeetingBuilder(links: pass, of: use, fields: fields, noisePlace: noisePlace) else { return nil }
      let made = try build(&builder, &self, 0)
      plan.meetings.append(made)
      return plan.meetings.count - 1
    }
    let memory = use.law.memory.map { declaration in
      FieldTable.Field(
        name: declaration.name, shape: declaration.type.shape, components: declaration.type.shape.components(space: fields.space),
        dimension: .one, owner: use.name)
    }
    var builder = MeetingBuilder(pairs: pass, of: use, fields: fields, memory: memory, noisePlace: noisePlace)
    let key = "\(use.name) \(range) \(pass.receivers) \(pass.givers)"
    let listing = plan.listings.firstIndex { $0.key == key } ?? plan.listings.count
    let made = try build(&builder, &self, listing)
    plan.meetings.append(made)
    if listing == plan.listings.count {
      plan.listings.append(
        PairListing(
          key: key, range: builder.bound, receives: receives(pass, use), speciesCount: fields.speciesNames.count,
          fields: memory.map { ($0.name, $0.components) }, memory: memory.map(\.name), marks: []))
    }
    plan.listings[listing].add(builder.ownFields, marks: builder.marks)
    return plan.meetings.count - 1
  }

  private mutating func build(_ builder: inout MeetingBuilder, listing: Int) throws(Diagnostic) -> MeetingPass {
    let name = nextMeeting
    builder.odd = oddFields[builder.use.name] ?? []
    var pass = try builder.build(named: name, listing: listing, noisePlace: &noisePlace)
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
  /// not meet.
  func needsListedPairs(_ law: Law) -> Bool {
    guard case .within = pairing else { return false }
    return !memory.isEmpty || !link.isEmpty || react != nil || except != nil || sequential
      || !names.isDisjoint(with: law.memory.map(\.name))
  }
}
