import Diagnostics
import Expressions

// Claims, checks, and advice on holes.
extension LawChecker {
  mutating func checkClaims() {
    let known = ["energy", "momentum", "angular momentum", "mass", "charge"]
    let measured = law.measures.flatMap { $0.totals.map(\.name) } + law.measuredNames.sorted()
    for name in law.claims.conserves where !known.contains(name) && !measured.contains(name) {
      let hint = suggestion(for: name, among: known + measured)
      report("conserves \(name): there is no measure of this name", hint: hint, at: law.claims.location)
    }
  }

  mutating func checkHoles() {
    let names = Set(law.holeNames)
    for advice in law.holes where !names.contains(advice.name) {
      report(
        "holes: \(advice.name) is no hole of this law", hint: suggestion(for: advice.name, among: names), at: advice.location)
    }
  }

  mutating func check(_ item: Check) {
    guard let scope = scopeOfCheck(item) else { return }
    var checker = ExpressionChecker(types, scope)
    for binding in item.point {
      let name = Expression(.name(binding.name))
      let index = binding.index.map { Expression(.name($0)) }
      var probe = checker
      let function = types.parameter(binding.name)?.parameter.isFunction ?? false
      if !function { _ = probe.type(index.map { Expression(.index(name, [$0])) } ?? name) }
      if let problem = probe.problems.items.first(where: { !checker.problems.items.contains($0) }) {
        report(problem.message, hint: problem.hint, at: binding.location, length: binding.name.count)
      }
      _ = checker.type(binding.value)
    }
    for binding in item.expected { _ = checker.type(binding.value) }
    take(checker)
  }

  /// Where the pass stands that gives what a check expects.
  private mutating func scopeOfCheck(_ item: Check) -> Scope? {
    let wanted = item.expected.map(\.name)
    for pass in law.allItems {
      switch pass {
      case .propagate(let pass) where pass.gives(wanted):
        return scope(of: pass, role: pass.roles.first ?? "").dimensionless
      case .interact(let pass) where pass.gives(wanted):
        return scopes(of: pass).first?.dimensionless
      default: continue
      }
    }
    let names = wanted.joined(separator: ", ")
    report("no pass gives \(names)", hint: "a check names an outcome or a let of one pass", at: item.location)
    return nil
  }
}

extension Scope {
  fileprivate var dimensionless: Scope {
    var scope = self
    scope.ignoresDimensions = true
    return scope
  }
}

extension Propagate {
  func gives(_ names: [String]) -> Bool {
    var all = (assignments + rates + lets).map(\.name)
    if energy != nil { all += ["energy", "force"] }
    if force != nil { all.append("force") }
    if torque != nil { all.append("torque") }
    return names.allSatisfy { all.contains($0) }
  }
}

extension Interact {
  func gives(_ names: [String]) -> Bool {
    var all = (lets + sum + add + min + max + rate + memory).map(\.name)
    if energy != nil { all += ["energy", "force"] }
    if force != nil { all.append("force") }
    if torque != nil { all.append("torque") }
    return names.allSatisfy { all.contains($0) }
  }
}

extension Law {
  /// Every expression of the law's passes and measures.
  var expressions: [Expression] {
    allItems.flatMap(\.expressions) + measures.flatMap(\.expressions) + lets.map(\.value)
  }

  /// Names of the holes, in order of their first place; the nameless one is "".
  public var holeNames: [String] {
    var names = [String]()
    for expression in expressions {
      _ = expression.contains { term in
        if case .hole(let name, _) = term.node, name != "", !names.contains(name ?? "") { names.append(name ?? "") }
        return false
      }
    }
    return names
  }
}
