import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

// Forces of energies of single particles, and through what passes over single particles assign.
extension ChainBuilder {
  /// −∂e/∂position, which adds to the force, and ∂e/∂A, which add to the adjoints of these fields.
  ///
  /// The chain must not have assigned them, so that each stands for itself in the graph.
  func descent(
    of scalar: NodeID, by names: Set<String>, at text: Expression, _ graph: inout Graph
  ) throws(Diagnostic) -> [Change] {
    // Sites stand still, and links have no place of their own.
    let sources = (population == Population.particles ? ["position"] : []) + names.sorted()
    let columns = sources.flatMap { name in (0..<(fields[name]?.components ?? 0)).map { Column(name, $0) } }
    let slopes = graph.derivatives(of: scalar, by: columns.map { graph.input($0.input) })
    if graph.lacksDerivative(slopes) { throw text.diagnostic("energy has no derivative: vectors of svd or eigen") }
    return zip(columns, slopes).compactMap { column, slope in
      guard graph.constant(slope) != 0 else { return nil }
      if column.field == "position" { return (Column("force", column.component), graph.negate(slope)) }
      return (Column(Adjoint.name(of: column.field), column.component), slope)
    }
  }

  /// Adds the reverse of a pass that assigns fields with adjoints: B = g(A) acts like the energy (adjoint of B)·g(A) at a fixed
  /// adjoint.
  mutating func addReverse(
    _ pass: Propagate, of use: LawUse, _ adjoint: Adjoint, mask: UInt64, noisePlace: inout Int
  ) throws(Diagnostic) {
    var (lowering, condition) = try begin(pass, use, mask, noisePlace)
    var products: [Graph.Term] = [], adjoints: [NodeID: NodeID] = [:]
    for binding in pass.assignments where adjoint.fields.contains(binding.name) {
      for (column, value) in try assignment(binding, pass, &lowering) {
        try Adjoint.check([value], of: binding.name, at: binding.value, in: lowering.graph)
        let target = Column(Adjoint.name(of: column.field), column.component)
        // A stand-in, as the adjoint itself may have been made of A in this chain.
        let fixed = lowering.graph.input(Input(.local, target.field, component: target.component))
        adjoints[fixed] = current.node(of: target, in: &lowering.graph)
        products.append(Graph.Term(coefficient: 1, node: lowering.graph.multiply(fixed, value)))
      }
    }
    let functional = lowering.graph.sum(products)
    guard let text = pass.assignments.first?.value else { return }
    let additions = try descent(of: functional, by: adjoint.fields, at: text, &lowering.graph)
    let values = lowering.graph.substitute(adjoints, in: additions.map(\.1))
    end(adding: zip(additions, values).map { ($0.0, $1) }, where: condition, lowering, &noisePlace)
  }

  /// Adds the reverse of a pass over waves where it is known; false, and nothing is added, where it is not.
  mutating func addReverse(
    _ waves: SelfAdjointWaves, of use: LawUse, mask: UInt64, noisePlace: inout Int
  ) throws(Diagnostic) -> Bool {
    guard let energy = waves.energy.energy else { return false }
    var chain = self
    var (lowering, _) = try chain.begin(waves.energy, use, mask, noisePlace)
    let value = try lowering.scalar(energy), rate = Rates.members(species: fields.speciesNames.count)
    guard let factor = waves.factor(of: value, in: &lowering.graph, rate: rate) else { return false }
    let made = lowering.graph.input(Input(.field, waves.target))
    let addition = (Column(Adjoint.name(of: waves.source), 0), lowering.graph.multiply(factor, made))
    chain.end(adding: [addition], where: nil, lowering, &noisePlace)
    self = chain
    return true
  }
}
