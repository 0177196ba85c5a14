/// Round numbers along an axis, and how they are written.
struct Ticks: Sendable {
  /// Multiples of 1, 2 or 5 times a power of ten that lie in the range; powers of ten on a logarithmic axis.
  let values: [Double]
  let labels: [String]
  /// A power of ten taken out of all labels, such as `×10^-9`; empty where there is none.
  let factor: String

  /// About `count` ticks in a range.
  init(in range: ClosedRange<Double>, about count: Int) {
    let extent = range.upperBound - range.lowerBound
    guard extent > 0, extent.isFinite else {
      (values, labels, factor) = ([], [], "")
      return
    }
    let (power, rest) = Self.decompose(extent / Double(max(1, count)))
    let round = rest < 1.5 ? 1.0 : rest < 3.5 ? 2 : rest < 7.5 ? 5 : 10
    let first = Self.scaled(range.lowerBound, power: -power) / round, last = Self.scaled(range.upperBound, power: -power) / round
    let slack = 1e-9 * max(1, abs(first), abs(last))
    // Values far from zero and almost equal have no round numbers between them that a double could tell apart.
    guard abs(first) < 1e12, abs(last) < 1e12 else {
      (values, labels, factor) = ([], [], "")
      return
    }
    let multiples = Array(stride(from: (first - slack).rounded(.up), through: last + slack, by: 1))
    values = multiples.map { Self.scaled($0 * round, power: power) }
    let (topPower, _) = Self.decompose(max(abs(range.lowerBound), abs(range.upperBound)))
    let shift = topPower >= 5 || topPower <= -4 ? topPower : 0
    factor = shift == 0 ? "" : "×10^\(shift)"
    let decimals = max(0, shift - power - (round == 10 ? 1 : 0))
    labels = multiples.map { Self.text(of: Self.scaled($0 * round, power: power - shift), decimals: decimals) }
  }

  /// Powers of ten in a range of positive numbers, every second or third of them where there are many.
  init(logarithmicIn range: ClosedRange<Double>, about count: Int) {
    let low = Self.decompose(range.lowerBound * (1 + 1e-9)).power, high = Self.decompose(range.upperBound * (1 + 1e-9)).power
    let every = max(1, (high - low) / max(1, count) + (high - low > count ? 1 : 0))
    let powers = stride(from: low, through: high, by: every).filter { Self.scaled(1, power: $0) >= range.lowerBound * (1 - 1e-9) }
    values = powers.map { Self.scaled(1, power: $0) }
    labels = powers.map { (-2...3).contains($0) ? Self.text(of: Self.scaled(1, power: $0), decimals: max(0, -$0)) : "10^\($0)" }
    factor = ""
  }

  /// value = rest · 10^power with 1 <= rest < 10; power 0 for zero.
  static func decompose(_ value: Double) -> (power: Int, rest: Double) {
    var power = 0, rest = abs(value)
    guard rest > 0, rest.isFinite else { return (0, 0) }
    while rest >= 10 { (power, rest) = (power + 1, rest / 10) }
    while rest < 1 { (power, rest) = (power - 1, rest * 10) }
    return (power, rest)
  }

  private static func scaled(_ value: Double, power: Int) -> Double {
    let ten = (0..<abs(power)).reduce(1.0) { product, _ in product * 10 }
    return power < 0 ? value / ten : value * ten
  }

  /// A number with so many digits after the point.
  static func text(of value: Double, decimals: Int) -> String {
    guard abs(value) < 1e15, decimals < 16 else { return "\(value)" }
    let whole = Int64(scaled(abs(value), power: min(decimals, 15)).rounded())
    let digits = String(whole), padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let body = decimals == 0 ? padded : padded.dropLast(decimals) + "." + padded.suffix(decimals)
    return value < 0 && whole != 0 ? "-" + body : String(body)
  }

  /// A number with four significant digits, as text beside a picture writes it.
  static func text(of value: Double) -> String {
    let (power, _) = decompose(value)
    guard power < 6, power > -4 else {
      return text(of: scaled(value, power: -power), decimals: 3) + "×10^\(power)"
    }
    return text(of: value, decimals: max(0, 3 - power))
  }
}
