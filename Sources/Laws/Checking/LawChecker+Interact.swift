import Diagnostics
import Expressions

extension LawChecker {
  /// Where the expressions of a pass stand, for each combination of roles.
  func scopes(of pass: Interact) -> [Scope] {
    var base = Scope(place: place(of: pass.pairing), member: nil)
    for binding in pass.lets { base.lets[binding.name] = binding }
    base.isSwept = pass.swept != nil
    if case .linked(let links) = pass.pairing { return [linkScope(base, links)] }
    return pass.receivers.flatMap { receiver in
      pass.givers.map { giver in
        var scope = base
        scope.ends = ["i": Scope.End(role: receiver, letter: "i"), "j": Scope.End(role: giver, letter: "j")]
        if receiver != giver {
          scope.ends[receiver] = scope.ends["i"]
          scope.ends[giver] = scope.ends["j"]
        }
        return scope
      }
    }
  }

  private func place(of pairing: Pairing) -> Scope.Place {
    switch pairing {
    case .within: .within
    case .weight: .weight
    case .neighbours: .neighbours
    case .cell: .cell
    case .everywhere: .everywhere
    case .linked(let name): (law.role(name)?.ends?.count ?? 2) > 2 ? .longLinks : .linked
    }
  }

  /// Ends of a link are of the roles it names, else of the only role of particles, else of any species.
  private func linkScope(_ base: Scope, _ links: String) -> Scope {
    var scope = base
    scope.member = links
    let particles = law.roles.filter { $0.kind == .particles }
    let ends = law.role(links)?.ends ?? ["", ""]
    for (letter, name) in zip(["i", "j", "k", "l"], ends) {
      let role = !name.isEmpty ? name : particles.count == 1 ? particles[0].name : nil
      scope.ends[letter] = Scope.End(role: role ?? "", isAnySpecies: role == nil, letter: letter)
    }
    for role in Set(ends) where !role.isEmpty && ends.filter({ $0 == role }).count == 1 {
      scope.ends[role] = scope.ends.values.first { $0.role == role }
    }
    return scope
  }

  mutating func check(_ pass: Interact) {
    var access = PassAccess()
    checkKinds(pass)
    for scope in scopes(of: pass) {
      var checker = expressionChecker(scope)
      checkPairing(pass, &checker)
      checkConditions([pass.condition, pass.unlink, pass.remove, pass.require], with: &checker)
      checkLets(pass.lets, with: &checker)
      checkForces(pass, &checker, &access)
      checkSums(pass, &checker, &access)
      checkMemory(pass, &checker, &access)
      for (links, fields) in pass.link {
        for binding in fields { _ = check(binding, of: [links], verb: "link", with: &checker) }
      }
      for creation in pass.react?.create ?? [] { check(creation, with: &checker) }
      checkPlaces(of: pass, scope)
      access.add(checker)
      take(checker)
    }
    for (word, bindings) in [("min", pass.min), ("max", pass.max), ("a sequential pass", pass.sequential ? pass.add : [])] {
      for binding in bindings { for role in pass.receivers { blocked["\(role) \(binding.name)"] = word } }
    }
    if let place = pass.location { accesses[place] = access }
  }

  /// Free particles meet within a range, sites meet neighbours, and weights join the two.
  private mutating func checkKinds(_ pass: Interact) {
    let roles = (pass.receivers + pass.givers).compactMap { law.role($0) }
    switch pass.pairing {
    case .within, .cell, .everywhere:
      for role in roles where role.kind != .particles {
        report("\(pass.pairing.keyword) pairs particles, \(role.name) are none", at: pass.location)
      }
    case .neighbours:
      for role in roles where role.kind != .lattice {
        report("neighbours pairs sites of a lattice, \(role.name.isEmpty ? "the role" : role.name) is none", at: pass.location)
      }
      if pass.receivers != pass.givers { report("neighbours pairs sites of one lattice", hint: "drop from", at: pass.location) }
    case .weight:
      let lattices = roles.filter { $0.kind == .lattice }.count
      if lattices != 1 || roles.count != 2 {
        report(
          "weight pairs particles and the sites of one lattice", hint: "say for: and from:, one of them the lattice",
          at: pass.location)
      }
    case .linked: break
    }
  }

  private mutating func checkPairing(_ pass: Interact, _ checker: inout ExpressionChecker) {
    let length = ValueType(.scalar, named("length"))
    switch pass.pairing {
    case .within(let range): checker.expect(length, for: "a range", range)
    case .everywhere(let accuracy): checker.expectNumber(accuracy, for: "an accuracy")
    case .neighbours(let offsets):
      let found = checker.type(offsets)
      if case .array(let count, .vector) = found.kind {
        checker.indices["q"] = .some(count)
      } else if found.kind != .open {
        problems.add(
          offsets.diagnostic(
            "\(offsets.written) is \(found.kind.name), neighbours wants a list of steps",
            hint: "axes, faces, or a constant list of vectors"))
      }
    case .linked, .weight, .cell: break
    }
    if let offset = pass.offset { checker.expect(ValueType(.vector, named("length")), for: "offset", offset) }
    if let smooth = pass.smooth { checker.expect(length, for: "smooth", smooth) }
    if let swept = pass.swept { checkSwept(swept, pass) }
  }

  private mutating func checkForces(_ pass: Interact, _ checker: inout ExpressionChecker, _ access: inout PassAccess) {
    if let energy = pass.energy {
      checker.expect(ValueType(.scalar, named("energy")), for: "energy", energy)
      checkDerivative(energy, checker.scope)
    }
    for (name, term, kind) in [("force", pass.force, .vector), ("torque", pass.torque, ValueType.Kind(.axial, space: space))] {
      guard let term else { continue }
      checkRepeated(name, term)
      checker.expect(ValueType(kind, named(name)), for: name, term)
    }
    guard pass.energy != nil || pass.force != nil || pass.torque != nil else { return }
    for end in checker.scope.ends.values {
      if !end.isAnySpecies, types.field("force", role: end.role) == nil {
        report("a force acts on particles, \(end.role) are none", hint: "use add: {force: …} for one side", at: pass.location)
      }
      access.writes.insert(Access(role: end.role, name: "force", end: end.letter))
      if pass.torque != nil { access.writes.insert(Access(role: end.role, name: "torque", end: end.letter)) }
    }
  }

  // MARK: Sums

  private mutating func checkSums(_ pass: Interact, _ checker: inout ExpressionChecker, _ access: inout PassAccess) {
    let scope = checker.scope
    checkWrittenOnce(pass.sum + pass.add + pass.min + pass.max, scope: scope)
    for (verb, bindings) in [("sum", pass.sum), ("add", pass.add), ("min", pass.min), ("max", pass.max), ("rate", pass.rate)] {
      for binding in bindings {
        guard let end = receiver(of: binding, verb: verb, scope, pass) else { continue }
        if end.isAnySpecies {
          checkKnownTarget(binding, end, verb, &checker, &access)
          continue
        }
        for written in check(binding, of: [end.role], end: end.letter, verb: verb, perTime: verb == "rate", with: &checker) {
          access.writes.insert(
            verb == "rate" ? Access(role: written.role, name: "rate of " + written.name, end: written.end) : written)
        }
      }
    }
  }

  /// The end that receives: as named, else i.
  private mutating func receiver(of binding: Binding, verb: String, _ scope: Scope, _ pass: Interact) -> Scope.End? {
    if let index = binding.index, let end = scope.ends[index] { return end }
    let length = binding.name.count
    if scope.place == .longLinks {
      let letters = Set(scope.ends.values.map(\.letter)).sorted()
      let choices = letters.map { "\"\(binding.name)[\($0)]\"" }.joined(separator: ", ")
      report("\(binding.name) of which end?", hint: "write one of \(choices)", at: binding.location, length: length)
      return nil
    }
    guard let first = scope.ends["i"] else { return nil }
    if !first.isAnySpecies, types.field(binding.name, role: first.role) == nil, let other = scope.ends["j"] {
      if types.field(binding.name, role: other.role) != nil {
        report(
          "\(verb) writes \(binding.name) of \(other.role); the receiver is for",
          hint: "say for: \(other.role), from: \(first.role)", at: binding.location, length: length)
        return nil
      }
    }
    return first
  }

  /// Of ends of any species only the fields that everybody knows can be written.
  private mutating func checkKnownTarget(
    _ binding: Binding, _ end: Scope.End, _ verb: String, _ checker: inout ExpressionChecker, _ access: inout PassAccess
  ) {
    guard let field = types.knownField(binding.name) else {
      report(
        "\(binding.name): the ends may be of any species, which need not have it",
        hint: "name the role that the links join: links[ROLE, ROLE]", at: binding.location, length: binding.name.count)
      return
    }
    var wanted = field.type(space: space)
    if verb == "rate" { wanted.dimension = wanted.dimension.map { $0 / named("time") } }
    checker.expect(wanted, for: binding.name, binding.value)
    access.writes.insert(Access(role: end.role, name: (verb == "rate" ? "rate of " : "") + binding.name, end: end.letter))
  }

  // MARK: Memory

  private mutating func checkMemory(_ pass: Interact, _ checker: inout ExpressionChecker, _ access: inout PassAccess) {
    checkWrittenOnce(pass.memory, scope: Scope(place: .within))
    for binding in pass.memory {
      let isLink: Bool
      if case .linked = pass.pairing { isLink = true } else { isLink = false }
      let own = isLink ? checker.scope.member.flatMap { types.field(binding.name, role: $0) } : nil
      guard let field = own ?? types.memory(binding.name) else {
        let known = isLink ? checker.scope.member.map { types.fields(of: $0).map(\.name) } ?? [] : law.memory.map(\.name)
        let near = nearestNames(to: binding.name, among: known)
        let where_ =
          isLink
          ? "fields: {\(checker.scope.member ?? ""): {\(binding.name): DIMENSION}}" : "memory: {\(binding.name): DIMENSION}"
        report(
          "\(binding.name) is no \(isLink ? "field of the link" : "memory of the law")",
          hint: near.isEmpty ? "declare it: \(where_)" : "did you mean \(near.joined(separator: " or "))?", at: binding.location,
          length: binding.name.count)
        continue
      }
      checker.expect(field.type(space: space), for: binding.name, binding.value)
      access.writes.insert(Access(role: own == nil ? "memory" : checker.scope.member ?? "", name: binding.name, end: ""))
    }
  }
}
