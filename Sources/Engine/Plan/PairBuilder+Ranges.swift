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
}
