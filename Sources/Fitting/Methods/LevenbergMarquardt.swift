import Diagnostics
import Foundation

/// Least squares for numbers that enter in any way: steps between Gauss and Newton's and steepest descent, from the best of many
/// starting points.
///
/// D. W. Marquardt, J. Soc. Indust. Appl. Math. 11 (1963) 431; damping after H. B. Nielsen, IMM-REP-1999-05.
public struct LevenbergMarquardt: FitMethod {
  /// The name in reports.
  public static let name = "Levenberg-Marquardt"

  /// The method.
  public init() {}

  /// Whether the method is meant for such a problem.
  public func accepts(_ problem: Problem) -> Acceptance {
    for unknown in problem.unknowns {
      if case .function = unknown.kind {
        return .no(because: "?\(unknown.name) is a function beside numbers that do not enter linearly")
      }
    }
    return .yes
  }

  /// Fills the holes; throws `Failure` if the data do not determine them.
  public func fill(_ problem: Problem, within budget: Budget, random: inout SeededRandom) throws(Failure) -> Front {
    let best = valley(of: problem, within: budget, random: &random)
    var descent = Descent(best.values, problem.equations)
    descent.run(evaluations: budget.evaluations, tolerance: budget.tolerance)
    let all = descent.sums
    let matrix = SymmetricMatrix(all.matrix, size: all.size)
    guard descent.square.isFinite, let factor = matrix.factored() else {
      throw Failure(
        .failed, "the data do not determine \(Self.blind(problem, matrix))",
        hint: "are two holes only ever used together, or does the range leave out what one of them does?")
    }
    let errors = Covariance.errors(descent.equations, inverse: factor.inverse).map { Filling.number($0) }
    let freedom = Double(max(1, all.count - all.size))
    return Front(fits: [
      Fit(
        fillings: descent.values.map { Filling.number($0) }, errors: errors, size: all.size,
        expectedSquare: all.residual / freedom * (1 + Double(all.size) / freedom))
    ])
  }

  /// Where the search begins: rough descents on little data, from the best of many places.
  private func valley(of problem: Problem, within budget: Budget, random: inout SeededRandom) -> Descent {
    let start: [Double] = problem.unknowns.map { if case .number(let start) = $0.kind { start } else { 0 } }
    var best = Descent(start, problem.firstEquations)
    var visits = 0
    for values in starts(start, problem, count: budget.starts, &random) {
      var descent = Descent(values, problem.firstEquations)
      descent.run(evaluations: min(20, budget.evaluations), tolerance: 1e-2)
      // A valley that several ways lead to is likely the deepest.
      visits = abs(descent.square - best.square) <= 0.01 * best.square ? visits + 1 : descent.square < best.square ? 1 : visits
      if descent.square < best.square || !best.square.isFinite { best = descent }
      // A law that explains all but a hundred-thousandth of the forces is in the right one; a wrong one may explain all but a hundredth.
      if best.square < 1e-10 * best.sums.total || visits > 3 { break }
    }
    return best
  }

  /// The best places of a search around where the data's sizes suggest; the best first.
  ///
  /// Numbers that enter linearly have their best values everywhere (G. H. Golub, V. Pereyra, SIAM J. Numer. Anal. 10 (1973) 413), so that
  /// only the others are searched.
  private func starts(_ center: [Double], _ problem: Problem, count: Int, _ random: inout SeededRandom) -> [[Double]] {
    guard count > 0 else { return [] }
    let bent = center.indices.filter { !problem.linear.contains($0) }
    let places = bent.isEmpty ? 1 : min(240, 60 * bent.count), shifts = bent.map { _ in Double.random(in: 0..<1, using: &random) }
    var found: [(values: [Double], square: Double)] = []
    for place in 0..<places {
      var values = center
      for (axis, index) in bent.enumerated() {
        let share = 2 * Self.evenly(place, axis: axis, of: bent.count, from: shifts[axis]) - 1
        // Densest in the middle, and up to a factor of 33 away.
        values[index] *= exp(3.5 * share * abs(share))
      }
      if let candidate = projected(values, problem) { found.append(candidate) }
    }
    return found.sorted { $0.square < $1.square }.prefix(count).map(\.values)
  }

  /// Places from 0 to 1 that fill a square or cube evenly however many are taken: powers of the root of xⁿ⁺¹ = x + 1 in turn (M. Roberts,
  /// "The unreasonable effectiveness of quasirandom sequences", 2018).
  private static func evenly(_ place: Int, axis: Int, of axes: Int, from start: Double) -> Double {
    let root = (0..<40).reduce(1.5) { root, _ in pow(1 + root, 1 / Double(axes + 1)) }
    let sum = start + Double(place) * pow(root, -Double(axis + 1))
    return sum - sum.rounded(.down)
  }

  /// The same with the best values of the numbers that enter linearly, and the square of the residuals there.
  private func projected(_ values: [Double], _ problem: Problem) -> (values: [Double], square: Double)? {
    var values = values
    let linear = problem.linear
    for index in linear { values[index] = 0 }
    let sums = problem.firstEquations(values.map { Filling.number($0) }).sum
    guard sums.residual.isFinite else { return nil }
    guard !linear.isEmpty else { return (values, sums.residual) }
    let gradient = linear.map { sums.gradient[$0] }
    let matrix = SymmetricMatrix(linear.flatMap { a in linear.map { sums.matrix[a * sums.size + $0] } }, size: linear.count)
    guard let best = matrix.factored(ridge: 1e-12)?.solve(gradient), best.allSatisfy(\.isFinite) else { return nil }
    for (index, value) in zip(linear, best) { values[index] = value }
    return (values, sums.residual - zip(best, gradient).reduce(0) { $0 + $1.0 * $1.1 })
  }

  /// The unknowns of which the data do not tell, as far as one can see: those without effect, or with the same effect as another.
  private static func blind(_ problem: Problem, _ matrix: SymmetricMatrix) -> String {
    let names = problem.unknowns.map { "?\($0.name)" }
    let without = names.indices.filter { !(matrix[$0, $0] > 0) }
    if !without.isEmpty { return without.map { names[$0] }.joined(separator: ", ") }
    for a in names.indices {
      for b in 0..<a where matrix[a, b] * matrix[a, b] > (1 - 1e-9) * matrix[a, a] * matrix[b, b] {
        return "\(names[b]) and \(names[a]), which do the same"
      }
    }
    return "all of \(names.joined(separator: ", "))"
  }
}

/// A way downhill.
private struct Descent {
  private(set) var values: [Double]
  private(set) var equations: GroupedEquations
  private let evaluate: @Sendable ([Filling]) -> GroupedEquations
  var sums: NormalEquations { equations.sum }

  init(_ values: [Double], _ evaluate: @escaping @Sendable ([Filling]) -> GroupedEquations) {
    self.values = values
    self.evaluate = evaluate
    equations = evaluate(values.map { Filling.number($0) })
  }

  /// Sum of the squares of the residuals.
  var square: Double { sums.residual.isFinite ? sums.residual : .infinity }

  /// Goes down until steps are smaller than `tolerance` of the values.
  mutating func run(evaluations: Int, tolerance: Double) {
    var damping = 1e-3, growth = 2.0
    for _ in 0..<evaluations {
      guard let step = step(damping) else { return }
      let trial = Descent(zip(values, step).map { $0 + $1 }, evaluate)
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
