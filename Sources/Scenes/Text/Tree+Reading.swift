import Diagnostics
import Yams

/// Bounds on what a scene may ask of the reader, so that no text can exhaust the machine.
enum TextLimits {
  static let bytes = 1 << 20
  /// Values after aliases are expanded.
  static let values = 100_000
  static let depth = 64
  static let aliases = 16
}

extension Tree {
  /// Reads YAML text; a second document, duplicate keys, deep nesting and explosive aliases are refused.
  static func read(_ text: String, file: String) throws(Diagnostic) -> Tree {
    let start = SourceLocation(file: file, line: 1, column: 1)
    guard text.utf8.count <= TextLimits.bytes else {
      throw Diagnostic(
        "the text is longer than \(TextLimits.bytes >> 20) MiB", hint: "put tables into files of their own", at: start)
    }
    guard aliasCount(in: text) <= TextLimits.aliases else {
      throw Diagnostic("more than \(TextLimits.aliases) aliases (*name)", hint: "use include for what is shared", at: start)
    }
    let node = try compose(text, file: file)
    guard let node else { return Tree(content: .map([]), location: start) }
    var budget = TextLimits.values
    return try convert(node, file: file, depth: 0, budget: &budget)
  }

  /// Counts what may be an alias: the YAML library expands aliases before its result can be looked at.
  private static func aliasCount(in text: String) -> Int {
    var count = 0
    var opens = true
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "*"):
        if opens { count += 1 }
        opens = false
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
      default:
        opens = [
          UInt8(ascii: "\n"), UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":"),
          UInt8(ascii: "-"), UInt8(ascii: "?"),
        ].contains(byte)
      }
    }
    return count
  }

  private static func compose(_ text: String, file: String) throws(Diagnostic) -> Node? {
    do {
      // Line ends at the end keep the text out of Swift's inline strings, whose storage the C parser could not point into.
      return try Parser(yaml: QuantityLists.masked(text) + String(repeating: "\n", count: 16), encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw diagnostic(for: error, file: file)
    } catch {
      throw Diagnostic("not YAML: \(error)", at: SourceLocation(file: file, line: 1, column: 1))
    }
  }

  private static func diagnostic(for error: YamlError, file: String) -> Diagnostic {
    func at(_ mark: Mark) -> SourceLocation {
      SourceLocation(file: file, line: max(1, mark.line), column: max(1, mark.column))
    }
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      return Diagnostic(
        "not YAML: \(problem)", hint: "maps are `key: value` lines or {key: value}, lists [a, b]; indent with spaces",
        at: at(mark))
    case .duplicatedKeysInMapping(let keys, let context):
      return Diagnostic(
        "the key \(keys.joined(separator: ", ")) stands here twice", hint: "keep one of them",
        at: at(context.mark), length: keys.first?.count ?? 1)
    case .reader(let problem, _, _, _):
      return Diagnostic("not YAML: \(problem)", at: SourceLocation(file: file, line: 1, column: 1))
    default:
      return Diagnostic("not YAML: \(error)", at: SourceLocation(file: file, line: 1, column: 1))
    }
  }

  private static func convert(_ node: Node, file: String, depth: Int, budget: inout Int) throws(Diagnostic) -> Tree {
    let location = SourceLocation(file: file, line: max(1, node.mark?.line ?? 1), column: max(1, node.mark?.column ?? 1))
    budget -= 1
    guard budget > 0 else {
      throw Diagnostic("more than \(TextLimits.values) values", hint: "put tables into files of their own", at: location)
    }
    guard depth < TextLimits.depth else {
      throw Diagnostic("nested more than \(TextLimits.depth) deep", at: location)
    }
    switch node {
    case .scalar(let scalar):
      let quoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
      return Tree(content: .scalar(QuantityLists.unmasked(scalar.string)), location: location, isQuoted: quoted)
    case .sequence(let items):
      var list = [Tree]()
      for item in items { list.append(try convert(item, file: file, depth: depth + 1, budget: &budget)) }
      return Tree(content: .list(list), location: location)
    case .mapping(let mapping):
      var pairs = [Pair]()
      for (key, value) in mapping {
        let name = try convert(key, file: file, depth: depth + 1, budget: &budget)
        guard let text = name.scalar else { throw Diagnostic("a key must be a word, not \(name.kindName)", at: name.location) }
        let tree = try convert(value, file: file, depth: depth + 1, budget: &budget)
        pairs.append(Pair(key: text, keyLocation: name.location, value: tree))
      }
      return Tree(content: .map(pairs), location: location)
    case .alias:
      throw Diagnostic("an alias without its anchor", at: location)
    }
  }
}
