import Diagnostics
import Expressions
import KernelCompiler
import Laws

// Forces through what meetings give their ends.
extension MeetingBuilder {
  /// The reverse of a pass that summed into fields with adjoints, as a kernel of this name: what the ends received acts like the
  /// energy Σ (adjoint of A)[end]·(what it received), whose adjoints are held fixed.
  mutating func buildReverse(named name: String, of adjoint: Adjoint, listing: Int = 0) throws(Diagnostic) -> MeetingPass {
    adjoints = adjoint.fields
    let condition = try condition()
    var products: [Graph.Term] = []
    for item in pass.sum + pass.add where adjoints.contains(item.name) {
      for (target, value) in try given(item.name, item.index, item.value) {
        try Adjoint.check([value], of: item.name, at: item.value, in: lowering.graph)
        let weight = lowering.graph.input(
          Input(.field, Adjoint.name(of: item.name), component: target.column.component, end: target.end))
        products.append(Graph.Term(coefficient: 1, node: lowering.graph.multiply(weight, value)))
      }
    }
    addDescent(of: lowering.graph.sum(products))
    return finished(named: name, listing: listing, where: condition)
  }

  /// The forces of an energy on the ends, and its slopes by the fields that have adjoints.
  mutating func addDescent(of energy: NodeID) {
    let between = Set(
      lowering.graph.inputs(of: [energy]).filter { $0.kind == .separation || $0.kind == .distanceSquared }.map(\.end))
    for name in between.sorted() {
      let gradient = lowering.graph.gradientBySeparation(of: energy, space: fields.space, between: name)
      add(force: gradient.map { lowering.graph.negate($0) }, between: name)
    }
    let read = lowering.graph.inputs(of: [energy]).filter {
      $0.kind == .field && !$0.end.isEmpty && adjoints.contains($0.name)
    }
    for input in read.sorted(by: { ($0.name, $0.end, $0.component) < ($1.name, $1.end, $1.component) }) {
      let slope = lowering.graph.derivative(of: energy, by: lowering.graph.input(input))
      add(.sum(.init(input.end, Column(Adjoint.name(of: input.name), input.component))), slope)
    }
  }
}
