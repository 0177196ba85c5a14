extension Graph {
  /// The derivatives of `node` by each of `variables` (inputs), by reverse accumulation through the graph.
  ///
  /// Conditions, `sign`, `floor` and noise count as constant.
  public mutating func derivatives(of node: NodeID, by variables: [NodeID]) -> [NodeID] {
    let order = reachable(from: [node])
    let wanted = dependents(of: variables, among: order)
    var adjoint: [NodeID: NodeID] = [node: constant(1)]
    for current in order.reversed() where wanted.contains(current) {
      guard let outer = adjoint[current], !variables.contains(current) else { continue }
      for (child, inner) in partials(of: current) where wanted.contains(child) {
        let part = guarded(outer, times: inner)
        adjoint[child] = adjoint[child].map { add($0, part) } ?? part
      }
    }
    let zero = constant(0)
    return variables.map { adjoint[$0] ?? zero }
  }

  /// The derivative of `node` by one variable.
  public mutating func derivative(of node: NodeID, by variable: NodeID) -> NodeID {
    derivatives(of: node, by: [variable])[0]
  }

  /// outer × inner, where branches that are not taken stay exactly 0 even if `inner` is not finite there.
  private mutating func guarded(_ outer: NodeID, times inner: NodeID) -> NodeID {
    let zero = constant(0)
    switch self[outer] {
    case .select(let c, let x, zero): return select(c, guarded(x, times: inner), zero)
    case .select(let c, zero, let y): return select(c, zero, guarded(y, times: inner))
    case .sum(0, let terms) where terms.contains(where: { isBranch($0.node) }):
      let parts = terms.map { Term(coefficient: $0.coefficient, node: guarded($0.node, times: inner)) }
      return sum(parts)
    default: return multiply(outer, inner)
    }
  }

  private func isBranch(_ node: NodeID) -> Bool {
    if case .select = self[node] { true } else { false }
  }

  private func dependents(of variables: [NodeID], among order: [NodeID]) -> Set<NodeID> {
    var found = Set(variables)
    for node in order where children(of: node).contains(where: found.contains) { found.insert(node) }
    return found
  }

  /// ∂node/∂child for each child.
  private mutating func partials(of node: NodeID) -> [(NodeID, NodeID)] {
    switch self[node] {
    case .sum(_, let terms): return terms.map { ($0.node, constant($0.coefficient)) }
    case .product(let factors):
      return factors.indices.map { index in
        var others = factors
        others[index].exponent = others[index].exponent - Rational(1)
        return (factors[index].base, scale(product(others), by: factors[index].exponent.value))
      }
    case .function(let function, let a): return [(a, derivative(of: function, at: a, value: node))]
    case .pairwise(let function, let a, let b): return partials(of: function, a, b, value: node)
    case .select(let c, let a, let b):
      let one = constant(1), zero = constant(0)
      return [(a, select(c, one, zero)), (b, select(c, zero, one))]
    case .call(let name, let end, let derivative, let a): return [(a, call(name, end: end, derivative: derivative + 1, a))]
    case .matrix(let function, let component, let m): return partials(of: function, component: component, m)
    case .constant, .input, .compare, .and, .or, .not, .noise: return []
    }
  }

  private mutating func derivative(of function: Function, at a: NodeID, value: NodeID) -> NodeID {
    let one = constant(1)
    switch function {
    case .exp: return value
    case .log: return power(a, Rational(-1))
    case .sin: return self.function(.cos, a)
    case .cos: return negate(self.function(.sin, a))
    case .tan: return add(one, power(value, Rational(2)))
    case .asin: return power(subtract(one, power(a, Rational(2))), Rational(-1, 2))
    case .acos: return negate(power(subtract(one, power(a, Rational(2))), Rational(-1, 2)))
    case .atan: return power(add(one, power(a, Rational(2))), Rational(-1))
    case .sinh: return self.function(.cosh, a)
    case .cosh: return self.function(.sinh, a)
    case .tanh: return subtract(one, power(value, Rational(2)))
    case .erf, .erfc:
      let bell = self.function(.exp, negate(power(a, Rational(2))))
      return scale(bell, by: (function == .erf ? 2 : -2) / Double.pi.squareRoot())
    case .gamma: return multiply(value, self.function(.digamma, a))
    case .abs: return self.function(.sign, a)
    // ψ' is not in the language: no law can ask for it except through a second derivative of factorial.
    case .digamma, .sign, .floor, .ceil: return constant(0)
    }
  }

  private mutating func partials(of function: Pairwise, _ a: NodeID, _ b: NodeID, value: NodeID) -> [(NodeID, NodeID)] {
    let one = constant(1), zero = constant(0)
    switch function {
    case .power:
      let byBase = multiply(b, pairwise(.power, a, subtract(b, one)))
      return [(a, byBase), (b, multiply(value, self.function(.log, a)))]
    case .atan2:
      let square = add(power(a, Rational(2)), power(b, Rational(2)))
      return [(a, divide(b, square)), (b, negate(divide(a, square)))]
    case .minimum, .maximum:
      let first = function == .minimum ? compare(.lessEqual, a, b) : compare(.lessEqual, b, a)
      return [(a, select(first, one, zero)), (b, select(first, zero, one))]
    case .modulo: return [(a, one), (b, negate(self.function(.floor, divide(a, b))))]
    }
  }

  /// The node with inputs replaced; what does not depend on them stays as it is.
  public mutating func substitute(_ replacements: [NodeID: NodeID], in roots: [NodeID]) -> [NodeID] {
    var new = replacements
    for node in reachable(from: roots) where new[node] == nil {
      let old = children(of: node)
      guard old.contains(where: { new[$0, default: $0] != $0 }) else {
        new[node] = node
        continue
      }
      new[node] = rebuild(self[node]) { new[$0, default: $0] }
    }
    return roots.map { new[$0, default: $0] }
  }

  private mutating func rebuild(_ operation: Operation, _ new: (NodeID) -> NodeID) -> NodeID {
    switch operation {
    case .constant(let value): return constant(value)
    case .input(let input): return self.input(input)
    case .sum(let constant, let terms):
      return sum(constant: constant, terms.map { Term(coefficient: $0.coefficient, node: new($0.node)) })
    case .product(let factors): return product(factors.map { Factor(base: new($0.base), exponent: $0.exponent) })
    case .function(let function, let a): return self.function(function, new(a))
    case .pairwise(let function, let a, let b): return pairwise(function, new(a), new(b))
    case .compare(let comparison, let a, let b): return compare(comparison, new(a), new(b))
    case .and(let a, let b): return and(new(a), new(b))
    case .or(let a, let b): return or(new(a), new(b))
    case .not(let a): return not(new(a))
    case .select(let c, let a, let b): return select(new(c), new(a), new(b))
    case .call(let name, let end, let derivative, let a): return call(name, end: end, derivative: derivative, new(a))
    case .noise(let noise, let place, let component, let end, let argument):
      return self.noise(noise, place: place, component: component, end: end, argument: argument.map(new))
    case .matrix(let function, let component, let m): return matrix(function, component..<component + 1, of: m.map(new))[0]
    }
  }
}
