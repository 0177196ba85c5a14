import Expressions

// Values in fixed point. The scale goes into the constants of a law, which spares a product for each pair; as a power of two
// it changes no bit but the exponent.
extension Emitter {
  /// C text of a number's value times the scale of the force.
  public mutating func scaled(_ node: NodeID) -> String {
    let scale = "u->scale"
    if let value = graph.constant(node) { return value == 0 ? literal(0) : "(\(literal(value))*\(scale))" }
    guard takesScale(node) else { return keep("\(value(of: node))*\(scale)") }
    switch graph[node] {
    case .sum(let constant, let terms) where rate(of: node) == .varying: return sum(constant, terms, scaled: true)
    case .product(let factors) where rate(of: node) == .varying: return product(factors, coefficient: 1, scaled: true)
    case .select(let c, let a, let b) where rate(of: node) == .varying:
      let (condition, yes, no) = (condition(c), scaled(a), scaled(b))
      return keep("\(condition) ? \(cast(yes)) : \(cast(no))")
    default: return "(\(value(of: node))*\(scale))"
    }
  }

  mutating func value(of node: NodeID, scaled: Bool) -> String { scaled ? self.scaled(node) : value(of: node) }

  /// Whether all terms of a value have a constant that can take the scale.
  mutating func takesScale(_ node: NodeID) -> Bool {
    guard rate(of: node) == .varying else { return rate(of: node) == .uniform }
    switch graph[node] {
    case .sum(_, let terms): return terms.allSatisfy { takesScale($0) }
    case .product(let factors): return takesScale(factors)
    case .select(_, let a, let b): return takesScale(a) && takesScale(b)
    default: return false
    }
  }

  private mutating func takesScale(_ term: Graph.Term) -> Bool {
    let isConstant = abs(term.coefficient) != 1
    guard rate(of: term.node) == .varying else { return rate(of: term.node) == .uniform }
    guard case .product(let factors) = graph[term.node] else { return isConstant || takesScale(term.node) }
    return takesScale(factors) || (isConstant && factors.allSatisfy { rate(of: $0.base) == .varying })
  }

  private mutating func takesScale(_ factors: [Graph.Factor]) -> Bool {
    let fixed = factors.filter { rate(of: $0.base) != .varying }
    if !fixed.isEmpty { return fixed.allSatisfy { rate(of: $0.base) == .uniform } }
    return factors.contains { $0.exponent == Rational(1) && takesScale($0.base) }
  }
}
