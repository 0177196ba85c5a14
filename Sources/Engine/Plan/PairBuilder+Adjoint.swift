import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

// Forces through sums over pairs.
extension PairBuilder {
  /// Collects ∂e/∂A of both ends in the adjoints of these fields.
  mutating func addAdjoints(
    of scalar: NodeID, by names: Set<String>, to part: inout PairKernel.Part, _ graph: inout Graph
  ) {
    for name in names.sorted() {
      let adjoint = Adjoint.name(of: name)
      for component in 0..<(fields[name]?.components ?? 0) {
        let ends = ["i", "j"].map { graph.input(Input(.field, name, component: component, end: $0)) }
        let slopes = graph.derivatives(of: scalar, by: ends)
        guard slopes.contains(where: { graph.constant($0) != 0 }) else { continue }
        add(Column(adjoint, component), slopes[0], slopes[1], clears: 0, to: &part, &graph)
      }
    }
  }

  /// Adds the reverse of a pass `within` or `everywhere` that sums into fields with adjoints: they act like a pair energy
  /// Σ (adjoint of A)[i]·s(i, j) + (adjoint of A)[j]·s(j, i), whose adjoints are held fixed.
  mutating func addReverse(_ pass: Interact, of use: LawUse, _ adjoint: Adjoint, noisePlace: inout Int) throws(Diagnostic) {
    var rangeText: Expression?
    if case .within(let text) = pass.pairing { rangeText = text }
    let scope = Scope(use, .pair, fields: fields, lets: pass.lets, ends: pass.ends(in: fields))
    var lowering = scope.lowering(on: graph, noisePlace: noisePlace)
    let ends = try PairEnds(pass, use, range: rangeText, fields: fields, &lowering)
    var part = PairKernel.Part(range: ends.range, condition: ends.shared)
    var products: [Graph.Term] = []
    for binding in pass.sum + pass.add where adjoint.fields.contains(binding.name) {
      for (column, node) in try fields.components(of: binding.name, binding.value, &lowering) {
        let own = ends.asReceiver(node, in: &lowering.graph), other = lowering.graph.exchangingEnds(own)
        try Adjoint.check([own], of: binding.name, at: binding.value, in: lowering.graph)
        for (end, value) in [("i", own), ("j", other)] {
          let name = Adjoint.name(of: column.field)
          let weight = lowering.graph.input(Input(.field, name, component: column.component, end: end))
          products.append(Graph.Term(coefficient: 1, node: lowering.graph.multiply(weight, value)))
        }
      }
    }
    let functional = lowering.graph.sum(products)
    part.force = lowering.graph.gradientBySeparation(of: functional, space: fields.space).map { lowering.graph.negate($0) }
    addAdjoints(of: functional, by: adjoint.fields, to: &part, &lowering.graph)
    append(part, ends, named: "\(use.law.name), forces through sums")
    graph = lowering.graph
    noisePlace = lowering.noisePlace
  }
}
