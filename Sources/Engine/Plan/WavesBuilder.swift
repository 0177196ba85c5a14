import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Makes the kernel of a pass over the Fourier amplitudes of a lattice.
///
/// Right-hand sides are linear with real factors, so real and imaginary parts are two runs of one kernel of single members, for which
/// the wave vector is a field.
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
    let stores =
      adjoint.map { reversed(values, where: condition, $0, &lowering.graph) }
      ?? values.map { column, node in
        let old = lowering.graph.input(column.input)
        return MemberKernel.Store(column: column, value: condition.map { lowering.graph.select($0, node, old) } ?? node)
      }
    let kernel = MemberKernel(
      name: name, comment: use.law.name, graph: lowering.graph, stores: stores, speciesMask: nil,
      rate: Rates.members(species: fields.speciesNames.count))
    let read = lowering.graph.inputs(of: stores.map(\.value)).filter { $0.kind == .field && $0.name != Self.wave }
    return WavesPass(
      kernel: kernel, read: Set(read.map { Column($0.name, $0.component) }), adds: adjoint != nil, lattice: lattice.index,
      name: use.law.name)
  }

  private func reversed(
    _ values: [(Column, NodeID)], where condition: NodeID?, _ adjoint: Adjoint, _ graph: inout Graph
  ) -> [MemberKernel.Store] {
    let products = values.filter { adjoint.fields.contains($0.0.field) }.map { column, value in
      let weight = graph.input(Input(.field, Adjoint.name(of: column.field), component: column.component))
      return Graph.Term(coefficient: 1, node: graph.multiply(weight, graph.number(value)))
    }
    let functional = graph.sum(products), zero = graph.constant(0)
    let sources = graph.inputs(of: [functional]).filter { $0.kind == .field && adjoint.fields.contains($0.name) }
    return sources.sorted { ($0.name, $0.component) < ($1.name, $1.component) }.map { source in
      let column = Column(Adjoint.name(of: source.name), source.component)
      let slope = graph.derivative(of: functional, by: graph.input(source))
      return MemberKernel.Store(column: column, value: condition.map { graph.select($0, slope, zero) } ?? slope)
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
