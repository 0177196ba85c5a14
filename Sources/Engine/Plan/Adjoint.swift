import Diagnostics
import Expressions
import Laws
import Scenes

/// The fields through which the energies of a force law depend on positions: what reverse mode over its passes has to know.
///
/// Let passes write fields A, by `sum`, `add` or assignment, before an energy E(A) reads them. The adjoint of A is the hidden field
/// dE/dA of each member. The passes with energies collect it; then those that wrote are walked backwards, where
///
/// - an assignment B = g(A) adds (adjoint of B)·∂g/∂A to the adjoint of A, and −(adjoint of B)·∂g/∂position to the force,
/// - a sum B[i] = Σ s(i, j) acts like the pair energy (adjoint of B)[i]·s(i, j) + (adjoint of B)[j]·s(j, i) at fixed adjoints.
///
/// A. Griewank, A. Walther, Evaluating Derivatives (2008), chapter 3, with passes in place of single operations.
struct Adjoint {
  /// Fields whose adjoint is collected.
  let fields: Set<String>
  /// Items of the law that write them, last first.
  let reversed: [Item]

  /// Something that a pass of the law writes.
  private struct Write {
    var field: String
    /// The word that a message names: sum, add, min, max, memory, an assignment.
    var word: String
    /// Place of the pass in the law.
    var pass: Int
    /// Names that the new value depends on.
    var reads: Set<String>
  }

  /// The adjoints of a law; `others` are the fields that force laws before it write, with the law's name.
  ///
  /// - Throws: that an energy depends on what has no derivative.
  init(of use: LawUse, after others: [String: String]) throws(Diagnostic) {
    let law = use.law, items = law.flattened(law.passes)
    let writes = items.enumerated().flatMap { Self.writes(of: $1, pass: $0, in: law) }
    var wanted: Set<String> = []
    for (index, item) in items.enumerated() {
      guard let energy = item.energy else { continue }
      try Self.follow(law.names(in: item.termsOfEnergy(use), lets: item.lets), before: index, writes, others, energy, &wanted)
    }
    fields = wanted
    let passes = Set(writes.filter { wanted.contains($0.field) }.map(\.pass))
    reversed = items.indices.reversed().filter(passes.contains).map { items[$0] }
  }

  /// The name of the hidden field that collects dE/dA.
  static func name(of field: String) -> String { "adjoint of \(field)" }

  /// All hidden fields of the law.
  var names: Set<String> { Set(fields.map(Self.name)) }

  // MARK: What depends on what

  private static func writes(of item: Item, pass: Int, in law: Law) -> [Write] {
    let lists: [(String, [Binding])]
    switch item {
    case .propagate(let pass): lists = [("an assignment", pass.assignments)]
    case .interact(let pass):
      lists = [
        ("sum", pass.sequential ? [] : pass.sum), ("add", pass.sequential ? [] : pass.add), ("min", pass.min), ("max", pass.max),
        ("memory", pass.memory), ("a sequential pass", pass.sequential ? pass.add : []),
      ]
    case .measure(let measure): lists = [("measure", measure.totals)]
    case .repeat(let repetition):
      // What a loop does in each round is not kept.
      return repetition.passes.flatMap { writes(of: $0, pass: pass, in: law) }
        .map { Write(field: $0.field, word: "repeat", pass: pass, reads: []) }
    case .part(let name): return (law.parts[name] ?? []).flatMap { writes(of: $0, pass: pass, in: law) }
    default: return []
    }
    return lists.flatMap { word, bindings in
      bindings.map { Write(field: $0.name, word: word, pass: pass, reads: law.names(in: [$0.value], lets: item.lets)) }
    }
  }

  /// Marks the fields among `names`, as they are before a pass, and those that they were made of.
  private static func follow(
    _ names: Set<String>, before index: Int, _ writes: [Write], _ others: [String: String], _ energy: Expression,
    _ wanted: inout Set<String>
  ) throws(Diagnostic) {
    for name in names.sorted() {
      let own = writes.filter { $0.field == name }
      if own.isEmpty, let law = others[name] {
        throw blocked(energy, name, "the law \(law)", hint: "compute it in a pass of the same law")
      }
      for (number, write) in own.enumerated() {
        if write.pass >= index { throw blocked(energy, name, "a later pass", hint: "give what is written later another name") }
        switch (number, write.word) {
        case (0, "sum"), (0, "an assignment"), (1..., "add"): break
        case (0, "add"): throw blocked(energy, name, "add", hint: "begin with sum: what it had before is not known")
        case (_, "min"), (_, "max"), (_, "memory"), (_, "repeat"), (_, "measure"), (_, "a sequential pass"):
          throw blocked(energy, name, write.word, hint: "write the force")
        default: throw blocked(energy, name, "two passes", hint: "give the second another name")
        }
        wanted.insert(name)
        try follow(write.reads, before: write.pass, writes, others, energy, &wanted)
      }
    }
  }

  private static func blocked(_ energy: Expression, _ field: String, _ word: String, hint: String) -> Diagnostic {
    energy.diagnostic("energy depends on \(field), which \(word) wrote: no derivative", hint: hint)
  }

  /// Refuses noise in what is differentiated.
  static func check(_ nodes: [NodeID], of field: String, at text: Expression, in graph: Graph) throws(Diagnostic) {
    let hasNoise = graph.reachable(from: nodes).contains { if case .noise = graph[$0] { true } else { false } }
    if hasNoise {
      throw text.diagnostic("energy depends on \(field), which noise enters: no derivative", hint: "write the force")
    }
  }
}

extension Item {
  /// The energy of a pass over members or pairs.
  var energy: Expression? {
    switch self {
    case .propagate(let pass): pass.energy
    case .interact(let pass): pass.energy
    default: nil
    }
  }

  /// What the energy is made of: with a shift or a switch, also the range.
  fileprivate func termsOfEnergy(_ use: LawUse) -> [Expression] {
    switch self {
    case .propagate(let pass): return pass.energy.map { [$0] } ?? []
    case .interact(let pass):
      let isCut = pass.smooth != nil || use.smooth != nil || (use.shift ?? pass.shift ?? "none") != "none"
      let range: Expression? = if case .within(let range) = pass.pairing, isCut { range } else { nil }
      return [pass.energy, pass.smooth, range].compactMap { $0 }
    default: return []
    }
  }

  fileprivate var lets: [Binding] {
    switch self {
    case .propagate(let pass): pass.lets
    case .interact(let pass): pass.lets
    default: []
    }
  }
}

extension Law {
  /// All names that expressions use, also through abbreviations of the pass and of the law.
  func names(in expressions: [Expression], lets passLets: [Binding]) -> Set<String> {
    var found: Set<String> = [], open = expressions.flatMap(\.names)
    while let name = open.popLast() {
      guard found.insert(name).inserted else { continue }
      open += (passLets + lets).filter { $0.name == name }.flatMap(\.value.names)
    }
    return found
  }
}
