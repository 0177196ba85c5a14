/// A value that a graph takes from outside: a field of an end, a parameter, a component of the separation …
public struct Input: Sendable, Hashable {
  /// Where the value comes from.
  public enum Kind: Sendable, Hashable {
    /// Component of d = position[i] − position[j], nearest image (length).
    case separation
    /// d·d of a pair (length²).
    case distanceSquared
    /// A field of a member, or of the end of a pair.
    case field
    case parameter
    /// A field of the world, a measured total, `dt`, `time`, `step`.
    case world
    /// The species code of a member or end.
    case species
    /// A stand-in by which `grad` differentiates, or the argument of a function.
    case local
  }

  /// Where the value comes from.
  public var kind: Kind
  /// Name of the field, parameter or total; empty where the kind says all.
  public var name: String
  /// Which of its numbers, from 0.
  public var component: Int
  /// `i`, `j`, … in a pair; empty for a member alone and for what has no owner.
  public var end: String

  /// An input of a kind.
  public init(_ kind: Kind, _ name: String = "", component: Int = 0, end: String = "") {
    self.kind = kind
    self.name = name
    self.component = component
    self.end = end
  }
}

/// A node of a graph, by its number; children have smaller numbers than their parents.
public struct NodeID: Sendable, Hashable, Comparable {
  /// Place in the order of making.
  public let index: Int
  /// Whether `a` was made before `b`.
  public static func < (a: Self, b: Self) -> Bool { a.index < b.index }
}

/// Expressions of numbers, shared: equal expressions are one node, so common subexpressions cost nothing.
///
/// Sums and products are kept in a normal form (coefficients and exponents collected), so that derivatives simplify by themselves
/// and two expressions that are equal by collecting terms have the same number.
public struct Graph: Sendable {
  /// Functions of one number.
  public enum Function: String, Sendable, Hashable, CaseIterable {
    case exp, log, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, erf, erfc, gamma, digamma, abs, sign, floor, ceil
  }
  /// Functions of two numbers that are no sum or product.
  public enum Pairwise: String, Sendable, Hashable { case power, atan2, minimum, maximum, modulo }
  /// Comparisons; the others follow by exchange and negation.
  public enum Comparison: String, Sendable, Hashable { case less = "<", lessEqual = "<=", equal = "==" }
  /// Kinds of noise.
  public enum Noise: String, Sendable, Hashable { case uniform, normal, chiSquared, poisson }

  /// A term of a sum: coefficient × node.
  public struct Term: Sendable, Hashable {
    /// The factor before the node.
    public var coefficient: Double
    /// The node.
    public var node: NodeID

    /// coefficient × node.
    public init(coefficient: Double, node: NodeID) {
      self.coefficient = coefficient
      self.node = node
    }
  }
  /// A factor of a product: base ^ exponent.
  public struct Factor: Sendable, Hashable {
    /// What is raised.
    public var base: NodeID
    /// The exponent.
    public var exponent: Rational

    /// base ^ exponent.
    public init(base: NodeID, exponent: Rational) {
      self.base = base
      self.exponent = exponent
    }
  }

  /// What a node computes from its children.
  public enum Operation: Sendable, Hashable {
    case constant(Double)
    case input(Input)
    case sum(constant: Double, [Term])
    /// Product of powers; fractional exponents only of what is not negative.
    case product([Factor])
    case function(Function, NodeID)
    case pairwise(Pairwise, NodeID, NodeID)
    case compare(Comparison, NodeID, NodeID)
    case and(NodeID, NodeID)
    case or(NodeID, NodeID)
    case not(NodeID)
    case select(NodeID, NodeID, NodeID)
    /// A function that the scene gives (a table): its name, the end it belongs to, how often it is differentiated.
    case call(String, end: String, derivative: Int, NodeID)
    /// A random number: its place in the step, the other end of its pair where there are several, and for those that need one its
    /// parameter.
    case noise(Noise, place: Int, component: Int, end: String, argument: NodeID?)
    /// One of the numbers of a function of a square matrix, given row by row.
    case matrix(MatrixFunction, component: Int, [NodeID])
  }

  /// All operations; the index is the node's.
  public private(set) var operations: [Operation] = []
  private var numbers: [Operation: NodeID] = [:]

  /// A graph without nodes.
  public init() {}

  /// What a node computes.
  public subscript(_ node: NodeID) -> Operation { operations[node.index] }
  /// Number of nodes.
  public var count: Int { operations.count }
  /// All nodes, children before parents.
  public var nodes: some Sequence<NodeID> { operations.indices.lazy.map(NodeID.init) }

  /// The node of an operation, made if it is new. Use the builders, which simplify.
  mutating func node(_ operation: Operation) -> NodeID {
    if let known = numbers[operation] { return known }
    let node = NodeID(index: operations.count)
    operations.append(operation)
    numbers[operation] = node
    return node
  }

  /// The nodes that a node is computed from.
  public func children(of node: NodeID) -> [NodeID] {
    switch self[node] {
    case .constant, .input: []
    case .sum(_, let terms): terms.map(\.node)
    case .product(let factors): factors.map(\.base)
    case .function(_, let a), .not(let a), .call(_, _, _, let a): [a]
    case .pairwise(_, let a, let b), .compare(_, let a, let b), .and(let a, let b), .or(let a, let b): [a, b]
    case .select(let c, let a, let b): [c, a, b]
    case .noise(_, _, _, _, let argument): argument.map { [$0] } ?? []
    case .matrix(_, _, let elements): elements
    }
  }

  /// Everything that the roots are computed from, and they themselves; children before parents.
  public func reachable(from roots: some Sequence<NodeID>) -> [NodeID] {
    var marked = Set<NodeID>()
    var open = Array(roots)
    while let node = open.popLast() {
      if marked.insert(node).inserted { open += children(of: node) }
    }
    return marked.sorted()
  }

  /// The inputs that the roots depend on.
  public func inputs(of roots: some Sequence<NodeID>) -> [Input] {
    reachable(from: roots).compactMap { if case .input(let input) = self[$0] { input } else { nil } }
  }

  /// True if the node is a condition: it holds or not, and is no number.
  public func isCondition(_ node: NodeID) -> Bool {
    switch self[node] {
    case .compare, .and, .or, .not: true
    default: false
    }
  }

  /// The value, if the node is a constant.
  public func constant(_ node: NodeID) -> Double? {
    if case .constant(let value) = self[node] { value } else { nil }
  }
}
