import Diagnostics

/// One `--set laws.lj.cutoff='1 nm'`: a place in the scene and what stands there instead.
struct Override {
  enum Step { case key(String), index(Int) }

  var steps: [Step]
  var value: Tree

  /// Reads one override; `line` is its number among those of the command line, for messages.
  init(_ text: String, line: Int) throws(Diagnostic) {
    let start = SourceLocation(file: "--set", line: line, column: 1)
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw Diagnostic("expected KEY=VALUE", hint: "such as --set laws.lj.cutoff='1 nm'", at: start, length: text.count)
    }
    let path = text[..<equals]
    guard let steps = Override.steps(of: path) else {
      throw Diagnostic(
        "\(path) is no path of keys", hint: "write keys with dots and [0] for items of a list", at: start, length: path.count)
    }
    self.steps = steps
    // Padding makes the places that messages point at those in the argument.
    let padding = String(repeating: "\n", count: line - 1) + String(repeating: " ", count: path.count + 1)
    value = try Tree.read(padding + text[text.index(after: equals)...], file: start.file)
  }

  private static func steps(of path: Substring) -> [Step]? {
    var steps = [Step]()
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard let key = pieces.first, !key.isEmpty else { return nil }
      steps.append(.key(String(key)))
      for piece in pieces.dropFirst() {
        guard piece.last == "]", let index = Int(piece.dropLast()), index >= 0 else { return nil }
        steps.append(.index(index))
      }
    }
    return steps.count <= TextLimits.depth ? steps : nil
  }

  /// The tree with the value put in its place; keys that the tree lacks are made, items of lists are not.
  func applied(to tree: Tree) throws(Diagnostic) -> Tree { try Override.put(value, into: tree, steps[...]) }

  private static func put(_ value: Tree, into tree: Tree, _ steps: ArraySlice<Step>) throws(Diagnostic) -> Tree {
    guard let step = steps.first else { return value }
    switch step {
    case .key(let key):
      guard tree.pairs != nil else {
        throw Diagnostic(
          "\(tree.kindName) has no key \(key)",
          at: SourceLocation(file: value.location.file, line: value.location.line, column: 1))
      }
      let inner = tree[key] ?? Tree(content: .map([]), location: value.location)
      return tree.setting(key, to: try put(value, into: inner, steps.dropFirst()), keyLocation: value.location)
    case .index(let index):
      guard var items = tree.list, items.indices.contains(index) else {
        throw Diagnostic(
          "\(tree.kindName) has no item [\(index)]",
          at: SourceLocation(file: value.location.file, line: value.location.line, column: 1))
      }
      items[index] = try put(value, into: items[index], steps.dropFirst())
      return Tree(content: .list(items), location: tree.location)
    }
  }
}
