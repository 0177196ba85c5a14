import Expressions

/// Totals over particles: sums that do not depend on order, least and greatest values, histograms.
///
/// Sums are made in two calls: the first finds the largest magnitude, from which a power of two follows such that the second can
/// add whole numbers; so neither the order of particles nor the number of threads changes a bit.
public struct TotalKernel: Sendable {
  /// One total.
  public enum Term: Sendable {
    case sum(NodeID)
    case least(NodeID)
    case greatest(NodeID)
    /// The weights of members by their bin; those count whose bin is in `0..<bins`.
    case histogram(bin: NodeID, weight: NodeID, bins: Int)
  }

  /// Name of the C function.
  public let name: String
  /// C text of the kernel's function.
  public let text: String
  /// Columns in the order of the call.
  public let columns: [Column]
  /// What must be computed before the kernel is called.
  public let needs: KernelNeeds
  /// What is gathered, in the order of the results.
  public let terms: [Term]
  /// The same totals where these columns hold floats.
  public let withFloats: @Sendable (Set<Column>) -> TotalKernel

  /// The name of the first call, which finds the largest magnitudes and the least and greatest values.
  public var surveyName: String { name + "_survey" }

  /// A loop that gathers the terms over the species of the mask (bit s for species s; nil for all).
  public init(
    name: String, comment: String, graph: Graph, terms: [Term], condition: NodeID?, speciesMask: UInt64?,
    floats: Set<Column> = [], rate: @escaping @Sendable (Input) -> Rate
  ) {
    withFloats = { floats in
      TotalKernel(
        name: name, comment: comment, graph: graph, terms: terms, condition: condition, speciesMask: speciesMask, floats: floats,
        rate: rate)
    }
    let nodes = terms.map(\.node)
    columns = MemberKernel.columns(of: graph, roots: terms.flatMap(\.nodes) + (condition.map { [$0] } ?? []))
    var emitter = Emitter.forMembers(graph: graph, columns: columns, floats: floats, rate: rate)
    let values = nodes.map { emitter.spread($0) }
    let weights = terms.map { term in if case .histogram(_, let weight, _) = term { emitter.spread(weight) } else { "" } }
    let holds = condition.map { emitter.condition($0) }
    let own = speciesMask.map { "((0x\(String($0, radix: 16))ull >> species[m]) & 1)" }
    let counts = [own, holds.map { "(\($0))" }].compactMap { $0 }.joined(separator: " && ")
    let start = emitter.statements + ["const int counted = \(counts.isEmpty ? "1" : counts);"]
    self.name = name
    self.terms = terms
    text =
      Self.survey(name + "_survey", comment, columns, floats, terms, values, weights, start)
      + Self.sums(name, comment, columns, floats, terms, values, weights, start)
    needs = KernelNeeds(emitter)
  }

  private static func survey(
    _ name: String, _ comment: String, _ columns: [Column], _ floats: Set<Column>, _ terms: [Term], _ values: [String],
    _ weights: [String], _ start: [String]
  ) -> String {
    var before: [String] = [], body = start, after: [String] = []
    for (index, term) in terms.enumerated() {
      let value = values[index], top = "top\(index)"
      switch term {
      case .sum: body.append("\(top) = counted && fabs(\(value)) > \(top) ? fabs(\(value)) : \(top);")
      case .least: body.append("\(top) = counted && \(value) < \(top) ? \(value) : \(top);")
      case .greatest: body.append("\(top) = counted && \(value) > \(top) ? \(value) : \(top);")
      case .histogram: body.append("\(top) = counted && fabs(\(weights[index])) > \(top) ? fabs(\(weights[index])) : \(top);")
      }
      before.append("double \(top) = call->largest[\(index)];")
      after.append("call->largest[\(index)] = \(top);")
    }
    return MemberKernel.function(
      name, comment: comment + " (largest magnitudes)", columns: columns, floats: floats, written: [], body: body, before: before,
      after: after)
  }

  private static func sums(
    _ name: String, _ comment: String, _ columns: [Column], _ floats: Set<Column>, _ terms: [Term], _ values: [String],
    _ weights: [String], _ start: [String]
  ) -> String {
    var before: [String] = [], body = start, after: [String] = []
    for (index, term) in terms.enumerated() {
      switch term {
      case .sum:
        before.append("int64_t sum\(index) = 0;")
        body.append("sum\(index) += counted ? mote_whole_number(\(values[index])*call->scales[\(index)]) : 0;")
        after.append("call->sums[\(index)] += sum\(index);")
      case .histogram(_, _, let bins):
        let inside = "counted && \(values[index]) >= 0 && \(values[index]) < \(bins)"
        let whole = "mote_whole_number(\(weights[index])*call->scales[\(index)])"
        body.append("if (\(inside)) call->counts[\(index)][(int64_t)\(values[index])] += \(whole);")
      case .least, .greatest: continue
      }
    }
    // Two particles may share a bin.
    let hasBins = terms.contains { if case .histogram = $0 { true } else { false } }
    return MemberKernel.function(
      name, comment: comment, columns: columns, floats: floats, written: [], body: body, before: before, after: after,
      isIndependent: !hasBins)
  }
}

extension TotalKernel.Term {
  /// The node whose value is counted.
  public var node: NodeID {
    switch self {
    case .sum(let node), .least(let node), .greatest(let node), .histogram(let node, _, _): node
    }
  }

  /// All nodes that the term reads.
  var nodes: [NodeID] { if case .histogram(let bin, let weight, _) = self { [bin, weight] } else { [node] } }
}
