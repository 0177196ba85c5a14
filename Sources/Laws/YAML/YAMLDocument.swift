import Diagnostics
import Yams

/// A YAML text that was read: its tree, and its lines for messages.
public struct YAMLDocument: Sendable {
  /// The file's name, for messages.
  public let file: String
  /// The top of the tree.
  public let root: YAMLNode
  /// The text, line by line.
  public let lines: [String]

  /// Bytes that a text may have, if nothing else is said.
  public static let sizeLimit = 1 << 20
  /// Levels that a tree may have.
  public static let depthLimit = 64

  /// Reads a text; throws the first mistake of its YAML, or what makes it too large to be read.
  public init(text: String, file: String, sizeLimit: Int = YAMLDocument.sizeLimit) throws(Diagnostics) {
    self.file = file
    let top = SourceLocation(file: file, line: 1, column: 1)
    guard text.utf8.count <= sizeLimit else {
      let found = "the file has \(text.utf8.count) bytes, more than the \(sizeLimit) that are read"
      throw Diagnostics([Diagnostic(found, at: top)])
    }
    lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
    if let shared = AliasScan.sharedName(in: lines) {
      throw Diagnostics([YAMLDocument.aliasMessage(shared.name, line: shared.line, lines: lines, file: file)])
    }
    do {
      guard let node = try Yams.compose(yaml: text, .basic) else {
        throw Diagnostics([Diagnostic("the file is empty", at: top)])
      }
      root = try YAMLConversion(file: file, lines: lines).node(node, depth: 0)
    } catch let problem as YamlError {
      throw Diagnostics([YAMLDocument.completed(problem.diagnostic(file: file), lines: lines)])
    } catch let problems as Diagnostics {
      let lines = lines
      throw Diagnostics(problems.items.map { YAMLDocument.completed($0, lines: lines) })
    } catch {
      throw Diagnostics([Diagnostic("the file cannot be read: \(error)", at: top)])
    }
  }

  /// The same messages with the lines of this file that they point at.
  public func completed(_ problems: Diagnostics) -> Diagnostics {
    Diagnostics(problems.items.map { $0.location?.file == file ? YAMLDocument.completed($0, lines: lines) : $0 })
  }

  /// A message with the line that it points at, and carets that end with that line.
  static func completed(_ item: Diagnostic, lines: [String]) -> Diagnostic {
    guard let place = item.location, item.sourceLine == nil, lines.indices.contains(place.line - 1) else { return item }
    var item = item
    let line = lines[place.line - 1]
    item.sourceLine = line
    item.length = max(1, min(item.length, line.unicodeScalars.count - place.column + 1))
    return item
  }

  private static func aliasMessage(_ name: String, line: Int, lines: [String], file: String) -> Diagnostic {
    let message = Diagnostic(
      "anchors and aliases (&\(name), *\(name)) are not read", hint: "write it out, or quote it if it is an expression",
      at: SourceLocation(file: file, line: line, column: 1))
    return completed(message, lines: lines)
  }
}

/// Finds anchors that are used: a few lines of them can stand for a tree without end.
private enum AliasScan {
  /// The name and line of an alias whose anchor stands in the text too; words in quotes or comments may be taken for them.
  static func sharedName(in lines: [String]) -> (name: String, line: Int)? {
    var anchors = Set<String>(), aliases = [(name: String, line: Int)]()
    for (index, line) in lines.enumerated()
    where line.utf8.contains(where: { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: "*") }) {
      let characters = Array(line.unicodeScalars)
      for (position, character) in characters.enumerated() where character == "&" || character == "*" {
        let name = String(
          String.UnicodeScalarView(characters[(position + 1)...].prefix { !" \t,[]{}".unicodeScalars.contains($0) }))
        if name.isEmpty { continue }
        if character == "&" { anchors.insert(name) } else { aliases.append((name, index + 1)) }
        // `*name:` is read as a key by some, as a name by others.
        if character == "*", name.hasSuffix(":") { aliases.append((String(name.dropLast()), index + 1)) }
      }
    }
    return anchors.isEmpty ? nil : aliases.first { anchors.contains($0.name) }
  }
}
