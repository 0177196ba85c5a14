/// A unit: its value in SI and its dimension.
struct Unit: Sendable {
  var value: Double
  var dimension: Dimension

  static let one = Unit(value: 1, dimension: .one)

  static func * (a: Unit, b: Unit) -> Unit { Unit(value: a.value * b.value, dimension: a.dimension * b.dimension) }
  static func / (a: Unit, b: Unit) -> Unit { Unit(value: a.value / b.value, dimension: a.dimension / b.dimension) }

  func power(_ exponent: Rational) -> Unit {
    guard exponent.denominator == 1 else {
      return Unit(value: Power.real(value, exponent.value), dimension: dimension.power(exponent))
    }
    let magnitude = (0..<exponent.numerator.magnitude).reduce(1.0) { product, _ in product * value }
    return Unit(value: exponent.numerator < 0 ? 1 / magnitude : magnitude, dimension: dimension.power(exponent))
  }
}

/// The units that are known by a symbol; values are exact by the SI, or CODATA 2022 (E. Tiesinga et al., NIST 2024).
enum UnitTable {
  /// The unit of a symbol: a whole symbol first (`min`, `Pa`, `cd`), then a prefix and a unit (`kcal`).
  static func unit(_ symbol: String) -> Unit? {
    if let unit = prefixed[symbol] ?? whole[symbol] { return unit }
    for (prefix, factor) in prefixes where symbol.hasPrefix(prefix) {
      if let unit = prefixed[String(symbol.unicodeScalars.dropFirst(prefix.unicodeScalars.count))] {
        return Unit(value: factor * unit.value, dimension: unit.dimension)
      }
    }
    return nil
  }

  /// All symbols, with the usual prefixes, for finding the nearest to a misspelt one.
  static let names: [String] =
    Array(prefixed.keys) + Array(whole.keys)
    + prefixed.keys.flatMap { unit in ["G", "M", "k", "c", "m", "µ", "n", "p", "f"].map { $0 + unit } }

  static let prefixes: [(String, Double)] = [
    ("da", 1e1), ("Q", 1e30), ("R", 1e27), ("Y", 1e24), ("Z", 1e21), ("E", 1e18), ("P", 1e15), ("T", 1e12), ("G", 1e9),
    ("M", 1e6), ("k", 1e3), ("h", 1e2), ("d", 1e-1), ("c", 1e-2), ("m", 1e-3), ("µ", 1e-6), ("μ", 1e-6), ("n", 1e-9),
    ("p", 1e-12), ("f", 1e-15), ("a", 1e-18), ("z", 1e-21), ("y", 1e-24), ("r", 1e-27), ("q", 1e-30),
  ]

  private static let length = Dimension(length: 1), mass = Dimension(mass: 1), time = Dimension(time: 1)
  private static let current = Dimension(current: 1), temperature = Dimension(temperature: 1)
  private static let energy = Dimension(length: 2, mass: 1, time: -2), force = Dimension(length: 1, mass: 1, time: -2)
  private static let charge = Dimension(time: 1, current: 1), power = energy / time, voltage = power / current
  /// Of three-dimensional space: units are those of the laboratory.
  private static let pressure = Dimension(length: -1, mass: 1, time: -2), volume = Dimension(length: 3)

  /// Units that take SI prefixes.
  static let prefixed: [String: Unit] = [
    "m": Unit(value: 1, dimension: length), "g": Unit(value: 1e-3, dimension: mass), "s": Unit(value: 1, dimension: time),
    "A": Unit(value: 1, dimension: current), "K": Unit(value: 1, dimension: temperature),
    "cd": Unit(value: 1, dimension: Dimension(luminosity: 1)),
    // Amounts are counted: a mole is a pure number, so that kcal/mol is an energy.
    "mol": Unit(value: 6.02214076e23, dimension: .one),
    "Hz": Unit(value: 1, dimension: .one / time), "N": Unit(value: 1, dimension: force),
    "Pa": Unit(value: 1, dimension: pressure), "J": Unit(value: 1, dimension: energy),
    "W": Unit(value: 1, dimension: power), "C": Unit(value: 1, dimension: charge), "V": Unit(value: 1, dimension: voltage),
    "F": Unit(value: 1, dimension: charge / voltage), "Ω": Unit(value: 1, dimension: voltage / current),
    "ohm": Unit(value: 1, dimension: voltage / current), "S": Unit(value: 1, dimension: current / voltage),
    "Wb": Unit(value: 1, dimension: voltage * time),
    "T": Unit(value: 1, dimension: Dimension(mass: 1, time: -2, current: -1)),
    "H": Unit(value: 1, dimension: voltage * time / current), "eV": Unit(value: elementaryCharge, dimension: energy),
    "bar": Unit(value: 1e5, dimension: pressure), "cal": Unit(value: 4.184, dimension: energy),
    "l": Unit(value: 1e-3, dimension: volume), "L": Unit(value: 1e-3, dimension: volume),
    "Bq": Unit(value: 1, dimension: .one / time), "Gy": Unit(value: 1, dimension: energy / mass),
    "P": Unit(value: 0.1, dimension: pressure * time), "St": Unit(value: 1e-4, dimension: Dimension(length: 2, time: -1)),
    "pc": Unit(value: 3.0856775814913673e16, dimension: length), "Da": Unit(value: dalton, dimension: mass),
    "yr": Unit(value: 31_557_600, dimension: time),
  ]

  /// Units that stand alone.
  static let whole: [String: Unit] = [
    "1": .one, "%": Unit(value: 1e-2, dimension: .one), "rad": .one, "degree": Unit(value: .pi / 180, dimension: .one),
    "°": Unit(value: .pi / 180, dimension: .one), "Å": Unit(value: 1e-10, dimension: length),
    "angstrom": Unit(value: 1e-10, dimension: length), "min": Unit(value: 60, dimension: time),
    "h": Unit(value: 3600, dimension: time), "d": Unit(value: 86400, dimension: time), "t": Unit(value: 1e3, dimension: mass),
    "u": Unit(value: dalton, dimension: mass), "e": Unit(value: elementaryCharge, dimension: charge),
    "D": Unit(value: 1e-21 / 299_792_458, dimension: charge * length), "atm": Unit(value: 101_325, dimension: pressure),
    "Torr": Unit(value: 101_325.0 / 760, dimension: pressure), "dyn": Unit(value: 1e-5, dimension: force),
    "erg": Unit(value: 1e-7, dimension: energy), "kB": Unit(value: 1.380649e-23, dimension: energy / temperature),
    "Eh": Unit(value: 4.3597447222060e-18, dimension: energy), "Ry": Unit(value: 2.1798723611030e-18, dimension: energy),
    "bohr": Unit(value: 5.29177210544e-11, dimension: length), "me": Unit(value: 9.1093837139e-31, dimension: mass),
    "c0": Unit(value: 299_792_458, dimension: length / time), "g0": Unit(value: 9.80665, dimension: length / (time * time)),
    "au": Unit(value: 149_597_870_700, dimension: length), "ly": Unit(value: 9_460_730_472_580_800, dimension: length),
    // Nominal solar mass parameter of the IAU (resolution B3 of 2015) over G.
    "Msun": Unit(value: 1.3271244e20 / 6.67430e-11, dimension: mass),
  ]

  private static let elementaryCharge = 1.602176634e-19
  private static let dalton = 1.66053906892e-27
}
