/// A place in a file that a user wrote: 1-based line and column.
public struct SourceLocation: Sendable, Hashable {
  /// The name of the file, as the user gave it.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column in characters, from 1.
  public var column: Int

  /// A place in a file.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }
}

/// A piece of text together with where it begins in the file that it came from.
///
/// Expressions keep offsets into such a text, so that a message can put a caret under the term that is wrong.
public struct SourceText: Sendable, Hashable {
  /// The text itself.
  public var text: String
  /// Where its first character stands.
  public var start: SourceLocation

  /// A text that begins at a place; by default it is a file of its own.
  public init(_ text: String, at start: SourceLocation = SourceLocation(file: "", line: 1, column: 1)) {
    self.text = text
    self.start = start
  }

  /// The place of the character at `offset` (counted in UTF-8 bytes), following line breaks in the text.
  public func location(at offset: Int) -> SourceLocation {
    var place = start
    for byte in text.utf8.prefix(offset) {
      if byte == UInt8(ascii: "\n") {
        place.line += 1
        place.column = 1
      } else if byte & 0xC0 != 0x80 {
        place.column += 1
      }
    }
    return place
  }
}
