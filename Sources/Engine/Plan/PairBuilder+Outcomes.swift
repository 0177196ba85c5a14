import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// What one sum of a loop over pairs does to its column.
struct PairTarget: Sendable {
  var column: Column
  /// Species whose numbers become the sum, so that they are cleared before; the others keep or add.
  var clears: UInt64
}

extension PairBuilder {
  /// The column where pairs mark members that break what a law requires.
  static let broken = Column("broken requirement", 0)

  // MARK: Energies and forces

  mutating func add(
    energy text: Expression, of pass: Interact, _ use: LawUse, _ ends: PairEnds, to part: inout PairKernel.Part,
    _ lowering: inout Lowering
  ) throws(Diagnostic) {
    let raw = try fromEitherEnd(try lowering.scalar(text), .even, ends, text, &lowering)
    let cut = Cutoff(pass, use, range: part.range)
    let energy = try cut.apply(to: raw, &lowering, at: text)
    part.energy = energy
    part.force = lowering.graph.gradientBySeparation(of: energy, space: fields.space).map { lowering.graph.negate($0) }
    if cut.hasTail {
      tails.append(
        Tail(of: raw, within: part.range, between: (ends.receivers, ends.givers), among: fields, lowering.graph))
    }
  }

  mutating func add(
    force text: Expression, _ ends: PairEnds, to part: inout PairKernel.Part, _ lowering: inout Lowering
  ) throws(Diagnostic) {
    let value = try lowering.lower(text)
    guard value.components.count == fields.space else { throw text.diagnostic("a force is a vector, this is a \(value.shape)") }
    var force: [NodeID] = []
    for node in value.components { force.append(try fromEitherEnd(node, .odd, ends, text, &lowering)) }
    part.force = part.force.map { zip($0, force).map { lowering.graph.add($0, $1) } } ?? force
  }

  /// An energy or a component of a force as it is from either end of the pair.
  ///
  /// Between different roles it need not be symmetric: who is i follows from the species.
  private func fromEitherEnd(
    _ node: NodeID, _ wanted: Parity, _ ends: PairEnds, _ text: Expression, _ lowering: inout Lowering
  ) throws(Diagnostic) -> NodeID {
    let value = lowering.graph.number(node)
    if lowering.graph.constant(value) == 0 { return value }
    let exchanged = lowering.graph.exchangingEnds(value)
    let reaction = wanted == .odd ? lowering.graph.negate(exchanged) : exchanged
    guard let own = ends.own, !ends.overlap else {
      if lowering.graph.parity(of: value).0 != wanted { throw wanted.breach(at: text) }
      guard let own = ends.own else { return value }
      if ends.receivers == ends.givers {
        throw text.diagnostic(
          "the pairs change when i and j are exchanged",
          hint: "a range and a `where` that are the same from both ends: min, max, and, or of both")
      }
      let other = lowering.graph.exchangingEnds(lowering.graph.number(own))
      let either = lowering.graph.or(own, lowering.graph.condition(other)), zero = lowering.graph.constant(0)
      return lowering.graph.select(either, value, zero)
    }
    let isOther = lowering.graph.condition(lowering.graph.exchangingEnds(lowering.graph.number(own)))
    let backward = lowering.graph.select(isOther, reaction, lowering.graph.constant(0))
    return lowering.graph.select(own, value, backward)
  }

  // MARK: Sums

  mutating func addSums(
    of pass: Interact, _ ends: PairEnds, to part: inout PairKernel.Part, _ lowering: inout Lowering
  ) throws(Diagnostic) {
    // What a member gives itself takes the place of clearing.
    let cleared = pass.includesSelf ? ends.receivers & ~ends.givers : ends.receivers
    for (name, text) in pass.sumsReplaced { try add(text, to: name, clears: cleared, ends, &part, &lowering) }
    for (name, text) in pass.sumsAdded { try add(text, to: name, clears: 0, ends, &part, &lowering) }
  }

  private mutating func add(
    _ text: Expression, to name: String, clears: UInt64, _ ends: PairEnds, _ part: inout PairKernel.Part,
    _ lowering: inout Lowering
  ) throws(Diagnostic) {
    for (column, node) in try fields.components(of: name, text, &lowering) {
      let own = ends.asReceiver(node, in: &lowering.graph)
      add(column, own, lowering.graph.exchangingEnds(own), clears: clears, to: &part, &lowering.graph)
    }
  }

  /// A sum into a column: what i gets from the pair, and j.
  mutating func add(
    _ column: Column, _ own: NodeID, _ other: NodeID, clears: UInt64, to part: inout PairKernel.Part, _ graph: inout Graph
  ) {
    let parity: Parity = own == other ? .even : own == graph.negate(other) ? .odd : .none
    part.sums.append((column, own, other, parity))
    targets.append(PairTarget(column: column, clears: clears))
  }

  // MARK: Extremes and marks

  mutating func addExtremes(
    of pass: Interact, _ ends: PairEnds, to part: inout PairKernel.Part, _ lowering: inout Lowering
  ) throws(Diagnostic) {
    let always = lowering.graph.truth(true)
    for (bindings, isLeast) in [(pass.min, true), (pass.max, false)] {
      for binding in bindings {
        for (column, node) in try fields.components(of: binding.name, binding.value, &lowering) {
          part.extremes.append(extreme(column, isLeast, node, where: always, ends, &lowering.graph))
        }
      }
    }
    let one = lowering.graph.constant(1)
    if let remove = pass.remove {
      let marked = try lowering.condition(remove)
      part.extremes.append(extreme(ChainBuilder.removal, false, one, where: marked, ends, &lowering.graph))
    }
    if let require = pass.require {
      let broken = lowering.graph.not(try lowering.condition(require))
      part.extremes.append(extreme(Self.broken, false, one, where: broken, ends, &lowering.graph))
    }
  }

  private func extreme(
    _ column: Column, _ isLeast: Bool, _ value: NodeID, where condition: NodeID, _ ends: PairEnds, _ graph: inout Graph
  ) -> PairKernel.Extreme {
    let holds = ends.own.map { graph.and($0, condition) } ?? condition
    let other = graph.condition(graph.exchangingEnds(graph.number(holds)))
    let own = graph.number(value)
    return PairKernel.Extreme(
      column: column, isLeast: isLeast, own: (own, holds), other: (graph.exchangingEnds(own), other))
  }
}

extension Interact {
  /// What fields of the receiver become.
  var sumsReplaced: [(name: String, value: Expression)] { sum.map { ($0.name, $0.value) } }

  /// What is added to fields of the receiver: sums, torques and rates.
  var sumsAdded: [(name: String, value: Expression)] {
    add.map { ($0.name, $0.value) } + (torque.map { [("torque", $0)] } ?? [])
      + rate.map { (ChainBuilder.rateName($0.name), $0.value) }
  }
}

extension FieldTable {
  /// The nodes of an expression for a field, column by column; a zero fits every shape.
  func components(of name: String, _ text: Expression, _ lowering: inout Lowering) throws(Diagnostic) -> [(Column, NodeID)] {
    guard let field = self[name] else { throw text.diagnostic("\(name) is no field") }
    let value = try lowering.lower(text)
    var nodes = value.components.map { lowering.graph.number($0) }
    if nodes.count == 1, lowering.graph.constant(nodes[0]) == 0 { nodes = Array(repeating: nodes[0], count: field.components) }
    guard nodes.count == field.components else {
      throw text.diagnostic("\(name) is a \(field.shape), this is a \(value.shape)")
    }
    return nodes.enumerated().map { (Column(name, $0), $1) }
  }
}

extension Parity {
  /// What is said where an energy or a force is not as it has to be.
  fileprivate func breach(at text: Expression) -> Diagnostic {
    self == .odd
      ? text.diagnostic("force is not opposite when i and j are exchanged", hint: "use add: {force: …} if it is meant")
      : text.diagnostic(
        "energy changes when i and j are exchanged",
        hint: "an energy of a pair is seen alike from both ends: use min, max, sums or products of both ends' fields")
  }
}
