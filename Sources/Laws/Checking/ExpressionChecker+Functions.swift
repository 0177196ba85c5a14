import Diagnostics
import Expressions

extension ExpressionChecker {
  mutating func call(_ callee: Expression, _ arguments: [Expression], at term: Expression) -> ValueType {
    if let (parameter, end) = scenesFunction(callee) {
      check(arguments, of: parameter, at: term)
      return typeOfOwned(parameter, end: end, at: callee) {
        ValueType(ValueType.Kind($0.parameter.shape, space: $1), $0.dimension)
      }
    }
    guard case .name(let name) = callee.node else { return wrong(callee, "\(callee.written) is no function") }
    if let arity = scope.takesSeries ? Functions.seriesArities[name] : nil {
      guard checkCount(arguments, arity, name, at: term) else { return .open }
      return series(name, arguments)
    }
    guard let arity = Functions.arities[name] else { return unknownFunction(name, arguments, at: callee) }
    guard checkCount(arguments, arity, name, at: term) else { return .open }
    if let total = total(name, arguments, at: term) { return total }
    if Functions.noise.contains(name) { return noise(name, arguments, at: term) }
    switch name {
    case "count", "removed": return count(arguments, at: term)
    case "grad": return gradient(arguments, at: term)
    default: break
    }
    let found = arguments.map { type($0) }
    if found.contains(where: { $0.kind == .open }) {
      if ExpressionChecker.pure.contains(name) { infer(arguments[0], .number) }
      return openResult(name)
    }
    return numberFunction(name, arguments, found, at: term) ?? vectorFunction(name, arguments, found, at: term)
      ?? matrixFunction(name, arguments, found, at: term)
  }

  private func scenesFunction(_ callee: Expression) -> (TypedParameter, String?)? {
    switch callee.node {
    case .name(let name):
      guard let parameter = types.parameter(name), parameter.parameter.isFunction else { return nil }
      return (parameter, nil)
    case .index(let base, let inner):
      guard case .name(let name) = base.node, inner.count == 1, case .name(let end) = inner[0].node else { return nil }
      guard let parameter = types.parameter(name), parameter.parameter.isFunction, let known = scope.ends[end] else { return nil }
      return (parameter, known.letter)
    default: return nil
    }
  }

  /// Checks the arguments of a function that the scene gives.
  mutating func check(_ arguments: [Expression], of typed: TypedParameter, at term: Expression) {
    let parameter = typed.parameter, wanted = parameter.arguments.count
    guard arguments.count == wanted else {
      _ = wrong(term, "\(parameter.name) wants \(wanted) argument\(wanted == 1 ? "" : "s"), found \(arguments.count)")
      return
    }
    for (index, argument) in arguments.enumerated() {
      let kind = ValueType.Kind(parameter.arguments[index].shape, space: space)
      expect(ValueType(kind, typed.argumentDimensions[index]), for: "the argument of \(parameter.name)", argument)
    }
  }

  private mutating func checkCount(_ arguments: [Expression], _ arity: ClosedRange<Int>, _ name: String, at term: Expression)
    -> Bool
  {
    if arity.contains(arguments.count) { return true }
    let wanted = arity.lowerBound == arity.upperBound ? "\(arity.lowerBound)" : "\(arity.lowerBound) to \(arity.upperBound)"
    _ = wrong(term, "\(name) wants \(wanted) argument\(wanted == "1" ? "" : "s"), found \(arguments.count)")
    return false
  }

  private mutating func unknownFunction(_ name: String, _ arguments: [Expression], at callee: Expression) -> ValueType {
    for argument in arguments { _ = type(argument) }
    if Functions.seriesArities[name] != nil {
      return wrong(callee, "\(name) is known in a measure at the top of a law, where there is a series of logged values")
    }
    if types.law.parameter(name) != nil {
      return wrong(callee, "\(name) is a number, no function", hint: "write \(name)*(…), or say of: DIMENSION")
    }
    let functions = Array(Functions.arities.keys) + types.law.parameters.filter(\.isFunction).map(\.name)
    let near = nearestNames(to: name, among: functions)
    return wrong(callee, "\(name) is no function", hint: near.isEmpty ? "" : "did you mean \(near.joined(separator: " or "))?")
  }

  /// Some functions give a number whatever they are given.
  private func openResult(_ name: String) -> ValueType {
    ["atan2", "angle", "exp", "log", "sin", "cos", "tan", "erf", "erfc", "tanh"].contains(name) ? .number : .open
  }

  // MARK: Numbers

  private static let pure: Set<String> = [
    "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "erf", "erfc", "factorial", "floor",
    "ceil",
  ]
  private static let byComponent: Set<String> = pure.union(["sqrt", "abs", "sign"])

  private mutating func numberFunction(
    _ name: String, _ arguments: [Expression], _ found: [ValueType], at term: Expression
  ) -> ValueType? {
    let first = found[0]
    if name == "exp" || name == "log", first.kind == .matrix {
      return isPure(first)
        ? ValueType(.matrix)
        : wrong(arguments[0], "\(term.written): \(arguments[0].written) is \(words(first.dimension)), \(name) wants pure numbers")
    }
    if ExpressionChecker.byComponent.contains(name) {
      guard first.kind.isNumber || first.kind == .vector else {
        return wrongArgument(name, 0, arguments, found, "a scalar, or a vector by component", at: term)
      }
      if ExpressionChecker.pure.contains(name), !isPure(first) {
        return wrong(
          arguments[0], "\(term.written): \(arguments[0].written) is \(words(first.dimension)), \(name) wants a pure number")
      }
      return elementwise(name, first)
    }
    switch name {
    case "atan2", "mod", "min", "max", "clamp":
      for (index, type) in found.enumerated() where !type.kind.isNumber {
        return wrongArgument(name, index, arguments, found, "scalars", at: term)
      }
      guard let dimension = common(found) else { return unlike(name, arguments, found, at: term) }
      if name == "atan2" { return .number }
      return ValueType(found.allSatisfy(\.kind.isWhole) ? .integer : .scalar, dimension)
    case "if": return choice(arguments, found, at: term)
    case "W", "dW":
      let length = OpenDimension(Dimension(length: 1))
      for (index, type) in found.enumerated() where !type.kind.isNumber || !sameDimension(type, ValueType(.scalar, length)) {
        return wrong(
          arguments[index], "\(term.written): \(arguments[index].written) is \(words(type.dimension)), \(name) wants lengths")
      }
      return ValueType(.scalar, length.power(Rational(-space - (name == "dW" ? 1 : 0))))
    default: return nil
    }
  }

  private func isPure(_ type: ValueType) -> Bool { scope.ignoresDimensions || (type.dimension?.isOne ?? true) }

  private func elementwise(_ name: String, _ type: ValueType) -> ValueType {
    let kind: ValueType.Kind = type.kind.isNumber ? .scalar : .vector
    switch name {
    case "sqrt": return ValueType(kind, type.dimension?.power(Rational(1, 2)))
    case "abs": return ValueType(type.kind == .integer ? .integer : kind, type.dimension)
    case "floor", "ceil", "sign": return ValueType(kind == .scalar ? .integer : kind)
    default: return ValueType(kind)
    }
  }

  /// The dimension that all have, nil inside if it is open for all; nil if they differ.
  private func common(_ types: [ValueType]) -> OpenDimension?? {
    let known = types.compactMap(\.dimension)
    guard let first = known.first else { return .some(nil) }
    return scope.ignoresDimensions || known.allSatisfy { $0 == first } ? .some(first) : nil
  }

  private mutating func unlike(_ name: String, _ arguments: [Expression], _ found: [ValueType], at term: Expression) -> ValueType
  {
    let dimensions = found.compactMap { $0.dimension.map { words($0) } }
    return wrong(term, "\(term.written): arguments of \(dimensions.joined(separator: " and "))")
  }

  private mutating func choice(_ arguments: [Expression], _ found: [ValueType], at term: Expression) -> ValueType {
    let test = found[0].kind
    guard test == .boolean || test == .booleans else {
      return wrong(
        arguments[0], "\(arguments[0].written) is \(test.name), not a condition",
        hint: test.isNumber ? "compare it: \(arguments[0].written) > 0" : "")
    }
    guard let kind = found[1].kind.joined(found[2].kind) else {
      return wrong(term, "if gives \(found[1].kind.name) or \(found[2].kind.name)", hint: "both branches have one shape")
    }
    guard let dimension = common([found[1], found[2]]) else {
      return wrong(
        term, "if gives \(words(found[1].dimension)) or \(words(found[2].dimension))", hint: "both branches have one dimension")
    }
    return ValueType(kind, dimension)
  }

  /// `dot(r, n): the first argument is a scalar, dot wants two vectors`
  mutating func wrongArgument(
    _ name: String, _ index: Int, _ arguments: [Expression], _ found: [ValueType], _ wanted: String, at term: Expression
  ) -> ValueType {
    let which =
      arguments.count == 1 ? "argument" : index == 0 ? "first argument" : index == 1 ? "second argument" : "third argument"
    return wrong(arguments[index], "\(term.written): the \(which) is \(found[index].kind.name), \(name) wants \(wanted)")
  }

  // MARK: Noise and derivatives

  private mutating func noise(_ name: String, _ arguments: [Expression], at term: Expression) -> ValueType {
    drawsNoise = true
    if name == "chi2" || name == "poisson" {
      expectNumber(arguments[0], for: "the argument of \(name)")
      return name == "poisson" ? .integer : .number
    }
    guard let argument = arguments.first else { return name == "direction" ? ValueType(.vector) : .number }
    switch argument.node {
    case .name("vector"): return ValueType(.vector)
    case .name("axial"): return ValueType(ValueType.Kind(.axial, space: space))
    default: return wrong(argument, "\(name) of what?", hint: "\(name)(vector), or \(name)(axial)")
    }
  }

  private mutating func count(_ arguments: [Expression], at term: Expression) -> ValueType {
    guard let argument = arguments.first else { return .integer }
    guard case .name(let role) = argument.node, types.law.role(role) != nil else {
      let known = types.law.roles.map(\.name).filter { !$0.isEmpty }
      return wrong(argument, "\(argument.written) is no role of this law", hint: suggestion(for: argument.written, among: known))
    }
    return .integer
  }

  private mutating func gradient(_ arguments: [Expression], at term: Expression) -> ValueType {
    let energy = type(arguments[0]), by = arguments[1]
    let isName: Bool
    switch by.node {
    case .name: isName = true
    case .index(let base, _): if case .name = base.node { isName = true } else { isName = false }
    default: isName = false
    }
    guard isName else { return wrong(by, "\(by.written) is no name", hint: "grad differentiates by a name, such as r or h[i]") }
    let variable = type(by)
    if !energy.kind.isNumber {
      return wrong(arguments[0], "\(term.written): the first argument is \(energy.kind.name), grad wants a scalar")
    }
    if variable.kind == .open || energy.kind == .open { return ValueType(variable.kind, nil) }
    guard let a = energy.dimension, let b = variable.dimension, !scope.ignoresDimensions else {
      return ValueType(variable.kind, nil)
    }
    return ValueType(variable.kind.isWhole ? .scalar : variable.kind, modest(a / b, at: term))
  }
}
