extension Tree {
  /// Canonical YAML: maps as blocks as long as they hold maps or are long, the rest in flow style.
  func yaml() -> String {
    guard let pairs, !pairs.isEmpty else { return flow + "\n" }
    return block(indent: 0)
  }

  private func block(indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    return (pairs ?? []).map { pair in
      let head = "\(margin)\(Tree.quoted(pair.key)):"
      if pair.value.wantsBlock { return "\(head)\n\(pair.value.block(indent: indent + 2))" }
      return "\(head) \(pair.value.flow)\n"
    }.joined()
  }

  private var wantsBlock: Bool {
    guard case .map(let pairs) = content, !pairs.isEmpty else { return false }
    return pairs.contains { if case .map = $0.value.content { true } else { false } } || flow.count > 80
  }

  /// The value on one line, as YAML's flow style.
  var flow: String {
    switch content {
    case .scalar(let text): isEmptyScalar ? "{}" : Tree.quoted(text)
    case .list(let items): "[" + items.map(\.flow).joined(separator: ", ") + "]"
    case .map(let pairs): "{" + pairs.map { "\(Tree.quoted($0.key)): \($0.value.flow)" }.joined(separator: ", ") + "}"
    }
  }

  /// A scalar as YAML: plain where that is read back as the same text, else in double quotes.
  static func quoted(_ text: String) -> String {
    let plain = text.unicodeScalars.allSatisfy { isPlain($0) } && !text.isEmpty && text.last != " " && text.last != ":"
    let first = text.unicodeScalars.first
    let startsPlain = first.map { isWordStart($0) || ($0 == "-" && text.count > 1 && text.dropFirst().first != " ") } ?? false
    if plain, startsPlain, !text.contains(": "), !text.contains("---") { return text }
    return "\"" + text.unicodeScalars.map(escaped).joined() + "\""
  }

  private static func isWordStart(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "(" || scalar == "." || scalar == "/"
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || " _-+*/^().<>=:$".unicodeScalars.contains(scalar)
      || scalar == "³" || scalar == "²" || scalar == "°"
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    case _
    where scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value)
      || [0x2028, 0x2029, 0xFEFF].contains(scalar.value):
      let digits = String(scalar.value, radix: 16, uppercase: true)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: return String(scalar)
    }
  }
}
