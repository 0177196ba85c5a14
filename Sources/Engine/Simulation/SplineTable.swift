/// A function given by points, as cubic pieces on equal intervals.
///
/// The pieces follow the natural C² cubic spline through the points; where the points are not equally spaced the spline is sampled
/// finely, keeping its values and slopes. Below the first point it goes on linearly.
struct SplineTable: Sendable {
  let first: Double
  let width: Double
  /// Four coefficients for each interval: y = c0 + t (c1 + t (c2 + t c3)), t from 0 to 1.
  let pieces: [Double]

  var intervals: Int { pieces.count / 4 }

  /// From points (x, y) with increasing x, at least two.
  init?(points: [[Double]]) {
    guard points.count >= 2, points.allSatisfy({ $0.count == 2 }) else { return nil }
    let x = points.map { $0[0] }, y = points.map { $0[1] }
    guard zip(x, x.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
    let curvature = Self.naturalCurvature(x, y)
    let span = x[x.count - 1] - x[0], even = span / Double(x.count - 1)
    let isEven = zip(x, x.dropFirst()).allSatisfy { abs($1 - $0 - even) < 1e-6 * even }
    let count = isEven ? x.count - 1 : min(max(8 * x.count, 512), 8192)
    let step = span / Double(count), start = x[0]
    first = start
    width = step
    pieces = (0..<count).flatMap { index -> [Double] in
      let left = Self.sample(x, y, curvature, at: start + step * Double(index))
      let right = Self.sample(x, y, curvature, at: start + step * Double(index + 1))
      let (a, b, m, n) = (left.value, right.value, left.slope * step, right.slope * step)
      return [a, m, 3 * (b - a) - 2 * m - n, 2 * (a - b) + m + n]
    }
  }

  /// Where the table ends (units of the argument).
  var end: Double { first + width * Double(intervals) }

  /// Whether the function is zero at its end, so that it may go on as zero.
  var endsAtZero: Bool {
    let last = pieces.suffix(4).reduce(0, +)
    return abs(last) <= 1e-6 * (stride(from: 0, to: pieces.count, by: 4).map { abs(pieces[$0]) }.max() ?? 0)
  }

  /// The value, slope or curvature; zero beyond the last point.
  func value(at x: Double, derivative: Int = 0) -> Double {
    let at = (x - first) / width
    guard at <= Double(intervals) else { return 0 }
    let index = min(max(0, Int(max(0, at))), intervals - 1), t = max(0, at) - Double(index)
    let c = pieces[4 * index..<4 * index + 4].map { $0 }
    switch derivative {
    case 0: return c[0] + t * (c[1] + t * (c[2] + t * c[3])) + (at < 0 ? at * c[1] : 0)
    case 1: return (c[1] + t * (2 * c[2] + 3 * t * c[3])) / width
    default: return at < 0 ? 0 : (2 * c[2] + 6 * t * c[3]) / (width * width)
    }
  }

  /// Second derivatives at the points, zero at both ends, by the tridiagonal system of the spline.
  private static func naturalCurvature(_ x: [Double], _ y: [Double]) -> [Double] {
    let count = x.count
    var curvature = [Double](repeating: 0, count: count), factor = curvature
    guard count > 2 else { return curvature }
    for k in 1..<count - 1 {
      let (left, right) = (x[k] - x[k - 1], x[k + 1] - x[k])
      let pivot = 2 * (left + right) - left * factor[k - 1]
      factor[k] = right / pivot
      let bend = 6 * ((y[k + 1] - y[k]) / right - (y[k] - y[k - 1]) / left)
      curvature[k] = (bend - left * curvature[k - 1]) / pivot
    }
    for k in (1..<count - 1).reversed() { curvature[k] -= factor[k] * curvature[k + 1] }
    return curvature
  }

  private static func sample(_ x: [Double], _ y: [Double], _ m: [Double], at place: Double) -> (value: Double, slope: Double) {
    var (low, high) = (0, x.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if x[middle] <= place { low = middle } else { high = middle }
    }
    let h = x[low + 1] - x[low], a = (x[low + 1] - place) / h, b = 1 - a
    let value = a * y[low] + b * y[low + 1] + ((a * a * a - a) * m[low] + (b * b * b - b) * m[low + 1]) * h * h / 6
    let slope = (y[low + 1] - y[low]) / h + ((3 * b * b - 1) * m[low + 1] - (3 * a * a - 1) * m[low]) * h / 6
    return (value, slope)
  }
}
