import Expressions
import Foundation

/// How powers of the distance are split into a part that ends within half the least side of the box and one that is smooth:
/// r^-p = [Γ(p/2, α²r²) + γ(p/2, α²r²)]/Γ(p/2) · r^-p (B. R. A. Nijboer, F. W. de Wette, Physica 23 (1957) 309).
///
/// Slopes by r² of both parts are those of r^-p: what holds between powers holds between their parts.
enum Screening {
  /// α times half the least side of the box, from where on less than `rest` of each power is left; the amplitudes of waves beyond
  /// |k| = 2α · this are as small.
  static func reach(leaving rest: Double, of powers: some Sequence<Int>) -> Double {
    let powers = Set(powers)
    var (low, high) = (0.0, 30.0)
    // Bits of the result.
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if powers.allSatisfy({ share(of: $0, at: middle) <= rest }) { high = middle } else { low = middle }
    }
    return high
  }

  /// Γ(p/2, x²)/Γ(p/2).
  private static func share(of power: Int, at x: Double) -> Double {
    var graph = Graph()
    let root = screened(power, square: graph.constant(x * x), in: &graph)
    return graph.constant(root) ?? .nan
  }

  /// Γ(p/2, x)/Γ(p/2) of a node, for a whole p: Γ(a + 1, x) = a Γ(a, x) + x^a exp(−x), from Γ(1/2, x) = √π erfc √x or Γ(1, x) = exp(−x).
  static func screened(_ power: Int, square x: NodeID, in graph: inout Graph) -> NodeID {
    let bell = graph.function(.exp, graph.negate(x)), isOdd = power % 2 == 1
    let terms = stride(from: isOdd ? 0.5 : 0, to: Double(power) / 2, by: 1).map { a in
      Graph.Term(coefficient: 1 / tgamma(a + 1), node: graph.power(x, Rational(Int(2 * a), 2)))
    }
    let series = graph.multiply(bell, graph.sum(terms))
    return isOdd ? graph.add(graph.function(.erfc, graph.squareRoot(x)), series) : series
  }

  /// α as a node of the box: `reach` over half the least side.
  static func parameter(reach: Double, space: Int, in graph: inout Graph) -> NodeID {
    let sides = (0..<space).map { graph.input(Input(.world, "box", component: $0)) }
    let least = sides.dropFirst().reduce(sides[0]) { graph.pairwise(.minimum, $0, $1) }
    return graph.scale(graph.power(least, Rational(-1)), by: 2 * reach)
  }

  /// α in a box.
  static func parameter(reach: Double, sides: [Double]) -> Double { 2 * reach / (sides.min() ?? 1) }

  /// The smooth part of r^-p at r = 0.
  static func smoothAtZero(_ power: Int, alpha: Double) -> Double { pow(alpha, Double(power)) / tgamma(Double(power) / 2 + 1) }
}
