import Expressions
import Laws

/// Finds the dimensions of holes from the places where they stand.
struct DimensionInference {
  private let law: Law
  private let space: Int
  private let lets: [Binding]
  private(set) var found: [String: Dimension] = [:]
  private var depth = 0

  init(_ law: Law, space: Int, lets: [Binding]) {
    self.law = law
    self.space = space
    self.lets = lets
  }

  /// Notes what the holes of an expression must be, where the expression is of this dimension.
  mutating func expect(_ wanted: Dimension, of term: Expression) {
    depth += 1
    defer { depth -= 1 }
    guard depth < 200 else { return }
    switch term.node {
    case .hole(let name, _): found[name ?? ""] = found[name ?? ""] ?? wanted
    case .name(let name): if let text = abbreviation(name) { expect(wanted, of: text) }
    case .prefix(_, let operand): expect(wanted, of: operand)
    case .binary(let sign, let left, let right): expect(wanted, sign, left, right)
    case .call(let callee, let arguments): expect(wanted, of: callee, arguments)
    default: break
    }
  }

  private mutating func expect(_ wanted: Dimension, _ sign: Expression.Operator, _ left: Expression, _ right: Expression) {
    switch sign {
    case .add, .subtract:
      expect(wanted, of: left)
      expect(wanted, of: right)
    case .multiply:
      if let other = dimension(of: right) { expect(wanted / other, of: left) }
      if let other = dimension(of: left) { expect(wanted / other, of: right) }
    case .divide:
      if let other = dimension(of: right) { expect(wanted * other, of: left) }
      if let other = dimension(of: left) { expect(other / wanted, of: right) }
    case .power:
      if let power = right.constantNumber.flatMap(Rational.init(approximating:)), !power.isZero {
        expect(wanted.power(Rational(power.denominator, power.numerator)), of: left)
      } else {
        expect(.one, of: right)
      }
    default: break
    }
  }

  private mutating func expect(_ wanted: Dimension, of callee: Expression, _ arguments: [Expression]) {
    guard case .name(let name) = callee.node else { return }
    switch name {
    case "min", "max", "abs": for argument in arguments { expect(wanted, of: argument) }
    case "sqrt": for argument in arguments { expect(wanted.power(Rational(2)), of: argument) }
    case "if": for argument in arguments.dropFirst() { expect(wanted, of: argument) }
    case "exp", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh", "erf", "erfc":
      for argument in arguments { expect(.one, of: argument) }
    default: break
    }
  }

  /// The dimension of a term that is known without its holes; nil if it is not.
  func dimension(of term: Expression) -> Dimension? {
    switch term.node {
    case .number, .vector, .fixedSum: return .one
    case .name(let name): return named(name)
    case .prefix(_, let operand), .member(let operand, _): return dimension(of: operand)
    case .index(let base, _): return dimension(of: base)
    case .hole(let name, _): return found[name ?? ""] ?? name.flatMap(declared)
    case .binary(let sign, let left, let right): return dimension(sign, left, right)
    case .call(let callee, let arguments): return dimension(of: callee, arguments)
    }
  }

  private func dimension(_ sign: Expression.Operator, _ left: Expression, _ right: Expression) -> Dimension? {
    let (a, b) = (dimension(of: left), dimension(of: right))
    switch sign {
    case .add, .subtract: return a ?? b
    case .multiply: return a.flatMap { a in b.map { a * $0 } }
    case .divide: return a.flatMap { a in b.map { a / $0 } }
    case .power:
      guard let a else { return nil }
      return a.isOne ? .one : right.constantNumber.flatMap(Rational.init(approximating:)).map { a.power($0) }
    default: return .one
    }
  }

  private func dimension(of callee: Expression, _ arguments: [Expression]) -> Dimension? {
    guard case .name(let name) = callee.node else { return nil }
    let values = arguments.map { dimension(of: $0) }
    switch name {
    case "min", "max", "abs", "norm": return values.first ?? nil
    case "sqrt": return values.first?.map { $0.power(Rational(1, 2)) }
    case "dot", "cross", "outer": return values.count == 2 ? values[0].flatMap { a in values[1].map { a * $0 } } : nil
    default: return declared(name) ?? .one
    }
  }

  private func named(_ name: String) -> Dimension? {
    if let text = abbreviation(name) { return dimension(of: text) }
    switch name {
    case "r", "d": return Dimension(length: 1)
    case "u": return Dimension(length: 1, time: -1)
    case "n", "pi", "tiny", "I", "ones", "axes": return .one
    default: break
    }
    return declared(name) ?? law.fieldType(name, role: law.roles.first?.name ?? "", space: space)?.dimension
      ?? law.fieldType(name, role: "world", space: space)?.dimension ?? law.constant(name).map { _ in .one }
  }

  /// The dimension of a declared parameter.
  func declared(_ name: String) -> Dimension? {
    law.parameter(name).flatMap { LawTypes(law, space: space).parameter($0.name)?.dimension.resolved(any: .one) }
  }

  private func abbreviation(_ name: String) -> Expression? {
    (lets + law.lets).first { $0.name == name && $0.index == nil }?.value
  }
}
