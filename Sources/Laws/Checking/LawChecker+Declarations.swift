import Diagnostics
import Expressions

extension LawChecker {
  mutating func checkDeclarations() {
    // Roles stand in brackets and after `for` alone, so they may be named as functions are: tungsten is W, iodine I.
    for role in law.roles where ["world", "memory", "i", "j", "k", "l"].contains(role.name) {
      report(
        "role \(role.name): \(role.name) is a word of the language", hint: "choose another name", at: role.location,
        length: role.name.count)
    }
    for field in law.fields { check(field) }
    for field in law.memory {
      checkName(field.name, as: "memory", at: field.location)
      if let initial = field.initial {
        problems.add(initial.diagnostic("memory \(field.name) starts at zero", hint: "drop = \(initial.written)"))
      }
    }
    for parameter in law.parameters {
      checkName(parameter.name, as: "parameter", at: parameter.location)
      check(parameter)
    }
    for constant in law.constants { checkName(constant.name, as: "constant", at: constant.location) }
    for binding in law.lets { checkLawLet(binding) }
    checkDeclaredOnce()
  }

  private mutating func checkName(_ name: String, as what: String, at place: SourceLocation?) {
    if let reserved = KnownNames.meaning(of: name) {
      report("\(what) \(name): \(reserved)", hint: "choose another name", at: place, length: name.count)
    }
  }

  /// Names of one kind of use: a second declaration would hide the first.
  private mutating func checkDeclaredOnce() {
    var seen: [String: String] = [:]
    let names =
      law.parameters.map { ($0.name, "parameter", $0.location) } + law.constants.map { ($0.name, "constant", $0.location) }
      + law.lets.map { ($0.name, "let", $0.location) } + law.memory.map { ($0.name, "memory", $0.location) }
    for (name, what, place) in names {
      if let first = seen[name] {
        report(
          "\(name) is declared twice, as \(first) and as \(what)", hint: "choose another name", at: place, length: name.count)
      }
      seen[name] = what
    }
  }

  private mutating func check(_ field: FieldDeclaration) {
    checkName(field.name, as: "field", at: field.location)
    if LawReader.propagateKeys.contains(field.name), LawTypes(emptyLaw, space: space).field(field.name, role: "") == nil {
      report(
        "field \(field.name): \(field.name) is a key of propagate", hint: "choose another name", at: field.location,
        length: field.name.count)
    }
    if let known = LawTypes(withoutFields, space: space).field(field.name, role: field.role),
      let own = types.field(field.name, role: field.role)
    {
      if known.shape != own.shape || known.dimension != own.dimension {
        let meaning = "\(known.shape), \(known.dimension.described(space: space))"
        report(
          "field \(field.name) is known to everybody: \(meaning)", hint: "choose another name", at: field.location,
          length: field.name.count)
      }
    }
    if field.type.shape == .edges || field.type.shape == .faces, law.role(field.role)?.kind != .lattice {
      report("field \(field.name): \(field.type.shape) are of a lattice", at: field.location, length: field.name.count)
    }
    guard let initial = field.initial, let own = types.field(field.name, role: field.role) else { return }
    var checker = ExpressionChecker(types, Scope(place: .declaration, member: nil))
    checker.expect(own.type(space: space), for: field.name, initial)
    take(checker)
  }

  /// The law with its roles alone, which knows only the fields that everybody knows.
  private var withoutFields: Law {
    var bare = Law(name: law.name, source: law.source, text: "", file: law.file)
    bare.roles = law.roles
    return bare
  }

  private var emptyLaw: Law {
    var bare = withoutFields
    bare.roles = [Role(name: "", kind: .particles)]
    return bare
  }

  // MARK: Parameters

  private mutating func check(_ parameter: Parameter) {
    if parameter.type.shape == .state || parameter.type.shape == .rate || parameter.type.shape == .edges
      || parameter.type.shape == .faces
    {
      report(
        "parameter \(parameter.name) cannot be of shape \(parameter.type.shape)", at: parameter.location,
        length: parameter.name.count)
    }
    guard let typed = types.parameter(parameter.name) else { return }
    let wanted = ValueType(ValueType.Kind(parameter.shape, space: space), typed.dimension)
    if case .expression(let rule) = parameter.mix {
      var scope = Scope(place: .declaration, member: nil)
      scope.locals = ["a": wanted, "b": wanted]
      expect(wanted, for: parameter.name, rule, scope)
    }
    if let value = parameter.value { check(value, of: typed, wanted) }
  }

  private mutating func check(_ value: ParameterValue, of typed: TypedParameter, _ wanted: ValueType) {
    let parameter = typed.parameter
    switch value {
    case .quantity(_, let dimension):
      if parameter.isFunction || !wanted.kind.isNumber {
        report(
          "\(parameter.name) is \(parameter.isFunction ? "a function" : wanted.kind.name), its value a number",
          at: parameter.location, length: parameter.name.count)
      } else if typed.dimension.any.isZero, dimension != typed.dimension.fixed {
        let (is_, found) = (typed.dimension.described(space: space), dimension.described(space: space))
        report("\(parameter.name) is \(is_), its value is \(found)", at: parameter.location, length: parameter.name.count)
      }
    case .expression(let tree):
      var scope = Scope(place: .declaration, member: nil)
      for (name, (type, dimension)) in zip(parameter.argumentNames, zip(parameter.arguments, typed.argumentDimensions)) {
        scope.locals[name] = ValueType(ValueType.Kind(type.shape, space: space), dimension)
      }
      if let number = tree.constantNumber, !parameter.isFunction, wanted.kind.isNumber {
        // A number without unit is a default in reduced units, whatever the dimension.
        if wanted.kind == .integer, number != number.rounded() {
          problems.add(tree.diagnostic("\(parameter.name) is an integer"))
        }
        return
      }
      expect(wanted, for: parameter.name, tree, scope)
      checkOwner(of: tree, parameter)
    case .list(let items):
      if wanted.kind == .vector, items.count != space {
        report(
          "\(parameter.name) has \(items.count) components, the box has \(space)", at: parameter.location,
          length: parameter.name.count)
      }
    case .word, .points, .table, .each: break
    }
  }

  private mutating func expect(_ wanted: ValueType, for name: String, _ tree: Expression, _ scope: Scope) {
    var checker = ExpressionChecker(types, scope)
    checker.expect(wanted, for: name, tree)
    if checker.drawsNoise { problems.add(tree.diagnostic("noise in a parameter: which one?", hint: "put it in a pass")) }
    take(checker)
  }

  /// A value for all cannot be made of values of each pair or species.
  private mutating func checkOwner(of tree: Expression, _ parameter: Parameter) {
    _ = tree.contains { term in
      guard case .name(let name) = term.node, let other = types.parameter(name)?.parameter, let per = other.per,
        per != parameter.per
      else {
        return false
      }
      if per == .pair || parameter.per == nil {
        problems.add(
          term.diagnostic("\(name) is per \(per.rawValue), \(parameter.name) is not", hint: "say per: \(per.rawValue)"))
      }
      return false
    }
  }

  // MARK: Abbreviations

  private mutating func checkLawLet(_ binding: Binding) {
    checkName(binding.name, as: "let", at: binding.location)
    let draws = binding.value.contains { term in
      if case .call(let callee, _) = term.node, case .name(let name) = callee.node {
        Functions.noise.contains(name)
      } else {
        false
      }
    }
    if draws { problems.add(binding.value.diagnostic("noise in the let of a law: which one? put it in a pass")) }
  }

  mutating func checkLets(_ lets: [Binding], with checker: inout ExpressionChecker) {
    for binding in lets {
      if let meaning = KnownNames.meaning(of: binding.name) {
        report("let \(binding.name): \(meaning)", hint: "choose another name", at: binding.location, length: binding.name.count)
      } else {
        _ = checker.typeOfName(binding.name, at: binding.value)
      }
    }
  }
}
