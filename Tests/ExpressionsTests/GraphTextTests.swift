import Diagnostics
import Foundation
import Testing

@testable import Expressions

/// Nodes of a graph, printed.
@Suite struct GraphTextTests {
  /// A lowering that knows `r`, parameters of a use `law`, and a field of both ends.
  private func lowering() -> Lowering {
    Lowering(graph: Graph(), space: 3) { (key, graph) throws(Diagnostic) in
      if key.name == "r" {
        let square = graph.input(Input(.distanceSquared))
        return .value(.scalar(graph.squareRoot(square)))
      }
      let kind: Input.Kind = key.owner.isEmpty ? .parameter : .field
      return .value(.scalar(graph.input(Input(kind, key.owner.isEmpty ? "law.\(key.name)" : key.name, end: key.owner))))
    }
  }

  private static let formulas = [
    "4*epsilon*((sigma/r)^12 - (sigma/r)^6)", "a*exp(-r/b)/r", "-(a - b)*(a + b)", "1/(a + b)^2 - 2/(a*b)", "sqrt(a*b + r^2)",
    "if(r < a, (1 - r/a)^2, 0)", "min(a, max(b, r)) + abs(a - 2*b)", "charge[i]*charge[j]*(1/r + a*r^2 - b)", "a^b*b^(-3/2)",
    "-a", "a - (b - r)", "erfc(a*r)/r - tanh(b)", "if(a < b and not (r < a), -1.5e-12*a, 3)", "(a + b)*(a - r)/(b - r)^3",
    "mod(a, b)",
  ]

  @Test("A printed node, read again, has the same value", arguments: formulas)
  func roundTrip(_ formula: String) throws {
    var lowering = lowering()
    let node = try lowering.scalar(try Expression.parse(formula))
    let text = lowering.graph.text(of: node)
    let again = try lowering.scalar(try Expression.parse(text))
    for sample in 0..<20 {
      let values = lowering.graph.evaluate([node, again], in: .random(sample))
      #expect(abs(values[0] - values[1]) <= 1e-12 * abs(values[0]), "\(formula) is printed as \(text)")
    }
  }

  @Test("Powers of r², quotients and signs are written as one would by hand")
  func form() throws {
    var lowering = lowering()
    let node = try lowering.scalar(try Expression.parse("a*r^2/r^8 - 2*b"))
    #expect(lowering.graph.text(of: node) == "a/r^6 - 2*b")
    #expect(lowering.graph.text(of: node, asFactor: true) == "(a/r^6 - 2*b)")
  }

  @Test("Powers of powers without end keep their value, and never overflow the exponents")
  func highPowers() throws {
    var lowering = lowering()
    let node = try lowering.scalar(
      try Expression.parse("((((a^9999)^9999)^9999)^9999)^9999*((((a^(1/11))^(1/11))^(1/11))^(1/11))"))
    let value = lowering.graph.evaluate([node], in: GraphContext(input: { _ in 1 }))[0]
    #expect(value == 1)
    let root = try lowering.scalar(try Expression.parse("((exp(b)^(1/11))^(1/11))^(1/11)"))
    #expect(abs(lowering.graph.evaluate([root], in: GraphContext(input: { _ in 1 }))[0] - exp(1 / 1331.0)) < 1e-12)
  }
}
