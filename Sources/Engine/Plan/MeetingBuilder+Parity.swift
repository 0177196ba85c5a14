import Diagnostics
import Expressions
import Laws

extension MeetingBuilder {
  /// Finds which fields of the meeting itself change sign when its ends are exchanged: each keeps its value or takes the
  /// opposite, consistently with how its new value follows from the old ones.
  ///
  /// The force and all sums of the other end need it, as a meeting is kept once, seen from i.
  mutating func findParities() throws(Diagnostic) {
    guard let last = pass.memory.last, ends.count == 2, reception != .first else { return }
    var values: [(name: String, nodes: [NodeID])] = []
    for binding in pass.memory {
      let value = try lowering.lower(binding.value)
      values.append((binding.name, value.components.map { lowering.graph.number($0) }))
    }
    // Vectors mostly are odd and numbers even, so that this is tried first.
    let likely = values.indices.reduce(0) { values[$1].nodes.count > 1 ? $0 | 1 << $1 : $0 }
    for difference in 0..<(1 << values.count) {
      let guess = likely ^ difference
      let odd = Set(values.indices.filter { guess >> $0 & 1 == 1 }.map { values[$0].name })
      if isConsistent(values, odd: odd) {
        self.odd = odd
        return
      }
    }
    throw last.value.diagnostic(
      "\(values.map(\.name).joined(separator: ", ")): neither symmetric nor antisymmetric under exchange",
      hint: "write what is remembered so that exchanging i and j keeps it, or gives its opposite")
  }

  private mutating func isConsistent(_ values: [(name: String, nodes: [NodeID])], odd: Set<String>) -> Bool {
    for (name, nodes) in values {
      let wanted: Parity = odd.contains(name) ? .odd : .even
      for node in nodes where lowering.graph.constant(node) != 0 {
        if lowering.graph.parity(of: node, odd: odd).0 != wanted { return false }
      }
    }
    return true
  }
}
