import Foundation

/// The Fourier transform of the smooth part of d_x^a d_y^b d_z^c / r^q in D dimensions.
///
/// γ(q/2, α²r²)/Γ(q/2) · r^-q is the integral of t^(q/2 − 1) exp(−t r²)/Γ(q/2) over t from 0 to α², and exp(−t r²) has the transform
/// (π/t)^(D/2) exp(−k²/4t). So with I(n) = ∫ t^(ν − n − 1) exp(−k²/4t) dt and ν = (q − D)/2 its n-th slope by k² is
/// π^(D/2)/Γ(q/2) · (−1/4)^n I(n); and each component of d is a slope by that of k, times i.
struct PowerTransform {
  /// coefficient · k_x^a k_y^b k_z^c · I(order).
  struct Term {
    var coefficient: Double
    var exponents: [Int]
    var order: Int
  }

  let terms: [Term]
  /// Whether the transform is imaginary and odd in k; it is real and even else.
  let isOdd: Bool
  /// ν.
  private let index: Double

  init(_ form: PowerForm) {
    let space = form.directions.count, degree = form.directions.reduce(0, +)
    var slopes = [Key(exponents: [Int](repeating: 0, count: space), order: 0): 1.0]
    for (axis, times) in form.directions.enumerated() {
      for _ in 0..<times { slopes = Self.slopes(of: slopes, along: axis) }
    }
    // i^degree, the i of an odd one left out.
    let sign = degree % 4 < 2 ? 1.0 : -1.0, front = sign * pow(.pi, Double(space) / 2) / tgamma(Double(form.power) / 2)
    terms = slopes.sorted { $0.key.precedes($1.key) }.map {
      Term(coefficient: front * $1 * pow(-0.25, Double($0.order)), exponents: $0.exponents, order: $0.order)
    }
    isOdd = degree % 2 == 1
    index = Double(form.power - space) / 2
  }

  private struct Key: Hashable {
    var exponents: [Int]
    var order: Int

    func precedes(_ other: Self) -> Bool {
      order == other.order ? exponents.lexicographicallyPrecedes(other.exponents) : order < other.order
    }
  }

  private static func slopes(of terms: [Key: Double], along axis: Int) -> [Key: Double] {
    var found: [Key: Double] = [:]
    for (key, coefficient) in terms {
      var more = Key(exponents: key.exponents, order: key.order + 1), less = key
      more.exponents[axis] += 1
      found[more, default: 0] += 2 * coefficient
      guard key.exponents[axis] > 0 else { continue }
      less.exponents[axis] -= 1
      found[less, default: 0] += Double(key.exponents[axis]) * coefficient
    }
    return found
  }

  // MARK: Values

  /// I(order) at k²: α^(2ν − 2 order) E_(ν − order + 1)(k²/4α²).
  func integral(order: Int, square: Double, alpha: Double) -> Double {
    let index = index - Double(order)
    return pow(alpha, 2 * index) * ExponentialIntegral.value(order: index + 1, at: square / (4 * alpha * alpha))
  }

  /// The transform at k = 0, where only what the other part gives there is taken away: all else is the neutralising background.
  /// Of a power whose integral has a logarithm there it is zero, as `divergence` is where terms are summed.
  func atZero(alpha: Double) -> Double {
    let found = constants.map { term in
      let index = index - Double(term.order)
      return index == 0 ? 0 : term.coefficient * pow(alpha, 2 * index) / index
    }
    return found.reduce(0, +)
  }

  /// How much of the logarithm of the size of the region the sum over all images has.
  var divergence: Double { constants.filter { Double($0.order) == index }.reduce(0) { $0 + $1.coefficient } }

  /// Terms that do not vanish with k.
  private var constants: [Term] { isOdd ? [] : terms.filter { $0.exponents.allSatisfy { $0 == 0 } } }
}

/// E_s(x), the integral of exp(−x t)/t^s over t from 1 to infinity (NIST Digital Library of Mathematical Functions, 8.19), for whole
/// and half orders s and x > 0.
enum ExponentialIntegral {
  static func value(order: Double, at x: Double) -> Double {
    if order > 0, x >= 1 { return fraction(order, x) }
    let isWhole = order == order.rounded()
    var known = isWhole ? 1 : 0.5, value = isWhole ? first(x) : (Double.pi / x).squareRoot() * erfc(x.squareRoot())
    // s E_(s+1) = exp(−x) − x E_s: upwards for x < 1, downwards for negative orders, so that no digits are lost.
    while known < order {
      value = (exp(-x) - x * value) / known
      known += 1
    }
    while known > order {
      known -= 1
      value = (exp(-x) - known * value) / x
    }
    return value
  }

  /// E_1, whose series converges fast below 1.
  private static func first(_ x: Double) -> Double {
    if x >= 1 { return fraction(1, x) }
    var term = 1.0, sum = -0.57721566490153286061 - log(x)
    for n in 1...20 {
      term *= -x / Double(n)
      sum -= term / Double(n)
    }
    return sum
  }

  /// The continued fraction exp(−x)/(x + s − 1·s/(x + s + 2 − 2(s + 1)/(x + s + 4 − …)), by the method of Lentz.
  private static func fraction(_ order: Double, _ x: Double) -> Double {
    var b = x + order, c = 1e300, d = 1 / b, value = d
    for n in 1...200 {
      let a = -Double(n) * (order - 1 + Double(n))
      b += 2
      d = 1 / (a * d + b)
      c = b + a / c
      value *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return value * exp(-x)
  }
}
