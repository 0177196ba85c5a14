import Expressions

/// d_x^a d_y^b d_z^c / r^power of the separation d of a pair.
struct PowerForm: Sendable, Hashable {
  /// a, b, c: one for each dimension of the box.
  var directions: [Int]
  var power: Int

  /// The same times a component of d.
  func times(axis: Int) -> Self {
    var product = self
    product.directions[axis] += 1
    return product
  }
}

/// A term of what a pair gives: a power of the separation, times what is the same for all pairs of two species, what the receiver has
/// and what the source has.
struct PowerTerm {
  var form: PowerForm
  var coefficient: Double
  var pair: NodeID, receiver: NodeID, source: NodeID
}

/// Takes what pairs give apart into powers of the separation, each with factors that belong to one end alone.
struct PowerExpansion {
  /// A node that is no such sum.
  struct Obstacle: Error {
    var node: NodeID
  }

  /// Who a factor belongs to.
  private enum Owner { case pair, receiver, source }

  /// A product on the way: `squares` is the exponent of r².
  fileprivate struct Product: Hashable {
    var coefficient = 1.0
    var directions: [Int]
    var squares = Rational(0)
    var pair: NodeID, receiver: NodeID, source: NodeID
  }

  private(set) var graph: Graph
  private let space: Int
  private var known: [NodeID: [Product]] = [:]
  /// The highest power of a sum that is multiplied out, the most terms of a sum, and the highest power of 1/r.
  private static let highest = 16, most = 1000, steepest = 64

  init(_ graph: Graph, space: Int) {
    (self.graph, self.space) = (graph, space)
  }

  /// The terms of a node; none if it is zero.
  mutating func terms(of node: NodeID) throws(Obstacle) -> [PowerTerm] {
    var terms: [PowerTerm] = []
    for product in try products(of: node) {
      let power = product.squares * Rational(-2)
      guard power.denominator == 1, (1...Self.steepest).contains(power.numerator) else {
        throw Obstacle(node: self.node(of: product))
      }
      terms.append(
        PowerTerm(
          form: PowerForm(directions: product.directions, power: power.numerator), coefficient: product.coefficient,
          pair: product.pair, receiver: product.receiver, source: product.source))
    }
    return terms
  }

  /// The sum of terms, with other functions of the distance in place of r^-power.
  mutating func sum(of terms: [PowerTerm], power: (Int, inout Graph) -> NodeID) -> NodeID {
    let parts = terms.map { term in
      var factors =
        separation(term.form.directions)
        + [power(term.form.power, &graph), term.pair, term.receiver, term.source].map {
          Graph.Factor(base: $0, exponent: Rational(1))
        }
      factors.removeAll { graph.constant($0.base) == 1 }
      return Graph.Term(coefficient: term.coefficient, node: graph.product(factors))
    }
    return graph.sum(parts)
  }

  /// The node where a condition holds, else zero.
  mutating func select(_ condition: NodeID?, _ node: NodeID) -> NodeID {
    let zero = graph.constant(0)
    return condition.map { graph.select($0, node, zero) } ?? node
  }

  /// A node as the other end sees it.
  mutating func exchangingEnds(_ node: NodeID) -> NodeID { graph.exchangingEnds(node) }

  /// A new node of the graph.
  mutating func edit(_ work: (inout Graph) -> NodeID) -> NodeID { work(&graph) }

  // MARK: Products

  private mutating func products(of node: NodeID) throws(Obstacle) -> [Product] {
    if let found = known[node] { return found }
    let found = try expanded(node)
    if found.count > Self.most { throw Obstacle(node: node) }
    known[node] = found
    return found
  }

  private mutating func expanded(_ node: NodeID) throws(Obstacle) -> [Product] {
    switch graph[node] {
    case .constant(let value): return value == 0 ? [] : [scaled(one, by: value)]
    case .sum(0, let terms) where terms.count == 1:
      return try products(of: terms[0].node).map { scaled($0, by: terms[0].coefficient) }
    case .product(let factors):
      var product = [one]
      for factor in factors { product = multiply(product, try power(factor)) }
      return product
    default: break
    }
    if let owner = owner(of: node) { return [factor(graph.number(node), of: owner)] }
    switch graph[node] {
    case .input(let input) where input.kind == .separation:
      var direction = one
      direction.directions[input.component] = 1
      return [direction]
    case .input(let input) where input.kind == .distanceSquared:
      var square = one
      square.squares = Rational(1)
      return [square]
    case .sum(let constant, let terms):
      var parts = constant == 0 ? [] : [scaled(one, by: constant)]
      for term in terms { parts += try products(of: term.node).map { scaled($0, by: term.coefficient) } }
      return collected(parts)
    case .select(let condition, let a, let b):
      let holds = try products(of: condition)
      return collected(multiply(holds, try products(of: a)) + multiply(opposite(holds), try products(of: b)))
    case .and(let a, let b): return multiply(try products(of: a), try products(of: b))
    case .or(let a, let b):
      let (one, other) = (try products(of: a), try products(of: b))
      return collected(one + multiply(opposite(one), other))
    case .not(let a): return opposite(try products(of: a))
    default: throw Obstacle(node: node)
    }
  }

  private mutating func power(_ factor: Graph.Factor) throws(Obstacle) -> [Product] {
    if let owner = owner(of: factor.base) { return [self.factor(graph.power(factor.base, factor.exponent), of: owner)] }
    if case .input(let input) = graph[factor.base], input.kind == .distanceSquared {
      var power = one
      power.squares = factor.exponent
      return [power]
    }
    guard factor.exponent.denominator == 1, (1...Self.highest).contains(factor.exponent.numerator) else {
      throw Obstacle(node: graph.power(factor.base, factor.exponent))
    }
    let base = try products(of: factor.base)
    var power = base
    for _ in 1..<factor.exponent.numerator {
      power = multiply(power, base)
      if power.count > Self.most { throw Obstacle(node: factor.base) }
    }
    return power
  }

  /// Whose a node is; nil if it depends on the separation, on noise, or on fields of one end and something of the other.
  private func owner(of node: NodeID) -> Owner? {
    var ends: Set<String> = [], fieldEnds: Set<String> = []
    for part in graph.reachable(from: [node]) {
      switch graph[part] {
      case .input(let input):
        if input.kind == .separation || input.kind == .distanceSquared { return nil }
        if !input.end.isEmpty { ends.insert(input.end) }
        if input.kind == .field { fieldEnds.insert(input.end) }
      case .call(_, let end, _, _): if !end.isEmpty { ends.insert(end) }
      case .noise: return nil
      default: continue
      }
    }
    if ends == ["i"] { return .receiver }
    if ends == ["j"] { return .source }
    return fieldEnds.isEmpty ? .pair : nil
  }

  private var one: Product {
    mutating get {
      let one = graph.constant(1)
      return Product(directions: [Int](repeating: 0, count: space), pair: one, receiver: one, source: one)
    }
  }

  private mutating func factor(_ node: NodeID, of owner: Owner) -> Product {
    var product = one
    switch owner {
    case .pair: product.pair = node
    case .receiver: product.receiver = node
    case .source: product.source = node
    }
    return product
  }

  private func scaled(_ product: Product, by factor: Double) -> Product {
    var product = product
    product.coefficient *= factor
    return product
  }

  /// 1 minus a sum.
  private mutating func opposite(_ products: [Product]) -> [Product] {
    collected([one] + products.map { scaled($0, by: -1) })
  }

  private mutating func multiply(_ a: [Product], _ b: [Product]) -> [Product] {
    let all = a.flatMap { one in
      b.map { other in
        Product(
          coefficient: one.coefficient * other.coefficient, directions: zip(one.directions, other.directions).map { $0 + $1 },
          squares: one.squares + other.squares, pair: graph.multiply(one.pair, other.pair),
          receiver: graph.multiply(one.receiver, other.receiver), source: graph.multiply(one.source, other.source))
      }
    }
    return collected(all)
  }

  /// Products that differ in their coefficients alone become one, in the order of the first.
  private func collected(_ products: [Product]) -> [Product] {
    var sums: [Product] = [], places: [Product: Int] = [:]
    for product in products {
      var key = product
      key.coefficient = 1
      if let place = places[key] {
        sums[place].coefficient += product.coefficient
      } else {
        places[key] = sums.count
        sums.append(product)
      }
    }
    return sums.filter { $0.coefficient != 0 }
  }

  // MARK: Nodes

  private mutating func separation(_ directions: [Int]) -> [Graph.Factor] {
    directions.enumerated().filter { $0.element > 0 }.map { axis, exponent in
      Graph.Factor(base: graph.input(Input(.separation, component: axis)), exponent: Rational(exponent))
    }
  }

  private mutating func node(of product: Product) -> NodeID {
    let square = Graph.Factor(base: graph.input(Input(.distanceSquared)), exponent: product.squares)
    let owned = [product.pair, product.receiver, product.source].map { Graph.Factor(base: $0, exponent: Rational(1)) }
    return graph.scale(graph.product(separation(product.directions) + [square] + owned), by: product.coefficient)
  }
}
