import Diagnostics
import Foundation

/// Least squares for what enters linearly: functions as cubic splines, and numbers beside them.
///
/// Knots first stand evenly, then where the first fit bends; roughness is penalised as much as generalised cross-validation says
/// (P. Craven, G. Wahba, Numer. Math. 31 (1979) 377).
public struct LeastSquaresSpline: FitMethod {
  /// The name in reports.
  public static let name = "least squares on cubic splines"

  /// The method.
  public init() {}

  /// Whether the method is meant for such a problem.
  public func accepts(_ problem: Problem) -> Acceptance {
    let functions = problem.unknowns.contains { if case .function = $0.kind { true } else { false } }
    if !functions { return .no(because: "there is no function to be learned") }
    return problem.isLinear ? .yes : .no(because: "the holes do not enter linearly")
  }

  /// Fills the holes; throws `Failure` if the data do not determine them.
  public func fill(_ problem: Problem, within budget: Budget, random: inout SeededRandom) throws(Failure) -> Front {
    var fits: [Fit] = []
    for count in budget.knots.sorted() {
      let even = try solve(problem, knots: problem.unknowns.map { Knots.even($0, count: count) })
      let bent = zip(problem.unknowns, even.fillings).map { Knots.whereItBends($0, $1, count: count) }
      let placed = try solve(problem, knots: bent)
      fits.append(placed.expectedSquare < even.expectedSquare ? placed : even)
    }
    return Front(fits: fits)
  }

  /// The fit with functions on these knots; numbers have none.
  private func solve(_ problem: Problem, knots: [[Double]?]) throws(Failure) -> Fit {
    let spaces = knots.map { $0.map { SplineSpace(knots: $0) } }
    let zero = spaces.map { space in
      space.map { Filling.function(Spline(space: $0, values: $0.knots.map { _ in 0 })) } ?? .number(0)
    }
    let system = PenalisedSystem(problem.equations(zero).sum, zero, fixed: problem.unknowns.map(\.isPotential), spaces)
    guard let solution = system.best() else {
      throw Failure(.failed, "the data do not determine the functions", hint: "more frames, or a range that pairs reach")
    }
    let fillings = system.fillings(solution.coefficients)
    let errors = system.errors(problem.equations(fillings), inverse: solution.inverse)
    return Fit(fillings: fillings, errors: system.fillings(errors), size: system.size, expectedSquare: solution.score)
  }
}

/// Where knots stand.
private enum Knots {
  /// The interval that the data reach, a little longer below.
  static func span(_ domain: Problem.Domain) -> (Double, Double) {
    let first = domain.places.first ?? 0
    let margin = 0.01 * (domain.end - first)
    return (first >= 0 ? max(0, first - margin) : first - margin, domain.end)
  }

  static func even(_ unknown: Problem.Unknown, count: Int) -> [Double]? {
    guard case .function(let domain) = unknown.kind else { return nil }
    let (first, end) = span(domain)
    return (0..<count).map { first + (end - first) * Double($0) / Double(count - 1) }
  }

  /// Knots whose density follows the fourth root of the jumps of the third derivative, which is what the error of a cubic spline
  /// goes with (C. de Boor, A Practical Guide to Splines, ch. XII).
  static func whereItBends(_ unknown: Problem.Unknown, _ filling: Filling, count: Int) -> [Double]? {
    guard case .function(let domain) = unknown.kind, case .function(let spline) = filling else { return nil }
    let (knots, m) = (spline.knots, spline.curvatures)
    let widths = zip(knots.dropFirst(), knots).map { $0 - $1 }
    let third = widths.indices.map { (m[$0 + 1] - m[$0]) / widths[$0] }
    let bends = third.indices.map { k -> Double in
      let left = abs(third[k] - third[max(0, k - 1)]), right = abs(third[k] - third[min(third.count - 1, k + 1)])
      return pow(max(left, right) / widths[k], 0.25)
    }
    let floor = 0.15 * bends.reduce(0, +) / Double(bends.count)
    // Smoothed, as jumps are rough; and nowhere without knots.
    let densities = bends.indices.map { k -> Double in
      let left = bends[max(0, k - 1)], right = bends[min(bends.count - 1, k + 1)]
      return (left + 2 * bends[k] + right) / 4 + floor
    }
    var sums = [0.0]
    for (density, width) in zip(densities, widths) { sums.append((sums.last ?? 0) + density * width) }
    guard let whole = sums.last, whole > 0, whole.isFinite else { return even(unknown, count: count) }
    var k = 0
    let inner = (1..<count - 1).map { index -> Double in
      let wanted = whole * Double(index) / Double(count - 1)
      while k + 2 < sums.count, sums[k + 1] < wanted { k += 1 }
      return knots[k] + widths[k] * (wanted - sums[k]) / (sums[k + 1] - sums[k])
    }
    let (first, end) = span(domain)
    return [first] + inner + [end]
  }
}

extension Problem.Unknown {
  fileprivate var isPotential: Bool {
    if case .function(let domain) = kind { domain.isPotential } else { false }
  }
}

/// Normal equations with a penalty on roughness, of which the strength is chosen.
private struct PenalisedSystem {
  private let all: NormalEquations
  private let layout: CoefficientLayout
  private let spaces: [SplineSpace?]
  /// Places of the free coefficients among all.
  private let free: [Int]
  /// The penalty, scaled to the size of the matrix.
  private let penalty: SymmetricMatrix

  /// Free coefficients.
  var size: Int { free.count }

  init(_ all: NormalEquations, _ zero: [Filling], fixed: [Bool], _ spaces: [SplineSpace?]) {
    self.all = all
    self.spaces = spaces
    let layout = CoefficientLayout(zero)
    self.layout = layout
    let ends = zip(layout.starts, layout.counts).map { $0 + $1 - 1 }
    let left = Set(zip(ends, fixed).compactMap { $1 ? $0 : nil })
    free = (0..<layout.size).filter { !left.contains($0) }
    var penalty = SymmetricMatrix(size: layout.size)
    for (hole, space) in spaces.enumerated() {
      guard let space else { continue }
      let (start, count, form) = (layout.starts[hole], layout.counts[hole], space.roughness)
      let weight = (0..<count).reduce(0) { $0 + all.matrix[(start + $1) * (layout.size + 1)] }
      let trace = (0..<count).reduce(0) { $0 + form[$1 * (count + 1)] }
      for a in 0..<count { for b in 0..<count { penalty[start + a, start + b] = form[a * count + b] * weight / trace } }
    }
    self.penalty = penalty
  }

  struct Solution {
    var coefficients: [Double]
    /// Of the matrix with its penalty, in the free coefficients.
    var inverse: SymmetricMatrix
    var score: Double
  }

  /// The solution of the least score of generalised cross-validation.
  func best() -> Solution? {
    (-28...0).lazy.compactMap { solution(strength: pow(10, Double($0) / 2)) }.min { $0.score < $1.score }
  }

  private func solution(strength: Double) -> Solution? {
    var matrix = SymmetricMatrix(size: size), plain = matrix
    for (a, i) in free.enumerated() {
      for (b, j) in free.enumerated() {
        plain[a, b] = all.matrix[i * layout.size + j]
        matrix[a, b] = plain[a, b] + strength * penalty[i, j]
      }
    }
    guard let factor = matrix.factored() else { return nil }
    let right = free.map { all.gradient[$0] }
    let values = factor.solve(right), inverse = factor.inverse
    let fitted = zip(values, plain.times(values)).reduce(0) { $0 + $1.0 * $1.1 }
    let square = max(all.residual - 2 * zip(values, right).reduce(0) { $0 + $1.0 * $1.1 } + fitted, 1e-15 * all.residual)
    // The effective number of coefficients: trace of (matrix + penalty)⁻¹ matrix.
    let used = zip(inverse.values, plain.values).reduce(0) { $0 + $1.0 * $1.1 }
    let count = Double(max(1, all.count)), rest = max(1, count - used)
    return Solution(coefficients: spread(values), inverse: inverse, score: square * count / (rest * rest))
  }

  /// Standard errors of all coefficients, from the equations at the solution.
  func errors(_ equations: GroupedEquations, inverse: SymmetricMatrix) -> [Double] {
    var reduced = GroupedEquations(NormalEquations(size: size))
    (reduced.sum.count, reduced.sum.residual) = (equations.sum.count, equations.sum.residual)
    reduced.gradients = equations.gradients.map { $0.map { gradient in free.map { gradient[$0] } } }
    return spread(Covariance.errors(reduced, inverse: inverse))
  }

  private func spread(_ values: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: layout.size)
    for (index, value) in zip(free, values) { result[index] = value }
    return result
  }

  /// Coefficients as fillings.
  func fillings(_ coefficients: [Double]) -> [Filling] {
    spaces.enumerated().map { hole, space in
      let own = Array(coefficients[layout.starts[hole]..<layout.starts[hole] + layout.counts[hole]])
      return space.map { .function(Spline(space: $0, values: own)) } ?? .number(own[0])
    }
  }
}
