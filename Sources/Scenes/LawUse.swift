import Expressions
import Laws

/// One use of a law in a scene: who plays its roles, and what its parameters are.
public struct LawUse: Sendable {
  /// The entry's name in the scene.
  public var name: String
  /// The law, as read.
  public var law: Law
  /// Species that play each role, by the role's name ("" for the nameless one); empty where the scene says `none`.
  public var roles: [String: [String]]
  /// Species that play any role, in the scene's order: values per species and per pair follow this order.
  public var species: [String]
  /// One for each parameter of the law, in its order.
  public var settings: [ParameterSetting]
  /// Runs in steps that this divides.
  public var every: Int
  /// The group of forces that it belongs to, if any.
  public var group: String?
  /// The place in the step where it runs, if not the law's own.
  public var slot: String?
  /// `none`, `energy` or `force`, if the scene says how pair energies are shifted.
  public var shift: String?
  /// Radius where switching begins, per pair, if the scene gives one (length).
  public var smooth: ParameterSetting?
  /// Whether mean-field tails are added, if the scene says.
  public var tail: Bool?

  /// The value of a parameter.
  public subscript(name: String) -> ParameterSetting? { settings.first { $0.name == name } }
}

/// What a parameter of a law is in a scene.
public struct ParameterSetting: Sendable, Hashable {
  /// A number, a word or a function.
  public enum Value: Sendable, Hashable {
    /// One number, or the components of a vector, in units of the run.
    case numbers([Double])
    case word(String)
    case function(Function)
  }

  /// The parameter's name.
  public var name: String
  /// How many numbers a value has.
  public var shape: Shape
  /// Physical dimension of the numbers; of a function, of its result.
  public var dimension: Dimension
  /// Whether each species or pair has its own value.
  public var per: Parameter.Per?
  /// One value; or one per species (`count` S); or one per pair, symmetric, row by row (`count` S²).
  public var values: [Value]

  /// The value if it is the same for all, else the first.
  public var number: Double? {
    guard case .numbers(let numbers)? = values.first else { return nil }
    return numbers.first
  }
}

/// A function that a scene gives as a parameter.
public enum Function: Sendable, Hashable {
  case formula(Formula)
  /// Points (x, f(x)), x increasing, in units of the run.
  case points([[Double]])
}

extension LawUse: Equatable {
  /// Whether two uses say the same of the same law.
  public static func == (a: Self, b: Self) -> Bool {
    a.name == b.name && a.law.name == b.law.name && a.law.text == b.law.text && a.roles == b.roles && a.species == b.species
      && a.settings == b.settings && a.every == b.every && a.group == b.group && a.slot == b.slot && a.shift == b.shift
      && a.smooth == b.smooth && a.tail == b.tail
  }
}
