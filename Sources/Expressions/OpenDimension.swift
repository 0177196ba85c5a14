import Diagnostics

/// A dimension in which a power of `any` may still be open: `any/area`.
public struct OpenDimension: Sendable, Hashable {
  /// What is known: the factor beside the power of `any`.
  public var fixed: Dimension
  /// The power of `any`.
  public var any: Rational

  /// A known dimension times a power of `any`.
  public init(_ fixed: Dimension, any: Rational = Rational(0)) {
    self.fixed = fixed
    self.any = any
  }

  /// The dimension of a pure number.
  public static let one = OpenDimension(.one)
  /// Whether it is that of a pure number.
  public var isOne: Bool { fixed.isOne && any.isZero }

  /// The dimension of a product.
  public static func * (a: Self, b: Self) -> Self { Self(a.fixed * b.fixed, any: a.any + b.any) }
  /// The dimension of a quotient.
  public static func / (a: Self, b: Self) -> Self { Self(a.fixed / b.fixed, any: a.any - b.any) }
  /// The dimension of a power.
  public func power(_ exponent: Rational) -> Self { Self(fixed.power(exponent), any: any * exponent) }

  /// With `dimension` in the place of `any`.
  public func resolved(any dimension: Dimension) -> Dimension { any.isZero ? fixed : fixed * dimension.power(any) }

  /// Whether all exponents are small, so that arithmetic with them cannot overflow.
  public var isModest: Bool {
    (fixed.exponents + [any]).allSatisfy { $0.numerator.magnitude <= 1000 && $0.denominator <= 1000 }
  }

  /// In words, in a box of `space` dimensions.
  public func described(space: Int) -> String {
    if any.isZero { return fixed.described(space: space) }
    let power =
      any == Rational(1) ? "any" : "any^" + (any.denominator == 1 ? "\(any.numerator)" : "(\(any.numerator)/\(any.denominator))")
    if fixed.isOne { return power }
    let rest = fixed.described(space: space)
    return rest.hasPrefix("1/") ? power + rest.dropFirst() : "\(power)*\(rest)"
  }
}

/// A dimension as it is written in laws and scenes: `mass*length^2`, `charge*area/(volume*voltage)`, `1`, `any`.
public struct DimensionExpression: Sendable, Hashable {
  private var tree: Expression

  /// Throws a message that points at the word that is no dimension.
  public init(_ source: SourceText) throws(Diagnostic) {
    tree = try Expression.parse(source)
    _ = try evaluate(tree, space: 3)
  }

  /// Dimension 1.
  public static let one = DimensionExpression(Expression(.number(1)))

  private init(_ tree: Expression) { self.tree = tree }

  /// What it is in a box of `space` dimensions, on which volume, face, density and pressure depend.
  public func dimension(space: Int) -> OpenDimension {
    // The tree was evaluated when it was read, and mistakes do not depend on the box.
    (try? evaluate(tree, space: space)) ?? .one
  }

  /// Whether it is `any` alone.
  public var isAny: Bool { tree.node == .name("any") }

  /// The same with another dimension in the place of `any`.
  public func replacing(any other: DimensionExpression) -> DimensionExpression {
    func replaced(_ term: Expression) -> Expression {
      if term.node == .name("any") { return other.tree }
      guard case .binary(let sign, let left, let right) = term.node else { return term }
      return Expression(.binary(sign, replaced(left), replaced(right)), source: term.source, range: term.range)
    }
    return DimensionExpression(replaced(tree))
  }

  private func evaluate(_ term: Expression, space: Int) throws(Diagnostic) -> OpenDimension {
    switch term.node {
    case .number(1): return .one
    case .name("any"): return OpenDimension(.one, any: Rational(1))
    case .name(let name):
      if let known = Dimension.named(name, space: space) { return OpenDimension(known) }
      let hint = suggestion(for: name, among: Dimension.names)
      throw term.diagnostic("\(name) is no dimension", hint: hint.isEmpty ? DimensionExpression.help : hint)
    case .binary(.multiply, let a, let b):
      return try modest(try evaluate(a, space: space) * evaluate(b, space: space), term)
    case .binary(.divide, let a, let b):
      return try modest(try evaluate(a, space: space) / evaluate(b, space: space), term)
    case .binary(.power, let base, let exponent):
      guard let power = exponent.constantRational(space: space), power.numerator.magnitude <= 1000, power.denominator <= 12 else {
        throw exponent.diagnostic(
          "\(exponent.written) is no exponent of a dimension", hint: "it is a small rational number, as in length^(1/2)")
      }
      return try modest(try evaluate(base, space: space).power(power), term)
    default:
      throw term.diagnostic("\(term.written) is no dimension", hint: DimensionExpression.help)
    }
  }

  private func modest(_ dimension: OpenDimension, _ term: Expression) throws(Diagnostic) -> OpenDimension {
    guard dimension.isModest else { throw term.diagnostic("the exponents of this dimension are too large") }
    return dimension
  }

  private static let help = "a dimension is a product such as mass*length^2/time, or 1"
}

extension DimensionExpression: CustomStringConvertible {
  /// The dimension as it was written, without blanks.
  public var description: String { tree.description }
}

extension Expression {
  /// The value of a constant such as `-3/2` or `dimensions/2`; nil if it is none, or no small rational.
  public func constantRational(space: Int) -> Rational? {
    let value: Rational?
    switch node {
    case .number(let number): value = Rational(approximating: number)
    case .name("dimensions"): value = Rational(space)
    case .prefix(.minus, let operand): value = operand.constantRational(space: space).map { Rational(0) - $0 }
    case .binary(let sign, let left, let right):
      guard let a = left.constantRational(space: space), let b = right.constantRational(space: space) else { return nil }
      switch sign {
      case .add: value = a + b
      case .subtract: value = a - b
      case .multiply: value = a * b
      case .divide where !b.isZero: value = a * Rational(b.denominator, b.numerator)
      default: value = nil
      }
    default: value = nil
    }
    guard let value, value.numerator.magnitude < 100_000, value.denominator < 10_000 else { return nil }
    return value
  }
}
