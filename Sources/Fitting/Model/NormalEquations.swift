import CLinearAlgebra

/// Sums over the residuals y − f of one group of data, and over their derivatives: all that least squares needs of it.
public struct NormalEquations: Sendable {
  /// Number of coefficients.
  public let size: Int
  /// Σ ∂f/∂a ∂f/∂b, row by row.
  public var matrix: [Double]
  /// Σ ∂f/∂a (y − f).
  public var gradient: [Double]
  /// Σ (y − f)².
  public var residual: Double
  /// Σ y²: how large the residual would be without a law.
  public var total: Double
  /// How many numbers y there are.
  public var count: Int

  /// No data for `size` coefficients.
  public init(size: Int) {
    self.size = size
    matrix = Array(repeating: 0, count: size * size)
    gradient = Array(repeating: 0, count: size)
    (residual, total, count) = (0, 0, 0)
  }

  /// The sums over some rows: derivatives row by row, and the residual of each.
  public init(derivatives: [Double], residuals: [Double], total: Double, size: Int) {
    self.init(size: size)
    count = residuals.count
    residual = residuals.reduce(0) { $0 + $1 * $1 }
    self.total = total
    guard size > 0, count > 0 else { return }
    let (n, k) = (Int32(size), Int32(count))
    cblas_dsyrk(CblasRowMajor, CblasUpper, CblasTrans, n, k, 1, derivatives, n, 0, &matrix, n)
    for a in 0..<size { for b in 0..<a { matrix[a * size + b] = matrix[b * size + a] } }
    cblas_dgemv(CblasRowMajor, CblasTrans, k, n, 1, derivatives, n, residuals, 1, 0, &gradient, 1)
  }

  /// The sums of both.
  public static func += (a: inout Self, b: Self) {
    precondition(a.size == b.size, "equations for the same coefficients")
    for index in a.matrix.indices { a.matrix[index] += b.matrix[index] }
    for index in a.gradient.indices { a.gradient[index] += b.gradient[index] }
    a.residual += b.residual
    a.total += b.total
    a.count += b.count
  }

}

/// The normal equations of all data, and how the parts of the data agree on them.
public struct GroupedEquations: Sendable {
  /// All data together.
  public var sum: NormalEquations
  /// Ways to cut the data into groups, by time or by place: for each the gradients of its groups.
  public var gradients: [[[Double]]]

  /// Equations of data whose residuals are independent unless groups say otherwise.
  public init(_ sum: NormalEquations, gradients: [[[Double]]] = []) {
    (self.sum, self.gradients) = (sum, gradients)
  }

  init(_ samples: [SampleEquations], size: Int) {
    var sum = NormalEquations(size: size)
    for sample in samples { sum += sample.sum }
    let places = samples.map(\.gradients.count).max() ?? 0
    var byPlace = [[Double]](repeating: Array(repeating: 0, count: size), count: places)
    for sample in samples {
      for (place, gradient) in sample.gradients.enumerated() {
        for index in gradient.indices { byPlace[place][index] += gradient[index] }
      }
    }
    self.init(sum, gradients: [samples.map(\.sum.gradient), byPlace])
  }
}

/// A symmetric matrix, positive definite where it is factored.
struct SymmetricMatrix: Sendable {
  let size: Int
  /// Row by row.
  var values: [Double]

  init(size: Int) {
    self.size = size
    values = Array(repeating: 0, count: size * size)
  }

  init(_ values: [Double], size: Int) {
    precondition(values.count == size * size, "a square matrix")
    (self.size, self.values) = (size, values)
  }

  subscript(a: Int, b: Int) -> Double {
    get { values[a * size + b] }
    set { values[a * size + b] = newValue }
  }

  /// The Cholesky factor, with `ridge` times the diagonal added; nil if the matrix is not positive definite.
  ///
  /// Rows and columns are scaled to a unit diagonal first: coefficients of different dimension are of very different size.
  func factored(ridge: Double = 0) -> CholeskyFactor? {
    let scales = (0..<size).map { self[$0, $0] > 0 ? 1 / self[$0, $0].squareRoot() : 0 }
    guard size > 0, scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
    var lower = values
    for a in 0..<size { for b in 0..<size { lower[a * size + b] *= scales[a] * scales[b] } }
    for a in 0..<size { lower[a * size + a] += ridge }
    let n = Int32(size)
    guard LAPACKE_dpotrf(LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), n, &lower, n) == 0 else { return nil }
    return CholeskyFactor(size: size, lower: lower, scales: scales)
  }
}

/// L with L Lᵀ a positive definite matrix of unit diagonal, and the scales that gave it that diagonal.
struct CholeskyFactor: Sendable {
  let size: Int
  fileprivate let lower: [Double]
  fileprivate let scales: [Double]

  /// The solution of matrix × x = right.
  func solve(_ right: [Double]) -> [Double] {
    var x = zip(right, scales).map { $0 * $1 }
    let n = Int32(size)
    LAPACKE_dpotrs(LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), n, 1, lower, n, &x, 1)
    return zip(x, scales).map { $0 * $1 }
  }

  /// The inverse, row by row.
  var inverse: SymmetricMatrix {
    var result = SymmetricMatrix(lower, size: size)
    let n = Int32(size)
    LAPACKE_dpotri(LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), n, &result.values, n)
    for a in 0..<size {
      for b in 0...a {
        let value = result[a, b] * scales[a] * scales[b]
        result[a, b] = value
        result[b, a] = value
      }
    }
    return result
  }
}
