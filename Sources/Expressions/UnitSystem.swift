/// The coherent units in which a run computes: one unit per base quantity, all others follow.
public struct UnitSystem: Sendable, Hashable {
  /// How the system is called in scenes: `reduced`, `molecular`, `SI`, `cgs`, or `custom`.
  public var name: String
  /// SI value of one unit of each base quantity, in the order of `Dimension.baseNames`.
  public var scales: [Double]
  /// Symbols of the base units (`nm`, `u`, `ps`, …), in the same order.
  public var symbols: [String]

  /// A system of these base units.
  public init(name: String, scales: [Double], symbols: [String]) {
    self.name = name
    self.scales = scales
    self.symbols = symbols
  }

  /// Pure numbers: every unit is one.
  public static let reduced = UnitSystem(
    name: "reduced", scales: Array(repeating: 1, count: 7), symbols: Array(repeating: "1", count: 7))
  /// Metre, kilogram, second.
  public static let si = UnitSystem(
    name: "SI", scales: Array(repeating: 1, count: 7), symbols: ["m", "kg", "s", "A", "K", "mol", "cd"])
  /// Nanometre, dalton, picosecond, so that energy is kJ/mol; current is e/ps.
  public static let molecular = UnitSystem(
    name: "molecular", scales: [1e-9, 1.66053906892e-27, 1e-12, 1.602176634e-19 / 1e-12, 1, 1, 1],
    symbols: ["nm", "u", "ps", "e ps-1", "K", "1", "cd"])
  /// Centimetre, gram, second.
  public static let cgs = UnitSystem(
    name: "cgs", scales: [1e-2, 1e-3, 1, 1, 1, 1, 1], symbols: ["cm", "g", "s", "A", "K", "mol", "cd"])

  /// Whether numbers stand without units.
  public var isReduced: Bool { name == "reduced" }

  /// The SI value of one unit of this dimension.
  public func scale(of dimension: Dimension) -> Double {
    zip(dimension.exponents, scales).reduce(1) { product, pair in
      pair.0.isZero ? product : product * Self.power(pair.1, pair.0)
    }
  }

  private static func power(_ base: Double, _ exponent: Rational) -> Double {
    exponent.denominator == 1
      ? (0..<Int(exponent.numerator.magnitude)).reduce(1.0) { value, _ in
        exponent.numerator > 0 ? value * base : value / base
      } : Power.real(base, exponent.value)
  }
}
