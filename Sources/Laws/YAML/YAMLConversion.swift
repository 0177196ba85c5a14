import Diagnostics
import Yams

/// Turns the nodes of Yams into ours, which know the text that they came from.
struct YAMLConversion {
  private let file: String
  private let lines: [[Unicode.Scalar]]

  init(file: String, lines: [String]) {
    self.file = file
    self.lines = lines.map { Array($0.unicodeScalars) }
  }

  func node(_ node: Node, depth: Int) throws(Diagnostics) -> YAMLNode {
    let place = location(node.mark)
    guard depth < YAMLDocument.depthLimit else {
      throw Diagnostics([Diagnostic("the file is nested more than \(YAMLDocument.depthLimit) deep", at: place)])
    }
    switch node {
    case .scalar(let scalar):
      let plain = scalar.style == .plain || scalar.style == .any
      let value = YAMLScalar(text: scalar.string, source: source(of: scalar, at: place), isPlain: plain)
      return YAMLNode(content: .scalar(value), location: place)
    case .sequence(let sequence):
      var items = [YAMLNode]()
      for item in sequence { items.append(try self.node(item, depth: depth + 1)) }
      return YAMLNode(content: .sequence(items), location: place)
    case .mapping(let mapping):
      var entries = [YAMLEntry]()
      for (key, value) in mapping {
        guard let name = key.scalar?.string else {
          throw Diagnostics([Diagnostic("a key is a word, not a list or a map", at: location(key.mark))])
        }
        let value = try self.node(value, depth: depth + 1)
        entries.append(YAMLEntry(key: name, location: location(key.mark), value: value))
      }
      return YAMLNode(content: .mapping(entries), location: place)
    case .alias:
      throw Diagnostics([Diagnostic("aliases are not read", hint: "quote an expression that starts with *", at: place)])
    }
  }

  private func location(_ mark: Mark?) -> SourceLocation {
    SourceLocation(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
  }

  /// The piece of the file that a scalar was read from; its value, where escapes make the two differ.
  private func source(of scalar: Node.Scalar, at place: SourceLocation) -> SourceText {
    var cursor = Cursor(line: place.line - 1, column: place.column - 1)
    switch scalar.style {
    case .singleQuoted, .doubleQuoted: cursor.column += 1
    case .literal, .folded: cursor = Cursor(line: cursor.line + 1, column: 0)
    default: break
    }
    guard lines.indices.contains(cursor.line), cursor.column <= lines[cursor.line].count else {
      return SourceText(scalar.string, at: place)
    }
    skipBlanks(&cursor)
    let start = SourceLocation(file: file, line: cursor.line + 1, column: cursor.column + 1)
    return SourceText(raw(scalar.string, from: cursor) ?? scalar.string, at: start)
  }

  private struct Cursor {
    var line: Int
    var column: Int
  }

  /// The text of the file from a place on that says the same as `value`, up to blanks and line breaks.
  private func raw(_ value: String, from start: Cursor) -> String? {
    var cursor = start, text = String.UnicodeScalarView(), afterBlank = true
    for character in value.unicodeScalars {
      if character.properties.isWhitespace {
        afterBlank = true
        continue
      }
      if afterBlank {
        afterBlank = false
        let before = cursor
        skipBlanks(&cursor)
        for line in before.line..<cursor.line {
          text.append(contentsOf: lines[line][(line == before.line ? before.column : 0)...])
          text.append("\n")
        }
        if let last = lines.indices.contains(cursor.line) ? lines[cursor.line] : nil {
          text.append(contentsOf: last[(before.line == cursor.line ? before.column : 0)..<cursor.column])
        }
      }
      guard lines.indices.contains(cursor.line), cursor.column < lines[cursor.line].count,
        lines[cursor.line][cursor.column] == character
      else { return nil }
      text.append(character)
      cursor.column += 1
    }
    return String(text)
  }

  private func skipBlanks(_ cursor: inout Cursor) {
    while lines.indices.contains(cursor.line) {
      let line = lines[cursor.line]
      while cursor.column < line.count, line[cursor.column].properties.isWhitespace { cursor.column += 1 }
      if cursor.column < line.count || cursor.line + 1 >= lines.count { return }
      cursor = Cursor(line: cursor.line + 1, column: 0)
    }
  }
}

extension YamlError {
  /// The mistake in our words, with what to do about it.
  func diagnostic(file: String) -> Diagnostic {
    switch self {
    case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let place = SourceLocation(file: file, line: mark.line, column: mark.column)
      let what = context.map { "\($0.text) in line \($0.mark.line): \(problem)" } ?? problem
      return Diagnostic("this is not YAML: \(what)", hint: YamlError.hint(for: problem), at: place)
    case .duplicatedKeysInMapping(let keys, let context):
      let place = SourceLocation(file: file, line: context.mark.line, column: context.mark.column)
      return Diagnostic(
        "\(keys.joined(separator: ", ")) stands twice in one map", hint: "keep one of the two", at: place,
        length: keys.first?.count ?? 1)
    case .reader(let problem, _, _, _):
      return Diagnostic("the file is no text: \(problem)", at: SourceLocation(file: file, line: 1, column: 1))
    default:
      return Diagnostic("the file cannot be read: \(self)", at: SourceLocation(file: file, line: 1, column: 1))
    }
  }

  private static func hint(for problem: String) -> String {
    for (part, hint) in hints where problem.contains(part) { return hint }
    return ""
  }

  private static let hints = [
    ("mapping values are not allowed", "quote an expression that holds a colon and a blank"),
    ("cannot start any token", "quote an expression that starts with one of [ { * & ! ? | > % @ `, and indent with blanks"),
    ("expected ',' or '}'", "quote an expression that holds , [ ] { or } inside { }"),
    ("expected ',' or ']'", "quote an expression that holds , [ ] { or } inside [ ]"),
    ("undefined alias", "quote an expression that starts with *"),
    ("could not find expected ':'", "a line of a map is written key: value"),
    ("expected key", "keys of one map start in one column"), ("<block end>", "items of one list start in one column"),
    ("alphabetic or numeric character", "quote an expression that starts with * or &"),
  ]
}
