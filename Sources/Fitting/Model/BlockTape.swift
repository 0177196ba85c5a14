import Expressions

/// The nodes that some roots need, evaluated for many pairs at a time: one pass over the nodes serves a whole block.
struct BlockTape: Sendable {
  /// Pairs that are evaluated together; small enough that a block of every node stays in the cache.
  static let width = 128

  private let order: [Step]
  private let rootSlots: [Int]
  /// Inputs and their slots.
  let inputs: [(input: Input, slot: Int)]

  private enum Step: Sendable {
    case constant(Int, Double)
    case sum(Int, constant: Double, terms: [(coefficient: Double, slot: Int)])
    case product(Int, factors: [(slot: Int, exponent: Rational)])
    case call(Int, name: String, end: String, derivative: Int, argument: Int)
    case other(Int, Graph.Operation, arguments: [Int])
  }

  init(_ graph: Graph, roots: [NodeID]) {
    let nodes = graph.reachable(from: roots)
    let slots = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1, $0) })
    func slot(_ node: NodeID) -> Int { slots[node, default: 0] }
    var inputs: [(Input, Int)] = []
    order = nodes.compactMap { node in
      let own = slot(node)
      switch graph[node] {
      case .input(let input):
        inputs.append((input, own))
        return nil
      case .constant(let value): return .constant(own, value)
      case .sum(let constant, let terms):
        return .sum(own, constant: constant, terms: terms.map { ($0.coefficient, slot($0.node)) })
      case .product(let factors): return .product(own, factors: factors.map { (slot($0.base), $0.exponent) })
      case .call(let name, let end, let derivative, let argument):
        return .call(own, name: name, end: end, derivative: derivative, argument: slot(argument))
      case let operation: return .other(own, operation, arguments: graph.children(of: node).map(slot))
      }
    }
    self.inputs = inputs
    rootSlots = roots.map(slot)
    slotCount = nodes.count
  }

  private let slotCount: Int

  /// Room for the values of a block, and for the powers of one.
  func makeWorkspace() -> [Double] { [Double](repeating: 0, count: (slotCount + 1) * Self.width) }

  /// Where the values of a root begin in the workspace.
  func offset(ofRoot index: Int) -> Int { rootSlots[index] * Self.width }
  /// Where the values of an input begin in the workspace.
  static func offset(ofSlot slot: Int) -> Int { slot * width }

  /// Computes `count` values of every node from the inputs that stand in the workspace.
  func run(_ workspace: inout [Double], count: Int, call: (String, String, Int, Double) -> Double) {
    // The slots of a block are disjoint pieces of one buffer; every index is a slot of this tape times the width, plus k < count.
    workspace.withUnsafeMutableBufferPointer { values in
      for step in order { Self.perform(step, values, count, call) }
    }
  }

  private static func perform(
    _ step: Step, _ values: UnsafeMutableBufferPointer<Double>, _ count: Int, _ call: (String, String, Int, Double) -> Double
  ) {
    switch step {
    case .constant(let slot, let value): for k in 0..<count { values[slot * width + k] = value }
    case .sum(let slot, let constant, let terms):
      let out = slot * width
      for k in 0..<count { values[out + k] = constant }
      for term in terms {
        let (a, from) = (term.coefficient, term.slot * width)
        for k in 0..<count { values[out + k] += a * values[from + k] }
      }
    case .product(let slot, let factors):
      let out = slot * width
      for k in 0..<count { values[out + k] = 1 }
      for factor in factors { multiply(values, out, factor.slot * width, factor.exponent, count) }
    case .call(let slot, let name, let end, let derivative, let argument):
      for k in 0..<count { values[slot * width + k] = call(name, end, derivative, values[argument * width + k]) }
    case .other(let slot, let operation, let arguments):
      for k in 0..<count {
        values[slot * width + k] = value(of: operation) { values[arguments[$0] * width + k] }
      }
    }
  }

  /// out ← out × base^exponent; whole and half powers by repeated squaring, which is what laws mostly have.
  private static func multiply(
    _ values: UnsafeMutableBufferPointer<Double>, _ out: Int, _ base: Int, _ exponent: Rational, _ count: Int
  ) {
    guard exponent.denominator <= 2, exponent.numerator.magnitude <= 64 else {
      for k in 0..<count { values[out + k] *= Graph.Pairwise.power.value(values[base + k], exponent.value) }
      return
    }
    // The last slot is for the powers.
    let scratch = values.count - width
    for k in 0..<count { values[scratch + k] = values[base + k] }
    if exponent.denominator == 2 { for k in 0..<count { values[scratch + k] = values[scratch + k].squareRoot() } }
    if exponent.numerator < 0 { for k in 0..<count { values[scratch + k] = 1 / values[scratch + k] } }
    var rest = exponent.numerator.magnitude
    while rest > 0 {
      if rest & 1 == 1 { for k in 0..<count { values[out + k] *= values[scratch + k] } }
      rest >>= 1
      if rest > 0 { for k in 0..<count { values[scratch + k] *= values[scratch + k] } }
    }
  }

  private static func value(of operation: Graph.Operation, _ at: (Int) -> Double) -> Double {
    switch operation {
    case .function(let function, _): function.value(at(0)) ?? .nan
    case .pairwise(let function, _, _): function.value(at(0), at(1))
    case .compare(let comparison, _, _): comparison.holds(at(0), at(1)) ? 1 : 0
    case .and: at(0) != 0 && at(1) != 0 ? 1 : 0
    case .or: at(0) != 0 || at(1) != 0 ? 1 : 0
    case .not: at(0) == 0 ? 1 : 0
    case .select: at(0) != 0 ? at(1) : at(2)
    // The rest has steps of its own; noise has no place in what is fitted.
    case .constant, .input, .sum, .product, .call, .noise, .matrix: .nan
    }
  }
}
