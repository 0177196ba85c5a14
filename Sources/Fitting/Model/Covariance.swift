/// Errors of coefficients.
enum Covariance {
  /// Groups that tell an error of `size` coefficients with some certainty.
  static func groups(for size: Int) -> Int { 2 * size + 24 }

  /// Standard errors of the coefficients at the solution, from the inverse of the matrix of all data: the greatest of those that
  /// hold if all residuals are independent, and if only those of different groups are, for each way of grouping.
  ///
  /// The first is s² H⁻¹, the others H⁻¹ (Σ g gᵀ) H⁻¹ over the groups' gradients g (H. White, Econometrica 48 (1980) 817, for groups
  /// as in K.-Y. Liang, S. L. Zeger, Biometrika 73 (1986) 13).
  static func errors(_ equations: GroupedEquations, inverse: SymmetricMatrix) -> [Double] {
    let size = inverse.size, all = equations.sum
    let square = all.residual / Double(max(1, all.count - size))
    var variances = (0..<size).map { square * inverse[$0, $0] }
    for gradients in equations.gradients where gradients.count >= groups(for: size) {
      let grouped = Self.variances(gradients, inverse)
      variances = zip(variances, grouped).map { max($0, $1) }
    }
    return variances.map { max(0, $0).squareRoot() }
  }

  private static func variances(_ gradients: [[Double]], _ inverse: SymmetricMatrix) -> [Double] {
    let size = inverse.size, count = Double(gradients.count)
    // A penalty leaves a mean, which is no scatter.
    let mean = (0..<size).map { index in gradients.reduce(0) { $0 + $1[index] } / count }
    var result = [Double](repeating: 0, count: size)
    for gradient in gradients {
      let step = inverse.times(zip(gradient, mean).map { $0 - $1 })
      for index in 0..<size { result[index] += step[index] * step[index] }
    }
    // As with a variance, the degrees of freedom that the solution took are missing.
    return result.map { $0 * count / max(1, count - Double(size)) }
  }
}

extension SymmetricMatrix {
  func times(_ vector: [Double]) -> [Double] {
    (0..<size).map { row in (0..<size).reduce(0) { $0 + self[row, $1] * vector[$1] } }
  }
}
