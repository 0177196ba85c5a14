import Diagnostics

// The functions of the language on numbers, vectors and small matrices.
extension Lowering {
  mutating func numberFunction(_ name: String, _ values: [Value]) -> Value? {
    if values.count == 1, let function = Graph.Function(rawValue: name == "factorial" ? "gamma" : name), name != "gamma",
      name != "digamma"
    {
      let a = values[0]
      if a.isMatrix, let ofMatrix = Graph.MatrixFunction(rawValue: name) {
        return Value(.matrix, graph.matrix(ofMatrix, of: a.components))
      }
      // factorial(x) = Γ(x + 1)
      let shift = name == "factorial" ? 1.0 : 0
      return Value(
        a.isScalar ? .scalar : a.shape,
        a.components.map { graph.function(function, graph.add($0, graph.constant(shift))) })
    }
    let nodes = values.compactMap { $0.isScalar ? $0.node : nil }
    switch (name, values.count) {
    case ("sqrt", 1): return Value(values[0].shape, values[0].components.map { graph.squareRoot($0) })
    case ("if", 3): return selection(values)
    case ("min", 2...) where nodes.count == values.count: return fold(.minimum, nodes)
    case ("max", 2...) where nodes.count == values.count: return fold(.maximum, nodes)
    case ("clamp", 3) where nodes.count == 3:
      return .scalar(graph.pairwise(.minimum, graph.pairwise(.maximum, nodes[0], nodes[1]), nodes[2]))
    case ("mod", 2) where nodes.count == 2: return .scalar(graph.pairwise(.modulo, nodes[0], nodes[1]))
    case ("atan2", 2) where nodes.count == 2: return .scalar(graph.pairwise(.atan2, nodes[0], nodes[1]))
    case ("W", 2) where nodes.count == 2: return .scalar(wendland(nodes[0], nodes[1]))
    case ("dW", 2) where nodes.count == 2: return .scalar(wendlandSlope(nodes[0], nodes[1]))
    default: return nil
    }
  }

  private mutating func fold(_ function: Graph.Pairwise, _ nodes: [NodeID]) -> Value {
    .scalar(nodes.dropFirst().reduce(nodes[0]) { graph.pairwise(function, $0, $1) })
  }

  /// `if(c, a, b)`; a condition for each component of a vector chooses component by component.
  private mutating func selection(_ values: [Value]) -> Value? {
    let conditions = values[0].components.map { graph.condition($0) }
    let count = max(values[1].components.count, values[2].components.count)
    func padded(_ value: Value) -> [NodeID]? {
      if value.components.count == count { return value.components }
      return graph.constant(value.node) == 0 ? Array(repeating: value.node, count: count) : nil
    }
    guard let a = padded(values[1]), let b = padded(values[2]), conditions.count == 1 || conditions.count == count else {
      return nil
    }
    let shape = values[1].components.count == count ? values[1].shape : values[2].shape
    return Value(
      shape == .boolean ? .scalar : shape,
      a.indices.map { graph.select(conditions[conditions.count == 1 ? 0 : $0], a[$0], b[$0]) })
  }

  mutating func vectorFunction(_ name: String, _ values: [Value]) -> Value? {
    let a = values.first?.components ?? [], n = space
    switch (name, values.count) {
    case ("dot", 2) where a.count == values[1].components.count: return .scalar(graph.dot(a, values[1].components))
    case ("cross", 2):
      let nodes = graph.cross(a, values[1].components)
      return nodes.isEmpty ? nil : Value(nodes.count == space ? .vector : .axial, nodes)
    case ("outer", 2): return Value(.matrix, graph.outer(a, values[1].components))
    case ("norm", 1): return .scalar(graph.norm(a))
    case ("unit", 1): return Value(values[0].shape, graph.scaled(a, by: graph.power(graph.norm(a), Rational(-1))))
    case ("angle", 2):
      let b = values[1].components, cosine = graph.divide(graph.dot(a, b), graph.multiply(graph.norm(a), graph.norm(b)))
      let one = graph.constant(1), clipped = graph.pairwise(.maximum, graph.pairwise(.minimum, cosine, one), graph.negate(one))
      return .scalar(graph.function(.acos, clipped))
    case ("turn", 1): return Value(.quaternion, graph.turn(a))
    case ("rotate", 2): return .vector(graph.rotate(a, values[1].components))
    case ("diag", 1) where a.count == n:
      let zero = graph.constant(0)
      return Value(.matrix, (0..<n * n).map { $0 % (n + 1) == 0 ? a[$0 / n] : zero })
    default: return a.count == n * n && values.count == 1 ? matrixFunction(name, a) : nil
    }
  }

  private mutating func matrixFunction(_ name: String, _ m: [NodeID]) -> Value? {
    let n = space
    switch name {
    case "transpose": return Value(.matrix, graph.transpose(m, size: n))
    case "inverse": return Value(.matrix, graph.inverse(m, size: n))
    case "det": return .scalar(graph.determinant(m, size: n))
    case "trace": return .scalar(graph.trace(m, size: n))
    case "sym":
      let other = graph.transpose(m, size: n)
      return Value(.symmetric, zip(m, other).map { graph.scale(graph.add($0, $1), by: 0.5) })
    case "dev":
      let mean = graph.scale(graph.trace(m, size: n), by: 1 / Double(n))
      return Value(.matrix, m.enumerated().map { $0 % (n + 1) == 0 ? graph.subtract($1, mean) : $1 })
    case "polar": return Value(.matrix, graph.matrix(.polar, of: m))
    default: return nil
    }
  }

  /// `svd(F).u .s .v` and `eigen(S).values .vectors`; nil if it is none of them.
  mutating func factor(_ base: Expression, _ name: String) throws(Diagnostic) -> Value? {
    guard case .call(let callee, let arguments) = base.node, case .name(let function) = callee.node, arguments.count == 1 else {
      return nil
    }
    let n = space
    let choices: [String: (Graph.MatrixFunction, Shape, Range<Int>)] = [
      "svd.u": (.singular, .matrix, 0..<n * n), "svd.s": (.singular, .vector, n * n..<n * n + n),
      "svd.v": (.singular, .matrix, n * n + n..<2 * n * n + n), "eigen.values": (.eigen, .vector, 0..<n),
      "eigen.vectors": (.eigen, .matrix, n..<n * n + n),
    ]
    guard let (factor, shape, range) = choices["\(function).\(name)"] else { return nil }
    return Value(shape, graph.matrix(factor, range, of: try lower(arguments[0]).components))
  }

  // MARK: The smoothing kernel

  /// Wendland C2 with support 2h, normalised in the box's dimensions (H. Wendland, Adv. Comput. Math. 4 (1995) 389):
  /// W = α (1 − q/2)⁴ (2q + 1), q = r/h; α h^D = 3/4, 7/(4π), 21/(16π).
  private mutating func wendland(_ r: NodeID, _ h: NodeID) -> NodeID {
    let q = graph.divide(r, h), zero = graph.constant(0)
    let rest = graph.sum(constant: 1, [Graph.Term(coefficient: -0.5, node: q)])
    let shape = graph.multiply(graph.power(rest, Rational(4)), graph.sum(constant: 1, [Graph.Term(coefficient: 2, node: q)]))
    let value = graph.multiply(wendlandScale(h, extra: 0), shape)
    return graph.select(graph.compare(.less, zero, rest), value, zero)
  }

  /// ∂W/∂r = −5 α q (1 − q/2)³ / h.
  private mutating func wendlandSlope(_ r: NodeID, _ h: NodeID) -> NodeID {
    let q = graph.divide(r, h), zero = graph.constant(0)
    let rest = graph.sum(constant: 1, [Graph.Term(coefficient: -0.5, node: q)])
    let shape = graph.scale(graph.multiply(graph.power(rest, Rational(3)), q), by: -5)
    let value = graph.multiply(wendlandScale(h, extra: 1), shape)
    return graph.select(graph.compare(.less, zero, rest), value, zero)
  }

  private mutating func wendlandScale(_ h: NodeID, extra: Int) -> NodeID {
    let norm = [0.75, 7 / (4 * Double.pi), 21 / (16 * Double.pi)][space - 1]
    return graph.scale(graph.power(h, Rational(-space - extra)), by: norm)
  }
}

extension Graph {
  /// The derivative of a pair's scalar by d, at fixed properties of the ends, also through r: ∂/∂d + 2d ∂/∂(d·d).
  ///
  /// `between` names two of several ends, as `ik` for d[i,k]; empty for the two of a pair.
  public mutating func gradientBySeparation(of scalar: NodeID, space: Int, between: String = "") -> [NodeID] {
    let separation = (0..<space).map { input(Input(.separation, component: $0, end: between)) }
    let square = input(Input(.distanceSquared, end: between))
    let parts = derivatives(of: scalar, by: separation + [square])
    return (0..<space).map { axis in
      let radial = scale(multiply(parts[space], separation[axis]), by: 2)
      return add(parts[axis], radial)
    }
  }
}
