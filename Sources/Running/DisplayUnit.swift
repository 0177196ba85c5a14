import Expressions
import Foundation

/// Units in which numbers are shown to people.
enum DisplayUnit {
  /// A unit: its symbol and SI value.
  private struct Unit {
    var symbol: String
    var scale: Double
  }

  /// A value with its standard error in the unit that people would use.
  static func spelled(_ value: Double, error: Double?, _ dimension: Dimension, _ units: UnitSystem) -> String {
    guard !units.isReduced, !dimension.isOne else { return number(value, error) }
    let scale = units.scale(of: dimension)
    let known = table(dimension)
    guard let unit = known.first(where: { abs(value * scale / $0.scale) >= 0.1 && abs(value * scale / $0.scale) < 1e4 }) ?? known.first
    else { return number(value, error) + " " + coherent(dimension, units) }
    let factor = scale / unit.scale
    var text = number(value * factor, error.map { $0 * factor }) + " " + unit.symbol
    // Energies of molecules are often thought of as temperatures.
    if dimension == Dimension(length: 2, mass: 1, time: -2), units.name == "molecular" {
      text += " (\(shortNumber(value * scale / 1.380649e-23)) kB K)"
    }
    return text
  }

  private static func number(_ value: Double, _ error: Double?) -> String {
    guard let error, error > 0 else { return shortNumber(value) }
    return "\(shortNumber(value)) ± \(String(format: "%.2g", error))"
  }

  private static func table(_ dimension: Dimension) -> [Unit] {
    let mole = 6.02214076e23
    switch dimension {
    case Dimension(length: 1):
      return [Unit(symbol: "nm", scale: 1e-9), Unit(symbol: "µm", scale: 1e-6), Unit(symbol: "mm", scale: 1e-3), Unit(symbol: "m", scale: 1)]
    case Dimension(time: 1):
      return [Unit(symbol: "ps", scale: 1e-12), Unit(symbol: "ns", scale: 1e-9), Unit(symbol: "µs", scale: 1e-6), Unit(symbol: "s", scale: 1)]
    case Dimension(length: 2, mass: 1, time: -2): return [Unit(symbol: "kJ/mol", scale: 1e3 / mole), Unit(symbol: "mJ", scale: 1e-3), Unit(symbol: "J", scale: 1)]
    case Dimension(length: -1, mass: 1, time: -2): return [Unit(symbol: "MPa", scale: 1e6), Unit(symbol: "Pa", scale: 1), Unit(symbol: "GPa", scale: 1e9)]
    case Dimension(temperature: 1): return [Unit(symbol: "K", scale: 1)]
    case Dimension(length: 1, time: -1): return [Unit(symbol: "m/s", scale: 1)]
    case Dimension(length: 2, time: -1):
      return [Unit(symbol: "1e-9 m²/s", scale: 1e-9), Unit(symbol: "m²/s", scale: 1)]
    case Dimension(length: 2): return [Unit(symbol: "nm²", scale: 1e-18), Unit(symbol: "m²", scale: 1)]
    case Dimension(length: -3, mass: 1): return [Unit(symbol: "g/cm³", scale: 1e3), Unit(symbol: "kg/m³", scale: 1)]
    default: return []
    }
  }

  /// Powers of the run's own units, such as `u nm ps-1`.
  private static func coherent(_ dimension: Dimension, _ units: UnitSystem) -> String {
    zip(dimension.exponents, units.symbols).compactMap { exponent, symbol in
      if exponent.isZero { return nil }
      if exponent == Rational(1) { return symbol }
      return exponent.denominator == 1 ? "\(symbol)\(exponent.numerator)" : "\(symbol)\(exponent.numerator)/\(exponent.denominator)"
    }.joined(separator: " ")
  }
}
