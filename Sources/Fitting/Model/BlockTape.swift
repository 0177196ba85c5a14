import Expressions

/// The nodes that some roots need, evaluated for many pairs at a time: one pass over the nodes serves a whole block.
struct BlockTape: Sendable {
  /// Pairs that are evaluated together; small enough that a block of every node stays in the cache.
  static let width = 128

  private let order: [Step]
  private let rootSlots: [Int]
  /// Inputs and their slots.
  let inputs: [(input: Input, slot: Int)]

  /// A function that is not part of the graph: one of the law's, or a hole.
  struct Call: Sendable {
    var name: String
    var end: String
    var derivative: Int
  }

  private enum Step: Sendable {
    case constant(Int, Double)
    case sum(Int, constant: Double, terms: [(coefficient: Double, slot: Int)])
    case product(Int, factors: [(slot: Int, power: Power)])
    case call(Int, Call, argument: Int)
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
      case .product(let factors): return .product(own, factors: factors.map { (slot($0.base), Power($0.exponent)) })
      case .call(let name, let end, let derivative, let argument):
        return .call(own, Call(name: name, end: end, derivative: derivative), argument: slot(argument))
      case let operation: return .other(own, operation, arguments: graph.children(of: node).map(slot))
      }
    }
    self.inputs = inputs
    rootSlots = roots.map(slot)
    slotCount = nodes.count
  }

  private let slotCount: Int

  /// Room for the values of a block.
  func makeWorkspace() -> [Double] { [Double](repeating: 0, count: slotCount * Self.width) }

  /// Where the values of a root begin in the workspace.
  func offset(ofRoot index: Int) -> Int { rootSlots[index] * Self.width }
  /// Where the values of an input begin in the workspace.
  static func offset(ofSlot slot: Int) -> Int { slot * width }

  /// Computes `count` values of every node from the inputs that stand in the workspace.
  func run(_ workspace: inout [Double], count: Int, function: (Call) -> (Double) -> Double) {
    // The slots of a block are disjoint pieces of one buffer; every index is a slot of this tape times the width, plus k < width.
    workspace.withUnsafeMutableBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      for step in order { Self.perform(step, Lanes(base: base), count, function) }
    }
  }

  private static func perform(_ step: Step, _ values: Lanes, _ count: Int, _ function: (Call) -> (Double) -> Double) {
    // The last few lanes may lie beyond the count: what they hold is computed and never read.
    let lanes = (count + Lanes.size - 1) / Lanes.size
    switch step {
    case .constant(let slot, let value):
      for k in 0..<lanes { values[slot, k] = Lanes.Vector(repeating: value) }
    case .sum(let slot, let constant, let terms):
      for k in 0..<lanes { values[slot, k] = Lanes.Vector(repeating: constant) }
      for term in terms {
        for k in 0..<lanes { values[slot, k] += term.coefficient * values[term.slot, k] }
      }
    case .product(let slot, let factors):
      for (index, factor) in factors.enumerated() {
        multiply(values, slot, by: factor.slot, factor.power, lanes, isFirst: index == 0)
      }
    case .call(let slot, let call, let argument):
      let value = function(call)
      for k in 0..<count { values[slot, number: k] = value(values[argument, number: k]) }
    case .other(let slot, let operation, let arguments):
      for k in 0..<count {
        values[slot, number: k] = value(of: operation) { values[arguments[$0], number: k] }
      }
    }
  }

  /// out ← out × base^power.
  private static func multiply(_ values: Lanes, _ out: Int, by base: Int, _ power: Power, _ lanes: Int, isFirst: Bool) {
    if isFirst { for k in 0..<lanes { values[out, k] = Lanes.Vector(repeating: 1) } }
    switch power {
    case .general(let exponent):
      for k in 0..<lanes { values[out, k] *= values[base, k].map { Graph.Pairwise.power.value($0, exponent) } }
    case .halves(1, isRoot: false, isInverse: false):
      for k in 0..<lanes { values[out, k] *= values[base, k] }
    case .halves(let count, let isRoot, let isInverse):
      for k in 0..<lanes {
        var square = values[base, k], rest = count
        if isRoot { square = square.squareRoot() }
        if isInverse { square = 1 / square }
        var product = values[out, k]
        while true {
          if rest & 1 == 1 { product *= square }
          rest >>= 1
          guard rest > 0 else { break }
          square *= square
        }
        values[out, k] = product
      }
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

/// A power as a tape computes it.
private enum Power: Sendable {
  /// Whole and half powers, which is what laws mostly have: by repeated squaring, of the square root, or of the inverse.
  case halves(UInt, isRoot: Bool, isInverse: Bool)
  case general(Double)

  init(_ exponent: Rational) {
    if exponent.denominator <= 2, exponent.numerator.magnitude <= 64 {
      self = .halves(exponent.numerator.magnitude, isRoot: exponent.denominator == 2, isInverse: exponent.numerator < 0)
    } else {
      self = .general(exponent.value)
    }
  }
}

/// The workspace as vectors of the width of a processor's registers, or a few of them.
private struct Lanes {
  typealias Vector = SIMD8<Double>
  static let size = Vector.scalarCount
  let base: UnsafeMutableRawPointer

  /// The k-th vector of a slot.
  @inline(__always) subscript(slot: Int, k: Int) -> Vector {
    get { base.loadUnaligned(fromByteOffset: (slot &* BlockTape.width &+ k &* Self.size) &* 8, as: Vector.self) }
    nonmutating set {
      base.storeBytes(of: newValue, toByteOffset: (slot &* BlockTape.width &+ k &* Self.size) &* 8, as: Vector.self)
    }
  }

  /// The k-th number of a slot.
  @inline(__always) subscript(slot: Int, number k: Int) -> Double {
    get { base.load(fromByteOffset: (slot &* BlockTape.width &+ k) &* 8, as: Double.self) }
    nonmutating set { base.storeBytes(of: newValue, toByteOffset: (slot &* BlockTape.width &+ k) &* 8, as: Double.self) }
  }
}

extension SIMD8<Double> {
  fileprivate func map(_ function: (Double) -> Double) -> Self {
    var result = self
    for index in indices { result[index] = function(self[index]) }
    return result
  }
}
