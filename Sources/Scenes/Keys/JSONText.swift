/// JSON whose keys keep their order, so that a generated schema reads like the table that it is made from.
indirect enum JSONText {
  case text(String)
  case number(Int)
  case flag(Bool)
  case list([JSONText])
  case map([(String, JSONText)])

  func written(indent: Int = 0) -> String {
    let margin = String(repeating: "  ", count: indent)
    switch self {
    case .text(let text): return JSONText.quoted(text)
    case .number(let number): return "\(number)"
    case .flag(let flag): return flag ? "true" : "false"
    case .list(let items): return "[" + items.map { $0.written(indent: indent) }.joined(separator: ", ") + "]"
    case .map(let pairs):
      if pairs.isEmpty { return "{}" }
      let lines = pairs.map { "\(margin)  \(JSONText.quoted($0.0)): \($0.1.written(indent: indent + 1))" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(margin)}"
    }
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"": "\\\""
      case "\\": "\\\\"
      case "\n": "\\n"
      case "\t": "\\t"
      default: String(scalar)
      }
    }
    return "\"" + escaped.joined() + "\""
  }
}
