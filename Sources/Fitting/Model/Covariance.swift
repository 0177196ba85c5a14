/// Errors of coefficients.
enum Covariance {
  /// H⁻¹ (Σ g gᵀ) H⁻¹ over the groups' gradients g at the solution, where H is the matrix of all data: what is right also if the
  /// residuals within a group belong together. With few groups the residuals are taken as independent: s² H⁻¹.
  static func matrix(_ groups: [NormalEquations], inverse: SymmetricMatrix) -> SymmetricMatrix {
    let size = inverse.size
    let all = NormalEquations.sum(groups, size: size)
    let independent = all.residual / Double(max(1, all.count - size))
    guard groups.count >= 2 * size + 8 else {
      return SymmetricMatrix(inverse.values.map { $0 * independent }, size: size)
    }
    var result = SymmetricMatrix(size: size)
    for group in groups {
      let step = inverse.times(group.gradient)
      for a in 0..<size { for b in 0..<size { result[a, b] += step[a] * step[b] } }
    }
    // As with a variance, the degrees of freedom that the solution took are missing.
    let correction = Double(groups.count) / Double(max(1, groups.count - size))
    return SymmetricMatrix(result.values.map { $0 * correction }, size: size)
  }
}

extension SymmetricMatrix {
  func times(_ vector: [Double]) -> [Double] {
    (0..<size).map { row in (0..<size).reduce(0) { $0 + self[row, $1] * vector[$1] } }
  }
}
