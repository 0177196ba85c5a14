import Diagnostics

extension Lowering {
  mutating func prefix(_ prefix: Expression.Prefix, _ value: Value) throws(Diagnostic) -> Value {
    switch prefix {
    case .minus: return Value(value.shape, value.components.map { graph.negate($0) })
    case .not:
      return Value(value.isScalar ? .boolean : value.shape, value.components.map { graph.not(graph.condition($0)) })
    }
  }

  mutating func binary(_ op: Expression.Operator, _ a: Value, _ b: Value, at expression: Expression) throws(Diagnostic) -> Value {
    switch op {
    case .or, .and: return logical(op, a, b)
    case .less: return Value(.boolean, [graph.compare(.less, a.node, b.node)])
    case .lessEqual: return Value(.boolean, [graph.compare(.lessEqual, a.node, b.node)])
    case .greater: return Value(.boolean, [graph.compare(.less, b.node, a.node)])
    case .greaterEqual: return Value(.boolean, [graph.compare(.lessEqual, b.node, a.node)])
    case .equal: return Value(.boolean, [graph.compare(.equal, a.node, b.node)])
    case .notEqual: return Value(.boolean, [graph.not(graph.compare(.equal, a.node, b.node))])
    case .add, .subtract: return try elementwise(op, a, b, at: expression)
    case .multiply: return try product(a, b, at: expression)
    case .divide:
      guard b.isScalar else { throw expression.diagnostic("division by a \(b.shape)") }
      return Value(a.shape, a.components.map { graph.divide($0, b.node) })
    case .power: return .scalar(graph.pairwise(.power, a.node, b.node))
    }
  }

  /// A condition, or one for each component if one of the two is.
  private mutating func logical(_ op: Expression.Operator, _ a: Value, _ b: Value) -> Value {
    let wider = a.isScalar ? b : a
    let nodes = wider.components.indices.map { index in
      let (x, y) = (graph.condition(a.components[a.isScalar ? 0 : index]), graph.condition(b.components[b.isScalar ? 0 : index]))
      return op == .or ? graph.or(x, y) : graph.and(x, y)
    }
    return Value(wider.isScalar ? .boolean : wider.shape, nodes)
  }

  private mutating func elementwise(
    _ op: Expression.Operator, _ a: Value, _ b: Value, at expression: Expression
  ) throws(Diagnostic) -> Value {
    // The number 0 fits any shape.
    if a.isScalar, !b.isScalar, graph.constant(a.node) == 0 { return op == .add ? b : try prefix(.minus, b) }
    if b.isScalar, !a.isScalar, graph.constant(b.node) == 0 { return a }
    guard a.components.count == b.components.count else {
      throw expression.diagnostic("cannot add a \(a.shape) and a \(b.shape)")
    }
    let shape = a.shape == .boolean || a.shape == .integer ? .scalar : a.shape
    return Value(
      shape,
      zip(a.components, b.components).map { op == .add ? graph.add($0, $1) : graph.subtract($0, $1) })
  }

  private mutating func product(_ a: Value, _ b: Value, at expression: Expression) throws(Diagnostic) -> Value {
    if a.isScalar { return Value(shapeOfProduct(b), graph.scaled(b.components, by: a.node)) }
    if b.isScalar { return Value(a.shape, graph.scaled(a.components, by: b.node)) }
    switch (a.shape, b.shape) {
    case (.quaternion, .quaternion): return Value(.quaternion, graph.quaternionProduct(a.components, b.components))
    case (.matrix, .vector), (.symmetric, .vector): return .vector(graph.matrixTimesVector(a.components, b.components))
    case (.matrix, .matrix), (.matrix, .symmetric), (.symmetric, .matrix), (.symmetric, .symmetric):
      return Value(.matrix, graph.matrixProduct(a.components, b.components, size: space))
    default: throw expression.diagnostic("\(a.shape)*\(b.shape): dot, cross or outer?")
    }
  }

  private func shapeOfProduct(_ value: Value) -> Shape {
    value.shape == .boolean || value.shape == .integer ? .scalar : value.shape
  }
}
