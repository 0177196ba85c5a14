/// What exchanging the ends of a pair does to a value.
public enum Parity: Int, Sendable { case odd = -1, none = 0, even = 1 }

/// How a parity was established.
public enum ParityProof: Sendable, Equatable {
  /// The exchanged expression simplifies to the same, or to the opposite.
  case exact
  /// Equal to 1e-9 at 64 random points.
  case sampled
}

extension Graph {
  /// The value as the other end of the pair sees it: i and j exchanged, d and vector noise reversed, and what the pair itself
  /// remembers in fields named in `odd`.
  public mutating func exchangingEnds(_ node: NodeID, odd: Set<String> = []) -> NodeID {
    var replacements: [NodeID: NodeID] = [:]
    for candidate in reachable(from: [node]) {
      switch self[candidate] {
      case .input(var input):
        if input.kind == .separation || input.kind == .field && input.end.isEmpty && odd.contains(input.name) {
          replacements[candidate] = negate(candidate)
        } else if input.end == "i" || input.end == "j" {
          input.end = input.end == "i" ? "j" : "i"
          replacements[candidate] = self.input(input)
        }
      case .noise(_, _, let component, _, _) where component >= 0: replacements[candidate] = negate(candidate)
      default: continue
      }
    }
    let exchanged = substitute(replacements, in: [node])[0]
    return exchangingFunctionEnds(exchanged)
  }

  private mutating func exchangingFunctionEnds(_ node: NodeID) -> NodeID {
    var replacements: [NodeID: NodeID] = [:]
    for candidate in reachable(from: [node]) {
      if case .call(let name, let end, let derivative, let argument) = self[candidate], end == "i" || end == "j" {
        let inner = substitute(replacements, in: [argument])[0]
        replacements[candidate] = call(name, end: end == "i" ? "j" : "i", derivative: derivative, inner)
      }
    }
    return replacements.isEmpty ? node : substitute(replacements, in: [node])[0]
  }

  /// The parity of a value under exchange of the ends; by simplification, else by values at random points.
  ///
  /// `odd` are fields of the pair itself that change sign.
  public mutating func parity(of node: NodeID, odd: Set<String> = []) -> (Parity, ParityProof) {
    let exchanged = exchangingEnds(node, odd: odd)
    if exchanged == node { return (.even, .exact) }
    if exchanged == negate(node) { return (.odd, .exact) }
    let difference = subtract(node, exchanged), total = add(node, exchanged)
    if constant(difference) == 0 { return (.even, .exact) }
    if constant(total) == 0 { return (.odd, .exact) }
    return (sampledParity(node, exchanged), .sampled)
  }

  private func sampledParity(_ node: NodeID, _ exchanged: NodeID) -> Parity {
    var even = true, odd = true, seen = 0
    for sample in 0..<64 {
      let values = evaluate([node, exchanged], in: GraphContext.random(sample))
      guard values.allSatisfy(\.isFinite) else { continue }
      seen += 1
      let size = max(abs(values[0]), abs(values[1]), 1e-300)
      even = even && abs(values[0] - values[1]) <= 1e-9 * size
      odd = odd && abs(values[0] + values[1]) <= 1e-9 * size
    }
    return seen == 0 ? .none : even ? .even : odd ? .odd : .none
  }
}

extension GraphContext {
  /// Values between 0.5 and 1.5 that depend on the name of the input and on the number of the sample alone.
  static func random(_ sample: Int) -> GraphContext {
    func number(_ text: String) -> Double {
      var state: UInt64 = 0xcbf2_9ce4_8422_2325 &+ UInt64(sample) &* 0x9e37_79b9_7f4a_7c15
      for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
      state = (state ^ (state >> 33)) &* 0xff51_afd7_ed55_8ccd
      state ^= state >> 33
      return 0.5 + Double(state >> 11) / Double(1 << 53)
    }
    func separation(_ component: Int) -> Double { number("d\(component)") - 1 }
    return GraphContext(
      input: { input in
        switch input.kind {
        case .separation: separation(input.component)
        case .distanceSquared: (0..<3).reduce(0) { $0 + separation($1) * separation($1) }
        default: number("\(input.kind) \(input.name) \(input.component) \(input.end)")
        }
      },
      call: { name, end, derivative, x in number("\(name) \(end) \(derivative)") * (1 + x) },
      noise: { noise, place, component, _ in number("\(noise) \(place) \(component)") })
  }
}
