import Diagnostics

/// What a YAML text says, with the place of every value: a scalar, a list, or a map in the order of the file.
struct Tree: Sendable, Hashable {
  indirect enum Content: Sendable, Hashable {
    case scalar(String)
    case list([Tree])
    case map([Pair])
  }

  struct Pair: Sendable, Hashable {
    var key: String
    var keyLocation: SourceLocation
    var value: Tree
  }

  var content: Content
  var location: SourceLocation
  /// A scalar in quotes starts one column after its location, and is never an empty value.
  var isQuoted = false

  // Two trees are equal when they say the same, wherever they stand.
  static func == (a: Self, b: Self) -> Bool { a.content == b.content }
  func hash(into hasher: inout Hasher) { hasher.combine(content) }

  static func scalar(_ text: String, at location: SourceLocation) -> Tree { Tree(content: .scalar(text), location: location) }
}

extension Tree {
  var scalar: String? {
    guard case .scalar(let text) = content else { return nil }
    return text
  }

  var list: [Tree]? {
    guard case .list(let items) = content else { return nil }
    return items
  }

  /// The pairs of a map; a value left empty (`laws: {verlet: }`) counts as an empty map.
  var pairs: [Pair]? {
    switch content {
    case .map(let pairs): pairs
    case .scalar("") where !isQuoted: []
    default: nil
    }
  }

  var isEmptyScalar: Bool { scalar == "" && !isQuoted }

  /// The value of a key of this map.
  subscript(key: String) -> Tree? { pairs?.first { $0.key == key }?.value }

  /// The text of a scalar with the place where it begins, so that messages about a term in it point at the term.
  var sourceText: SourceText {
    var start = location
    if isQuoted { start.column += 1 }
    return SourceText(scalar ?? "", at: start)
  }

  /// What the value is, for messages: `a list`, `a map`, `"text"`.
  var kindName: String {
    switch content {
    case .scalar(let text): isEmptyScalar ? "nothing" : "\"\(text.prefix(40))\""
    case .list(let items): items.isEmpty ? "an empty list" : "a list"
    case .map: "a map"
    }
  }

  /// The map with a key's value replaced, or appended where the key is new.
  func setting(_ key: String, to value: Tree, keyLocation: SourceLocation? = nil) -> Tree {
    var result = pairs ?? []
    if let index = result.firstIndex(where: { $0.key == key }) {
      result[index].value = value
    } else {
      result.append(Pair(key: key, keyLocation: keyLocation ?? value.location, value: value))
    }
    return Tree(content: .map(result), location: location)
  }

  /// The map without a key.
  func removing(_ key: String) -> Tree {
    Tree(content: .map((pairs ?? []).filter { $0.key != key }), location: location)
  }
}
