import Diagnostics
import Expressions

extension Law {
  /// Bytes that the text of a law may have.
  public static let sizeLimit = 256 << 10

  /// Reads the text of a law file; throws all mistakes of its structure and grammar at once, each with its place.
  public static func read(text: String, file: String) throws(Diagnostics) -> Law {
    let (law, problems) = try inspect(text: text, file: file)
    try problems.check()
    return law
  }

  /// Reads as far as possible: the law, where a hole with an empty name stands for each expression that cannot be read,
  /// and all mistakes. Throws if the text is not YAML.
  static func inspect(text: String, file: String) throws(Diagnostics) -> (law: Law, problems: Diagnostics) {
    let document = try YAMLDocument(text: text, file: file, sizeLimit: sizeLimit)
    var reader = LawReader(document)
    let law = reader.law(text: text)
    return (law, document.completed(reader.problems).sorted)
  }
}

/// Turns the tree of a YAML text into a law, and collects what is wrong with it.
struct LawReader {
  let document: YAMLDocument
  var problems = Diagnostics()
  var roles: [Role] = []
  var partNames: Set<String> = []
  /// Where first halves of torn expressions stand.
  var halves: Set<SourceLocation> = []

  init(_ document: YAMLDocument) { self.document = document }

  static let keys = [
    "law", "source", "dimensions", "species", "parameters", "constants", "fields", "memory", "let", "slot", "start", "parts",
    "passes", "measure", "claims", "checks", "holes",
  ]

  mutating func law(text: String) -> Law {
    let top = entries(of: document.root, as: "a law", known: LawReader.keys)
    var law = Law(name: "", source: "", text: text, file: document.file)
    law.name = name(top["law"])
    law.source = string(required("source", of: top, "say where the formulas come from")) ?? ""
    law.dimensions = top["dimensions"].map { boxDimensions($0) } ?? [1, 2, 3]
    roles = readRoles(top["species"], isLattice: mentionsNeighbours(document.root))
    law.roles = roles
    law.parameters = top["parameters"].map { parameters($0) } ?? []
    law.constants = top["constants"].map { constants($0) } ?? []
    law.fields = top["fields"].map { fields($0) } ?? []
    law.memory = top["memory"].map { memory($0) } ?? []
    law.lets = bindings(top["let"], as: "let")
    law.slot = string(top["slot"])
    let parts = entries(top["parts"], as: "parts")
    partNames = Set(parts.map(\.key))
    for part in parts {
      if LawReader.itemKeys.contains(part.key) {
        problems.add(part.diagnostic("\(part.key) is an item of the language, no name of a part"))
      }
      law.parts[part.key] = items(part.value)
    }
    law.start = top["start"].map { items($0) } ?? []
    law.measures = measures(top["measure"])
    // A law that only measures, or only makes a start, has no passes.
    let passes =
      law.measures.isEmpty && top["start"] == nil ? required("passes", of: top, "list what a step does") : top["passes"]
    law.passes = passes.map { items($0) } ?? []
    law.claims = top["claims"].map { claims($0) } ?? Claims()
    law.checks = checks(top["checks"])
    law.holes = holes(top["holes"])
    return law
  }

  private mutating func required(_ key: String, of top: Entries, _ hint: String) -> YAMLNode? {
    if let node = top[key] { return node }
    problems.add(document.root.diagnostic("the key \(key) is missing", hint: hint))
    return nil
  }

  private mutating func name(_ node: YAMLNode?) -> String {
    guard let node else {
      problems.add(document.root.diagnostic("the key law is missing", hint: "the first line of a law is law: NAME"))
      return ""
    }
    let text = string(node) ?? ""
    let allowed = text.utf8.allSatisfy { $0.isLowerCaseLetter || $0.isDigit || $0 == UInt8(ascii: "-") }
    if text.isEmpty || !allowed {
      problems.add(
        node.diagnostic("\(text) is no name of a law", hint: "lower case letters, digits and hyphens, as the file's name"))
    }
    return text
  }

  private mutating func boxDimensions(_ node: YAMLNode) -> [Int] {
    let items = node.sequence ?? [node]
    let numbers = items.compactMap { $0.text.flatMap { Int($0) } }
    if numbers.count != items.count || numbers.isEmpty || numbers.contains(where: { !(1...3).contains($0) }) {
      problems.add(node.diagnostic("dimensions is a list of box dimensions", hint: "such as [2, 3]"))
      return [1, 2, 3]
    }
    return Array(Set(numbers)).sorted()
  }

  private func mentionsNeighbours(_ node: YAMLNode) -> Bool {
    switch node.content {
    case .scalar: false
    case .sequence(let items): items.contains { mentionsNeighbours($0) }
    case .mapping(let entries): entries.contains { $0.key == "neighbours" || mentionsNeighbours($0.value) }
    }
  }
}

extension UInt8 {
  var isLowerCaseLetter: Bool { (0x61...0x7A).contains(self) }
  var isLetter: Bool { (0x61...0x7A).contains(self | 0x20) }
  var isDigit: Bool { (0x30...0x39).contains(self) }
}
