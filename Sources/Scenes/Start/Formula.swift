import Diagnostics
import Expressions
import World

/// An expression together with the constants that it names, in units of the run.
public struct Formula: Sendable, Hashable {
  /// The formula.
  public var expression: Expression
  /// Names that the expression may use for what it is evaluated at (`r`, `position`, `id` …).
  public var arguments: [String]
  /// Quantities that it names.
  public var constants: [String: Quantity]

  /// A number or vector with its dimension; without one it fits every dimension.
  public struct Quantity: Sendable, Hashable {
    /// One number, or the components of a vector.
    public var numbers: [Double]
    /// Physical dimension, if it is known to have one.
    public var dimension: Dimension?

    /// One number is a scalar, several are the components of a vector.
    public init(_ numbers: [Double], _ dimension: Dimension? = nil) {
      self.numbers = numbers
      self.dimension = dimension
    }
    init(_ number: Double, _ dimension: Dimension? = nil) { self.init([number], dimension) }

    var isScalar: Bool { numbers.count == 1 }
  }

  /// A formula of these arguments.
  public init(expression: Expression, arguments: [String], constants: [String: Quantity] = [:]) {
    self.expression = expression
    self.arguments = arguments
    self.constants = constants
  }
}

/// Evaluates expressions of the law language outside of laws: defaults, mixing rules, first values of fields.
struct Evaluator {
  typealias Quantity = Formula.Quantity

  /// What a name stands for; nothing if it is not known.
  var lookup: (String) throws(Diagnostic) -> Quantity?
  /// Names for a hint when a name is not known.
  var known: [String] = []
  /// Dimensions of the box.
  var space: Int
  /// Draws noise: the number of components, whether normal. Without it noise is refused.
  var noise: ((Int, Bool) -> [Double])?

  func evaluate(_ term: Expression) throws(Diagnostic) -> Quantity {
    switch term.node {
    case .number(let number): return Quantity(number, number == 0 ? nil : Dimension.one)
    case .name(let name): return try value(of: name, term)
    case .prefix(.minus, let operand):
      let value = try evaluate(operand)
      return Quantity(value.numbers.map { -$0 }, value.dimension)
    case .prefix(.not, let operand): return Quantity(try truth(operand) ? 0 : 1, .one)
    case .binary(let symbol, let left, let right): return try binary(symbol, left, right, term)
    case .call(let callee, let arguments): return try call(callee, arguments, term)
    case .index(let base, let indices): return try index(base, indices, term)
    case .member(let base, let name): return try member(base, name, term)
    case .vector(let items): return try vector(items, term)
    case .fixedSum: throw term.diagnostic("a sum over an index is known in laws only")
    case .hole: throw term.diagnostic("a hole can stand in a law only", hint: "give a number, or fit the law first")
    }
  }

  func truth(_ term: Expression) throws(Diagnostic) -> Bool {
    let value = try evaluate(term)
    guard value.isScalar else { throw term.diagnostic("a vector is neither true nor false") }
    return value.numbers[0] != 0
  }

  private func value(of name: String, _ term: Expression) throws(Diagnostic) -> Quantity {
    if let value = try lookup(name) { return value }
    switch name {
    case "pi": return Quantity(.pi, .one)
    case "tiny": return Quantity(.leastNormalMagnitude)
    case "dimensions": return Quantity(Double(space), .one)
    case "ones": return Quantity(Array(repeating: 1, count: space), .one)
    default:
      let others = ["pi", "tiny", "dimensions", "ones"]
      throw term.diagnostic("\(name) is not known here", hint: suggestion(for: name, among: known + others))
    }
  }

  private func index(_ base: Expression, _ indices: [Expression], _ term: Expression) throws(Diagnostic) -> Quantity {
    let value = try evaluate(base)
    guard indices.count == 1, let first = indices.first, case .number(let number) = first.node,
      number >= 0, number < Double(value.numbers.count)
    else { throw term.diagnostic("the index must be a number from 0 to \(value.numbers.count - 1)") }
    return Quantity(value.numbers[Int(number)], value.dimension)
  }

  private func member(_ base: Expression, _ name: String, _ term: Expression) throws(Diagnostic) -> Quantity {
    let value = try evaluate(base)
    // In one dimension a vector is one number.
    guard space == 1 || !value.isScalar, let axis = ["x", "y", "z"].firstIndex(of: name), axis < value.numbers.count else {
      throw term.diagnostic(
        "there is no component .\(name)", hint: "a vector here has \(["x", "x and y", "x, y and z"][space - 1])")
    }
    return Quantity(value.numbers[axis], value.dimension)
  }

  private func vector(_ items: [Expression], _ term: Expression) throws(Diagnostic) -> Quantity {
    guard items.count == space else { throw term.diagnostic("a vector has \(space) components here, not \(items.count)") }
    var result = Quantity([])
    for item in items {
      let value = try evaluate(item)
      guard value.isScalar else { throw item.diagnostic("a component of a vector must be a number") }
      result.dimension = try same(result.dimension, value.dimension, item)
      result.numbers += value.numbers
    }
    return result
  }

  private func binary(
    _ symbol: Expression.Operator, _ left: Expression, _ right: Expression, _ term: Expression
  ) throws(Diagnostic) -> Quantity {
    switch symbol {
    case .and, .or:
      let first = try truth(left), second = try truth(right)
      return Quantity((symbol == .and ? first && second : first || second) ? 1 : 0, .one)
    default: break
    }
    let a = try evaluate(left), b = try evaluate(right)
    switch symbol {
    case .multiply, .divide:
      guard b.isScalar || (a.isScalar && symbol == .multiply) else {
        throw term.diagnostic("product or quotient of vectors", hint: "dot, cross or outer?")
      }
      let dimension = symbol == .multiply ? product(a, b, by: *) : product(a, b, by: /)
      return Quantity(a.zipped(b) { symbol == .multiply ? $0 * $1 : $0 / $1 }, dimension)
    case .power: return try power(a, b, right)
    case .add, .subtract:
      guard a.isScalar == b.isScalar else { throw term.diagnostic("cannot add a number and a vector") }
      return Quantity(a.zipped(b) { symbol == .add ? $0 + $1 : $0 - $1 }, try same(a.dimension, b.dimension, term))
    default:
      guard a.isScalar, b.isScalar else { throw term.diagnostic("vectors cannot be compared", hint: "compare norm(…)") }
      _ = try same(a.dimension, b.dimension, term)
      return Quantity(Evaluator.compare(symbol, a.numbers[0], b.numbers[0]) ? 1 : 0, .one)
    }
  }

  private static func compare(_ symbol: Expression.Operator, _ a: Double, _ b: Double) -> Bool {
    switch symbol {
    case .less: a < b
    case .lessEqual: a <= b
    case .greater: a > b
    case .greaterEqual: a >= b
    case .notEqual: a != b
    default: a == b
    }
  }

  private func product(_ a: Quantity, _ b: Quantity, by combine: (Dimension, Dimension) -> Dimension) -> Dimension? {
    guard let first = a.dimension, let second = b.dimension else { return nil }
    return combine(first, second)
  }

  private func power(_ base: Quantity, _ exponent: Quantity, _ term: Expression) throws(Diagnostic) -> Quantity {
    guard base.isScalar, exponent.isScalar else { throw term.diagnostic("a power wants two numbers") }
    let number = exponent.numbers[0]
    guard exponent.dimension?.isOne != false else { throw term.diagnostic("an exponent has no dimension") }
    guard let dimension = base.dimension, !dimension.isOne else {
      return Quantity(MathFunction.power(base.numbers[0], number), base.dimension)
    }
    guard let rational = Rational(approximating: number) else {
      throw term.diagnostic("the exponent of a quantity with a dimension must be a small fraction")
    }
    return Quantity(MathFunction.power(base.numbers[0], number), try raised(dimension, rational, term))
  }

  /// A power of a dimension, as long as its exponents stay such as physics has.
  func raised(_ dimension: Dimension, _ exponent: Rational, _ term: Expression) throws(Diagnostic) -> Dimension {
    let isModest = dimension.exponents.allSatisfy {
      abs($0.value * exponent.value) <= 100 && $0.denominator * exponent.denominator <= 1000
    }
    guard isModest else { throw term.diagnostic("the dimension of this power has exponents that are too large or too fine") }
    return dimension.power(exponent)
  }

  /// The dimension of two that must agree; a missing one fits the other.
  func same(_ a: Dimension?, _ b: Dimension?, _ term: Expression) throws(Diagnostic) -> Dimension? {
    guard let a, let b else { return a ?? b }
    guard a == b else {
      throw term.diagnostic("cannot add or compare \(a.described(space: space)) and \(b.described(space: space))")
    }
    return a
  }
}

extension Formula.Quantity {
  /// Component by component; a scalar goes with every component of a vector.
  func zipped(_ other: Self, _ combine: (Double, Double) -> Double) -> [Double] {
    if isScalar { return other.numbers.map { combine(numbers[0], $0) } }
    if other.isScalar { return numbers.map { combine($0, other.numbers[0]) } }
    return zip(numbers, other.numbers).map(combine)
  }
}

extension Formula {
  /// An evaluator at a particle; with reduced units nothing has a dimension.
  func evaluator(
    position: [Double], id: Int64, box: Box, isReduced: Bool, noise: ((Int, Bool) -> [Double])? = nil
  ) -> Evaluator {
    let length = isReduced ? nil : Dimension(length: 1)
    var names = constants
    names["position"] = Quantity(position, length)
    names["id"] = Quantity(Double(id), .one)
    names["box"] = Quantity(box.lengths, length)
    let values = names
    return Evaluator(lookup: { values[$0] }, known: Array(values.keys), space: box.space, noise: noise)
  }
}
