import Diagnostics

/// A node of a YAML text, with the place where it stands.
public struct YAMLNode: Sendable {
  /// What the node holds.
  public enum Content: Sendable {
    case scalar(YAMLScalar)
    case sequence([YAMLNode])
    /// In the order of the text.
    case mapping([YAMLEntry])
  }

  /// What the node holds.
  public var content: Content
  /// Where its first character stands.
  public var location: SourceLocation

  /// The scalar, if the node is one.
  public var scalar: YAMLScalar? {
    if case .scalar(let scalar) = content { scalar } else { nil }
  }

  /// The items, if the node is a list.
  public var sequence: [YAMLNode]? {
    if case .sequence(let items) = content { items } else { nil }
  }

  /// The entries, if the node is a map.
  public var mapping: [YAMLEntry]? {
    if case .mapping(let entries) = content { entries } else { nil }
  }

  /// The text of a scalar.
  public var text: String? { scalar?.text }

  /// Whether nothing was written, or `null`.
  public var isEmpty: Bool { scalar.map { $0.isPlain && ["", "~", "null"].contains($0.text) } ?? false }

  /// `true` or `false`, if that is what is written.
  public var boolean: Bool? { text.flatMap { $0 == "true" ? true : $0 == "false" ? false : nil } }

  /// What kind of node it is, for messages.
  public var kindName: String {
    switch content {
    case .scalar: isEmpty ? "nothing" : "a value"
    case .sequence: "a list"
    case .mapping: "a map"
    }
  }

  /// A message that points at this node.
  public func diagnostic(_ message: String, hint: String = "") -> Diagnostic {
    Diagnostic(message, hint: hint, at: location, length: scalar.map { max(1, $0.source.text.count) } ?? 1)
  }
}

/// A scalar of a YAML text: its value, and the piece of the file that it was read from.
public struct YAMLScalar: Sendable {
  /// The value, without quotes and escapes.
  public var text: String
  /// The same as it stands in the file, line breaks included, so that carets fall on the right place.
  public var source: SourceText
  /// Whether it stands without quotes.
  public var isPlain: Bool
}

/// A key with its value.
public struct YAMLEntry: Sendable {
  /// The text of the key.
  public var key: String
  /// Where the key stands.
  public var location: SourceLocation
  /// What belongs to the key.
  public var value: YAMLNode

  /// A message that points at the key.
  public func diagnostic(_ message: String, hint: String = "") -> Diagnostic {
    Diagnostic(message, hint: hint, at: location, length: max(1, key.count))
  }
}
