import Diagnostics
import Expressions

/// Finds shape and dimension of expressions in one place of a law, and collects what is wrong with them.
struct ExpressionChecker {
  let types: LawTypes
  var scope: Scope
  var problems = Diagnostics()
  /// What was read, through abbreviations too.
  var reads: Set<Access> = []
  /// Whether a random number was drawn.
  var drawsNoise = false
  /// Types of abbreviations found so far; nil while one is looked at.
  var letTypes: [String: ValueType?] = [:]
  /// Indices that run over elements, with their number where it is known.
  var indices: [String: Int?] = [:]
  var isInsideTotal = false
  /// What the holes found so far are, by name.
  var holes: [String: HoleType] = [:]

  init(_ types: LawTypes, _ scope: Scope) {
    self.types = types
    self.scope = scope
  }

  var space: Int { types.space }

  /// The type of an expression; what is wrong with it is added to `problems`.
  mutating func type(_ term: Expression) -> ValueType {
    switch term.node {
    case .number(let value): value == 0 ? ValueType(.zero, nil) : value == value.rounded() ? .integer : .number
    case .name(let name): typeOfName(name, at: term)
    case .prefix(.minus, let operand): negative(type(operand), at: operand)
    case .prefix(.not, let operand): condition(operand)
    case .binary(let sign, let left, let right): binary(sign, left, right, at: term)
    case .call(let callee, let arguments): call(callee, arguments, at: term)
    case .index(let base, let indices): index(base, indices, at: term)
    case .member(let base, let name): member(base, name, at: term)
    case .vector(let components): vector(components, at: term)
    case .hole(let name, let arguments): hole(name, arguments, at: term)
    case .fixedSum(let variable, let from, let below, let body): fixedSum(variable, from, below, body, at: term)
    }
  }

  /// Reports a mistake at a term, and lets it fit everywhere.
  mutating func wrong(_ term: Expression, _ message: String, hint: String = "") -> ValueType {
    problems.add(term.diagnostic(message, hint: hint))
    return .open
  }

  /// A dimension in words.
  func words(_ dimension: OpenDimension?) -> String {
    guard let dimension else { return "any dimension" }
    return dimension.isOne ? "a pure number" : dimension.described(space: space)
  }

  // MARK: What is wanted

  /// Checks that an expression is a condition.
  @discardableResult
  mutating func condition(_ term: Expression) -> ValueType {
    let found = type(term)
    if found.kind == .booleans { return found }
    if found.kind != .boolean, found.kind != .open {
      return wrong(
        term, "\(term.written) is \(found.kind.name), not a condition",
        hint: found.kind.isNumber ? "compare it: \(term.written) > 0" : "")
    }
    return .boolean
  }

  /// Checks that an expression can be given to something of this type, which messages call `target`.
  @discardableResult
  mutating func expect(_ wanted: ValueType, for target: String, _ term: Expression) -> ValueType {
    let found = type(term)
    if found.kind == .open { infer(term, wanted) }
    guard found.kind.fits(wanted.kind) else {
      _ = wrong(
        term, mismatch(term, found, target, wanted), hint: wanted.kind == .integer ? "round it: floor(\(term.written))" : "")
      return found
    }
    if !sameDimension(found, wanted) {
      _ = wrong(term, "\(term.written) is \(words(found.dimension)), \(target) is \(words(wanted.dimension))")
    }
    return found
  }

  private func mismatch(_ term: Expression, _ found: ValueType, _ target: String, _ wanted: ValueType) -> String {
    if case .array = found.kind, case .array = wanted.kind {
      return "\(wanted.kind.name) \(target) assigned from \(found.kind.name)"
    }
    let isWhole = wanted.kind == .integer
    let kind = found.kind == .scalar && isWhole ? "a fraction" : found.kind.name
    return "\(term.written) is \(kind), \(target) is \(isWhole ? "an integer" : wanted.kind.name)"
  }

  func sameDimension(_ a: ValueType, _ b: ValueType) -> Bool {
    guard !scope.ignoresDimensions, let first = a.dimension, let second = b.dimension else { return true }
    return first == second
  }

  /// Checks that an expression is a number of dimension 1.
  mutating func expectNumber(_ term: Expression, for target: String) { expect(.number, for: target, term) }

  // MARK: Terms

  private mutating func negative(_ operand: ValueType, at term: Expression) -> ValueType {
    operand.kind == .boolean ? ValueType(.integer, operand.dimension) : operand
  }

  private mutating func vector(_ components: [Expression], at term: Expression) -> ValueType {
    var dimension: OpenDimension?
    for component in components {
      let found = type(component)
      if !found.kind.isNumber {
        _ = wrong(component, "\(component.written) is \(found.kind.name), a component is a scalar")
      } else if let known = dimension, let other = found.dimension, known != other, !scope.ignoresDimensions {
        return wrong(term, "\(term.written): components of \(words(known)) and \(words(other))")
      }
      dimension = dimension ?? found.dimension
    }
    if components.count != space {
      return wrong(
        term, "\(term.written) has \(components.count) components, the box has \(space)",
        hint: "say for which boxes the law holds: dimensions: [\(components.count)]")
    }
    return ValueType(.vector, dimension)
  }

  private mutating func hole(_ name: String?, _ arguments: [Expression], at term: Expression) -> ValueType {
    for argument in arguments { _ = type(argument) }
    guard let name, let declared = types.parameter(name) else { return .open }
    if declared.parameter.isFunction { check(arguments, of: declared, at: term) }
    return ValueType(ValueType.Kind(declared.parameter.shape, space: space), declared.dimension)
  }

  private mutating func fixedSum(
    _ variable: String, _ from: Expression, _ below: Expression, _ body: Expression, at term: Expression
  ) -> ValueType {
    guard case .number(let first) = from.node, case .number(let end) = below.node, first < end, end - first <= 4096 else {
      return wrong(term, "the sum runs over nothing, or over more than 4096", hint: "sum(q in 0..<9: f[q])")
    }
    let outer = indices[variable]
    indices[variable] = .some(Int(end))
    defer { indices[variable] = outer }
    let found = type(body)
    return found.kind == .boolean ? .integer : found
  }

  private mutating func member(_ base: Expression, _ name: String, at term: Expression) -> ValueType {
    if case .call(let callee, let arguments) = base.node, arguments.count == 1, case .name(let function) = callee.node {
      if function == "svd" || function == "eigen" { return factor(function, name, arguments[0], at: term) }
    }
    let found = type(base)
    if found.kind == .open { return .open }
    guard found.kind == .vector, let axis = ["x", "y", "z"].firstIndex(of: name) else {
      let hint = found.kind == .vector ? "components are x, y and z" : ""
      return wrong(term, "\(term.written): \(base.written) is \(found.kind.name) and has no .\(name)", hint: hint)
    }
    if axis >= space {
      return wrong(term, "\(term.written): the box has \(space) dimensions", hint: "say dimensions: [\(axis + 1)]")
    }
    return ValueType(.scalar, found.dimension)
  }

  private mutating func factor(_ function: String, _ name: String, _ argument: Expression, at term: Expression) -> ValueType {
    let found = type(argument)
    if found.kind != .matrix, found.kind != .open {
      return wrong(argument, "\(term.written): the argument is \(found.kind.name), \(function) wants a matrix")
    }
    switch (function, name) {
    case ("svd", "s"), ("eigen", "values"): return ValueType(.vector, found.dimension)
    case ("svd", "u"), ("svd", "v"), ("eigen", "vectors"): return ValueType(.matrix)
    default:
      return wrong(
        term, "\(function) has no .\(name)", hint: function == "svd" ? "it has .u, .s and .v" : "it has .values and .vectors")
    }
  }
}
