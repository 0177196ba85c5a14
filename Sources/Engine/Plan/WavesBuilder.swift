import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Makes the kernel of a pass over the Fourier amplitudes of a lattice.
///
/// Right-hand sides are linear in the fields, so what is compiled are their slopes: real factors of each wave vector, by a kernel of
/// single members for which the wave vector is a field.
struct WavesBuilder {
  /// The field that holds the wave vector.
  static let wave = "k"

  private let pass: Propagate
  private let use: LawUse
  private let fields: FieldTable
  private let lattice: Population

  /// A pass over the amplitudes of one lattice.
  init(_ pass: Propagate, of use: LawUse, fields: FieldTable, lattice: Population) {
    self.pass = pass
    self.use = use
    self.lattice = lattice
    self.fields = fields.of(lattice.index)
  }

  /// The pass as a kernel of this name.
  ///
  /// - Parameter adjoint: if given, the reverse of the pass: B = g(k) A adds g(k)·(adjoint of B) to the adjoint of A, as g is real and
  ///   even, so that the matrix of the pass between sites is its own transpose.
  func build(named name: String, noisePlace: Int, reverse adjoint: Adjoint? = nil) throws(Diagnostic) -> WavesPass {
    try refuseWhatIsNotRun()
    var scope = Scope(use, .member, fields: fields, lets: pass.lets)
    let space = fields.space
    scope.given["k"] = { graph in .vector((0..<space).map { graph.input(Input(.field, Self.wave, component: $0)) }) }
    var lowering = scope.lowering(on: Graph(), noisePlace: noisePlace)
    let condition = try pass.condition.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    var values: [(Column, NodeID)] = []
    for binding in pass.assignments {
      guard let field = fields[binding.name] else { throw binding.value.diagnostic("\(binding.name) is no field of the lattice") }
      let value = try lowering.lower(binding.value)
      guard value.components.count == field.components else {
        throw binding.value.diagnostic("\(binding.name) is a \(field.shape), this is a \(value.shape)")
      }
      for (component, node) in value.components.enumerated() {
        try checkLinear(lowering.graph.number(node), lowering.graph, binding.value)
        values.append((Column(field.name, component), node))
      }
    }
    guard lowering.noisePlace == noisePlace else { throw Diagnostic("amplitudes draw no noise", at: pass.location) }
    var graph = lowering.graph
    let slopes =
      adjoint.map { reversed(values, where: condition, $0, &graph) } ?? forward(values, where: condition, &graph)
    guard graph.inputs(of: slopes.map(\.factor)).allSatisfy({ $0.kind != .field || $0.name == Self.wave }) else {
      throw Diagnostic("the condition of a pass with waves may depend on k alone", at: pass.location)
    }
    let stores = slopes.enumerated().map { MemberKernel.Store(column: WavesPass.factor($0), value: $1.factor) }
    let kernel = MemberKernel(
      name: name, comment: use.law.name, graph: graph, stores: stores, speciesMask: nil,
      rate: Rates.members(species: fields.speciesNames.count))
    let targets = adjoint == nil ? Set(values.map(\.0)) : Set(slopes.map(\.term.target))
    return WavesPass(
      kernel: kernel, terms: slopes.map(\.term), targets: targets.sorted { ($0.field, $0.component) < ($1.field, $1.component) },
      adds: adjoint != nil, lattice: lattice.index, name: use.law.name)
  }

  /// What an amplitude gives to a new one.
  private typealias Slope = (term: WavesPass.Term, factor: NodeID)

  private func forward(_ values: [(Column, NodeID)], where condition: NodeID?, _ graph: inout Graph) -> [Slope] {
    values.flatMap { column, value in
      let old = graph.input(column.input), new = condition.map { graph.select($0, value, old) } ?? value
      return slopes(of: new, &graph).map { (WavesPass.Term(target: column, source: $0), $1) }
    }
  }

  private func reversed(
    _ values: [(Column, NodeID)], where condition: NodeID?, _ adjoint: Adjoint, _ graph: inout Graph
  ) -> [Slope] {
    let zero = graph.constant(0)
    return values.filter { adjoint.fields.contains($0.0.field) }.flatMap { column, value in
      slopes(of: value, &graph).filter { adjoint.fields.contains($0.0.field) }.map { source, factor in
        (
          WavesPass.Term(target: Self.adjoint(of: source), source: Self.adjoint(of: column)),
          condition.map { graph.select($0, factor, zero) } ?? factor
        )
      }
    }
  }

  private static func adjoint(of column: Column) -> Column { Column(Adjoint.name(of: column.field), column.component) }

  /// The slopes of a value by the fields that it is made of, those that vanish excepted.
  private func slopes(of value: NodeID, _ graph: inout Graph) -> [(Column, NodeID)] {
    let inputs = graph.inputs(of: [value]).filter { $0.kind == .field && $0.name != Self.wave }
      .sorted { ($0.name, $0.component) < ($1.name, $1.component) }
    let nodes = inputs.map { graph.input($0) }, found = graph.derivatives(of: value, by: nodes)
    return zip(inputs, found).compactMap { input, slope in
      graph.constant(slope) == 0 ? nil : (Column(input.name, input.component), slope)
    }
  }

  private func refuseWhatIsNotRun() throws(Diagnostic) {
    guard let grid = lattice.grid, !grid.isPeriodic.contains(false) else {
      throw Diagnostic(
        "a pass with waves wants a periodic lattice, \(lattice.species[0]) has sides that are not", at: pass.location)
    }
    let others: [(String, Bool)] = [
      ("rate", !pass.rates.isEmpty), ("energy", pass.energy != nil), ("force", pass.force != nil), ("torque", pass.torque != nil),
      ("remove", pass.remove != nil), ("create", !pass.create.isEmpty), ("require", pass.require != nil),
    ]
    if let (name, _) = others.first(where: \.1) {
      throw Diagnostic("`\(name)` has no meaning for the amplitudes of waves", hint: "assign fields", at: pass.location)
    }
  }

  /// Linear: no field enters the derivative by a field, and without fields nothing is left. Even: k and −k give the same.
  private func checkLinear(_ node: NodeID, _ graph: Graph, _ text: Expression) throws(Diagnostic) {
    var graph = graph
    let inputs = graph.inputs(of: [node]).filter { $0.kind == .field && $0.name != Self.wave }
    let nodes = inputs.map { graph.input($0) }, zero = graph.constant(0)
    for slope in graph.derivatives(of: node, by: nodes) where graph.inputs(of: [slope]).contains(where: inputs.contains) {
      throw text.diagnostic("\(text): a pass with waves must be linear in the fields")
    }
    let rest = graph.substitute(Dictionary(uniqueKeysWithValues: nodes.map { ($0, zero) }), in: [node])[0]
    let value = graph.evaluate([rest], in: Self.sample(sense: 1))[0]
    guard graph.constant(rest) == 0 || value == 0 else {
      throw text.diagnostic("\(text): a pass with waves must be linear in the fields, this leaves a constant")
    }
    let both = [1.0, -1].map { graph.evaluate([node], in: Self.sample(sense: $0))[0] }
    guard !both.allSatisfy(\.isFinite) || abs(both[0] - both[1]) <= 1e-9 * max(abs(both[0]), abs(both[1]), 1e-300) else {
      throw text.diagnostic("\(text): the factors of a pass with waves must be even in k", hint: "for a gradient use neighbours")
    }
  }

  /// Some values for all inputs, with the wave vector in one sense or the other.
  private static func sample(sense: Double) -> GraphContext {
    GraphContext(
      input: { input in
        let number = 0.3 + 0.17 * Double(input.component) + 0.01 * Double(input.name.utf8.reduce(0) { $0 &* 31 &+ Int($1) } % 97)
        return input.kind == .field && input.name == wave ? sense * number : number
      }, call: { _, _, _, x in x }, noise: { _, _, _, _ in 0 })
  }
}
