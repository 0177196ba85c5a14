/// The equations of one sample, and the gradients of its particles' groups.
struct SampleEquations: Sendable {
  var sum: NormalEquations
  var gradients: [[Double]]
}

/// Rows of a least-squares problem: the derivatives of each equation by the coefficients, and its residual.
struct Rows {
  /// Number of coefficients.
  let size: Int
  /// Row by row.
  var derivatives: [Double] = []
  var residuals: [Double] = []
  /// Where in the box the particle of each row belongs, from 0 to 1 along some path through it.
  var places: [Double] = []
  /// Sum of the squares of what is to be explained.
  var total = 0.0
  /// Coefficients that took what they could before.
  private var taken = 0

  init(size: Int) { self.size = size }

  /// Takes out of all rows what further columns explain, the coefficients of which are free.
  ///
  /// What is left is orthogonal to them, so that the solution is that of all coefficients together.
  mutating func project(out columns: [[Double]]) {
    var basis: [[Double]] = []
    for column in columns {
      var rest = column
      for direction in basis { rest.subtract(direction, times: dot(rest, direction)) }
      let left = dot(rest, rest), size = dot(column, column)
      // A column that vanishes, or that others make up, explains nothing.
      guard left > 1e-20 * size, left > .leastNormalMagnitude else { continue }
      basis.append(rest.map { $0 / left.squareRoot() })
    }
    taken += basis.count
    for direction in basis {
      residuals.subtract(direction, times: dot(residuals, direction))
      for column in 0..<size {
        let share = direction.indices.reduce(0) { $0 + direction[$1] * derivatives[$1 * size + column] }
        for row in direction.indices { derivatives[row * size + column] -= share * direction[row] }
      }
    }
  }

  /// The sums over all rows, and the gradients of groups of neighbouring particles.
  var equations: SampleEquations {
    var sum = NormalEquations(derivatives: derivatives, residuals: residuals, total: total, size: size)
    sum.count = max(0, sum.count - taken)
    let groups = Covariance.groups(for: size)
    var gradients = [[Double]](repeating: Array(repeating: 0, count: size), count: groups)
    for (row, place) in places.enumerated() {
      let group = min(groups - 1, Int(place * Double(groups)))
      for column in 0..<size { gradients[group][column] += derivatives[row * size + column] * residuals[row] }
    }
    return SampleEquations(sum: sum, gradients: gradients)
  }

  private func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}

extension [Double] {
  fileprivate mutating func subtract(_ other: [Double], times factor: Double) {
    for index in indices { self[index] -= factor * other[index] }
  }
}
