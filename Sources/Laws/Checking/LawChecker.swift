import Diagnostics
import Expressions

/// Checks a law for boxes of one number of dimensions, item after item.
struct LawChecker {
  let law: Law
  var types: LawTypes
  var problems = Diagnostics()
  var accesses: [SourceLocation: PassAccess] = [:]
  /// Fields through which no derivative goes, and the word that wrote them.
  var blocked: [String: String] = [:]
  /// What the holes found so far are, by name.
  var holes: [String: HoleType] = [:]
  /// Whether a number in a total may stand for any dimension, as with reduced units.
  var ignoresDimensionsOfTotals = false
  private var running: [String] = []
  private var walkedParts: Set<String> = []

  init(_ law: Law, space: Int) {
    self.law = law
    types = LawTypes(law, space: space)
  }

  var space: Int { types.space }

  mutating func run() {
    checkDeclarations()
    walk(law.start)
    walk(law.passes)
    for measure in law.measures { check(measure, isLogged: true) }
    checkClaims()
    for item in law.checks { check(item) }
    checkHoles()
  }

  private mutating func walk(_ items: [Item]) {
    for item in items {
      switch item {
      case .propagate(let pass): check(pass)
      case .interact(let pass): check(pass)
      case .measure(let measure): check(measure, isLogged: false)
      case .forces(let forces):
        if let at = forces.at { checkWorld(at) { $0.expect(LawChecker.time, for: "at", at) } }
      case .slot, .use: break
      case .repeat(let loop): check(loop)
      case .require(let condition): checkWorld(condition) { $0.condition(condition) }
      case .part(let name): walkPart(name)
      }
    }
  }

  /// A part means the same wherever it runs, so that it is looked at once.
  private mutating func walkPart(_ name: String) {
    if running.contains(name) {
      let place = SourceLocation(file: law.file, line: 1, column: 1)
      problems.add(Diagnostic("part \(name) runs itself", hint: "parts may not recurse", at: place))
      return
    }
    guard walkedParts.insert(name).inserted else { return }
    running.append(name)
    walk(law.parts[name] ?? [])
    running.removeLast()
  }

  private mutating func check(_ loop: Repeat) {
    if let times = loop.times { checkWorld(times) { $0.expect(.integer, for: "times", times) } }
    if let limit = loop.limit { checkWorld(limit) { $0.expect(.integer, for: "limit", limit) } }
    if let dt = loop.dt { checkWorld(dt) { $0.expect(LawChecker.time, for: "dt", dt) } }
    walk(loop.passes)
    if let until = loop.until { checkWorld(until) { $0.condition(until) } }
  }

  private static let time = ValueType.scalar(Dimension(time: 1))

  // MARK: Expressions

  /// Checks an expression that knows the world alone.
  private mutating func checkWorld(_ term: Expression, _ check: (inout ExpressionChecker) -> Void) {
    var checker = expressionChecker(Scope(place: .world, member: nil))
    check(&checker)
    take(checker)
  }

  /// A checker of expressions in a place, which knows the holes found before.
  func expressionChecker(_ scope: Scope) -> ExpressionChecker {
    var checker = ExpressionChecker(types, scope)
    checker.holes = holes
    return checker
  }

  /// Keeps what an expression's checker found.
  mutating func take(_ checker: ExpressionChecker) {
    for item in checker.problems.items { problems.add(item) }
    holes.merge(checker.holes) { first, _ in first }
  }

  mutating func report(_ message: String, hint: String = "", at place: SourceLocation?, length: Int = 1) {
    problems.add(Diagnostic(message, hint: hint, at: place, length: length))
  }

  func named(_ name: String, _ exponent: Rational = Rational(1)) -> OpenDimension {
    OpenDimension((Dimension.named(name, space: space) ?? .one).power(exponent))
  }

  // MARK: What is written

  /// Checks `field: expression` for a field of these roles, and returns what it writes.
  mutating func check(
    _ binding: Binding, of roles: [String], end: String = "", verb: String, perTime: Bool = false,
    with checker: inout ExpressionChecker
  ) -> [Access] {
    var written = [Access]()
    for role in roles {
      guard let field = target(binding, role: role, verb: verb) else { continue }
      written.append(Access(role: role, name: binding.name, end: end))
      var wanted = field.type(space: space)
      if perTime { wanted.dimension = wanted.dimension.map { $0 / OpenDimension(Dimension(time: 1)) } }
      let isElement = binding.index.map { checker.scope.ends[$0] == nil } ?? false
      if isElement, let index = binding.index {
        expectElement(binding, index, wanted, with: &checker)
      } else {
        checker.expect(wanted, for: perTime ? "the rate of \(binding.name)" : binding.name, binding.value)
      }
    }
    return written
  }

  private mutating func expectElement(
    _ binding: Binding, _ index: String, _ wanted: ValueType, with checker: inout ExpressionChecker
  ) {
    guard case .array(let count, let element) = wanted.kind else {
      report(
        "\(binding.name)[\(index)]: \(binding.name) is \(wanted.kind.name) and has no elements", at: binding.location,
        length: binding.name.count)
      return
    }
    if case .some(.some(let rows)) = checker.indices[index], let count, rows != count {
      report("array[\(count)] \(binding.name) receives from \(rows) neighbours", at: binding.location, length: binding.name.count)
    }
    let outer = checker.indices[index]
    checker.indices[index] = .some(count)
    checker.expect(ValueType(element, wanted.dimension), for: "\(binding.name)[\(index)]", binding.value)
    checker.indices[index] = outer
  }

  /// The field that is written; a name that is none, or may not be written, is reported.
  private mutating func target(_ binding: Binding, role: String, verb: String) -> TypedField? {
    let length = binding.name.count
    guard let field = types.field(binding.name, role: role) else {
      let owner = role.isEmpty ? "the law" : role
      let near = nearestNames(
        to: binding.name, among: types.fields(of: role).map(\.name) + (verb.isEmpty ? LawReader.propagateKeys : []))
      let hint =
        near.isEmpty ? "declare it: fields: {\(binding.name): DIMENSION}" : "did you mean \(near.joined(separator: " or "))?"
      report("\(binding.name) is no field of \(owner)", hint: hint, at: binding.location, length: length)
      return nil
    }
    let isSite = types.law.role(role)?.kind == .lattice
    if binding.name == "id" || (isSite && binding.name == "position") {
      report(
        "\(binding.name) cannot be written", hint: isSite ? "sites do not move" : "ids are given once", at: binding.location,
        length: length)
      return nil
    }
    return field
  }

  /// Reports a field that one pass writes twice.
  mutating func checkWrittenOnce(_ bindings: [Binding], scope: Scope) {
    var seen: [String: Binding] = [:]
    for binding in bindings {
      let owner = binding.index.flatMap { scope.ends[$0]?.letter } ?? ""
      let key = "\(binding.name) \(owner)"
      if let first = seen[key] {
        let lines = "line \(first.location?.line ?? 0) and line \(binding.location?.line ?? 0)"
        report(
          "\(binding.name) is assigned twice (\(lines))", hint: "write two passes if the order matters", at: binding.location,
          length: binding.name.count)
      }
      seen[key] = binding
    }
  }

  /// `force: force + …` would count the force twice.
  mutating func checkRepeated(_ name: String, _ term: Expression) {
    var terms = [term]
    while let next = terms.popLast() {
      switch next.node {
      case .binary(.add, let a, let b): terms += [a, b]
      case .binary(.subtract, let a, _): terms.append(a)
      case .name(name):
        problems.add(next.diagnostic("\(name): adds to the \(name) already; drop \"\(name) +\""))
      case .index(let base, _) where base.node == .name(name):
        problems.add(next.diagnostic("\(name): adds to the \(name) already; drop \"\(next.written) +\""))
      default: break
      }
    }
  }

  /// Energies are differentiated: through what they read no `min`, `max`, memory or noise may stand.
  mutating func checkDerivative(_ energy: Expression, _ scope: Scope) {
    var checker = ExpressionChecker(types, scope)
    _ = checker.type(energy)
    for access in checker.reads.sorted(by: { $0.name < $1.name }) {
      if access.role == "memory" {
        problems.add(
          energy.diagnostic("energy depends on \(access.name), which remembers: no derivative", hint: "write the force"))
      } else if let word = blocked["\(access.role) \(access.name)"] {
        problems.add(
          energy.diagnostic("energy depends on \(access.name), which \(word) wrote: no derivative", hint: "write the force"))
      }
    }
    if checker.drawsNoise { problems.add(energy.diagnostic("energy depends on noise: no derivative", hint: "write the force")) }
  }
}
