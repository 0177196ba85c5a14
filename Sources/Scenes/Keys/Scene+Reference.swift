extension Scene {
  /// The reference of all keys in Markdown, made from the tables that the parser uses.
  public static func reference() -> String {
    var text = "# Scenes\n\nGenerated from the tables of keys that the parser uses; `mote schema` prints the same for editors.\n"
    for table in SceneKeys.scene.family { text += "\n" + table.section }
    return text
  }
}

extension KeyTable {
  /// This table and all that its keys lead to, each once.
  var family: [KeyTable] {
    keys.reduce(into: [self]) { found, key in
      for table in key.kind.tables.flatMap(\.family) where !found.contains(where: { $0.name == table.name }) {
        found.append(table)
      }
    }
  }

  var section: String {
    let rows = keys.map { key in
      "| `\(key.name)` | \(key.about.cell) | \(key.kind.words.cell) | \(key.standardWords.cell) | `\(key.example.cell)` |\n"
    }
    return "## \(name)\n\n\(about)\n\n| key | says | holds | if absent | example |\n|---|---|---|---|---|\n" + rows.joined()
  }
}

extension Key {
  var standardWords: String {
    switch standard {
    case .required: "must be given"
    case .none: "none"
    case .value, .derived: standard.words ?? ""
    }
  }
}

extension Kind {
  /// Tables of keys that values of this kind have.
  var tables: [KeyTable] {
    switch self {
    case .map(let table): [table]
    case .named(let inner, _), .list(let inner, _): inner.tables
    case .either(let kinds): kinds.flatMap(\.tables)
    default: []
    }
  }

  /// What a value looks like, in words.
  var words: String {
    switch self {
    case .text: "text"
    case .word(let words): words.joined(separator: ", ")
    case .flag: "true or false"
    case .integer: "a whole number"
    case .quantity(let dimensions, _):
      dimensions.map { $0 == .one ? "a number" : $0 == .any ? "a quantity" : $0.rawValue }.joined(separator: " or ")
    case .expression: "an expression"
    case .file: "a file"
    case .list(let item, let count):
      "a list of \(count.count == 1 ? "" : "\(count.lowerBound) to ")\(count.upperBound) (\(item.words))"
    case .map(let table): "a map, see \(table.name)"
    case .named(let inner, let what): "a map: name of the \(what), then \(inner.words)"
    case .either(let kinds): kinds.map(\.words).joined(separator: "; or ")
    case .law(let what): "\(what), as in a law"
    }
  }
}

extension String {
  /// Text that does not end a cell of a Markdown table.
  fileprivate var cell: String { replacing("|", with: "\\|") }
}
