import Expressions

/// One key of a scene: the parser, the JSON Schema and the reference are all made from such records.
struct Key: Sendable {
  var name: String
  var kind: Kind
  var standard: Standard
  var about: String
  /// A value as one would write it.
  var example: String

  init(_ name: String, _ kind: Kind, _ standard: Standard = .none, about: String, example: String) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.about = about
    self.example = example
  }
}

/// What holds where a key is absent.
enum Standard: Sendable, Hashable {
  case required
  /// Nothing: the feature is not used.
  case none
  /// This text, as if the scene had said it.
  case value(String)
  /// A value that follows from others, in words.
  case derived(String)
}

/// A named map of keys; its name is that of its section in the reference.
struct KeyTable: Sendable {
  var name: String
  var about: String
  var keys: [Key]
  /// Keys besides those of the table are allowed, and checked elsewhere (parameters of a law).
  var isOpen = false

  subscript(name: String) -> Key? { keys.first { $0.name == name } }
}

/// What a value must look like.
indirect enum Kind: Sendable {
  case text
  case word([String])
  case flag
  case integer(ClosedRange<Int>)
  case quantity([KeyDimension], Sign)
  case expression
  /// An input file, looked for in the scene's folder.
  case file
  case list(Kind, count: ClosedRange<Int>)
  case map(KeyTable)
  /// A map whose keys the writer chooses.
  case named(Kind, of: String)
  case either([Kind])
  /// Written in the language of laws; checked there.
  case law(String)
}

/// Which numbers make sense.
enum Sign: Sendable { case any, positive, notNegative }

/// Dimensions that keys of scenes have; density follows the box.
enum KeyDimension: String, Sendable {
  case one = "1"
  case length, time, mass, velocity, energy, temperature, density
  case numberDensity = "1/volume"
  case any

  /// The dimension in a box of `space` dimensions, or nothing where any will do.
  func dimension(space: Int) -> Dimension? {
    switch self {
    case .any: nil
    case .one: .one
    case .numberDensity: Dimension(length: -space)
    default: Dimension.named(space: space)[rawValue]
    }
  }

  var example: String {
    switch self {
    case .one: "3"
    case .length: "0.34 nm"
    case .time: "2 fs"
    case .mass: "39.948 u"
    case .velocity: "100 m/s"
    case .energy: "1.2 kJ/mol"
    case .temperature: "94.4 K"
    case .density: "1.374 g/cm^3"
    case .numberDensity: "21 nm^-3"
    case .any: "94.4 kB K"
    }
  }
}
