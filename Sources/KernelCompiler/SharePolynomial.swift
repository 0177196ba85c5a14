import Expressions

/// What a particle and a site give each other, as a sum of products of a number of the particle with powers of the share, of its slope
/// and of the separation, and with at most one number of the site.
///
/// Each product separates into one factor for each axis, so that sums over a support go axis by axis.
struct SharePolynomial {
  /// Powers along one axis.
  struct Power: Hashable {
    var share = 0, slope = 0, distance = 0
  }

  /// Powers of `w`, `d` and `dw`, and the number of the site.
  struct Product: Hashable {
    var share = 0
    var distance = [0, 0, 0]
    var slope = [0, 0, 0]
    var column: Column?

    /// The factor along an axis: in dw that axis has the slope, and every other one the share.
    func power(along axis: Int) -> Power {
      let others = slope.indices.filter { $0 != axis }.reduce(0) { $0 + slope[$1] }
      return Power(share: share + others, slope: slope[axis], distance: distance[axis])
    }

    /// Whether it changes its sign where separations do.
    var isOdd: Bool { (distance + slope).reduce(0, +) % 2 == 1 }

    fileprivate func times(_ other: Product) -> Product? {
      guard column == nil || other.column == nil else { return nil }
      return Product(
        share: share + other.share, distance: zip(distance, other.distance).map(+), slope: zip(slope, other.slope).map(+),
        column: column ?? other.column)
    }
  }

  typealias Term = (product: Product, coefficient: NodeID)

  /// Products that differ, each with the number of the particle that goes with it.
  private(set) var terms: [Term] = []
  /// More than these are not worth the lanes.
  private static let most = 16

  /// The polynomial that a node is; nil if it is none. `paired` are all nodes that belong to the pair, not to the particle alone.
  init?(_ node: NodeID, _ graph: inout Graph, paired: Set<NodeID>, space: Int) {
    guard let found = Self.expand(node, &graph, paired, space) else { return nil }
    self = found
    terms.removeAll { graph.constant($0.coefficient) == 0 }
  }

  private init(_ terms: [Term] = []) { self.terms = terms }

  private mutating func add(_ product: Product, _ coefficient: NodeID, _ graph: inout Graph) {
    if let place = terms.firstIndex(where: { $0.product == product }) {
      terms[place].coefficient = graph.add(terms[place].coefficient, coefficient)
    } else {
      terms.append((product, coefficient))
    }
  }

  private static func expand(_ node: NodeID, _ graph: inout Graph, _ paired: Set<NodeID>, _ space: Int) -> Self? {
    guard paired.contains(node) else { return Self([(Product(), node)]) }
    switch graph[node] {
    case .input(let input): return of(input, &graph, space)
    case .sum(let constant, let terms):
      var all = Self(constant == 0 ? [] : [(Product(), graph.constant(constant))])
      for term in terms {
        guard let part = expand(term.node, &graph, paired, space) else { return nil }
        for (product, factor) in part.terms { all.add(product, graph.scale(factor, by: term.coefficient), &graph) }
      }
      return all.terms.count <= most ? all : nil
    case .product(let factors):
      let alone = factors.filter { !paired.contains($0.base) }
      var all = Self([(Product(), graph.product(alone))])
      for factor in factors where paired.contains(factor.base) {
        guard factor.exponent.denominator == 1, (1...3).contains(factor.exponent.numerator),
          let part = expand(factor.base, &graph, paired, space)
        else { return nil }
        for _ in 0..<factor.exponent.numerator {
          guard let longer = all.times(part, &graph) else { return nil }
          all = longer
        }
      }
      return all
    default: return nil
    }
  }

  private func times(_ other: Self, _ graph: inout Graph) -> Self? {
    var all = Self()
    for (a, x) in terms {
      for (b, y) in other.terms {
        guard let product = a.times(b) else { return nil }
        all.add(product, graph.multiply(x, y), &graph)
      }
    }
    return all.terms.count <= Self.most ? all : nil
  }

  private static func of(_ input: Input, _ graph: inout Graph, _ space: Int) -> Self? {
    let one = graph.constant(1)
    var product = Product()
    switch input.kind {
    case .local where input.name == "w": product.share = 1
    case .local where input.name == "dw": product.slope[input.component] = 1
    case .separation: product.distance[input.component] = 1
    case .field where input.name != "id": product.column = Column(input.name, input.component)
    case .distanceSquared:
      return Self(
        (0..<space).map { axis in
          var square = Product()
          square.distance[axis] = 2
          return (square, one)
        })
    default: return nil
    }
    return Self([(product, one)])
  }
}
