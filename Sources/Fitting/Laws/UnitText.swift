import Expressions

/// A unit as laws write it, and the number of it that one unit of the run makes.
struct UnitText: Sendable, Equatable {
  /// Such as `kJ/mol`; empty for pure numbers and reduced units.
  let name: String
  /// value in `name` = factor × value in units of the run.
  let factor: Double

  init(_ units: UnitSystem, _ dimension: Dimension) {
    guard !units.isReduced, !dimension.isOne else {
      (name, factor) = ("", 1)
      return
    }
    let scale = units.scale(of: dimension)
    let candidates = Self.usual.filter { $0.dimension == dimension && (units.name == "molecular") == $0.isMolecular }.map(\.name)
    for name in candidates + [Self.product(dimension, units.symbols)] {
      if let unit = try? Units.parse("1 \(name)"), unit.dimension == dimension {
        self.name = name
        // A coherent unit is written without the rounding of its conversion.
        let ratio = scale / unit.value
        factor = abs(ratio - 1) < 1e-8 ? 1 : ratio
        return
      }
    }
    (name, factor) = (Self.product(dimension, UnitSystem.si.symbols), scale)
  }

  private static let usual: [(dimension: Dimension, isMolecular: Bool, name: String)] = [
    (Dimension(length: 2, mass: 1, time: -2), true, "kJ/mol"), (Dimension(length: 1, mass: 1, time: -2), true, "kJ/mol/nm"),
    (Dimension(length: 2, mass: 1, time: -2), false, "J"), (Dimension(length: 1, mass: 1, time: -2), false, "N"),
  ]

  private static func product(_ dimension: Dimension, _ symbols: [String]) -> String {
    zip(dimension.exponents, symbols).filter { !$0.0.isZero }.map { exponent, symbol in
      if exponent == Rational(1) { return symbol }
      return exponent.denominator == 1
        ? "\(symbol)^\(exponent.numerator)" : "\(symbol)^(\(exponent.numerator)/\(exponent.denominator))"
    }.joined(separator: " ")
  }
}
