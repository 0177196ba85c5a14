import Diagnostics
import Expressions
import KernelCompiler
import Laws

// Forces through what sites give their neighbours.
extension StencilBuilder {
  /// The reverse of a pass that summed into fields with adjoints: B[i] = Σ s(i, j) adds (adjoint of B)[i]·∂s/∂A to the adjoints of A
  /// of both sites. A site gets the one part as i, from the neighbours j, and the other as j, from the sites i whose neighbour it is.
  mutating func buildReverse(named name: String, of adjoint: Adjoint) throws(Diagnostic) -> StencilPass {
    let steps = try self.steps(), back = steps.map { $0.map { -$0 } }
    for (number, step) in steps.enumerated() {
      let neighbour = StencilKernel.end(number), site = StencilKernel.end(steps.count + number)
      try meetBack(number, step, i: "i", j: neighbour, neighbour: number, adjoint)
      try meetBack(number, step, i: site, j: "i", neighbour: steps.count + number, adjoint)
    }
    return try finished(named: name, steps + back)
  }

  /// What the pair of `number`, whose ends are called i and j here, gives to the site where the loop is.
  private mutating func meetBack(
    _ number: Int, _ step: [Int], i: String, j: String, neighbour: Int, _ adjoint: Adjoint
  ) throws(Diagnostic) {
    let ends = ["i": Scope.End(name: i, fields: fields), "j": Scope.End(name: j, fields: fields)]
    var scope = Scope(use, .pair, fields: fields, lets: pass.lets, ends: ends)
    scope.given = geometry(of: step, from: j, to: i)
    var lowering = scope.lowering(on: graph, noisePlace: noisePlace)
    lowering.numbers["q"] = number
    let holds = try pass.condition.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    var products: [Graph.Term] = []
    for binding in pass.sum + pass.add where adjoint.fields.contains(binding.name) {
      for (column, value) in try values(of: binding, number, &lowering) {
        try Adjoint.check([value], of: binding.name, at: binding.value, in: lowering.graph)
        let weight = lowering.graph.input(
          Input(.field, Adjoint.name(of: column.field), component: column.component, end: i))
        products.append(Graph.Term(coefficient: 1, node: lowering.graph.multiply(weight, value)))
      }
    }
    let functional = lowering.graph.sum(products)
    let own = lowering.graph.inputs(of: [functional]).filter {
      $0.kind == .field && $0.end == "i" && adjoint.fields.contains($0.name)
    }
    for input in own.sorted(by: { ($0.name, $0.component) < ($1.name, $1.component) }) {
      let slope = lowering.graph.derivative(of: functional, by: lowering.graph.input(input))
      note(Column(Adjoint.name(of: input.name), input.component), slope, from: neighbour, where: holds)
    }
    graph = lowering.graph
  }
}
