/// One mistake, said in a way that helps the writer: where, what was found, and what to do.
public struct Diagnostic: Error, Sendable, Hashable {
  /// How much it matters: an error stops the work, a warning is counted.
  public enum Severity: String, Sendable { case error, warning }

  /// How much it matters.
  public var severity: Severity
  /// What was found, such as `dt + sigma: cannot add time and length`.
  public var message: String
  /// What to do about it; empty if the message says it.
  public var hint: String
  /// Where it is; nil if it has no place in a file.
  public var location: SourceLocation?
  /// Characters under which carets stand, counted from the column of the location.
  public var length: Int
  /// The line of the file that holds the mistake, as the user wrote it.
  public var sourceLine: String?

  /// A message about a place.
  public init(
    _ message: String, hint: String = "", at location: SourceLocation? = nil, length: Int = 1,
    sourceLine: String? = nil, severity: Severity = .error
  ) {
    self.severity = severity
    self.message = message
    self.hint = hint
    self.location = location
    self.length = length
    self.sourceLine = sourceLine
  }
}

extension Diagnostic: CustomStringConvertible {
  /// The message as a terminal shows it:
  /// `scene.yaml:3:7: error: …`, then the line, a caret, and the hint.
  public var description: String {
    var text = ""
    if let location { text += "\(location.file):\(location.line):\(location.column): " }
    text += "\(severity.rawValue): \(message)"
    if let sourceLine, let location {
      let carets = String(repeating: "^", count: max(1, min(length, 200)))
      let indent = sourceLine.prefix(max(0, location.column - 1)).map { $0 == "\t" ? "\t" : " " }.joined()
      text += "\n  \(sourceLine)\n  \(indent)\(carets)"
    }
    if !hint.isEmpty { text += "\n  hint: \(hint)" }
    return text
  }
}

/// Several mistakes at once: a user should not meet them one run at a time.
public struct Diagnostics: Error, Sendable, CustomStringConvertible {
  /// The messages, in the order in which they were found.
  public var items: [Diagnostic]

  /// A collection of messages.
  public init(_ items: [Diagnostic] = []) { self.items = items }

  /// Whether an error is among them.
  public var hasErrors: Bool { items.contains { $0.severity == .error } }

  /// Adds a message that is not there yet.
  public mutating func add(_ item: Diagnostic) {
    if !items.contains(item) { items.append(item) }
  }

  /// The same in the order of the text; what has no place comes first.
  public var sorted: Diagnostics {
    func key(_ item: Diagnostic) -> (String, Int, Int) {
      item.location.map { ($0.file, $0.line, $0.column) } ?? ("", 0, 0)
    }
    let order = items.enumerated().sorted { a, b in
      let (x, y) = (key(a.element), key(b.element))
      return x == y ? a.offset < b.offset : x < y
    }
    return Diagnostics(order.map(\.element))
  }

  /// Throws all that was collected, if an error is among it.
  public func check() throws(Diagnostics) {
    if hasErrors { throw self }
  }

  /// The messages as a terminal shows them, one after another.
  public var description: String { items.map(\.description).joined(separator: "\n") }
}
