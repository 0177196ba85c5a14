import Diagnostics
import Expressions

extension Item {
  var actsByForce: Bool {
    switch self {
    case .propagate(let pass): pass.energy != nil || pass.force != nil
    case .interact(let pass): pass.energy != nil || pass.force != nil
    default: false
    }
  }

  /// Energies and forces of the pass, in words; abbreviations follow.
  func outcomes(with lets: [Binding]) -> [String] {
    switch self {
    case .propagate(let pass):
      let found = [
        pass.energy.map { "energy of a particle: `\($0)`" }, pass.force.map { "force on a particle: `\($0)`" },
      ].compactMap { $0 }
      return found + (found.isEmpty ? [] : (lets + pass.lets).map(\.words))
    case .interact(let pass):
      let found = [
        pass.energy.map { "energy of a pair\(pass.reach): `\($0)`" }, pass.force.map { "force on i\(pass.reach): `\($0)`" },
      ].compactMap { $0 }
      return found + (found.isEmpty ? [] : (lets + pass.lets).map(\.words))
    default: return []
    }
  }
}

extension Binding {
  fileprivate var words: String { "where `\(name)` = `\(value)`" }
}

extension Interact {
  /// How far the pass reaches, in words.
  fileprivate var reach: String {
    switch pairing {
    case .within(let range): " closer than `\(range)`"
    case .linked(let links): " joined by \(links)"
    case .everywhere where images == "all": ", summed over all periodic images"
    default: ""
    }
  }
}

extension Parameter {
  /// The parameter's row of the table.
  var row: String {
    let words = choices.isEmpty ? "" : " (" + choices.joined(separator: ", ") + ")"
    let argument = arguments.isEmpty ? "" : " as a function of " + arguments.map(\.words).joined(separator: ", ")
    let cells = [
      "`\(name)`", type.words + words + argument, per?.rawValue ?? "law", value.map(\.words) ?? "must be given",
      mix?.words ?? (per == .pair ? "must be given" : "–"),
    ]
    return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
  }
}

extension FieldType {
  fileprivate var words: String {
    let dimension = dimensionText == "1" ? "number" : dimensionText
    return shape == .scalar ? dimension : dimensionText == "1" ? "\(shape)" : "\(shape) \(dimension)"
  }
}

extension Parameter.Mixing {
  fileprivate var words: String {
    switch self {
    case .geometric: "geometric mean"
    case .arithmetic: "arithmetic mean"
    case .harmonic: "harmonic mean"
    case .expression(let expression): "`\(expression)`"
    }
  }
}

extension ParameterValue {
  /// The default as a reader would write it; quantities in SI.
  fileprivate var words: String {
    switch self {
    case .quantity(let value, let dimension): dimension.isOne ? "\(value)" : "\(value) in SI units"
    case .expression(let expression): "`\(expression)`"
    case .word(let word): word
    case .list(let items): items.map(\.words).joined(separator: ", ")
    case .points(let points): "a table of \(points.count) points"
    case .table(let file): "the table \(file)"
    case .each(let values): values.map { "\($0.0): \($0.1.words)" }.joined(separator: ", ")
    }
  }
}

extension Claims {
  /// What the law promises, in words; nil if nothing.
  var sentence: String? {
    let parts = [
      order.map { "order \($0)" }, reversible ? "reversible" : nil, ensemble,
      conserves.isEmpty ? nil : "conserves " + conserves.joined(separator: ", "),
    ].compactMap { $0 }
    return parts.isEmpty ? nil : "Claims, tested: \(parts.joined(separator: "; "))."
  }
}
