/// A value of any shape as nodes of a graph, one for each number.
public struct Value: Sendable, Hashable {
  /// How the numbers turn with the axes.
  public var shape: Shape
  /// One node per number.
  public var components: [NodeID]

  /// A value of so many numbers as the shape has.
  public init(_ shape: Shape, _ components: [NodeID]) {
    self.shape = shape
    self.components = components
  }

  /// A single number.
  public static func scalar(_ node: NodeID) -> Value { Value(.scalar, [node]) }
  /// A vector of these components.
  public static func vector(_ nodes: [NodeID]) -> Value { Value(.vector, nodes) }

  /// Whether it is one number that does not turn with the axes.
  public var isScalar: Bool {
    switch shape {
    case .scalar, .integer, .boolean: true
    case .axial: components.count == 1
    default: false
    }
  }

  /// Whether it is a matrix, symmetric or not.
  var isMatrix: Bool { shape == .matrix || shape == .symmetric }

  /// The only number of a scalar.
  public var node: NodeID { components[0] }

  /// The rows of a matrix of n×n numbers.
  func row(_ index: Int, of size: Int) -> [NodeID] { Array(components[index * size..<(index + 1) * size]) }
}

// Algebra of small vectors, matrices and rotations, written out in components.
extension Graph {
  /// Σ a·b over components.
  public mutating func dot(_ a: [NodeID], _ b: [NodeID]) -> NodeID {
    let products = zip(a, b).map { multiply($0, $1) }
    return sum(products.map { Term(coefficient: 1, node: $0) })
  }

  /// √(a·a).
  public mutating func norm(_ a: [NodeID]) -> NodeID {
    let square = dot(a, a)
    return squareRoot(square)
  }

  /// Every component times a factor.
  public mutating func scaled(_ a: [NodeID], by factor: NodeID) -> [NodeID] { a.map { multiply($0, factor) } }

  /// In 2D: vector × vector is a scalar, scalar × vector = (−s y, s x), vector × scalar = (s y, −s x).
  public mutating func cross(_ a: [NodeID], _ b: [NodeID]) -> [NodeID] {
    func minor(_ graph: inout Graph, _ i: Int, _ j: Int) -> NodeID {
      let first = graph.multiply(a[i], b[j]), second = graph.multiply(a[j], b[i])
      return graph.subtract(first, second)
    }
    switch (a.count, b.count) {
    case (3, 3): return [minor(&self, 1, 2), minor(&self, 2, 0), minor(&self, 0, 1)]
    case (2, 2): return [minor(&self, 0, 1)]
    case (1, 2): return [negate(multiply(a[0], b[1])), multiply(a[0], b[0])]
    case (2, 1): return [multiply(b[0], a[1]), negate(multiply(b[0], a[0]))]
    default: return []
    }
  }

  /// Row by row: a[i]*b[j].
  public mutating func outer(_ a: [NodeID], _ b: [NodeID]) -> [NodeID] {
    a.flatMap { x in b.map { multiply(x, $0) } }
  }

  mutating func matrixTimesVector(_ m: [NodeID], _ v: [NodeID]) -> [NodeID] {
    let n = v.count
    return (0..<n).map { row in dot(Array(m[row * n..<(row + 1) * n]), v) }
  }

  mutating func matrixProduct(_ a: [NodeID], _ b: [NodeID], size n: Int) -> [NodeID] {
    (0..<n * n).map { index in
      let (row, column) = (index / n, index % n)
      return dot((0..<n).map { a[row * n + $0] }, (0..<n).map { b[$0 * n + column] })
    }
  }

  mutating func transpose(_ m: [NodeID], size n: Int) -> [NodeID] { (0..<n * n).map { m[($0 % n) * n + $0 / n] } }

  mutating func trace(_ m: [NodeID], size n: Int) -> NodeID {
    sum((0..<n).map { Term(coefficient: 1, node: m[$0 * n + $0]) })
  }

  /// By cofactors along the first row; n is at most 3.
  mutating func determinant(_ m: [NodeID], size n: Int) -> NodeID {
    if n == 1 { return m[0] }
    let terms = (0..<n).map { column in
      let minor = determinant(minor(m, size: n, row: 0, column: column), size: n - 1)
      return Term(coefficient: column % 2 == 0 ? 1 : -1, node: multiply(m[column], minor))
    }
    return sum(terms)
  }

  /// The adjugate over the determinant.
  mutating func inverse(_ m: [NodeID], size n: Int) -> [NodeID] {
    let whole = determinant(m, size: n)
    if n == 1 { return [power(whole, Rational(-1))] }
    return (0..<n * n).map { index in
      let (row, column) = (index / n, index % n)
      let minor = determinant(minor(m, size: n, row: column, column: row), size: n - 1)
      return divide((row + column) % 2 == 0 ? minor : negate(minor), whole)
    }
  }

  private func minor(_ m: [NodeID], size n: Int, row: Int, column: Int) -> [NodeID] {
    (0..<n * n).filter { $0 / n != row && $0 % n != column }.map { m[$0] }
  }

  /// Product of two rotations: Hamilton's in 3D (w, x, y, z), of complex numbers in 2D.
  mutating func quaternionProduct(_ a: [NodeID], _ b: [NodeID]) -> [NodeID] {
    let signs: [[(Int, Int, Double)]] =
      a.count == 2
      ? [[(0, 0, 1), (1, 1, -1)], [(0, 1, 1), (1, 0, 1)]]
      : [
        [(0, 0, 1), (1, 1, -1), (2, 2, -1), (3, 3, -1)], [(0, 1, 1), (1, 0, 1), (2, 3, 1), (3, 2, -1)],
        [(0, 2, 1), (1, 3, -1), (2, 0, 1), (3, 1, 1)], [(0, 3, 1), (1, 2, 1), (2, 1, -1), (3, 0, 1)],
      ]
    return signs.map { row in sum(row.map { Term(coefficient: $0.2, node: multiply(a[$0.0], b[$0.1])) }) }
  }

  /// The rotation of a rotation vector (3D) or angle (2D).
  mutating func turn(_ a: [NodeID]) -> [NodeID] {
    if a.count == 1 { return [function(.cos, a[0]), function(.sin, a[0])] }
    let angle = norm(a), half = scale(angle, by: 0.5), tiny = constant(1e-12)
    // sin(θ/2)/θ tends to 1/2; the branch keeps 0/0 out.
    let ratio = select(compare(.less, tiny, angle), divide(function(.sin, half), angle), constant(0.5))
    return [function(.cos, half)] + scaled(a, by: ratio)
  }

  /// A vector turned by a rotation: v + 2 w (q×v) + 2 q×(q×v).
  mutating func rotate(_ q: [NodeID], _ v: [NodeID]) -> [NodeID] {
    if q.count == 2 {
      return [subtract(multiply(q[0], v[0]), multiply(q[1], v[1])), add(multiply(q[1], v[0]), multiply(q[0], v[1]))]
    }
    let axis = Array(q[1...]), first = cross(axis, v), second = cross(axis, first)
    return v.indices.map { index in
      let twice = add(multiply(q[0], first[index]), second[index])
      return add(v[index], scale(twice, by: 2))
    }
  }
}
