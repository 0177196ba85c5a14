import Foundation

extension Graph.Function {
  /// The value at a number; nil where it is not computed here.
  public func value(_ x: Double) -> Double? {
    switch self {
    case .exp: Foundation.exp(x)
    case .log: Foundation.log(x)
    case .sin: Foundation.sin(x)
    case .cos: Foundation.cos(x)
    case .tan: Foundation.tan(x)
    case .asin: Foundation.asin(x)
    case .acos: Foundation.acos(x)
    case .atan: Foundation.atan(x)
    case .sinh: Foundation.sinh(x)
    case .cosh: Foundation.cosh(x)
    case .tanh: Foundation.tanh(x)
    case .erf: Foundation.erf(x)
    case .erfc: Foundation.erfc(x)
    case .gamma: Foundation.tgamma(x)
    case .digamma: Self.digamma(x)
    case .abs: Swift.abs(x)
    case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
    case .floor: x.rounded(.down)
    case .ceil: x.rounded(.up)
    }
  }

  /// What the opposite argument does to the value.
  var parity: Parity {
    switch self {
    case .cos, .cosh, .abs: .even
    case .sin, .tan, .asin, .atan, .sinh, .tanh, .erf, .sign: .odd
    case .exp, .log, .acos, .erfc, .gamma, .digamma, .floor, .ceil: .none
    }
  }

  /// ψ(x) = d ln Γ/dx by recurrence and the asymptotic series (Abramowitz and Stegun, 6.3.5, 6.3.18).
  static func digamma(_ x: Double) -> Double {
    var (x, shift) = (x, 0.0)
    if x <= 0 { return .nan }
    while x < 10 {
      shift -= 1 / x
      x += 1
    }
    let y = 1 / (x * x)
    return shift + Foundation.log(x) - 0.5 / x - y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y / 240)))
  }
}

extension Graph.Pairwise {
  /// The function's value.
  public func value(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .power: Foundation.pow(x, y)
    case .atan2: Foundation.atan2(x, y)
    case .minimum: Swift.min(x, y)
    case .maximum: Swift.max(x, y)
    case .modulo: x - y * (x / y).rounded(.down)
    }
  }
}

extension Graph.Comparison {
  /// Whether the comparison holds.
  public func holds(_ x: Double, _ y: Double) -> Bool {
    switch self {
    case .less: x < y
    case .lessEqual: x <= y
    case .equal: x == y
    }
  }
}

/// What a graph needs from outside to be evaluated.
public struct GraphContext {
  /// The value of an input.
  public var input: (Input) -> Double
  /// Name, end, how often differentiated, argument.
  public var call: (String, String, Int, Double) -> Double
  /// Kind, place, component, parameter.
  public var noise: (Graph.Noise, Int, Int, Double) -> Double

  /// Values of inputs, of the scene's functions and of noise.
  public init(
    input: @escaping (Input) -> Double, call: @escaping (String, String, Int, Double) -> Double = { _, _, _, _ in .nan },
    noise: @escaping (Graph.Noise, Int, Int, Double) -> Double = { _, _, _, _ in .nan }
  ) {
    self.input = input
    self.call = call
    self.noise = noise
  }
}

extension Graph {
  /// The values of the roots in double precision: the reference for all generated code.
  ///
  /// Branches of a condition that are not taken have no effect, as each root is an ordinary number here.
  public func evaluate(_ roots: [NodeID], in context: GraphContext) -> [Double] {
    Tape(self, roots: roots).run(in: context)
  }
}

/// The nodes that some roots need, in order: evaluated many times without searching the graph again.
public struct Tape: Sendable {
  private let order: [(operation: Graph.Operation, slot: Int)]
  private let slots: [NodeID: Int]
  private let roots: [Int]

  /// The operations that the roots need, in order.
  public init(_ graph: Graph, roots: [NodeID]) {
    let nodes = graph.reachable(from: roots)
    let slots = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) })
    order = nodes.enumerated().map { (graph[$1], $0) }
    self.roots = roots.map { slots[$0, default: 0] }
    self.slots = slots
  }

  /// How many roots there are.
  public var count: Int { roots.count }

  /// The values of the roots, in their order.
  public func run(in context: GraphContext) -> [Double] {
    var values = [Double](repeating: 0, count: order.count)
    for (operation, slot) in order { values[slot] = value(of: operation, values, context) }
    return roots.map { values[$0] }
  }

  private func value(of operation: Graph.Operation, _ values: [Double], _ context: GraphContext) -> Double {
    func at(_ node: NodeID) -> Double { values[slots[node, default: 0]] }
    switch operation {
    case .constant(let value): return value
    case .input(let input): return context.input(input)
    case .sum(let constant, let terms): return terms.reduce(constant) { $0 + $1.coefficient * at($1.node) }
    case .product(let factors): return factors.reduce(1) { $0 * Self.power(at($1.base), $1.exponent) }
    case .function(let function, let a): return function.value(at(a)) ?? .nan
    case .pairwise(let function, let a, let b): return function.value(at(a), at(b))
    case .compare(let comparison, let a, let b): return comparison.holds(at(a), at(b)) ? 1 : 0
    case .and(let a, let b): return at(a) != 0 && at(b) != 0 ? 1 : 0
    case .or(let a, let b): return at(a) != 0 || at(b) != 0 ? 1 : 0
    case .not(let a): return at(a) == 0 ? 1 : 0
    case .select(let c, let a, let b): return at(c) != 0 ? at(a) : at(b)
    case .call(let name, let end, let derivative, let a): return context.call(name, end, derivative, at(a))
    case .noise(let noise, let place, let component, _, let argument):
      return context.noise(noise, place, component, argument.map(at) ?? 0)
    case .matrix(let function, let component, let elements): return function.values(elements.map(at))[component]
    }
  }

  private static func power(_ base: Double, _ exponent: Rational) -> Double {
    if exponent == Rational(1) { return base }
    if exponent == Rational(1, 2) { return base.squareRoot() }
    return Foundation.pow(base, exponent.value)
  }
}
