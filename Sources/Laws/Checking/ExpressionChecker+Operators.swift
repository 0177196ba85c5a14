import Diagnostics
import Expressions

extension ExpressionChecker {
  mutating func binary(_ sign: Expression.Operator, _ left: Expression, _ right: Expression, at term: Expression) -> ValueType {
    switch sign {
    case .or, .and:
      let first = condition(left), second = condition(right)
      return first.kind == .booleans || second.kind == .booleans ? ValueType(.booleans) : .boolean
    case .less, .lessEqual, .greater, .greaterEqual, .equal, .notEqual:
      return comparison(sign, left, right, at: term)
    case .add, .subtract: return sum(sign, left, right, at: term)
    case .multiply: return product(type(left), type(right), at: term)
    case .divide: return quotient(type(left), type(right), right, at: term)
    case .power: return power(left, right, at: term)
    }
  }

  private mutating func sum(_ sign: Expression.Operator, _ left: Expression, _ right: Expression, at term: Expression)
    -> ValueType
  {
    if let message = ignoredBox(sign, left, right) {
      return wrong(term, message, hint: "d is the nearest image of position[i] - position[j]")
    }
    let a = type(left), b = type(right)
    let verb = sign == .add ? ("add", "and") : ("subtract", "from")
    func refused(_ first: String, _ second: String) -> String {
      let (x, y) = sign == .add ? (first, second) : (second, first)
      return "\(term.written): cannot \(verb.0) \(x) \(verb.1) \(y)"
    }
    inferSides(left, a, right, b)
    guard let kind = a.kind.joined(b.kind) else { return wrong(term, refused(a.kind.name, b.kind.name)) }
    if !sameDimension(a, b) { return wrong(term, refused(words(a.dimension), words(b.dimension))) }
    return ValueType(kind == .boolean ? .integer : kind, a.dimension ?? b.dimension)
  }

  /// What stands on both sides of a sum or comparison is of one type, holes too.
  private mutating func inferSides(_ left: Expression, _ a: ValueType, _ right: Expression, _ b: ValueType) {
    if a.kind == .open, b.kind != .open, b.kind != .zero { infer(left, b) }
    if b.kind == .open, a.kind != .open, a.kind != .zero { infer(right, a) }
  }

  /// Positions of two ends subtracted by hand do not know the periodic images.
  private func ignoredBox(_ sign: Expression.Operator, _ left: Expression, _ right: Expression) -> String? {
    func end(_ term: Expression) -> String? {
      guard case .index(let base, let indices) = term.node, base.node == .name("position"), indices.count == 1 else { return nil }
      guard case .name(let name) = indices[0].node else { return nil }
      return scope.ends[name]?.letter
    }
    guard sign == .subtract, let a = end(left), let b = end(right), a != b else { return nil }
    return "\(left.written) - \(right.written) ignores the box; d is that difference"
  }

  private mutating func comparison(
    _ sign: Expression.Operator, _ left: Expression, _ right: Expression, at term: Expression
  ) -> ValueType {
    if comparesWord(left, right) || comparesWord(right, left) { return .boolean }
    let a = type(left), b = type(right)
    inferSides(left, a, right, b)
    guard a.kind.isNumber, b.kind.isNumber else {
      let wrongSide = a.kind.isNumber ? b.kind : a.kind
      return wrong(
        term, "\(term.written): cannot compare \(wrongSide.name)",
        hint: wrongSide == .vector ? "compare norm(…) or a component" : "")
    }
    if !sameDimension(a, b) {
      return wrong(term, "\(term.written): cannot compare \(words(a.dimension)) and \(words(b.dimension))")
    }
    return .boolean
  }

  /// `mode == fast`, for a parameter that is chosen from words.
  private func comparesWord(_ name: Expression, _ word: Expression) -> Bool {
    guard case .name(let parameter) = name.node, case .name(let choice) = word.node else { return false }
    return types.parameter(parameter)?.parameter.choices.contains(choice) ?? false
  }

  mutating func product(_ a: ValueType, _ b: ValueType, at term: Expression) -> ValueType {
    let dimension = modest(multiplied(a.dimension, b.dimension), at: term)
    switch (a.kind, b.kind) {
    case (.open, _), (_, .open): return .open
    case (.zero, .zero): return ValueType(.zero, nil)
    case (.axial, .axial): return ValueType(.scalar, dimension)
    case (let x, let y) where x.isWhole && y.isWhole: return ValueType(.integer, dimension)
    case (let x, let y) where x.isNumber && y.isNumber: return ValueType(x == .axial || y == .axial ? .axial : .scalar, dimension)
    case (let x, let y) where x.isNumber: return ValueType(scaled(y), dimension)
    case (let x, let y) where y.isNumber: return ValueType(scaled(x), dimension)
    case (.matrix, .vector): return ValueType(.vector, dimension)
    case (.matrix, .matrix): return ValueType(.matrix, dimension)
    case (.quaternion, .quaternion): return ValueType(.quaternion, dimension)
    case (.vector, .vector):
      return wrong(term, "\(term.written): dot, cross or outer?", hint: "products of two vectors have names")
    default: return wrong(term, "\(term.written): cannot multiply \(a.kind.name) and \(b.kind.name)")
    }
  }

  /// Conditions for each component become numbers when they are scaled.
  private func scaled(_ kind: ValueType.Kind) -> ValueType.Kind { kind == .booleans ? .vector : kind }

  private mutating func quotient(_ a: ValueType, _ b: ValueType, _ divisor: Expression, at term: Expression) -> ValueType {
    guard b.kind.isNumber else { return wrong(divisor, "\(term.written): cannot divide by \(b.kind.name)") }
    if a.kind == .open || b.kind == .open { return .open }
    if case .zero = b.kind { return wrong(divisor, "\(term.written) divides by 0") }
    let inverse = b.dimension.map { OpenDimension.one / $0 }
    let dimension = modest(multiplied(a.dimension, inverse), at: term)
    return ValueType(a.kind.isNumber && a.kind != .axial ? .scalar : scaled(a.kind), dimension)
  }

  private mutating func power(_ base: Expression, _ exponent: Expression, at term: Expression) -> ValueType {
    let a = type(base)
    if a.kind == .open { return .open }
    guard a.kind.isNumber else {
      let hint = a.kind == .vector ? "dot(v, v) is the square of a vector" : "write the product"
      return wrong(term, "\(term.written): cannot take a power of \(a.kind.name)", hint: hint)
    }
    if let constant = exponent.constantRational(space: space) {
      let dimension = modest(a.dimension.map { $0.power(constant) }, at: term)
      let isWhole = a.kind.isWhole && constant.denominator == 1 && constant.numerator >= 0
      return ValueType(isWhole ? .integer : .scalar, dimension)
    }
    expectNumber(exponent, for: "an exponent")
    if let dimension = a.dimension, !dimension.isOne, !scope.ignoresDimensions {
      return wrong(
        term, "\(term.written): \(base.written) is \(words(dimension)), its exponent must be a constant rational number",
        hint: "divide by a scale of the same dimension first")
    }
    return .number
  }

  private func multiplied(_ a: OpenDimension?, _ b: OpenDimension?) -> OpenDimension? {
    guard !scope.ignoresDimensions, let a, let b, a.isModest, b.isModest else { return nil }
    return a * b
  }

  /// Keeps exponents small, so that their arithmetic cannot overflow.
  mutating func modest(_ dimension: OpenDimension?, at term: Expression) -> OpenDimension? {
    guard let dimension, !dimension.isModest else { return dimension }
    problems.add(term.diagnostic("\(term.written): the exponents of its dimension are too large"))
    return nil
  }
}
