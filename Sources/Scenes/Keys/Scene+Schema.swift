extension Scene {
  /// The JSON Schema (draft 2020-12) of scenes, for completion and checks in editors; made from the tables that the parser uses.
  public static func schema() -> String {
    var pairs: [(String, JSONText)] = [
      ("$schema", .text("https://json-schema.org/draft/2020-12/schema")), ("title", .text("A scene of Mote")),
    ]
    pairs += SceneKeys.scene.schemaPairs
    return JSONText.map(pairs).written() + "\n"
  }
}

extension KeyTable {
  var schemaPairs: [(String, JSONText)] {
    let properties = keys.map { ($0.name, $0.schema) }
    let required = keys.filter { $0.standard == .required }.map { JSONText.text($0.name) }
    var pairs: [(String, JSONText)] = [
      ("description", .text(about)), ("type", .text("object")), ("properties", .map(properties)),
      ("additionalProperties", .flag(isOpen)),
    ]
    // An included scene may hold what this one leaves out.
    if !required.isEmpty, keys.contains(where: { $0.name == "include" }) {
      pairs.append(("anyOf", .list([.map([("required", .list([.text("include")]))]), .map([("required", .list(required))])])))
    } else if !required.isEmpty {
      pairs.append(("required", .list(required)))
    }
    return pairs
  }
}

extension Key {
  var schema: JSONText {
    var pairs = kind.schemaPairs
    let note = kind.note.map { " (\($0))" } ?? ""
    let standard = standard.words.map { " Default: \($0)." } ?? ""
    pairs.removeAll { $0.0 == "description" }
    pairs.insert(("description", .text("\(about)\(note)\(standard) Example: \(name): \(example)")), at: 0)
    return .map(pairs)
  }
}

extension Standard {
  /// The default in words; nothing where there is none.
  var words: String? {
    switch self {
    case .required, .none: nil
    case .value(let text): text == "{}" ? "all its defaults" : text
    case .derived(let words): words
    }
  }
}

extension Kind {
  /// What kind of text is meant, where a JSON type does not say it.
  var note: String? {
    switch self {
    case .quantity(let dimensions, _): dimensions.map(\.rawValue).joined(separator: " or ")
    case .expression: "an expression"
    case .file: "a file in the scene's folder"
    case .list(let item, _): item.note
    case .either(let kinds): kinds.compactMap(\.note).first
    default: nil
    }
  }

  var schemaPairs: [(String, JSONText)] {
    switch self {
    case .text, .file: return [("type", .text("string"))]
    case .expression: return [("type", .list([.text("string"), .text("number"), .text("boolean")]))]
    case .word(let words): return [("enum", .list(words.map(JSONText.text)))]
    case .flag: return [("type", .text("boolean"))]
    case .integer(let range):
      let upper: [(String, JSONText)] = range.upperBound == Int.max ? [] : [("maximum", .number(range.upperBound))]
      return [("type", .text("integer")), ("minimum", .number(range.lowerBound))] + upper
    case .quantity: return [("type", .list([.text("string"), .text("number")]))]
    case .list(let item, let count): return listPairs(item, count)
    case .map(let table): return table.schemaPairs
    case .named(let inner, _):
      return [("type", .list([.text("object"), .text("null")])), ("additionalProperties", .map(inner.schemaPairs))]
    case .either(let kinds): return [("anyOf", .list(kinds.map { .map($0.schemaPairs) }))]
    case .law: return []
    }
  }

  /// A list, or for numbers also text such as `[1, 2, 3] nm`.
  private func listPairs(_ item: Kind, _ count: ClosedRange<Int>) -> [(String, JSONText)] {
    let list: [(String, JSONText)] = [
      ("type", .text("array")), ("items", .map(item.schemaPairs)), ("minItems", .number(count.lowerBound)),
      ("maxItems", .number(count.upperBound)),
    ]
    guard case .quantity = item else { return list }
    return [("anyOf", .list([.map(list), .map([("type", .text("string"))])]))]
  }
}
