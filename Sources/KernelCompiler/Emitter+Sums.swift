import Expressions

// Sums: all that does not vary is one constant, and powers that terms have in common are taken out.
extension Emitter {
  /// constant + Σ.
  mutating func sum(_ constant: Double, _ terms: [Graph.Term], scaled: Bool = false) -> String {
    let opposite = graph.sum(constant: -constant, terms.map { Graph.Term(coefficient: -$0.coefficient, node: $0.node) })
    if !scaled, let known = names[opposite] { return keep("-\(known)") }
    let fixed = terms.filter { rate(of: $0.node) != .varying }
    let moving = grouped(terms.filter { rate(of: $0.node) == .varying }, scaled: scaled)
    let rest = graph.sum(constant: constant, fixed)
    var text = graph.constant(rest) == 0 ? "" : value(of: rest, scaled: scaled)
    for term in moving.sorted(by: { $0.coefficient > $1.coefficient }) { append(term, to: &text, scaled: scaled) }
    return text.allSatisfy({ $0.isLetter || $0.isNumber }) ? text : keep(text)
  }

  private mutating func append(_ term: Graph.Term, to text: inout String, scaled: Bool) {
    if text.isEmpty {
      text = product(term, scaled: scaled)
    } else if term.coefficient < 0 {
      text += " - " + product(Graph.Term(coefficient: -term.coefficient, node: term.node), scaled: scaled)
    } else {
      text += " + " + product(term, scaled: scaled)
    }
  }

  private mutating func product(_ term: Graph.Term, scaled: Bool) -> String {
    if case .product(let factors) = graph[term.node] { return product(factors, coefficient: term.coefficient, scaled: scaled) }
    if scaled, term.coefficient != 1 { return "\(self.scaled(graph.constant(term.coefficient)))*\(value(of: term.node))" }
    let value = value(of: term.node, scaled: scaled)
    return term.coefficient == 1 ? value : term.coefficient == -1 ? "-\(value)" : "\(literal(term.coefficient))*\(value)"
  }

  // MARK: Common powers

  /// Powers of one base whose quotients are whole powers: x^-4 and x^-7, but not x^-3/2.
  private struct Family: Hashable {
    let base: NodeID
    let isInverse: Bool
    let fraction: Rational

    init(_ factor: Graph.Factor, mixed: Bool) {
      let exponent = factor.exponent
      base = factor.base
      isInverse = exponent < Rational(0)
      fraction = mixed ? Rational(0) : Rational(exponent.numerator % exponent.denominator, exponent.denominator)
    }
  }

  /// Takes out common powers, the most common first: a x² + b x³ + c y as x² (a + b x) + c y.
  private mutating func grouped(_ terms: [Graph.Term], scaled: Bool) -> [Graph.Term] {
    // What is computed already costs nothing.
    var rest = terms.filter { scaled || names[$0.node] == nil }
    let known = terms.filter { !scaled && names[$0.node] != nil }
    while let (common, places) = commonFactor(of: rest, mixed: false) ?? commonFactor(of: rest, mixed: true) {
      let inner = graph.sum(
        places.map { Graph.Term(coefficient: rest[$0].coefficient, node: quotient(rest[$0].node, by: common)) })
      let whole = graph.product([common, Graph.Factor(base: inner, exponent: Rational(1))])
      rest = rest.indices.filter { !places.contains($0) }.map { rest[$0] }
      if case .sum(0, let single) = graph[whole], single.count == 1 {
        rest += single
      } else {
        rest.append(Graph.Term(coefficient: 1, node: whole))
      }
    }
    return known + rest
  }

  /// The power that most of the terms share, and the terms that do; nil if no two share any.
  private mutating func commonFactor(of terms: [Graph.Term], mixed: Bool) -> (Graph.Factor, [Int])? {
    var families: [Family: [Int]] = [:], order: [Family] = []
    for (place, term) in terms.enumerated() {
      for factor in factors(of: term.node) where rate(of: factor.base) == .varying && factor.exponent.denominator <= 2 {
        let family = Family(factor, mixed: mixed)
        if families[family] == nil { order.append(family) }
        families[family, default: []].append(place)
      }
    }
    let largest = order.max { families[$0, default: []].count < families[$1, default: []].count }
    guard let largest, let places = families[largest], places.count > 1 else { return nil }
    let exponents = places.compactMap { place in factors(of: terms[place].node).first { $0.base == largest.base }?.exponent }
    let least = largest.isInverse ? exponents.max() : exponents.min()
    return least.map { (Graph.Factor(base: largest.base, exponent: $0), places) }
  }

  private func factors(of node: NodeID) -> [Graph.Factor] {
    switch graph[node] {
    case .product(let factors): factors
    case .input: [Graph.Factor(base: node, exponent: Rational(1))]
    default: []
    }
  }

  private mutating func quotient(_ node: NodeID, by factor: Graph.Factor) -> NodeID {
    graph.product([
      Graph.Factor(base: node, exponent: Rational(1)),
      Graph.Factor(base: factor.base, exponent: Rational(0) - factor.exponent),
    ])
  }
}
