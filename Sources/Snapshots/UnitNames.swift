import Expressions

extension UnitSystem {
  /// The unit of a dimension in exponent form, such as `nm`, `kg m-3`, `kJ mol-1 nm-1`; `1` if it has none.
  public func unitName(of dimension: Dimension) -> String {
    if isReduced || dimension.isOne { return "1" }
    if let name = Self.derivedNames[self.name]?[dimension] { return name }
    var powers = symbolPowers(of: dimension)
    let energy = name == Self.molecular.name && powers["u"] == Rational(1) && powers["ps"] == Rational(-2)
    if energy {
      // 1 u nm2 ps-2 is 1 kJ/mol, and that is how everybody in this field writes it.
      powers["u"] = nil
      powers["ps"] = nil
      powers["nm", default: Rational(0)] = powers["nm", default: Rational(0)] - Rational(2)
    }
    return (energy ? "kJ mol-1 " : "").appending(Self.exponentForm(powers)).trimmed
  }

  private static let derivedNames: [String: [Dimension: String]] = {
    let energy = Dimension(length: 2, mass: 1, time: -2)
    let force = Dimension(length: 1, mass: 1, time: -2)
    let pressure = Dimension(length: -1, mass: 1, time: -2)
    let charge = Dimension(time: 1, current: 1)
    return [
      si.name: [energy: "J", force: "N", pressure: "Pa", charge: "C", energy / charge: "V"],
      cgs.name: [energy: "erg", force: "dyn", pressure: "dyn cm-2"],
    ]
  }()

  /// Exponents of the base symbols; a symbol such as `e ps-1` counts with its parts.
  private func symbolPowers(of dimension: Dimension) -> [String: Rational] {
    var powers: [String: Rational] = [:]
    for (symbol, exponent) in zip(symbols, dimension.exponents) where !exponent.isZero {
      for word in symbol.split(separator: " ") where word != "1" {
        let name = word.prefix { $0.isLetter || $0 == "_" }
        let own = Rational(Int(word.dropFirst(name.count)) ?? 1)
        powers[String(name), default: Rational(0)] = powers[String(name), default: Rational(0)] + own * exponent
      }
    }
    return powers.filter { !$0.value.isZero }
  }

  /// Positive exponents first, then by name: the same unit is always the same text.
  private static func exponentForm(_ powers: [String: Rational]) -> String {
    let ordered = powers.filter { !$0.value.isZero }.sorted { a, b in
      (a.value < Rational(0) ? 1 : 0, a.key) < (b.value < Rational(0) ? 1 : 0, b.key)
    }
    return ordered.map { name, power in
      power == Rational(1) ? name : power.denominator == 1 ? "\(name)\(power.numerator)" : "\(name)\(power.value)"
    }.joined(separator: " ")
  }
}

extension String {
  fileprivate var trimmed: String {
    let text = split(separator: " ").joined(separator: " ")
    return text.isEmpty ? "1" : text
  }
}

/// The four kinds of values whose units H5MD readers interpret, and the words they know.
enum ReaderUnits: String, CaseIterable {
  case position, time, velocity, force

  var words: Set<String> {
    switch self {
    case .position: ["nm", "pm", "fm", "Angstrom"]
    case .time: ["ps", "fs", "ns", "s"]
    case .velocity: ["nm ps-1", "nm ns-1", "pm ps-1", "m s-1", "Angstrom ps-1", "Angstrom fs-1"]
    case .force: ["kJ mol-1 nm-1", "kJ mol-1 Angstrom-1", "kcal mol-1 Angstrom-1", "N", "J m-1"]
    }
  }

  var dimension: Dimension {
    switch self {
    case .position: Dimension(length: 1)
    case .time: Dimension(time: 1)
    case .velocity: Dimension(length: 1, time: -1)
    case .force: Dimension(length: 1, mass: 1, time: -2)
    }
  }

  /// Whether H5MD readers know all four units of a system: one word that they do not know stops them.
  static func know(_ system: UnitSystem) -> Bool {
    allCases.allSatisfy { $0.words.contains(system.unitName(of: $0.dimension)) }
  }
}
