import Diagnostics
import Expressions

extension LawLibrary {
  /// The reference of all laws of the library in Markdown, made from the law files; throws what is wrong with them.
  public func reference() throws(Diagnostics) -> String {
    var laws = [Law]()
    for name in names { laws.append(try law(named: name)) }
    var text = """
      # Laws

      Generated from the files in `Scenes/laws`. Each is one text file in the [language of laws](language.md); a scene names those that
      hold and gives their parameters. `per pair` parameters take one value, one for each species, or one for each pair of species.

      """
    for group in Law.Group.allCases {
      let members = laws.filter { $0.group == group }
      if members.isEmpty { continue }
      text += "\n## \(group.title)\n" + members.map { "\n" + $0.reference }.joined()
    }
    return text
  }
}

extension Law {
  /// What a law is for, as far as its passes tell.
  enum Group: CaseIterable {
    case integrators, forces, adjustments, measures

    /// The heading of the group.
    var title: String {
      switch self {
      case .integrators: "Integrators: what a step is"
      case .forces: "Forces"
      case .adjustments: "Thermostats, barostats, walls and others: beside an integrator"
      case .measures: "Measures: what a run tells"
      }
    }
  }

  var group: Group {
    let all = passes + parts.values.flatMap { $0 }
    if all.contains(where: { if case .forces = $0 { true } else { false } }) { return .integrators }
    if all.contains(where: \.actsByForce) { return .forces }
    return measures.isEmpty ? .adjustments : .measures
  }

  /// The law's section of the reference.
  var reference: String {
    var lines = ["### \(name)", ""]
    if let about { lines += [about.prefix(1).uppercased() + about.dropFirst() + ".", ""] }
    lines += ["Source: \(source)."] + [claims.sentence, dimensionsSentence].compactMap { $0 }
    let outcomes = passes.flatMap { $0.outcomes(with: lets) }
    if !outcomes.isEmpty { lines += [""] + outcomes.map { "- \($0)" } }
    if !parameters.isEmpty {
      lines += ["", "| parameter | dimension | for each | if absent | between unlike species |", "|---|---|---|---|---|"]
      lines += parameters.map(\.row)
    }
    let totals = measures.flatMap(\.totals)
    if !totals.isEmpty { lines += ["", "Tells: " + totals.map { "`\($0.name)`" }.joined(separator: ", ") + "."] }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The comment on the line that names the law.
  private var about: String? {
    let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("law:") } ?? ""
    guard let start = line.firstIndex(of: "#") else { return nil }
    return line[line.index(after: start)...].split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private var dimensionsSentence: String? {
    dimensions == [1, 2, 3] ? nil : "Holds in boxes of \(dimensions.map(String.init).joined(separator: " or ")) dimensions."
  }
}
