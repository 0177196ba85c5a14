import CKernel

extension Graph {
  /// Functions of a square matrix that are no short expression of its elements; the C of `mote_matrix.h` computes them.
  public enum MatrixFunction: String, Sendable, Hashable {
    /// u, s, v of F = u diag(s) vᵀ, s not negative and falling.
    case singular = "svd"
    /// Values, falling, and vectors (columns) of the symmetric part.
    case eigen
    /// The rotation R of F = R S, S symmetric.
    case polar
    case exponential = "exp"
    case logarithm = "log"
    /// Derivatives of the exponential by each element.
    case exponentialSlope = "exp_slope"
    /// Derivatives of the logarithm by each element.
    case logarithmSlope = "log_slope"

    /// How many numbers the function of a matrix of n rows has.
    public func count(rows n: Int) -> Int {
      switch self {
      case .singular: 2 * n * n + n
      case .eigen: n * n + n
      case .polar, .exponential, .logarithm: n * n
      case .exponentialSlope, .logarithmSlope: n * n * n * n
      }
    }

    /// All numbers of the function of a matrix, given row by row.
    func values(_ matrix: [Double]) -> [Double] {
      let rows = Graph.rows(of: matrix.count), n = Int32(rows)
      return [Double](unsafeUninitializedCapacity: count(rows: rows)) { result, count in
        matrix.withUnsafeBufferPointer { given in
          switch self {
          case .singular: mote_matrix_svd(n, given.baseAddress, result.baseAddress)
          case .eigen: mote_matrix_eigen(n, given.baseAddress, result.baseAddress)
          case .polar: mote_matrix_polar(n, given.baseAddress, result.baseAddress)
          case .exponential: mote_matrix_exp(n, given.baseAddress, result.baseAddress)
          case .logarithm: mote_matrix_log(n, given.baseAddress, result.baseAddress)
          case .exponentialSlope: mote_matrix_exp_slope(n, given.baseAddress, result.baseAddress)
          case .logarithmSlope: mote_matrix_log_slope(n, given.baseAddress, result.baseAddress)
          }
        }
        count = self.count(rows: rows)
      }
    }
  }

  /// Rows of a square matrix of so many elements.
  static func rows(of count: Int) -> Int { count == 9 ? 3 : count == 4 ? 2 : 1 }

  /// The numbers `range` of a function of a matrix, given row by row.
  mutating func matrix(_ function: MatrixFunction, _ range: Range<Int>, of m: [NodeID]) -> [NodeID] {
    let elements = m.map { number($0) }
    return range.map { node(.matrix(function, component: $0, elements)) }
  }

  /// All numbers of a function of a matrix.
  mutating func matrix(_ function: MatrixFunction, of m: [NodeID]) -> [NodeID] {
    matrix(function, 0..<function.count(rows: Graph.rows(of: m.count)), of: m)
  }

  /// ∂(a number of the function)/∂(each element); not a number where the language has no derivative.
  mutating func partials(of function: MatrixFunction, component: Int, _ m: [NodeID]) -> [(NodeID, NodeID)] {
    let n = Graph.rows(of: m.count)
    let slopes: [NodeID]
    switch function {
    case .singular where (n * n..<n * n + n).contains(component):
      // ∂s_k/∂F = u_k v_kᵀ
      let k = component - n * n, all = matrix(.singular, of: m)
      slopes = m.indices.map { multiply(all[$0 / n * n + k], all[n * n + n + $0 % n * n + k]) }
    case .eigen where component < n:
      // ∂λ_k/∂S = q_k q_kᵀ
      let all = matrix(.eigen, of: m)
      slopes = m.indices.map { multiply(all[n + $0 / n * n + component], all[n + $0 % n * n + component]) }
    case .polar: slopes = polarSlopes(component, m, rows: n)
    case .exponential, .logarithm:
      let slope: MatrixFunction = function == .exponential ? .exponentialSlope : .logarithmSlope
      slopes = matrix(slope, component * n * n..<(component + 1) * n * n, of: m)
    case .singular, .eigen, .exponentialSlope, .logarithmSlope: slopes = m.map { _ in constant(.nan) }
    }
    return Array(zip(m, slopes))
  }

  /// With Ω = Rᵀ dR and S = RᵀF, the skew part of Rᵀ dF is (Ω S + S Ω)/2; so the axial vectors fulfil (tr S − S) ω = w, where w is
  /// that of Rᵀ dF − dFᵀ R (in two dimensions ω = w / tr S).
  private mutating func polarSlopes(_ component: Int, _ m: [NodeID], rows n: Int) -> [NodeID] {
    let turn = matrix(.polar, of: m), row = component / n, column = component % n
    guard n > 1 else { return [constant(0)] }
    let stretch = matrixProduct(transpose(turn, size: n), m, size: n), whole = trace(stretch, size: n)
    // Pairs of axes (a, b) of each component of an axial vector: Ω_ab = −ω, Ω_ba = ω.
    let planes = n == 2 ? [(0, 1)] : [(1, 2), (2, 0), (0, 1)]
    let inner =
      n == 2
      ? [power(whole, Rational(-1))]
      : inverse((0..<9).map { subtract($0 % 4 == 0 ? whole : constant(0), stretch[$0]) }, size: 3)
    return m.indices.map { element in
      // For dF = 1 at (i, j) alone, (Rᵀ dF)_ab = R_ia δ_bj.
      let (i, j) = (element / n, element % n)
      let w = planes.map { a, b in
        subtract(a == j ? turn[i * n + b] : constant(0), b == j ? turn[i * n + a] : constant(0))
      }
      var terms: [Term] = []
      for (k, (a, b)) in planes.enumerated() where column == a || column == b {
        let turning = sum(planes.indices.map { Term(coefficient: 1, node: multiply(inner[k * planes.count + $0], w[$0])) })
        // dR = R Ω: column b gets −ω R_a, column a gets ω R_b.
        let from = column == b ? a : b
        terms.append(Term(coefficient: column == b ? -1 : 1, node: multiply(turn[row * n + from], turning)))
      }
      return sum(terms)
    }
  }

  /// True if a derivative was asked for that the language does not have.
  public func lacksDerivative(_ nodes: [NodeID]) -> Bool {
    reachable(from: nodes).contains { constant($0)?.isNaN ?? false }
  }
}
