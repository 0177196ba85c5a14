import Diagnostics

/// A number with a unit, as a user writes it: `0.34 nm`, `119.8 kB K`, `1e-5`.
public struct Quantity: Sendable, Hashable {
  /// In SI.
  public var value: Double
  /// What it measures.
  public var dimension: Dimension
  /// As written.
  public var text: String

  /// A quantity of this value in SI.
  public init(value: Double, dimension: Dimension, text: String) {
    self.value = value
    self.dimension = dimension
    self.text = text
  }

  /// Whether a text is a number followed by a unit, and not an expression such as `2*a`.
  public static func begins(_ text: String) -> Bool {
    var scanner = UnitScanner(SourceText(text))
    guard scanner.number() != nil else { return false }
    scanner.skipBlanks()
    guard let next = scanner.peek else { return false }
    return !"+-*/^()[],<>=!?.".unicodeScalars.contains(next)
  }
}

/// Reads numbers with units.
public enum Units {
  /// Reads `NUMBER [UNIT …]`, such as `8.98e9 N m^2/C^2`; a bare number has dimension 1.
  public static func parse(_ source: SourceText) throws(Diagnostic) -> Quantity {
    var scanner = UnitScanner(source)
    guard let number = scanner.number() else {
      throw scanner.diagnostic("expected a number, found \(scanner.found)", hint: "a quantity is written 0.34 nm")
    }
    guard number.isFinite else { throw source.diagnostic("this number is too large", range: 0..<scanner.offset) }
    let unit = try scanner.unitProduct()
    let value = number * unit.value
    guard value.isFinite else { throw source.diagnostic("this quantity is too large", range: 0..<scanner.offset) }
    return Quantity(value: value, dimension: unit.dimension, text: source.text)
  }

  /// Reads a quantity that stands in no file.
  public static func parse(_ text: String) throws(Diagnostic) -> Quantity { try parse(SourceText(text)) }

  /// Reads a unit without a number, such as `kcal/mol`: what it is in SI.
  public static func parseUnit(_ source: SourceText) throws(Diagnostic) -> Quantity {
    var scanner = UnitScanner(source)
    let unit = try scanner.unitProduct()
    return Quantity(value: unit.value, dimension: unit.dimension, text: source.text)
  }
}
