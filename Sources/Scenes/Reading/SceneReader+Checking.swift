import Diagnostics

/// Checks a tree against the tables of keys.
extension SceneReader {
  mutating func check(_ tree: Tree, _ table: KeyTable) {
    guard let pairs = tree.pairs else {
      report.error("\(table.name): expected a map of keys, found \(tree.kindName)", at: tree)
      return
    }
    for pair in pairs {
      if let key = table[pair.key] {
        check(pair.value, key.kind, key: pair.key)
      } else if !table.isOpen {
        reportUnknown(pair, in: table)
      }
    }
    for key in table.keys where key.standard == .required && tree[key.name] == nil && isComplete {
      report.error("\(table.name): \(key.name) is missing", hint: "such as \(key.name): \(key.example)", at: tree.location)
    }
  }

  private mutating func reportUnknown(_ pair: Tree.Pair, in table: KeyTable) {
    let hint = pair.isTorn ? Self.tornHint : suggestion(for: pair.key, among: table.keys.map(\.name))
    report.error("\(table.name): unknown key \"\(pair.key)\"", hint: hint, at: pair)
  }

  static let tornHint = "quote an expression that holds a comma inside { }"

  private mutating func check(_ tree: Tree, _ kind: Kind, key: String) {
    switch kind {
    case .text, .file:
      if tree.scalar == nil || tree.isEmptyScalar { report.error("\(key): expected text, found \(tree.kindName)", at: tree) }
    case .word(let words): _ = word(tree, words, key: key)
    case .flag: _ = flag(tree, key: key)
    case .integer(let range): _ = integer(tree, range, key: key)
    case .quantity(let dimensions, let sign): _ = quantity(tree, dimensions, sign, key: key)
    case .expression: _ = expression(tree)
    case .list(let item, let count): checkList(tree, item, count, key: key)
    case .map(let table): check(tree, table)
    case .named(let inner, let what): checkNamed(tree, inner, of: what, key: key)
    case .either(let kinds): checkEither(tree, kinds, key: key)
    case .law: break
    }
  }

  private mutating func checkList(_ tree: Tree, _ item: Kind, _ count: ClosedRange<Int>, key: String) {
    guard let list = items(tree), count.contains(list.count) else {
      let bound = count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
      let found = items(tree).map { "\($0.count)" } ?? tree.kindName
      report.error("\(key): expected a list of \(bound) values, found \(found)", at: tree)
      return
    }
    for value in list { check(value, item, key: key) }
  }

  private mutating func checkNamed(_ tree: Tree, _ inner: Kind, of what: String, key: String) {
    guard let pairs = tree.pairs else {
      report.error("\(key): expected a map from names to \(what), found \(tree.kindName)", at: tree)
      return
    }
    for pair in pairs {
      if !pair.hasName {
        report.error(
          "\(pair.key) is no name of a \(what)",
          hint: pair.isTorn ? Self.tornHint : "letters, digits, - and _, beginning with a letter", at: pair)
      }
      check(pair.value, inner, key: pair.key)
    }
  }

  private mutating func checkEither(_ tree: Tree, _ kinds: [Kind], key: String) {
    if let kind = choose(kinds, for: tree) { return check(tree, kind, key: key) }
    report.error("\(key): \(tree.kindName) will not do here", at: tree)
  }

  /// The alternative that a value is meant to be, by its form.
  func choose(_ kinds: [Kind], for tree: Tree) -> Kind? {
    let scalarKinds = kinds.filter { $0.isScalar }
    if items(tree) != nil, let list = kinds.first(where: { if case .list = $0 { true } else { false } }) { return list }
    if tree.scalar != nil, !tree.isEmptyScalar {
      let word = scalarKinds.first { if case .word(let words) = $0 { words.contains(tree.scalar ?? "") } else { false } }
      return word ?? scalarKinds.last ?? kinds.first
    }
    return kinds.first { if case .map = $0 { tree.pairs != nil } else { false } } ?? kinds.first { !$0.isScalar } ?? kinds.first
  }
}

extension Kind {
  var isScalar: Bool {
    switch self {
    case .list, .map, .named, .either, .law: false
    default: true
    }
  }
}

extension Tree.Pair {
  /// Whether the key can be the name of a species, a law or a total.
  var hasName: Bool {
    key.first?.isLetter == true && key.allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) } && key.count <= 64
      && !["none", "world", "all"].contains(key)
  }

  /// A comma without quotes tears an expression inside { } apart, and leaves a piece of it as a key.
  var isTorn: Bool { value.isEmptyScalar && key.contains { "()[]*^/".contains($0) } }
}
