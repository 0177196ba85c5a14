import Diagnostics
import Expressions

/// The entries of a map whose keys are known.
struct Entries {
  private let all: [YAMLEntry]
  init(_ all: [YAMLEntry]) { self.all = all }

  subscript(key: String) -> YAMLNode? { all.first { $0.key == key }?.value }

  /// The entry itself, where its key's place matters.
  func entry(_ key: String) -> YAMLEntry? { all.first { $0.key == key } }

  /// Entries whose keys are not among these.
  func others(than known: [String]) -> [YAMLEntry] { all.filter { !known.contains($0.key) } }
}

extension LawReader {
  /// The entries of a map; anything else is reported.
  mutating func entries(_ node: YAMLNode?, as what: String) -> [YAMLEntry] {
    guard let node, !node.isEmpty else { return [] }
    guard let entries = node.mapping else {
      problems.add(node.diagnostic("expected a map for \(what), found \(node.kindName)", hint: "write NAME: VALUE"))
      return []
    }
    return entries
  }

  /// The entries of a map with these keys; others are reported with the nearest name.
  mutating func entries(of node: YAMLNode, as what: String, known: [String]) -> Entries {
    let all = entries(node, as: what)
    for entry in all where !known.contains(entry.key) {
      problems.add(unknownKey(entry, known: known))
    }
    noteHalves(all)
    return Entries(all)
  }

  /// Notes the first halves of torn expressions: the second half is reported, and once is enough.
  private mutating func noteHalves(_ entries: [YAMLEntry]) {
    guard entries.contains(where: \.isTorn) else { return }
    for entry in entries where !(entry.value.text ?? "").isBalanced { halves.insert(entry.value.location) }
  }

  func unknownKey(_ entry: YAMLEntry, known: [String]) -> Diagnostic {
    if entry.isTorn { return torn(entry) }
    return entry.diagnostic("unknown key \(entry.key)", hint: suggestion(for: entry.key, among: known))
  }

  func torn(_ entry: YAMLEntry) -> Diagnostic {
    entry.diagnostic("unknown key \"\(entry.key)\": quote an expression that holds a comma inside { }")
  }

  /// The text of a scalar; anything else is reported.
  mutating func string(_ node: YAMLNode?) -> String? {
    guard let node else { return nil }
    guard let text = node.text, !node.isEmpty else {
      problems.add(node.diagnostic("expected a word or a text, found \(node.kindName)"))
      return nil
    }
    return text
  }

  /// One word or a list of words.
  mutating func strings(_ node: YAMLNode?) -> [String] {
    guard let node else { return [] }
    return (node.sequence ?? [node]).compactMap { string($0) }
  }

  mutating func boolean(_ node: YAMLNode?) -> Bool? {
    guard let node else { return nil }
    if let value = node.boolean { return value }
    problems.add(node.diagnostic("expected true or false, found \(node.text ?? node.kindName)"))
    return nil
  }

  /// A word out of a few.
  mutating func word(_ node: YAMLNode?, of known: [String], as what: String) -> String? {
    guard let node, let text = string(node) else { return nil }
    if known.contains(text) { return text }
    let near = suggestion(for: text, among: known)
    problems.add(node.diagnostic("\(text) is no value of \(what)", hint: near))
    return nil
  }

  /// An expression; a hole with an empty name stands for one that cannot be read, which is reported.
  mutating func expression(_ node: YAMLNode) -> Expression {
    guard let scalar = node.scalar, !node.isEmpty else {
      let hint = node.sequence == nil ? "" : "quote a vector: \"[a, b]\""
      problems.add(node.diagnostic("expected an expression, found \(node.kindName)", hint: hint))
      return .unreadable(SourceText("", at: node.location))
    }
    do throws(Diagnostic) {
      return try Expression.parse(scalar.source)
    } catch {
      if !halves.contains(node.location) { problems.add(error) }
      return .unreadable(scalar.source)
    }
  }

  mutating func expression(_ node: YAMLNode?) -> Expression? { node.map { expression($0) } }

  /// `NAME: EXPRESSION` for each entry.
  mutating func bindings(_ node: YAMLNode?, as what: String) -> [Binding] { bindings(entries(node, as: what)) }

  mutating func bindings(_ entries: [YAMLEntry]) -> [Binding] {
    noteHalves(entries)
    var bindings = [Binding]()
    for entry in entries {
      if entry.isTorn {
        problems.add(torn(entry))
        continue
      }
      guard let (name, index) = target(entry) else { continue }
      bindings.append(Binding(name: name, index: index, value: expression(entry.value), location: entry.location))
    }
    return bindings
  }

  /// `name`, or `name[index]`.
  private mutating func target(_ entry: YAMLEntry) -> (name: String, index: String?)? {
    let parts = entry.key.split(separator: "[", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    var index: String?
    if parts.count == 2 {
      guard parts[1].last == "]" else {
        problems.add(entry.diagnostic("\(entry.key) is no name", hint: "write NAME, or \"NAME[q]\" for every element"))
        return nil
      }
      index = String(parts[1].dropLast())
    }
    guard name.isName, index?.isName ?? true else {
      problems.add(
        entry.diagnostic("\(entry.key) is no name", hint: "names are made of letters, digits and _, and begin with a letter"))
      return nil
    }
    return (name, index)
  }

  /// A type such as `vector velocity`.
  mutating func fieldType(_ node: YAMLNode) -> FieldType? {
    guard let scalar = node.scalar, !node.isEmpty else {
      problems.add(node.diagnostic("expected [SHAPE] DIMENSION, found \(node.kindName)", hint: "such as vector velocity"))
      return nil
    }
    do throws(Diagnostic) {
      return try FieldType(scalar.source)
    } catch {
      problems.add(error)
      return nil
    }
  }
}

extension Expression {
  /// What stands for a text that could not be read, which was reported: it fits everywhere.
  static func unreadable(_ source: SourceText) -> Expression {
    Expression(.hole("", []), source: source, range: 0..<source.text.utf8.count)
  }
}

extension YAMLEntry {
  /// Whether the entry is the second half of an expression with a comma that was not quoted.
  var isTorn: Bool { value.isEmpty && !(key.isName || key.hasSuffix("]") && key.isBalanced) }
}

extension String {
  /// Whether the text is a name of the language.
  var isName: Bool {
    guard let first = utf8.first, first.isLetter else { return false }
    return utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
  }

  /// Whether every bracket is closed.
  var isBalanced: Bool {
    var depth = 0
    for byte in utf8 {
      if byte == UInt8(ascii: "(") || byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: ")") || byte == UInt8(ascii: "]") { depth -= 1 }
      if depth < 0 { return false }
    }
    return depth == 0
  }
}
