import Diagnostics

/// A word of an expression, and where it stands (UTF-8 offsets).
struct Token: Sendable, Equatable {
  enum Kind: Sendable, Equatable {
    case number(Double)
    case name(String)
    case symbol(String)
    case end
  }
  var kind: Kind
  var range: Range<Int>
}

/// Cuts the text of an expression into tokens, one at a time.
struct Tokenizer {
  let source: SourceText
  private let bytes: [UInt8]
  private var position = 0

  init(_ source: SourceText) {
    self.source = source
    bytes = Array(source.text.utf8)
  }

  mutating func next() throws(Diagnostic) -> Token {
    while position < bytes.count, bytes[position].isBlank { position += 1 }
    let start = position
    guard position < bytes.count else { return Token(kind: .end, range: start..<start) }
    if bytes[start].isDigit { return try number(from: start) }
    if bytes[start].isLetter {
      while position < bytes.count, bytes[position].continuesName { position += 1 }
      return Token(kind: .name(text(start..<position)), range: start..<position)
    }
    return try symbol(from: start)
  }

  private mutating func number(from start: Int) throws(Diagnostic) -> Token {
    skipDigits()
    if byte(0) == .dot, byte(1).isDigit {
      position += 1
      skipDigits()
    }
    if byte(0) | 0x20 == UInt8(ascii: "e") {
      let signed = byte(1) == UInt8(ascii: "-") || byte(1) == UInt8(ascii: "+")
      if byte(signed ? 2 : 1).isDigit {
        position += signed ? 2 : 1
        skipDigits()
      }
    }
    let range = start..<position
    let digits = text(range)
    guard let value = Double(digits), value.isFinite else {
      throw source.diagnostic("\(digits) is too large for a number", range: range)
    }
    if value == 0, digits.prefix(while: { $0 != "e" && $0 != "E" }).contains(where: { "123456789".contains($0) }) {
      throw source.diagnostic("\(digits) is too small for a number", hint: "write 0, or tiny", range: range)
    }
    return Token(kind: .number(value), range: range)
  }

  private mutating func symbol(from start: Int) throws(Diagnostic) -> Token {
    for length in [3, 2, 1] where start + length <= bytes.count {
      let candidate = text(start..<(start + length))
      if Tokenizer.symbols.contains(candidate) {
        position = start + length
        if candidate == "*", byte(0) == UInt8(ascii: "*") { break }
        return Token(kind: .symbol(candidate), range: start..<position)
      }
    }
    position = start
    throw unexpectedCharacter(at: start)
  }

  private func unexpectedCharacter(at start: Int) -> Diagnostic {
    let rest = String(decoding: bytes[start..<min(bytes.count, start + 16)], as: UTF8.self)
    for (found, hint) in Tokenizer.foreign where rest.hasPrefix(found) {
      return source.diagnostic("\(found) is not part of an expression", hint: hint, range: start..<(start + found.utf8.count))
    }
    let character = rest.first.map(String.init) ?? ""
    return source.diagnostic(
      "\(character) is not part of an expression", hint: "names are made of the letters a to z, digits and _",
      range: start..<min(bytes.count, start + max(1, character.utf8.count)))
  }

  private mutating func skipDigits() {
    while byte(0).isDigit { position += 1 }
  }

  /// The byte so far ahead, or 0 after the end.
  private func byte(_ ahead: Int) -> UInt8 {
    position + ahead < bytes.count ? bytes[position + ahead] : 0
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private static let symbols: Set<String> = [
    "..<", "<=", ">=", "==", "!=", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", ".", "<", ">", "?", ":",
  ]

  /// Signs of other languages, and what to write instead.
  private static let foreign = [
    ("**", "a power is written x^2"), ("&&", "write and"), ("||", "write or"), ("!", "write not"),
    ("%", "write mod(a, b)"), ("=", "equality is written =="), ("−", "this is a long dash: write -"),
    ("×", "write *"), ("·", "write *, or dot(a, b)"), ("²", "write ^2"), ("³", "write ^3"), ("{", "group with ( )"),
    ("}", "group with ( )"), ("|", "write norm(v) or abs(x)"), (";", "write , between arguments"),
  ]
}

extension UInt8 {
  static let dot = UInt8(ascii: ".")
  var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
  var isDigit: Bool { (0x30...0x39).contains(self) }
  var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
  var continuesName: Bool { isLetter || isDigit || self == UInt8(ascii: "_") }
}

extension SourceText {
  /// A message that points at a range of UTF-8 offsets of this text.
  func diagnostic(_ message: String, hint: String = "", range: Range<Int>) -> Diagnostic {
    Diagnostic(message, hint: hint, at: location(at: range.lowerBound), length: max(1, slice(range).count))
  }

  /// The text between two UTF-8 offsets.
  func slice(_ range: Range<Int>) -> String {
    String(decoding: text.utf8.dropFirst(range.lowerBound).prefix(range.count), as: UTF8.self)
  }
}
