/// Lists with one unit for all, `[10, 10, 20] nm`: YAML would want quotes around them, writers should not have to.
///
/// While YAML is read, their brackets and commas are other characters that mean nothing to it: so they are plain texts, and
/// all places in the text stay what they are.
enum QuantityLists {
  private static let masks: [(Character, Character)] = [("[", "\u{E000}"), (",", "\u{E001}"), ("]", "\u{E002}")]

  /// The text with every list of numbers that is followed by a unit masked.
  static func masked(_ text: String) -> String {
    text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map { maskedLine($0) }.joined(separator: "\n")
  }

  /// A scalar as it was written.
  static func unmasked(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { (0xE000...0xE002).contains($0.value) }) else { return text }
    return String(text.map { character in masks.first { $0.1 == character }?.0 ?? character })
  }

  private static func maskedLine(_ line: Substring) -> String {
    guard line.contains("["), !line.drop(while: { $0 == " " }).hasPrefix("#") else { return String(line) }
    var result = "", rest = line
    var last: Character = ":"
    while let next = rest.first {
      if next == "[", ":,[-".contains(last), let end = end(ofListWithUnit: rest) {
        result += rest[..<end].map { character in masks.first { $0.0 == character }?.1 ?? character }
        rest = rest[end...]
        last = "]"
      } else {
        result.append(next)
        rest = rest.dropFirst()
        if next != " " { last = next }
      }
    }
    return result
  }

  private static func end(ofListWithUnit text: Substring) -> Substring.Index? {
    let numbers = text.dropFirst().prefix { $0.isNumber || "+-.eE, ".contains($0) }
    let close = numbers.endIndex
    guard close < text.endIndex, text[close] == "]", numbers.contains(where: \.isNumber) else { return nil }
    let after = text.index(after: close)
    let word = text[after...].drop { $0 == " " }
    guard word.startIndex > after, let first = word.first, first.isLetter || first == "°" else { return nil }
    return after
  }
}
