/// A natural cubic spline: C², with no curvature at its ends, linear below its first knot.
public struct Spline: Sendable, Hashable {
  /// All splines on the same knots.
  let space: SplineSpace
  /// Values at the knots.
  public let values: [Double]
  /// Second derivatives at the knots.
  public let curvatures: [Double]
  /// For equal cells from the first to the last knot, the interval in which a cell begins.
  private let finder: [Int]
  private let cellsPerLength: Double

  /// The spline through these points, of which there are at least three, in increasing order.
  public init(knots: [Double], values: [Double]) {
    self.init(space: SplineSpace(knots: knots), values: values)
  }

  init(space: SplineSpace, values: [Double]) {
    self.space = space
    self.values = values
    curvatures = space.curvatures(of: values)
    let knots = space.knots, cells = 4 * knots.count
    let first = knots[0], span = knots[knots.count - 1] - first
    var interval = 0
    finder = (0..<cells).map { cell in
      let start = first + span * Double(cell) / Double(cells)
      while interval + 2 < knots.count, knots[interval + 1] <= start { interval += 1 }
      return interval
    }
    cellsPerLength = Double(cells) / span
  }

  /// Increasing places.
  public var knots: [Double] { space.knots }

  /// The interval that holds x; the first or last one for what lies outside.
  func interval(at x: Double) -> Int {
    guard x > knots[0] else { return 0 }
    var interval = finder[Int(min(Double(finder.count - 1), (x - knots[0]) * cellsPerLength))]
    while interval + 2 < knots.count, knots[interval + 1] <= x { interval += 1 }
    return interval
  }

  /// Weights of the two values and the two curvatures of an interval in the spline (or its derivative) at x.
  func weights(at x: Double, interval k: Int, derivative: Int) -> (Double, Double, Double, Double) {
    let h = knots[k + 1] - knots[k], place = max(x, knots[0])
    let b = (place - knots[k]) / h, a = 1 - b
    switch derivative {
    case 0:
      let below = min(0, x - knots[0])
      // Below the first knot the tangent goes on.
      return (
        a - below / h, b + below / h, (a * a * a - a) * h * h / 6 - below * h / 3, (b * b * b - b) * h * h / 6 - below * h / 6
      )
    case 1: return (-1 / h, 1 / h, (1 - 3 * a * a) * h / 6, (3 * b * b - 1) * h / 6)
    default: return x < knots[0] ? (0, 0, 0, 0) : (0, 0, a, b)
    }
  }

  /// The value, slope or curvature.
  public func value(at x: Double, derivative: Int = 0) -> Double {
    let k = interval(at: x), w = weights(at: x, interval: k, derivative: derivative)
    return w.0 * values[k] + w.1 * values[k + 1] + w.2 * curvatures[k] + w.3 * curvatures[k + 1]
  }
}

/// All natural cubic splines on some knots, by their values there: the cubic B-splines' span with straight ends.
///
/// Values as coefficients have errors that can be read, and are what tables of laws hold.
public struct SplineSpace: Sendable, Hashable {
  /// Increasing places, at least three.
  public let knots: [Double]
  /// Curvatures at the knots = matrix × values, row by row.
  let curvatureMatrix: [Double]

  /// The space of splines on these knots.
  public init(knots: [Double]) {
    precondition(knots.count >= 3 && zip(knots, knots.dropFirst()).allSatisfy(<), "a spline has three knots or more, in order")
    self.knots = knots
    let count = knots.count
    var rows = [[Double]](repeating: Array(repeating: 0, count: count), count: count)
    var factor = [Double](repeating: 0, count: count)
    // The tridiagonal system of the natural spline, solved for every unit vector of values at once.
    for k in 1..<count - 1 {
      let left = knots[k] - knots[k - 1], right = knots[k + 1] - knots[k]
      let pivot = 2 * (left + right) - left * factor[k - 1]
      factor[k] = right / pivot
      var row = rows[k - 1].map { -left * $0 / pivot }
      row[k - 1] += 6 / left / pivot
      row[k] -= 6 * (1 / left + 1 / right) / pivot
      row[k + 1] += 6 / right / pivot
      rows[k] = row
    }
    for k in (1..<count - 1).reversed() {
      rows[k] = zip(rows[k], rows[k + 1]).map { $0 - factor[k] * $1 }
    }
    curvatureMatrix = rows.flatMap { $0 }
  }

  func curvatures(of values: [Double]) -> [Double] {
    let count = knots.count
    return (0..<count).map { row in
      (0..<count).reduce(0) { $0 + curvatureMatrix[row * count + $1] * values[$1] }
    }
  }

  /// The quadratic form ∫ φ''² dx of the values: how rough a spline is (row by row).
  var roughness: [Double] {
    let count = knots.count
    // Curvatures are linear between knots, so each interval gives h/3 (m² + m n + n²).
    var form = [Double](repeating: 0, count: count * count)
    for k in 0..<count - 1 {
      let h = knots[k + 1] - knots[k]
      for a in 0..<count {
        let m = curvatureMatrix[k * count + a], n = curvatureMatrix[(k + 1) * count + a]
        for b in 0..<count {
          let p = curvatureMatrix[k * count + b], q = curvatureMatrix[(k + 1) * count + b]
          form[a * count + b] += h / 3 * (m * p + n * q + (m * q + n * p) / 2)
        }
      }
    }
    return form
  }
}

/// What stands in the place of a hole.
public enum Filling: Sendable, Hashable {
  case number(Double)
  case function(Spline)
}
