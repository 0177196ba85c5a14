import Expressions
import KernelCompiler

// Laws are often given one cutoff: then they share one comparison, and their terms are collected.
extension PairBuilder {
  /// Makes one of ranges that are parameters of the same numbers.
  mutating func shareRanges(_ parameters: ParameterTable) {
    var known: [[Double]: NodeID] = [:]
    for index in parts.indices {
      guard let numbers = numbers(behind: parts[index].range, parameters) else { continue }
      parts[index].range = known[numbers, default: parts[index].range]
      known[numbers] = parts[index].range
    }
  }

  /// The values of a range for all pairs of species; nil if it also depends on anything else.
  private func numbers(behind range: NodeID, _ parameters: ParameterTable) -> [Double]? {
    let inputs = graph.inputs(of: [range]), species = 0..<parameters.speciesCount
    guard !inputs.isEmpty, inputs.allSatisfy({ $0.kind == .parameter }) else { return nil }
    let tape = Tape(graph, roots: [range])
    return species.flatMap { i in
      species.map { j in
        tape.run(in: GraphContext(input: { parameters.number($0, i: i, j: j) }))[0]
      }
    }
  }

  /// Takes away conditions that hold for all pairs within the range, as those of smoothing kernels do.
  mutating func dropImpliedConditions(_ parameters: ParameterTable) {
    for index in parts.indices {
      guard let ranges = numbers(behind: parts[index].range, parameters) else { continue }
      var replacements: [NodeID: NodeID] = [:]
      for node in graph.reachable(from: parts[index].nodes) {
        guard case .compare(.less, let least, let most) = graph[node] else { continue }
        let difference = graph.subtract(most, least)
        if staysPositive(difference, upTo: ranges, parameters) { replacements[node] = graph.truth(true) }
      }
      guard !replacements.isEmpty else { continue }
      let old = parts[index].nodes, new = Dictionary(zip(old, graph.substitute(replacements, in: old))) { one, _ in one }
      parts[index].mapNodes { new[$0, default: $0] }
    }
  }

  /// Whether f changes in proportion to r, from above zero at r = 0 to not below it at the range, for all pairs of species.
  private mutating func staysPositive(_ f: NodeID, upTo ranges: [Double], _ parameters: ParameterTable) -> Bool {
    let square = Input(.distanceSquared), inputs = graph.inputs(of: [f])
    guard inputs.contains(square), inputs.allSatisfy({ $0 == square || $0.kind == .parameter }) else { return false }
    let r2 = graph.input(square), slope = graph.derivative(of: f, by: r2)
    let slopeByRadius = graph.multiply(slope, graph.power(r2, Rational(1, 2)))
    guard !graph.inputs(of: [slopeByRadius]).contains(square) else { return false }
    let tape = Tape(graph, roots: [f]), count = parameters.speciesCount
    return ranges.indices.allSatisfy { pair in
      func value(at r: Double) -> Double {
        tape.run(
          in: GraphContext(input: { $0 == square ? r * r : parameters.number($0, i: pair / count, j: pair % count) }))[0]
      }
      let first = value(at: 0)
      return first > 0 && value(at: ranges[pair]) >= -1e-12 * first
    }
  }
}

extension PairKernel.Part {
  /// What is computed within the range.
  fileprivate var nodes: [NodeID] {
    [condition, energy].compactMap { $0 } + (force ?? []) + sums.flatMap { [$0.own, $0.other] }
      + extremes.flatMap { [$0.own.value, $0.own.holds, $0.other.value, $0.other.holds] }
  }

  fileprivate mutating func mapNodes(_ new: (NodeID) -> NodeID) {
    condition = condition.map(new)
    energy = energy.map(new)
    force = force?.map(new)
    sums = sums.map { ($0.column, new($0.own), new($0.other), $0.parity) }
    for index in extremes.indices {
      let extreme = extremes[index]
      extremes[index].own = (new(extreme.own.value), new(extreme.own.holds))
      extremes[index].other = (new(extreme.other.value), new(extreme.other.holds))
    }
  }
}
