/// A rational number with small numerator and denominator: an exponent of a dimension.
public struct Rational: Sendable, Hashable, Comparable {
  /// The number above, with the sign.
  public let numerator: Int
  /// The number below, positive.
  public let denominator: Int

  /// The fraction in lowest terms.
  public init(_ numerator: Int, _ denominator: Int = 1) {
    precondition(denominator != 0, "a rational needs a denominator")
    let divisor = Rational.gcd(numerator.magnitude, denominator.magnitude)
    let sign = denominator < 0 ? -1 : 1
    self.numerator = sign * numerator / max(1, divisor)
    self.denominator = sign * denominator / max(1, divisor)
  }

  /// The rational nearest to a number such as 0.5 or 1.3333333, if one with denominator up to 12 is near enough.
  public init?(approximating value: Double) {
    guard value.isFinite, abs(value) < 1e4 else { return nil }
    for denominator in 1...12 {
      let numerator = (value * Double(denominator)).rounded()
      if abs(numerator / Double(denominator) - value) < 1e-9 {
        self.init(Int(numerator), denominator)
        return
      }
    }
    return nil
  }

  /// The nearest floating-point number.
  public var value: Double { Double(numerator) / Double(denominator) }
  /// Whether it is zero.
  public var isZero: Bool { numerator == 0 }

  /// Whether it is small, and of a denominator such that sums of many keep a small one: arithmetic with such cannot overflow.
  var isModest: Bool { numerator.magnitude <= 1_000_000 && 27_720 % denominator == 0 }

  /// The sum of two.
  public static func + (a: Self, b: Self) -> Self {
    Self(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)
  }
  /// The difference of two.
  public static func - (a: Self, b: Self) -> Self { a + b * Self(-1) }
  /// The product of two.
  public static func * (a: Self, b: Self) -> Self { Self(a.numerator * b.numerator, a.denominator * b.denominator) }
  /// Whether the first is the smaller.
  public static func < (a: Self, b: Self) -> Bool { a.numerator * b.denominator < b.numerator * a.denominator }

  private static func gcd(_ a: UInt, _ b: UInt) -> Int {
    var (a, b) = (a, b)
    while b != 0 { (a, b) = (b, a % b) }
    return Int(a)
  }
}

/// A physical dimension: rational exponents of the seven base quantities.
public struct Dimension: Sendable, Hashable {
  /// Names of the base quantities, in the order of `exponents`.
  public static let baseNames = ["length", "mass", "time", "current", "temperature", "amount", "luminosity"]

  /// Powers of the base quantities, in the order of `baseNames`.
  public private(set) var exponents: [Rational]

  /// The dimension with these powers of the base quantities.
  public init(exponents: [Rational]) {
    precondition(exponents.count == Self.baseNames.count)
    self.exponents = exponents
  }

  /// The dimension with these whole powers of the base quantities.
  public init(
    length: Int = 0, mass: Int = 0, time: Int = 0, current: Int = 0, temperature: Int = 0, amount: Int = 0, luminosity: Int = 0
  ) {
    exponents = [length, mass, time, current, temperature, amount, luminosity].map { Rational($0) }
  }

  /// The dimension of a pure number.
  public static let one = Dimension()
  /// Whether it is that of a pure number.
  public var isOne: Bool { exponents.allSatisfy(\.isZero) }

  /// The dimension of a product.
  public static func * (a: Self, b: Self) -> Self { Self(exponents: zip(a.exponents, b.exponents).map { $0 + $1 }) }
  /// The dimension of a quotient.
  public static func / (a: Self, b: Self) -> Self { Self(exponents: zip(a.exponents, b.exponents).map { $0 - $1 }) }
  /// The dimension of a power.
  public func power(_ exponent: Rational) -> Self { Self(exponents: exponents.map { $0 * exponent }) }
}

extension Dimension {
  /// Names of all dimensions that have one.
  public static let names =
    baseNames + [
      "area", "velocity", "acceleration", "force", "energy", "charge", "voltage", "magnetic", "power", "torque", "volume", "face",
      "density", "pressure",
    ]

  /// Dimensions that have a name, in a box of `space` dimensions (volume, face, density and pressure follow the box).
  public static func named(space: Int) -> [String: Dimension] { tables[min(max(space, 0), tables.count - 1)] }

  /// The dimension of this name in a box of `space` dimensions.
  public static func named(_ name: String, space: Int) -> Dimension? { named(space: space)[name] }

  private static let tables = (0...3).map { space in
    Dictionary(uniqueKeysWithValues: names.map { ($0, make($0, space: space)) })
  }

  private static func make(_ name: String, space: Int) -> Dimension {
    let length = Dimension(length: 1), time = Dimension(time: 1), mass = Dimension(mass: 1)
    let energy = Dimension(length: 2, mass: 1, time: -2), charge = Dimension(time: 1, current: 1)
    let volume = length.power(Rational(space))
    return switch name {
    case "area": Dimension(length: 2)
    case "velocity": length / time
    case "acceleration": length / (time * time)
    case "force": energy / length
    case "energy", "torque": energy
    case "charge": charge
    case "voltage": energy / charge
    case "magnetic": Dimension(mass: 1, time: -2, current: -1)
    case "power": energy / time
    case "volume": volume
    case "face": length.power(Rational(space - 1))
    case "density": mass / volume
    case "pressure": energy / volume
    default: Dimension(exponents: baseNames.map { Rational($0 == name ? 1 : 0) })
    }
  }
}

extension Dimension: CustomStringConvertible {
  /// The dimension in words where it has a name (`energy`), else as a product (`mass*length^2`), else `1`.
  public var description: String { described(space: 3) }

  /// In words, in a box of `space` dimensions.
  public func described(space: Int) -> String {
    if isOne { return "1" }
    if let name = Dimension.words[min(max(space, 0), 3)][self] { return name }
    func word(_ name: String, _ power: Rational) -> String {
      power == Rational(1)
        ? name : power.denominator == 1 ? "\(name)^\(power.numerator)" : "\(name)^(\(power.numerator)/\(power.denominator))"
    }
    let parts = zip(Dimension.baseNames, exponents)
    let above = parts.filter { $0.1 > Rational(0) }.map { word($0.0, $0.1) }
    let below = parts.filter { $0.1 < Rational(0) }.map { word($0.0, Rational(0) - $0.1) }
    let top = above.isEmpty ? "1" : above.joined(separator: "*")
    return below.isEmpty ? top : top + "/" + (below.count == 1 ? below[0] : "(" + below.joined(separator: "*") + ")")
  }

  /// Words for dimensions with a name, and for products and quotients of two that have one, the simplest first.
  private static let words = (0...3).map { space in
    let preferred = [
      "length", "mass", "time", "velocity", "force", "energy", "charge", "temperature", "acceleration", "area", "volume",
      "density",
      "pressure", "voltage", "power", "magnetic", "current", "amount", "luminosity",
    ]
    let simple = preferred.compactMap { name in named(name, space: space).map { (name, $0) } }
    var words = simple + simple.map { ("1/" + $0.0, one / $0.1) }
    let scales = simple.filter { ["length", "mass", "time", "area", "volume", "charge", "temperature"].contains($0.0) }
    let first = ["energy", "force", "charge", "velocity"]
    for (name, dimension) in simple.filter({ first.contains($0.0) }).sorted(by: {
      first.firstIndex(of: $0.0) ?? 0 < first.firstIndex(of: $1.0) ?? 0
    }) + simple {
      words += scales.map { ("\(name)*\($0.0)", dimension * $0.1) } + scales.map { ("\(name)/\($0.0)", dimension / $0.1) }
    }
    return Dictionary(words.map { ($0.1, $0.0) }, uniquingKeysWith: { first, _ in first })
  }
}
