import Foundation

/// Functions of numbers that expressions may call.
enum MathFunction {
  static let ofOne: [String: @Sendable (Double) -> Double] = [
    "exp": { exp($0) }, "log": { log($0) }, "sin": { sin($0) }, "cos": { cos($0) }, "tan": { tan($0) }, "asin": { asin($0) },
    "acos": { acos($0) }, "atan": { atan($0) }, "sinh": { sinh($0) }, "cosh": { cosh($0) }, "tanh": { tanh($0) },
    "erf": { erf($0) }, "erfc": { erfc($0) }, "factorial": { tgamma($0 + 1) },
  ]

  /// Functions that keep the dimension of what they are given.
  static let keepingDimension: [String: @Sendable (Double) -> Double] = [
    "abs": { abs($0) }, "floor": { $0.rounded(.down) }, "ceil": { $0.rounded(.up) },
  ]

  static let ofTwo: [String: @Sendable (Double, Double) -> Double] = [
    "min": { min($0, $1) }, "max": { max($0, $1) }, "mod": { $0 - $1 * ($0 / $1).rounded(.down) }, "atan2": { atan2($0, $1) },
  ]

  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}
