import Diagnostics
import Expressions
import Laws
import Scenes

/// What happens to a pair energy at the end of its range: `shift`, `smooth`, `tail`.
struct Cutoff {
  let shift: String
  let smooth: Expression?
  let smoothSetting: String?
  let hasTail: Bool
  let range: NodeID

  /// The scene's words, else the law's own.
  init(_ pass: Interact, _ use: LawUse, range: NodeID) {
    shift = use.shift ?? pass.shift ?? "none"
    smooth = pass.smooth
    smoothSetting = use.smooth == nil ? nil : "\(use.name).smooth"
    hasTail = use.tail ?? pass.tail ?? false
    self.range = range
  }

  func apply(to energy: NodeID, _ lowering: inout Lowering, at text: Expression) throws(Diagnostic) -> NodeID {
    let shifted = shifted(energy, &lowering.graph)
    if let smoothSetting {
      let start = lowering.graph.input(Input(.parameter, smoothSetting, end: "pair"))
      return switched(shifted, from: start, &lowering.graph)
    }
    if let smooth, !smooth.isNone { return switched(shifted, from: try lowering.scalar(smooth), &lowering.graph) }
    return shifted
  }

  /// e(r) − e(R), and for `force` also − (r − R) e'(R), so that the force too ends at zero.
  private func shifted(_ energy: NodeID, _ graph: inout Graph) -> NodeID {
    guard shift != "none" else { return energy }
    let square = graph.input(Input(.distanceSquared)), edge = graph.power(range, Rational(2))
    let atEdge = graph.substitute([square: edge], in: [energy])[0]
    var result = graph.subtract(energy, atEdge)
    if shift == "force" {
      let slope = graph.derivative(of: energy, by: square)
      // de/dr = 2r de/d(r²)
      let slopeAtEdge = graph.substitute([square: edge], in: [slope])[0]
      let distance = graph.squareRoot(square), beyond = graph.subtract(distance, range)
      result = graph.subtract(
        result,
        graph.scale(
          graph.product([
            Graph.Factor(base: beyond, exponent: Rational(1)), Graph.Factor(base: range, exponent: Rational(1)),
            Graph.Factor(base: slopeAtEdge, exponent: Rational(1)),
          ]), by: 2))
    }
    return result
  }

  /// The energy times 1 − 10x³ + 15x⁴ − 6x⁵, x from 0 at the start to 1 at the range.
  private func switched(_ energy: NodeID, from start: NodeID, _ graph: inout Graph) -> NodeID {
    let square = graph.input(Input(.distanceSquared)), distance = graph.squareRoot(square)
    let zero = graph.constant(0)
    let x = graph.divide(graph.subtract(distance, start), graph.subtract(range, start))
    let clipped = graph.select(graph.compare(.less, start, distance), x, zero)
    let powers = [(-10.0, 3), (15.0, 4), (-6.0, 5)].map { factor, exponent in
      Graph.Term(coefficient: factor, node: graph.power(clipped, Rational(exponent)))
    }
    return graph.multiply(energy, graph.sum(constant: 1, powers))
  }
}

extension Expression {
  /// True for the word `none`.
  var isNone: Bool { node == .name("none") }
}
