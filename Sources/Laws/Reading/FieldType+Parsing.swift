import Diagnostics
import Expressions

extension FieldType {
  /// Reads `[SHAPE] [DIMENSION]`: `array[9] density`, `edges boolean`, `symmetric`, `charge/volume`.
  public init(_ source: SourceText) throws(Diagnostic) {
    var words = Words(source)
    var count: Int?
    if words.next.hasPrefix("array[") {
      count = try FieldType.count(words.next, at: words.source)
      words.drop()
    }
    let shape = FieldType.shapes[words.next]
    if shape != nil {
      words.drop()
    } else if words.next.isName, words.hasSeveral {
      throw words.source.diagnostic("\(words.next) is no shape", hint: suggestion(for: words.next, among: FieldType.shapes.keys))
    }
    let holdsNumbers = shape != .boolean && shape != .integer
    isBoolean = (shape == .edges || shape == .faces) && words.next == "boolean"
    if isBoolean { words.drop() }
    let rest = words.source.text.isEmpty ? SourceText("1", at: source.start) : words.source
    if !words.source.text.isEmpty, !holdsNumbers || isBoolean {
      throw words.source.diagnostic("\(words.source.text) after \(shape?.description ?? "boolean"): it has no dimension")
    }
    dimension = try DimensionExpression(rest)
    let element = shape ?? .scalar
    self.shape = count.map { .array($0, of: element) } ?? element
  }

  /// Shapes by the word of the language.
  static let shapes: [String: Shape] = [
    "scalar": .scalar, "integer": .integer, "boolean": .boolean, "vector": .vector, "axial": .axial, "quaternion": .quaternion,
    "symmetric": .symmetric, "matrix": .matrix, "edges": .edges, "faces": .faces, "state": .state, "rate": .rate,
  ]

  private static func count(_ word: String, at source: SourceText) throws(Diagnostic) -> Int {
    guard word.hasSuffix("]"), let count = Int(word.dropFirst(6).dropLast()), (1...4096).contains(count) else {
      throw source.diagnostic("\(word) is no array", hint: "an array of nine is written array[9]")
    }
    return count
  }
}

/// Takes blank-separated words from the front of a text that knows its place.
private struct Words {
  var source: SourceText
  var next: String

  init(_ source: SourceText) {
    self.source = source
    next = ""
    trim()
  }

  /// Whether another word follows the next one.
  var hasSeveral: Bool {
    source.text.utf8.dropFirst(next.utf8.count).first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A }?.isLetter ?? false
  }

  mutating func drop() {
    source = source.dropping(next.utf8.count)
    trim()
  }

  private mutating func trim() {
    source = source.dropping(source.text.utf8.prefix { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A }.count)
    while let last = source.text.last, last.isWhitespace { source.text.removeLast() }
    next = String(source.text.prefix { !$0.isWhitespace })
  }
}

extension SourceText {
  /// The text from a UTF-8 offset on, in its place.
  func dropping(_ count: Int) -> SourceText {
    SourceText(String(decoding: text.utf8.dropFirst(count), as: UTF8.self), at: location(at: count))
  }

  /// A message that points at the whole text.
  func diagnostic(_ message: String, hint: String = "") -> Diagnostic {
    Diagnostic(message, hint: hint, at: start, length: max(1, text.count))
  }
}
