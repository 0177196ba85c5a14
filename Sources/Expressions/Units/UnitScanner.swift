import Diagnostics

/// Walks over the text of a quantity.
struct UnitScanner {
  private let source: SourceText
  private let scalars: [Unicode.Scalar]
  private var position = 0
  private var nesting = 0

  init(_ source: SourceText) {
    self.source = source
    // A with a ring may be written as two characters, and exists twice as one.
    let text = source.text.replacing("A\u{30A}", with: "Å").replacing("\u{212B}", with: "Å")
    scalars = Array(text.unicodeScalars)
  }

  var peek: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }
  var found: String { peek.map { String($0) } ?? "the end" }

  /// UTF-8 offset of the place reached, up to the spelling of Å.
  var offset: Int { scalars[..<position].reduce(0) { $0 + UTF8.width($1) } }

  func diagnostic(_ message: String, hint: String = "", from start: Int? = nil) -> Diagnostic {
    var place = source.start
    place.column += start ?? position
    return Diagnostic(message, hint: hint, at: place, length: max(1, position - (start ?? position)))
  }

  mutating func skipBlanks() {
    while let next = peek, next.properties.isWhitespace { position += 1 }
  }

  /// A decimal number with an optional sign and exponent; nil, and nothing is read, if there is none.
  mutating func number() -> Double? {
    let start = position
    skipBlanks()
    let first = position
    if peek == "-" || peek == "+" { position += 1 }
    let whole = skipDigits()
    if peek == ".", digit(1) {
      position += 1
      skipDigits()
    }
    if peek == "e" || peek == "E" {
      let signed = at(1) == "-" || at(1) == "+"
      if digit(signed ? 2 : 1) {
        position += signed ? 2 : 1
        skipDigits()
      }
    }
    guard whole, let value = Double(text(first..<position)) else {
      position = start
      return nil
    }
    return value
  }

  /// `{factor}` with blanks, `*` or `/` between; one factor follows a `/`.
  mutating func unitProduct() throws(Diagnostic) -> Unit {
    var product = Unit.one, divided = false
    skipBlanks()
    while let next = peek, next != ")" {
      let start = position
      if next == "*" || next == "·" || next == "/" {
        position += 1
        skipBlanks()
      }
      if divided, next != "/" {
        throw diagnostic("a factor after a / is ambiguous", hint: "write a/(b c), or a c/b", from: start)
      }
      let unit = try factor()
      product = next == "/" ? product / unit : product * unit
      divided = divided || next == "/"
      try checkModest(product, from: start)
      skipBlanks()
    }
    if nesting == 0, peek == ")" { throw diagnostic("this ) closes nothing") }
    return product
  }

  private mutating func factor() throws(Diagnostic) -> Unit {
    let start = position
    var unit: Unit
    if peek == "(" {
      position += 1
      nesting += 1
      if nesting > 20 { throw diagnostic("the unit is nested too deep") }
      unit = try unitProduct()
      guard peek == ")" else { throw diagnostic("the ( before it is not closed") }
      position += 1
      nesting -= 1
    } else {
      unit = try symbol()
    }
    if let exponent = try exponent() {
      unit = unit.power(exponent)
      try checkModest(unit, from: start)
    }
    return unit
  }

  private mutating func symbol() throws(Diagnostic) -> Unit {
    let start = position
    while let next = peek, next.properties.isAlphabetic || next == "°" || next == "%" || next == "µ" { position += 1 }
    // Some symbols end in a digit (c0, g0), and 1/s begins with one.
    if position == start, peek == "1" { position += 1 }
    if peek == "0" { position += 1 }
    let name = text(start..<position)
    if let unit = UnitTable.unit(name) { return unit }
    guard !name.isEmpty else { throw diagnostic("expected a unit, found \(found)") }
    throw diagnostic("\(name) is no known unit", hint: UnitScanner.hint(for: name), from: start)
  }

  /// `^2`, `^-1`, `^(1/2)`, or a number right after the symbol: `m2`, `s-1`.
  private mutating func exponent() throws(Diagnostic) -> Rational? {
    let start = position
    if let power = superscript() { return power }
    let caret = peek == "^"
    if caret { position += 1 }
    let bracket = caret && peek == "("
    if bracket { position += 1 }
    guard let numerator = integer() else {
      if caret { throw diagnostic("expected a whole number as exponent, found \(found)") }
      position = start
      return nil
    }
    var denominator = 1
    if bracket {
      if peek == "/" {
        position += 1
        guard let below = integer(), below != 0 else { throw diagnostic("expected a whole number, found \(found)") }
        denominator = below
      }
      guard peek == ")" else { throw diagnostic("the ( before it is not closed") }
      position += 1
    }
    return Rational(numerator, denominator)
  }

  private mutating func superscript() -> Rational? {
    let minus = peek == "⁻"
    let digits: [Unicode.Scalar: Int] = ["¹": 1, "²": 2, "³": 3]
    guard let digit = (minus ? at(1) : peek).flatMap({ digits[$0] }) else { return nil }
    position += minus ? 2 : 1
    return Rational(minus ? -digit : digit)
  }

  /// A whole number of at most two digits, with an optional sign.
  private mutating func integer() -> Int? {
    let start = position
    if peek == "-" || peek == "+" { position += 1 }
    let first = position
    skipDigits()
    guard position > first, position - first <= 2, let value = Int(text(start..<position)) else {
      position = start
      return nil
    }
    return value
  }

  /// Exponents and values stay small, so that no text can make their arithmetic overflow.
  private func checkModest(_ unit: Unit, from start: Int) throws(Diagnostic) {
    let limit = 200
    if unit.dimension.exponents.contains(where: { $0.numerator.magnitude > limit || $0.denominator > limit }) {
      throw diagnostic("the exponents of this unit are too large", from: start)
    }
    guard unit.value.isNormal else { throw diagnostic("this unit is too large or too small", from: start) }
  }

  private static func hint(for name: String) -> String {
    if ["us", "um", "ug", "uJ", "uN", "uPa"].contains(name) { return "micro is written µ: µ\(name.dropFirst())" }
    if ["C", "degC", "F", "degF", "celsius"].contains(where: { name.hasSuffix($0) && name.contains("deg") }) || name == "°C" {
      return "temperatures are in K"
    }
    let near = nearestNames(to: name, among: UnitTable.names, limit: 1)
    return near.isEmpty ? "" : "did you mean \(near[0])?"
  }

  @discardableResult
  private mutating func skipDigits() -> Bool {
    let start = position
    while digit(0) { position += 1 }
    return position > start
  }

  private func at(_ ahead: Int) -> Unicode.Scalar? {
    position + ahead < scalars.count ? scalars[position + ahead] : nil
  }

  private func digit(_ ahead: Int) -> Bool { at(ahead).map { ("0"..."9").contains($0) } ?? false }

  private func text(_ range: Range<Int>) -> String {
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars[range])
    return String(text)
  }
}
