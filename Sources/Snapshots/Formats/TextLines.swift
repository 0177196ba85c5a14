import Diagnostics

/// Lines of a text file, with messages that point at them.
struct TextLines {
  let file: String
  private let lines: [Substring]
  /// Index of the line that comes next.
  private(set) var next = 0

  init(_ text: String, file: String) {
    self.file = file
    let all = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    lines = all.last?.isEmpty == true ? all.dropLast() : all
  }

  var isAtEnd: Bool { lines[next...].allSatisfy { $0.allSatisfy(\.isWhitespace) } }

  /// The next line without consuming it.
  var peek: Substring? { next < lines.count ? lines[next] : nil }

  /// The next line; throws at the end of the file.
  mutating func read(_ what: String) throws(Diagnostic) -> Substring {
    guard next < lines.count else { throw mistake("the file ends, where \(what) should be") }
    next += 1
    return lines[next - 1]
  }

  /// Words of the next line; throws unless there are at least so many.
  mutating func words(_ what: String, atLeast count: Int) throws(Diagnostic) -> [Substring] {
    let words = try read(what).split(whereSeparator: \.isWhitespace)
    if words.count < count { throw mistake("\(words.count) words, where \(what) needs \(count)") }
    return words
  }

  /// The number in a word of the line that was read last.
  func number(_ word: Substring, _ what: String) throws(Diagnostic) -> Double {
    guard let value = Double(word), value.isFinite else { throw mistake("'\(word)' is no number for \(what)", at: word) }
    return value
  }

  func integer<Number: FixedWidthInteger>(_ word: Substring, _ what: String) throws(Diagnostic) -> Number {
    guard let value = Number(word) else { throw mistake("'\(word)' is no integer for \(what)", at: word) }
    return value
  }

  /// A message at the line that was read last, with carets under a word of it.
  func mistake(_ message: String, at word: Substring? = nil, hint: String = "") -> Diagnostic {
    let line = lines.isEmpty ? "" : lines[max(0, min(next, lines.count) - 1)]
    let column = word.map { line.distance(from: line.startIndex, to: $0.startIndex) + 1 } ?? 1
    return Diagnostic(
      message, hint: hint, at: SourceLocation(file: file, line: max(1, next), column: column), length: word?.count ?? 1,
      sourceLine: String(line.prefix(200)))
  }
}
