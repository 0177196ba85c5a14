import Diagnostics
import Foundation

/// Least squares for numbers that enter in any way: steps between Gauss and Newton's and steepest descent, from several starting
/// points.
///
/// D. W. Marquardt, J. Soc. Indust. Appl. Math. 11 (1963) 431; damping after H. B. Nielsen, IMM-REP-1999-05.
public struct LevenbergMarquardt: FitMethod {
  /// The name in reports.
  public static let name = "Levenberg-Marquardt"

  /// The method.
  public init() {}

  /// Problems whose holes are numbers.
  public func accepts(_ problem: Problem) -> Acceptance {
    for unknown in problem.unknowns {
      if case .function = unknown.kind {
        return .no(because: "?\(unknown.name) is a function beside numbers that do not enter linearly")
      }
    }
    return .yes
  }

  /// The best of several descents; throws `Failure` if the data do not determine the holes.
  public func fill(_ problem: Problem, within budget: Budget, random: inout SeededRandom) throws(Failure) -> Front {
    let start: [Double] = problem.unknowns.map { if case .number(let start) = $0.kind { start } else { 0 } }
    var best = Descent(start, problem.firstEquations)
    // Rough descents on little data find the valley; only the best goes on with all of it.
    for attempt in 0..<budget.starts {
      let factors = start.map { _ -> Double in attempt == 0 ? 1 : exp(Double.random(in: -1.2...1.2, using: &random)) }
      var descent = Descent(zip(start, factors).map { $0 * $1 }, problem.firstEquations)
      descent.run(evaluations: min(12, budget.evaluations), tolerance: 1e-2)
      if descent.square < best.square || !best.square.isFinite { best = descent }
      // A law that explains nearly everything is in the right valley.
      if best.square < 0.1 * best.sums.total { break }
    }
    var descent = Descent(best.values, problem.equations)
    descent.run(evaluations: budget.evaluations, tolerance: 1e-10)
    let all = descent.sums
    let matrix = SymmetricMatrix(all.matrix, size: all.size)
    guard descent.square.isFinite, let factor = matrix.factored() else {
      let blind = zip(problem.unknowns, 0...).filter { !(matrix[$0.1, $0.1] > 0) }.map { "?\($0.0.name)" }
      throw Failure(
        .failed, "the data do not determine \(blind.isEmpty ? "all holes" : blind.joined(separator: ", "))",
        hint: "are two holes only ever used together, or does the range leave out what one of them does?")
    }
    let covariance = Covariance.matrix(descent.groups, inverse: factor.inverse)
    let errors = descent.values.indices.map { Filling.number(max(0, covariance[$0, $0]).squareRoot()) }
    let freedom = Double(max(1, all.count - all.size))
    return Front(fits: [
      Fit(
        fillings: descent.values.map { Filling.number($0) }, errors: errors, size: all.size,
        expectedSquare: all.residual / freedom * (1 + Double(all.size) / freedom))
    ])
  }
}

/// A way downhill.
private struct Descent {
  private(set) var values: [Double]
  private(set) var groups: [NormalEquations]
  private(set) var sums: NormalEquations
  private let equations: @Sendable ([Filling]) -> [NormalEquations]

  init(_ values: [Double], _ equations: @escaping @Sendable ([Filling]) -> [NormalEquations]) {
    self.values = values
    self.equations = equations
    groups = equations(values.map { Filling.number($0) })
    sums = NormalEquations.sum(groups, size: values.count)
  }

  /// Sum of the squares of the residuals.
  var square: Double { sums.residual.isFinite ? sums.residual : .infinity }

  /// Goes down until steps are smaller than `tolerance` of the values.
  mutating func run(evaluations: Int, tolerance: Double) {
    var damping = 1e-3, growth = 2.0
    for _ in 0..<evaluations {
      guard let step = step(damping) else { return }
      let trial = Descent(zip(values, step).map { $0 + $1 }, equations)
      let expected = zip(step, sums.gradient).reduce(0) { $0 + $1.0 * $1.1 }
      let gain = (square - trial.square) / max(expected, .leastNormalMagnitude)
      if trial.square.isFinite, gain > 0 {
        let isSmall = zip(step, values).allSatisfy { abs($0) <= tolerance * abs($1) }
        self = trial
        damping *= max(1.0 / 3, 1 - pow(2 * min(gain, 1) - 1, 3))
        growth = 2
        if isSmall { return }
      } else {
        // At the bottom rounding decides whether a step gains; there is nothing left to find.
        if zip(step, values).allSatisfy({ abs($0) <= tolerance * abs($1) }) { return }
        damping *= growth
        growth *= 2
        if damping > 1e12 { return }
      }
    }
  }

  /// The step with the diagonal enlarged by the damping; nil where a number has no effect.
  private func step(_ damping: Double) -> [Double]? {
    guard square.isFinite else { return nil }
    return SymmetricMatrix(sums.matrix, size: sums.size).factored(ridge: damping)?.solve(sums.gradient)
  }
}
