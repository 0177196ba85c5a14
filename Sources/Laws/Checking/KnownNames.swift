import Expressions

/// A name that expressions know without a declaration, in some places.
struct KnownName {
  /// What it stands for, as messages say it.
  var meaning: String
  /// What it is in a box of so many dimensions; nil where that depends on the place.
  var type: (@Sendable (Int) -> ValueType)?
  /// Where it is known; empty: everywhere.
  var places: [Scope.Place] = []
}

/// The names that the language gives a meaning.
enum KnownNames {
  static let table: [String: KnownName] = [
    "dt": KnownName(meaning: "the time step") { _ in .scalar(time) },
    "time": KnownName(meaning: "the time") { _ in .scalar(time) },
    "step": KnownName(meaning: "the number of the step") { _ in .integer },
    "dimensions": KnownName(meaning: "the number of dimensions of the box") { _ in .integer },
    "box": KnownName(meaning: "the vector of the box's sides") { _ in .vector(length) },
    "pi": KnownName(meaning: "the number pi") { _ in .number },
    "I": KnownName(meaning: "the unit matrix") { _ in ValueType(.matrix) },
    "ones": KnownName(meaning: "the vector of ones") { _ in ValueType(.vector) },
    "tiny": KnownName(meaning: "the least normal number") { _ in ValueType(.scalar, nil) },
    "true": KnownName(meaning: "a truth value") { _ in .boolean },
    "false": KnownName(meaning: "a truth value") { _ in .boolean },
    "axes": KnownName(meaning: "the list of unit steps") { ValueType(.array($0, .vector)) },
    "faces": KnownName(meaning: "the list of steps to the nearest sites") { ValueType(.array(2 * $0, .vector)) },
    "state": KnownName(meaning: "all fields that have a rate", type: { _ in ValueType(.state) }, places: [.propagate]),
    "rate": KnownName(
      meaning: "the rates of all fields that have one", type: { _ in ValueType(.state, OpenDimension(Dimension(time: -1))) },
      places: [.propagate]),
    "d": KnownName(meaning: "the separation of a pair", type: { _ in .vector(length) }, places: Scope.Place.pairs),
    "r": KnownName(meaning: "the distance of a pair", type: { _ in .scalar(length) }, places: Scope.Place.pairs),
    "n": KnownName(meaning: "the direction of a pair", type: { _ in ValueType(.vector) }, places: Scope.Place.pairs),
    "u": KnownName(
      meaning: "the relative velocity of a pair", type: { _ in .vector(Dimension(length: 1, time: -1)) },
      places: Scope.Place.pairs),
    "w": KnownName(meaning: "the weight of a pair", type: { _ in .number }, places: [.weight, .cell]),
    "dw": KnownName(meaning: "the derivative of w", type: { _ in .vector(Dimension(length: -1)) }, places: [.weight]),
    "dx": KnownName(meaning: "the side of a lattice's cell") { _ in .scalar(length) },
    "q": KnownName(meaning: "the number of a neighbour, or of an element", type: { _ in .integer }, places: [.neighbours]),
    "k": KnownName(meaning: "the wave vector", type: { _ in .vector(Dimension(length: -1)) }, places: [.waves]),
    "potential": KnownName(
      meaning: "the potential energy", type: { _ in .scalar(Dimension(length: 2, mass: 1, time: -2)) }, places: [.measure]),
    "virial": KnownName(
      meaning: "the virial", type: { _ in ValueType(.matrix, OpenDimension(Dimension(length: 2, mass: 1, time: -2))) },
      places: [.measure]),
    "i": KnownName(meaning: "the end of a pair that receives"), "j": KnownName(meaning: "the other end of a pair"),
    "l": KnownName(meaning: "the fourth end of a link"),
  ]

  private static let length = Dimension(length: 1), time = Dimension(time: 1)

  /// What a reserved name stands for; nil if a law may declare it.
  static func meaning(of name: String) -> String? {
    if let known = table[name] { return "\(name) is \(known.meaning)" }
    return Functions.arities[name].map { _ in "\(name) is a function" }
  }
}

/// The functions of the language with the numbers of arguments that they take.
enum Functions {
  static let arities: [String: ClosedRange<Int>] = [
    "sqrt": 1...1, "exp": 1...1, "log": 1...1, "sin": 1...1, "cos": 1...1, "tan": 1...1, "asin": 1...1, "acos": 1...1,
    "atan": 1...1,
    "atan2": 2...2, "sinh": 1...1, "cosh": 1...1, "tanh": 1...1, "erf": 1...1, "erfc": 1...1, "factorial": 1...1, "abs": 1...1,
    "sign": 1...1, "floor": 1...1, "ceil": 1...1, "mod": 2...2, "min": 1...8, "max": 1...8, "clamp": 3...3, "if": 3...3,
    "dot": 2...2, "cross": 2...2, "outer": 2...2, "norm": 1...1, "unit": 1...1, "angle": 2...2, "transpose": 1...1,
    "inverse": 1...1,
    "det": 1...1, "trace": 1...1, "sym": 1...1, "dev": 1...1, "diag": 1...1, "polar": 1...1, "svd": 1...1, "eigen": 1...1,
    "turn": 1...1, "rotate": 2...2, "closest": 1...1, "count": 0...1, "W": 2...2, "dW": 2...2, "grad": 2...2, "uniform": 0...1,
    "normal": 0...1, "chi2": 1...1, "poisson": 1...1, "direction": 0...1, "sum": 1...1, "mean": 1...1, "histogram": 4...5,
    "removed": 1...1,
  ]

  /// Functions of a series of logged values, known in a measure at the top of a law.
  static let seriesArities: [String: ClosedRange<Int>] = [
    "last": 1...1, "slope": 1...1, "growth": 1...1, "period": 1...2, "crossing": 2...2, "average": 1...2, "when": 1...1,
  ]

  /// Functions that draw a number.
  static let noise: Set<String> = ["uniform", "normal", "chi2", "poisson", "direction"]
}
