import Foundation

/// Powers, kept in one place so that Foundation's `pow` is called from here alone.
enum Power {
  static func real(_ base: Double, _ exponent: Double) -> Double { Foundation.pow(base, exponent) }
}
