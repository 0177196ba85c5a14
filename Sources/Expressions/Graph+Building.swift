import Foundation

// The builders: each gives the node of an operation in normal form.
extension Graph {
  /// A number; minus zero is zero.
  public mutating func constant(_ value: Double) -> NodeID { node(.constant(value == 0 ? 0 : value)) }
  /// A value from outside.
  public mutating func input(_ input: Input) -> NodeID { node(.input(input)) }

  // MARK: Sums

  /// constant + Σ coefficient × node, with equal nodes collected.
  public mutating func sum(constant: Double = 0, _ terms: [Term]) -> NodeID {
    var total = constant
    var coefficients: [NodeID: Double] = [:]
    for term in terms where term.coefficient != 0 {
      collect(term.node, times: term.coefficient, into: &coefficients, constant: &total)
    }
    let kept = coefficients.filter { $0.value != 0 }.sorted { $0.key < $1.key }.map { Term(coefficient: $0.value, node: $0.key) }
    if kept.isEmpty { return self.constant(total) }
    if total == 0, kept.count == 1, kept[0].coefficient == 1 { return kept[0].node }
    return node(.sum(constant: total, kept))
  }

  private mutating func collect(
    _ node: NodeID, times coefficient: Double, into coefficients: inout [NodeID: Double], constant total: inout Double
  ) {
    switch self[node] {
    case .constant(let value): total += coefficient * value
    case .sum(let constant, let terms):
      total += coefficient * constant
      for term in terms { collect(term.node, times: coefficient * term.coefficient, into: &coefficients, constant: &total) }
    case .compare, .and, .or, .not: coefficients[number(node), default: 0] += coefficient
    default: coefficients[node, default: 0] += coefficient
    }
  }

  /// a + b.
  public mutating func add(_ a: NodeID, _ b: NodeID) -> NodeID {
    sum([Term(coefficient: 1, node: a), Term(coefficient: 1, node: b)])
  }
  /// a − b.
  public mutating func subtract(_ a: NodeID, _ b: NodeID) -> NodeID {
    sum([Term(coefficient: 1, node: a), Term(coefficient: -1, node: b)])
  }
  /// −a.
  public mutating func negate(_ a: NodeID) -> NodeID { scale(a, by: -1) }
  /// factor · a.
  public mutating func scale(_ a: NodeID, by factor: Double) -> NodeID { sum([Term(coefficient: factor, node: a)]) }

  // MARK: Products

  /// a · b.
  public mutating func multiply(_ a: NodeID, _ b: NodeID) -> NodeID {
    product([Factor(base: a, exponent: Rational(1)), Factor(base: b, exponent: Rational(1))])
  }
  /// a / b.
  public mutating func divide(_ a: NodeID, _ b: NodeID) -> NodeID {
    product([Factor(base: a, exponent: Rational(1)), Factor(base: b, exponent: Rational(-1))])
  }
  /// √a, of what is not negative.
  public mutating func squareRoot(_ a: NodeID) -> NodeID { power(a, Rational(1, 2)) }
  /// a ^ exponent; fractional exponents only of what is not negative.
  public mutating func power(_ a: NodeID, _ exponent: Rational) -> NodeID { product([Factor(base: a, exponent: exponent)]) }

  /// Π base ^ exponent, with equal bases collected and constants pulled out as a coefficient.
  public mutating func product(_ factors: [Factor]) -> NodeID {
    var coefficient = 1.0
    var exponents: [NodeID: Rational] = [:]
    for factor in factors { collect(factor, into: &exponents, coefficient: &coefficient) }
    if coefficient == 0 { return constant(0) }
    let kept = exponents.filter { !$0.value.isZero }.sorted { $0.key < $1.key }.map { Factor(base: $0.key, exponent: $0.value) }
    if kept.isEmpty { return constant(coefficient) }
    let plain = kept.count == 1 && kept[0].exponent == Rational(1) ? kept[0].base : node(.product(kept))
    return coefficient == 1 ? plain : sum([Term(coefficient: coefficient, node: plain)])
  }

  private mutating func collect(_ factor: Factor, into exponents: inout [NodeID: Rational], coefficient: inout Double) {
    let exponent = factor.exponent
    switch self[factor.base] {
    case .constant(let value):
      coefficient *= exponent == Rational(1) ? value : Foundation.pow(value, exponent.value)
    case .sum(0, let terms) where terms.count == 1 && (exponent.denominator == 1 || terms[0].coefficient > 0):
      coefficient *= Foundation.pow(terms[0].coefficient, exponent.value)
      collect(Factor(base: terms[0].node, exponent: exponent), into: &exponents, coefficient: &coefficient)
    case .sum where exponent.denominator == 1:
      let (base, isOpposite) = withLeadingPlus(factor.base)
      if isOpposite, exponent.numerator % 2 != 0 { coefficient = -coefficient }
      exponents[base, default: Rational(0)] = exponents[base, default: Rational(0)] + exponent
    case .product(let inner)
    where (exponent.denominator == 1 || inner.allSatisfy({ isNonNegative($0.base) }))
      && inner.allSatisfy({ ($0.exponent * exponent).isModest }):
      for part in inner {
        collect(Factor(base: part.base, exponent: part.exponent * exponent), into: &exponents, coefficient: &coefficient)
      }
    case .compare, .and, .or, .not:
      exponents[number(factor.base), default: Rational(0)] = exponents[number(factor.base), default: Rational(0)] + exponent
    default:
      exponents[factor.base] = exponents[factor.base, default: Rational(0)] + exponent
    }
  }

  /// A sum, or its opposite, so that its first coefficient is positive: powers of a − b and b − a are then of one base.
  private mutating func withLeadingPlus(_ node: NodeID) -> (node: NodeID, isOpposite: Bool) {
    guard case .sum(_, let terms) = self[node], let first = terms.first, first.coefficient < 0 else { return (node, false) }
    return (negate(node), true)
  }

  /// True only if the value can't be negative whatever the inputs are, so that roots of its powers may be collected.
  func isNonNegative(_ node: NodeID) -> Bool {
    switch self[node] {
    case .constant(let value): value >= 0
    case .input(let input): input.kind == .distanceSquared
    case .sum(let constant, let terms):
      constant >= 0 && terms.allSatisfy { $0.coefficient >= 0 && isNonNegative($0.node) }
    case .product(let factors):
      factors.allSatisfy { factor in
        (factor.exponent.denominator == 1 && factor.exponent.numerator % 2 == 0) || factor.exponent.denominator % 2 == 0
          || isNonNegative(factor.base)
      }
    case .function(.exp, _), .function(.abs, _), .function(.cosh, _), .function(.erfc, _): true
    case .select(_, let a, let b): isNonNegative(a) && isNonNegative(b)
    default: false
    }
  }

  // MARK: Functions and conditions

  /// A function of one number; its value, if that is known already.
  public mutating func function(_ function: Function, _ a: NodeID) -> NodeID {
    if let value = constant(a), let result = function.value(value) { return constant(result) }
    if function == .abs, isNonNegative(a) { return a }
    if function.parity != .none {
      let (argument, isOpposite) = withLeadingPlus(a)
      if isOpposite {
        let value = self.function(function, argument)
        return function.parity == .odd ? negate(value) : value
      }
    }
    return node(.function(function, number(a)))
  }

  /// A function of two numbers.
  public mutating func pairwise(_ function: Pairwise, _ a: NodeID, _ b: NodeID) -> NodeID {
    if let x = constant(a), let y = constant(b) { return constant(function.value(x, y)) }
    if function == .power, let y = constant(b), let exponent = Rational(approximating: y) { return power(a, exponent) }
    if function == .minimum || function == .maximum {
      if a == b { return a }
      return node(.pairwise(function, min(number(a), number(b)), max(number(a), number(b))))
    }
    return node(.pairwise(function, number(a), number(b)))
  }

  /// A condition from two numbers.
  public mutating func compare(_ comparison: Comparison, _ a: NodeID, _ b: NodeID) -> NodeID {
    if let x = constant(a), let y = constant(b) { return truth(comparison.holds(x, y)) }
    return node(.compare(comparison, number(a), number(b)))
  }

  /// A condition that always or never holds.
  public mutating func truth(_ value: Bool) -> NodeID { constant(value ? 1 : 0) }

  /// Whether both hold.
  public mutating func and(_ a: NodeID, _ b: NodeID) -> NodeID {
    if let value = constant(a) { return value == 0 ? a : b }
    if let value = constant(b) { return value == 0 ? b : a }
    return a == b ? a : node(.and(min(condition(a), condition(b)), max(condition(a), condition(b))))
  }

  /// Whether one of them holds.
  public mutating func or(_ a: NodeID, _ b: NodeID) -> NodeID {
    if let value = constant(a) { return value == 0 ? b : a }
    if let value = constant(b) { return value == 0 ? a : b }
    return a == b ? a : node(.or(min(condition(a), condition(b)), max(condition(a), condition(b))))
  }

  /// Whether it does not hold.
  public mutating func not(_ a: NodeID) -> NodeID {
    if let value = constant(a) { return truth(value == 0) }
    if case .not(let inner) = self[a] { return inner }
    return node(.not(condition(a)))
  }

  /// `a` where the condition holds, else `b`.
  public mutating func select(_ condition: NodeID, _ a: NodeID, _ b: NodeID) -> NodeID {
    if let value = constant(condition) { return value != 0 ? a : b }
    if a == b { return a }
    return node(.select(self.condition(condition), number(a), number(b)))
  }

  /// The value of a function that the scene gives, differentiated so many times.
  public mutating func call(_ name: String, end: String, derivative: Int = 0, _ argument: NodeID) -> NodeID {
    node(.call(name, end: end, derivative: derivative, number(argument)))
  }

  /// A random number of a place in the step; `component` tells those of a vector apart, `end` those of a member's pairs.
  public mutating func noise(
    _ noise: Noise, place: Int, component: Int, end: String = "", argument: NodeID? = nil
  ) -> NodeID {
    node(.noise(noise, place: place, component: component, end: end, argument: argument))
  }

  /// A condition as a number: 1 where it holds, else 0.
  public mutating func number(_ a: NodeID) -> NodeID {
    guard isCondition(a) else { return a }
    let one = constant(1), zero = constant(0)
    return node(.select(a, one, zero))
  }

  /// A number as a condition: it holds where the number is not 0.
  public mutating func condition(_ a: NodeID) -> NodeID {
    if isCondition(a) { return a }
    if case .select(let condition, let x, let y) = self[a], constant(x) == 1, constant(y) == 0 { return condition }
    let zero = constant(0)
    let equal = compare(.equal, a, zero)
    return not(equal)
  }
}

extension Graph {
  /// node / factor, if the node is a product with that factor, or a sum of such products; else nil.
  public mutating func quotientIfFactor(_ node: NodeID, by factor: NodeID) -> NodeID? {
    switch self[node] {
    case _ where node == factor: return constant(1)
    case .constant(0): return node
    case .product(let factors):
      guard factors.contains(where: { $0.base == factor && $0.exponent.denominator == 1 && $0.exponent > Rational(0) }) else {
        return nil
      }
      return product(factors + [Factor(base: factor, exponent: Rational(-1))])
    case .sum(0, let terms):
      var parts: [Term] = []
      for term in terms {
        guard let part = quotientIfFactor(term.node, by: factor) else { return nil }
        parts.append(Term(coefficient: term.coefficient, node: part))
      }
      return sum(parts)
    case .select(let condition, let a, let b):
      guard let x = quotientIfFactor(a, by: factor), let y = quotientIfFactor(b, by: factor) else { return nil }
      return select(condition, x, y)
    default: return nil
    }
  }
}
