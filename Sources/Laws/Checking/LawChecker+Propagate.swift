import Diagnostics
import Expressions

extension LawChecker {
  func scope(of pass: Propagate, role: String) -> Scope {
    var scope = Scope(place: pass.waves ? .waves : .propagate, member: role)
    for binding in pass.lets { scope.lets[binding.name] = binding }
    return scope
  }

  mutating func check(_ pass: Propagate) {
    var access = PassAccess()
    checkWrittenOnce(pass.assignments, scope: Scope(place: .propagate))
    for role in pass.roles {
      let scope = scope(of: pass, role: role)
      var checker = expressionChecker(scope)
      checkConditions([pass.condition, pass.remove, pass.require], with: &checker)
      checkLets(pass.lets, with: &checker)
      for binding in pass.assignments {
        access.writes.formUnion(check(binding, of: [role], verb: "", with: &checker))
      }
      checkForces(pass, role, &checker, &access)
      for creation in pass.create { check(creation, with: &checker) }
      checkPlaces(of: pass, role: role, scope)
      if pass.waves { checkWaves(pass, role, scope) }
      access.add(checker)
      take(checker)
    }
    if let place = pass.location { accesses[place] = access }
  }

  mutating func checkConditions(_ conditions: [Expression?], with checker: inout ExpressionChecker) {
    for condition in conditions.compactMap({ $0 }) { checker.condition(condition) }
  }

  private mutating func checkForces(
    _ pass: Propagate, _ role: String, _ checker: inout ExpressionChecker, _ access: inout PassAccess
  ) {
    for binding in pass.rates {
      let written = check(binding, of: [role], verb: "rate", perTime: true, with: &checker)
      access.writes.formUnion(written.map { Access(role: $0.role, name: "rate of " + $0.name, end: "") })
    }
    if let energy = pass.energy {
      checker.expect(ValueType(.scalar, named("energy")), for: "energy", energy)
      checkDerivative(energy, checker.scope)
      access.writes.insert(Access(role: role, name: "force", end: ""))
    }
    for (name, term, kind) in [("force", pass.force, .vector), ("torque", pass.torque, ValueType.Kind(.axial, space: space))] {
      guard let term else { continue }
      if types.field(name, role: role) == nil {
        problems.add(term.diagnostic("\(name) acts on particles, \(role) are none"))
      }
      checkRepeated(name, term)
      checker.expect(ValueType(kind, named(name)), for: name, term)
      access.writes.insert(Access(role: role, name: name, end: ""))
    }
  }

  mutating func check(_ creation: Creation, with checker: inout ExpressionChecker) {
    if let number = creation.number { checker.expectNumber(number, for: "number") }
    checkWrittenOnce(creation.fields, scope: Scope(place: .propagate))
    for binding in creation.fields {
      _ = check(binding, of: [creation.species], verb: "create", with: &checker)
    }
  }

  // MARK: Fourier amplitudes

  /// Each wave vector is alone: right-hand sides are linear in the fields.
  private mutating func checkWaves(_ pass: Propagate, _ role: String, _ scope: Scope) {
    if law.role(role)?.kind != .lattice { report("waves: \(role.isEmpty ? "the role" : role) is no lattice", at: pass.location) }
    for binding in pass.assignments {
      var degrees = Degrees(types: types, scope: scope, role: role)
      if degrees.degree(binding.value) != 1, let term = degrees.culprit ?? .some(binding.value) {
        problems.add(term.diagnostic("\(term.written): a pass with waves must be linear in the fields"))
      }
    }
  }
}

/// Finds how often the fields of a lattice are multiplied in an expression: 0, 1, or more.
private struct Degrees {
  let types: LawTypes
  let scope: Scope
  let role: String
  /// The first term that is not linear.
  var culprit: Expression?
  private var known: [String: Int] = [:]

  init(types: LawTypes, scope: Scope, role: String) {
    self.types = types
    self.scope = scope
    self.role = role
  }

  mutating func degree(_ term: Expression) -> Int {
    switch term.node {
    case .number, .hole, .fixedSum: return 0
    case .name(let name): return degreeOfName(name)
    case .prefix(_, let operand): return degree(operand)
    case .binary(.add, let a, let b), .binary(.subtract, let a, let b):
      let (x, y) = (degree(a), degree(b))
      // 0 may be added to a field, a constant may not.
      let isZero = a.node == .number(0) || b.node == .number(0)
      return x == y || isZero ? max(x, y) : notLinear(term)
    case .binary(.multiply, let a, let b):
      let sum = degree(a) + degree(b)
      return sum > 1 ? notLinear(term) : sum
    case .binary(.divide, let a, let b): return degree(b) > 0 ? notLinear(term) : degree(a)
    case .call(let callee, let arguments) where callee.node == .name("if") && arguments.count == 3:
      return degree(arguments[0]) > 0 ? notLinear(term) : max(degree(arguments[1]), degree(arguments[2]))
    default:
      let parts = term.terms.map { degree($0) }
      guard parts.contains(where: { $0 > 0 }) else { return 0 }
      if case .member = term.node { return 1 }
      if case .vector = term.node { return 1 }
      return notLinear(term)
    }
  }

  private mutating func degreeOfName(_ name: String) -> Int {
    if let binding = scope.lets[name] ?? types.law.lets.first(where: { $0.name == name }),
      types.field(name, role: role) == nil || scope.lets[name] != nil
    {
      if let found = known[name] { return found }
      known[name] = 0
      let found = degree(binding.value)
      known[name] = found
      return found
    }
    return types.field(name, role: role) == nil ? 0 : 1
  }

  private mutating func notLinear(_ term: Expression) -> Int {
    culprit = culprit ?? term
    return 2
  }
}
