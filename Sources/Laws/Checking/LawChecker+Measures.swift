import Diagnostics
import Expressions

extension LawChecker {
  mutating func check(_ measure: Measure, isLogged: Bool) {
    var access = PassAccess()
    for (index, scope) in scopes(of: measure, isLogged: isLogged).enumerated() {
      var members = scope
      members.readsMembers = true
      members.takesTotals = false
      var checker = expressionChecker(members)
      if case .within(let range) = measure.pairing { checker.expect(ValueType(.scalar, named("length")), for: "a range", range) }
      checkConditions([measure.condition], with: &checker)
      checkLets(measure.lets, with: &checker)
      access.add(checker)
      take(checker)
      for total in measure.totals { check(total, scope, isFirst: index == 0, &access) }
    }
    if let place = measure.location { accesses[place] = access }
  }

  private mutating func check(_ total: Binding, _ scope: Scope, isFirst: Bool, _ access: inout PassAccess) {
    if let meaning = KnownNames.meaning(of: total.name), isFirst {
      report("measure \(total.name): \(meaning)", hint: "choose another name", at: total.location, length: total.name.count)
      return
    }
    var checker = expressionChecker(scope)
    let found = checker.type(total.value)
    if let known = types.totals[total.name], known.kind != .open, found.kind != .open, known.dimension != found.dimension,
      found.dimension != nil
    {
      report(
        "\(total.name) is measured as \(checker.words(known.dimension)) and as \(checker.words(found.dimension))",
        at: total.location,
        length: total.name.count)
    }
    types.totals[total.name] = found
    access.add(checker)
    access.writes.insert(Access(role: "world", name: total.name, end: ""))
    take(checker)
  }

  private func scopes(of measure: Measure, isLogged: Bool) -> [Scope] {
    var base = Scope(place: .measure, member: nil, readsMembers: false, takesTotals: true, takesSeries: isLogged)
    base.ignoresDimensions = ignoresDimensionsOfTotals
    for binding in measure.lets { base.lets[binding.name] = binding }
    if let pairing = measure.pairing {
      let pass = Interact(receivers: measure.receiversOfPairs, givers: measure.givers, pairing: pairing)
      return scopes(of: pass).map { pair in
        var scope = base
        (scope.ends, scope.member) = (pair.ends, pair.member)
        return scope
      }
    }
    guard !measure.roles.isEmpty else { return [base] }
    return measure.roles.map { role in
      var scope = base
      scope.member = role
      return scope
    }
  }
}

extension Measure {
  fileprivate var receiversOfPairs: [String] { roles }
}
