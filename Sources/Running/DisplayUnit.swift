import Expressions
import Foundation

/// Units in which numbers are shown to people.
enum DisplayUnit {
  /// A unit: its symbol and SI value.
  private struct Unit {
    var symbol: String
    var scale: Double
  }

  private static let energy = Expressions.Dimension(length: 2, mass: 1, time: -2)

  /// A value with its standard error in the unit that people would use.
  static func spelled(_ value: Double, error: Double?, _ dimension: Expressions.Dimension, _ units: UnitSystem) -> String {
    guard !units.isReduced, !dimension.isOne else { return number(value, error) }
    let scale = units.scale(of: dimension)
    let known = table(dimension)
    guard
      let unit = known.first(where: { abs(value * scale / $0.scale) >= 0.1 && abs(value * scale / $0.scale) < 1e4 })
        ?? known.first
    else { return number(value, error) + " " + coherent(dimension, units) }
    let factor = scale / unit.scale
    var text = number(value * factor, error.map { $0 * factor }) + " " + unit.symbol
    // Energies of molecules are often thought of as temperatures.
    if dimension == energy, units.name == "molecular" {
      text += " (\(shortNumber(value * scale / 1.380649e-23)) kB K)"
    }
    return text
  }

  private static func number(_ value: Double, _ error: Double?) -> String {
    guard let error, error > 0 else { return shortNumber(value) }
    return "\(shortNumber(value)) ± \(String(format: "%.2g", error))"
  }

  private static func table(_ dimension: Expressions.Dimension) -> [Unit] {
    tables.first { $0.dimension == dimension }?.units.map { Unit(symbol: $0.0, scale: $0.1) } ?? []
  }

  /// Units of each dimension; the first is taken if none makes the number handy.
  private static let tables: [(dimension: Expressions.Dimension, units: [(String, Double)])] = {
    let mole = 6.02214076e23
    typealias Dimension = Expressions.Dimension
    return [
      (Dimension(length: 1), [("nm", 1e-9), ("µm", 1e-6), ("mm", 1e-3), ("m", 1)]),
      (Dimension(time: 1), [("ps", 1e-12), ("ns", 1e-9), ("µs", 1e-6), ("s", 1)]),
      (Dimension(length: 2, mass: 1, time: -2), [("kJ/mol", 1e3 / mole), ("mJ", 1e-3), ("J", 1)]),
      (Dimension(length: -1, mass: 1, time: -2), [("MPa", 1e6), ("Pa", 1), ("GPa", 1e9)]),
      (Dimension(temperature: 1), [("K", 1)]),
      (Dimension(length: 1, time: -1), [("m/s", 1)]),
      (Dimension(length: 2, time: -1), [("1e-9 m²/s", 1e-9), ("m²/s", 1)]),
      (Dimension(length: 2), [("nm²", 1e-18), ("m²", 1)]),
      (Dimension(length: -3, mass: 1), [("g/cm³", 1e3), ("kg/m³", 1)]),
    ]
  }()

  /// Powers of the run's own units, such as `u nm ps-1`; empty for what has none.
  static func coherent(_ dimension: Expressions.Dimension, _ units: UnitSystem) -> String {
    if units.isReduced { return "" }
    return zip(dimension.exponents, units.symbols).compactMap { exponent, symbol in
      if exponent.isZero { return nil }
      if exponent == Rational(1) { return symbol }
      return exponent.denominator == 1
        ? "\(symbol)\(exponent.numerator)" : "\(symbol)\(exponent.numerator)/\(exponent.denominator)"
    }.joined(separator: " ")
  }
}
