import Expressions

/// How often a value changes while a kernel runs.
public enum Rate: Int, Sendable, Comparable {
  /// The same for all particles: computed once before the kernel is called.
  case uniform
  /// One value for each species, or pair of species: a table that is computed before the kernel is called.
  case species
  /// Differs from particle to particle, or from pair to pair.
  case varying

  /// Whether `a` changes less often than `b`.
  public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// The C in which a kernel computes: vectors of lanes for pairs, plain doubles for single particles, plain floats.
public enum Dialect: Sendable {
  case lanes, scalar, single

  var type: String { self == .lanes ? "V" : self == .single ? "float" : "double" }
  /// What names of functions and numbers end with.
  var suffix: String { self == .single ? "f" : "" }
  var conditionType: String { self == .lanes ? "I" : "int" }
}

/// A function of the scene as a kernel uses it: a table of cubic pieces.
public struct FunctionUse: Sendable, Hashable {
  /// Name of the function.
  public var name: String
  /// The end it belongs to, `i` or `j`; `pair` for one per pair; empty for one of the law.
  public var end: String
}
