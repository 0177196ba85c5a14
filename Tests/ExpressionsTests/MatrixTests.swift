import Diagnostics
import Foundation
import Testing

@testable import Expressions

/// Values of expressions of a matrix F, by the graph.
private struct Matrices {
  let space: Int
  /// F, row by row.
  var f: [Double]

  /// A matrix near the unit, or far from it, with a positive determinant.
  init(space: Int, spread: Double, seed: Int) {
    self.space = space
    var state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1
    func number() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) / Double(1 << 53) - 0.5
    }
    f = (0..<space * space).map { ($0 % (space + 1) == 0 ? 1 : 0) + spread * number() }
    if value("det(F)")[0] < 0 { for k in 0..<space { f[k] = -f[k] } }
  }

  func value(_ text: String) -> [Double] {
    do {
      var lowering = Lowering(graph: Graph(), space: space) { (key, graph) throws(Diagnostic) in
        guard key.name == "F" else { return nil }
        return .value(Value(.matrix, (0..<space * space).map { graph.input(Input(.field, "F", component: $0)) }))
      }
      let value = try lowering.lower(Expression.parse(text))
      return lowering.graph.evaluate(value.components, in: GraphContext(input: { f[$0.component] }))
    } catch {
      Issue.record(error)
      return []
    }
  }

  /// How far two expressions differ.
  func difference(_ a: String, _ b: String) -> Double {
    let (x, y) = (value(a), value(b))
    guard x.count == y.count, !x.isEmpty else { return .infinity }
    return zip(x, y).map { abs($0 - $1) }.max() ?? .infinity
  }

  /// The derivative of a scalar by central differences of the fourth order.
  func slope(of text: String) -> [Double] {
    f.indices.map { element in
      func at(_ step: Double) -> Double {
        var moved = self
        moved.f[element] += step
        return moved.value(text)[0]
      }
      let h = 1e-3
      return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h)
    }
  }
}

@Suite("Functions of small matrices")
struct MatrixTests {
  /// Matrices of one to three rows, near the unit and far from it.
  private static let samples = (1...3).flatMap { space in
    [0.01, 0.5, 3].flatMap { spread in (0..<5).map { Matrices(space: space, spread: spread, seed: 7 * $0 + space) } }
  }

  @Test(
    "Factors make the matrix",
    arguments: [
      ("svd(F).u*diag(svd(F).s)*transpose(svd(F).v)", "F"),
      ("transpose(svd(F).u)*svd(F).u", "I"),
      ("transpose(svd(F).v)*svd(F).v", "I"),
      ("polar(F)*transpose(polar(F))", "I"),
      ("transpose(polar(F))*F", "transpose(transpose(polar(F))*F)"),
      ("eigen(sym(F)).vectors*diag(eigen(sym(F)).values)*transpose(eigen(sym(F)).vectors)", "sym(F)"),
      ("transpose(eigen(sym(F)).vectors)*eigen(sym(F)).vectors", "I"),
      ("F*inverse(F)", "I"),
    ])
  func factors(a: String, b: String) {
    for sample in Self.samples { #expect(sample.difference(a, b) < 1e-11) }
  }

  @Test("A rotation is no reflection") func rotation() {
    for sample in Self.samples {
      #expect(sample.difference("det(polar(F))", "1") < 1e-12)
      var mirrored = sample
      for k in 0..<sample.space { mirrored.f[k] *= -1 }
      #expect(sample.space == 1 || mirrored.difference("det(polar(F))", "1") < 1e-12)
    }
  }

  @Test(
    "Exponential and logarithm undo each other",
    arguments: [
      ("exp(log(transpose(F)*F + I))", "transpose(F)*F + I"), ("log(exp(F))", "F"), ("exp(F)*exp(-F)", "I"),
      ("det(exp(F))", "exp(trace(F))"),
    ])
  func exponential(a: String, b: String) {
    for sample in Self.samples where sample.f.allSatisfy({ abs($0) < 2 }) { #expect(sample.difference(a, b) < 1e-9) }
  }

  @Test("Where a matrix vanishes its factors stay orthogonal") func singular() {
    var flat = Matrices(space: 3, spread: 1, seed: 3)
    flat.f = [1, 2, 3, 2, 4, 6, -1, -2, -3]
    for f in [flat.f, [Double](repeating: 0, count: 9)] {
      flat.f = f
      #expect(flat.difference("transpose(svd(F).u)*svd(F).u", "I") < 1e-12)
      #expect(flat.difference("svd(F).u*diag(svd(F).s)*transpose(svd(F).v)", "F") < 1e-12)
    }
  }

  @Test(
    "grad by a matrix is the slope",
    arguments: [
      "dot(F, F) - 2*log(det(F)) + log(det(F))^2", "dot(log(svd(F).s), log(svd(F).s))", "det(F)^2 + trace(F*F)",
      "dot(F - polar(F), F - polar(F))", "dot(polar(F), outer(ones, ones) + 3*F*F)",
      "dot(log(transpose(F)*F), log(transpose(F)*F))", "trace(exp(sym(F))*F)",
      "dot(exp(eigen(sym(F)).values), ones)", "dot(dev(inverse(F)), dev(inverse(F)))",
    ])
  func gradient(psi: String) {
    for sample in Self.samples where sample.space > 1 && sample.value("det(F)")[0] > 0.3 {

      let slope = sample.slope(of: psi), found = sample.value("grad(\(psi), F)")
      let size = slope.map(abs).max() ?? 0
      #expect(zip(slope, found).allSatisfy { abs($0 - $1) < 1e-6 * (1 + size) }, "\(psi)")
    }
  }

  @Test("Vectors of factors have no derivative, and it is said") func refusal() {
    var lowering = Lowering(graph: Graph(), space: 2) { (_, graph) throws(Diagnostic) in
      .value(Value(.matrix, (0..<4).map { graph.input(Input(.field, "F", component: $0)) }))
    }
    #expect(throws: Diagnostic.self) { _ = try lowering.lower(Expression.parse("grad(trace(svd(F).u), F)")) }
  }
}
