import Diagnostics

/// Collects all mistakes of a scene, each with the line that holds it.
struct Report {
  private(set) var diagnostics = Diagnostics()
  /// Lines of every text that was read, by the name under which it is shown.
  private var lines: [String: [Substring]] = [:]

  var hasErrors: Bool { diagnostics.hasErrors }
  var errorCount: Int { diagnostics.items.count { $0.severity == .error } }

  mutating func register(_ text: String, as file: String) {
    lines[file] = text.split(omittingEmptySubsequences: false) { $0.isNewline }
  }

  mutating func error(_ message: String, hint: String = "", at location: SourceLocation?, length: Int = 1) {
    add(Diagnostic(message, hint: hint, at: location, length: length))
  }

  mutating func error(_ message: String, hint: String = "", at tree: Tree) {
    error(message, hint: hint, at: tree.location, length: (tree.scalar?.count ?? 1) + (tree.isQuoted ? 2 : 0))
  }

  mutating func error(_ message: String, hint: String = "", at pair: Tree.Pair) {
    error(message, hint: hint, at: pair.keyLocation, length: pair.key.count)
  }

  mutating func warning(_ message: String, hint: String = "", at location: SourceLocation?) {
    add(Diagnostic(message, hint: hint, at: location, severity: .warning))
  }

  /// Takes a message made elsewhere and gives it its line.
  mutating func add(_ item: Diagnostic) {
    var item = item
    if item.sourceLine == nil, let place = item.location, let text = lines[place.file], text.indices.contains(place.line - 1) {
      let line = text[place.line - 1]
      item.sourceLine = String(line)
      item.length = max(1, min(item.length, line.count - place.column + 1))
    }
    diagnostics.add(item)
  }

  mutating func add(_ items: Diagnostics) { for item in items.items { add(item) } }
}
