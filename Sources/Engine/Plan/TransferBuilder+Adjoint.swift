import Diagnostics
import Expressions
import KernelCompiler
import Laws

// Forces through what particles and sites give each other.
extension TransferBuilder {
  /// The reverse of a pass that summed into fields with adjoints, for one of its two ends; nil if nothing comes to it.
  ///
  /// The pass acts like the energy Σ (adjoint of A)[receiver]·(what it received) at fixed adjoints: particles get the force −∂/∂position,
  /// both ends the slopes by their fields that have adjoints.
  mutating func buildReverse(
    named name: String, of adjoint: Adjoint, to end: TransferKernel.Receiver
  ) throws(Diagnostic) -> TransferPass? {
    try refuseWhatIsNotRun()
    var condition = try pass.condition.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    var energy = try functional(adjoint)
    if end != receiver {
      // d and dw belong to the end that receives: the other one sees their opposites.
      let nodes = (0..<fields.space).flatMap { axis in
        [Input(.separation, component: axis), Input(.local, "dw", component: axis)].map { lowering.graph.input($0) }
      }
      let opposite = Dictionary(uniqueKeysWithValues: nodes.map { ($0, lowering.graph.negate($0)) })
      energy = lowering.graph.substitute(opposite, in: [energy])[0]
      condition = condition.map { lowering.graph.substitute(opposite, in: [$0])[0] }
    }
    var outcomes = end == .particles ? force(of: energy) : []
    let own = end == .particles ? TransferKernel.particle : TransferKernel.site
    let read = lowering.graph.inputs(of: [energy]).filter {
      $0.kind == .field && $0.end == own && adjoint.fields.contains($0.name)
    }
    for input in read.sorted(by: { ($0.name, $0.component) < ($1.name, $1.component) }) {
      let slope = lowering.graph.derivative(of: energy, by: lowering.graph.input(input))
      outcomes.append(TransferKernel.Outcome(Column(Adjoint.name(of: input.name), input.component), slope, .add))
    }
    outcomes.removeAll { lowering.graph.constant($0.value) == 0 }
    guard !outcomes.isEmpty else { return nil }
    let kernel = TransferKernel(
      name: name, comment: "\(use.law.name), forces through sums", graph: lowering.graph, receiver: end, reach: try reach(),
      space: fields.space, outcomes: outcomes, condition: condition, requirements: [], mask: mask,
      rate: Rates.sites(species: fields.speciesNames.count))
    return TransferPass(kernel: kernel, lattice: lattice.index, mask: mask, offset: try offset(), name: use.law.name)
  }

  /// Σ (adjoint of A)·(what the receiver of a pair gets).
  private mutating func functional(_ adjoint: Adjoint) throws(Diagnostic) -> NodeID {
    var products: [Graph.Term] = []
    let own = receiver == .sites ? TransferKernel.site : TransferKernel.particle
    for binding in pass.sum + pass.add where adjoint.fields.contains(binding.name) {
      for (column, value, place) in try values(of: binding, binding.name) {
        guard place.isEmpty else {
          throw binding.value.diagnostic("a sum at places of edges or faces has no derivative here", hint: "write the force")
        }
        try Adjoint.check([value], of: binding.name, at: binding.value, in: lowering.graph)
        if lowering.graph.inputs(of: [value]).contains(where: { $0.kind == .local && $0.name == "dw" }) {
          throw binding.value.diagnostic(
            "energy depends on \(binding.name), which dw enters: no derivative", hint: "write the force")
        }
        let weight = lowering.graph.input(
          Input(.field, Adjoint.name(of: binding.name), component: column.component, end: own))
        products.append(Graph.Term(coefficient: 1, node: lowering.graph.multiply(weight, value)))
      }
    }
    return lowering.graph.sum(products)
  }

  /// The force on a particle that receives, for which dw is ∂w/∂position.
  private mutating func force(of energy: NodeID) -> [TransferKernel.Outcome] {
    let share = lowering.graph.input(Input(.local, "w")), slope = lowering.graph.derivative(of: energy, by: share)
    let gradient = lowering.graph.gradientBySeparation(of: energy, space: fields.space)
    return gradient.enumerated().map { axis, along in
      let part = lowering.graph.multiply(slope, lowering.graph.input(Input(.local, "dw", component: axis)))
      return TransferKernel.Outcome(Column("force", axis), lowering.graph.negate(lowering.graph.add(along, part)), .add)
    }
  }
}
