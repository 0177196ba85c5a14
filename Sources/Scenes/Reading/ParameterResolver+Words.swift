import Diagnostics
import Expressions
import Laws

extension ParameterResolver {
  /// The parameter's dimension in this box; nothing where it is `any`.
  func dimension(of parameter: ParameterForm) -> Dimension? { reader.dimension(parameter.dimensionText) }

  mutating func reportMissing(_ parameter: ParameterForm) {
    // A misspelt key is reported as such, and is then not missing.
    let own = law.parameters.map(\.name) + SceneKeys.law.keys.map(\.name)
    let strangers = tree.pairs?.map(\.key).filter { !own.contains($0) } ?? []
    guard !strangers.contains(where: { nearestNames(to: $0, among: [parameter.name]).first != nil }) else { return }
    reader.report.error("\(at.key): \(parameter.name) is missing", hint: example(of: parameter), at: at)
  }

  func example(of parameter: ParameterForm) -> String {
    if parameter.isFunction { return "such as \(parameter.name): {formula: …}, {points: […]} or {table: FILE}" }
    let text = reader.units.isReduced ? "1.5" : dimension(of: parameter)?.example(in: reader.space) ?? "1.5"
    return "such as \(parameter.name): \(text)"
  }
}

extension SceneReader {
  /// A dimension as laws write it, in this box; nothing for `any`.
  func dimension(_ text: String) -> Dimension? {
    guard let open = (try? DimensionExpression(SourceText(text)))?.dimension(space: space), open.any.isZero else { return nil }
    return open.fixed
  }

  /// Whether a text is a number, with a unit or without, rather than an expression.
  func isQuantity(_ text: String) -> Bool { Double(text) != nil || Quantity.begins(text) }
}

extension ParameterForm {
  /// What a value must be, in words.
  var wanted: String { dimensionText == "1" ? shape == .integer ? "a whole number" : "a number" : dimensionText }
}

extension Parameter.Mixing {
  /// The value for a pair from those of its two species.
  func value(_ a: Formula.Quantity, _ b: Formula.Quantity, space: Int) throws(Diagnostics) -> Formula.Quantity {
    let x = a.numbers[0], y = b.numbers[0]
    switch self {
    case .geometric: return Formula.Quantity((x * y).squareRoot(), a.dimension)
    case .arithmetic: return Formula.Quantity((x + y) / 2, a.dimension)
    case .harmonic: return Formula.Quantity(2 * x * y / (x + y), a.dimension)
    case .expression(let formula):
      let names = ["a": a, "b": b].mapValues { CompiledFormula.Name(.scalar, $0.dimension, space: space, numbers: $0.numbers) }
      let compiled = try CompiledFormula(formula, knowing: names, space: space, isReduced: a.dimension == nil)
      return Formula.Quantity(compiled.numbers(), compiled.dimension)
    }
  }
}

extension Dimension {
  /// A quantity of this dimension as one would write it.
  func example(in space: Int) -> String {
    let known: [KeyDimension] = [.one, .length, .time, .mass, .velocity, .energy, .temperature, .density, .numberDensity]
    if let key = known.first(where: { $0.dimension(space: space) == self }) { return key.example }
    return "1.5 \(unitText)"
  }

  /// SI base units of this dimension, as `Units` reads them.
  var unitText: String {
    zip(["m", "kg", "s", "A", "K", "mol", "cd"], exponents).filter { !$0.1.isZero }.map { symbol, power in
      power == Rational(1)
        ? symbol : power.denominator == 1 ? "\(symbol)^\(power.numerator)" : "\(symbol)^(\(power.numerator)/\(power.denominator))"
    }.joined(separator: " ")
  }
}
