import Diagnostics
import Expressions

/// A law: a file of passes over species, as read. The types below mirror the keys of the file one to one.
public struct Law: Sendable {
  public var name: String
  /// Where the formulas come from.
  public var source: String
  /// Box dimensions for which the law holds.
  public var dimensions: [Int] = [1, 2, 3]
  /// In the order of the file; a law without `species` has one nameless role, called "".
  public var roles: [Role]
  public var parameters: [Parameter] = []
  public var constants: [Constant] = []
  public var fields: [FieldDeclaration] = []
  public var memory: [FieldDeclaration] = []
  /// Abbreviations of the whole law, put in place where they are used.
  public var lets: [Binding] = []
  public var slot: String?
  public var start: [Item] = []
  public var parts: [String: [Item]] = [:]
  public var passes: [Item]
  public var measures: [Measure] = []
  public var claims = Claims()
  public var checks: [Check] = []
  public var holes: [HoleAdvice] = []
  /// The text of the file, for snapshots and for `mote law show`.
  public var text: String
  /// The file's name, for messages.
  public var file: String
}

/// What a role may be bound to.
public struct Role: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case particles, lattice
    /// Names of the ends' roles, or empty names if any species will do.
    case links(ends: [String])
  }
  public var name: String
  public var kind: Kind
}

/// A number, vector or function that the scene gives, or that has a default.
public struct Parameter: Sendable {
  public enum Per: String, Sendable { case species, pair }
  public enum Mixing: Sendable, Hashable {
    case geometric, arithmetic, harmonic
    /// An expression of `a` and `b`.
    case expression(Expression)
  }

  public var name: String
  /// The dimension as written, such as `energy/length^2`, or `any`.
  public var dimensionText: String
  public var shape: Shape = .scalar
  public var value: ParameterValue?
  /// Shapes and dimensions (as written) of the arguments, if the parameter is a function.
  public var arguments: [FieldType] = []
  public var per: Per?
  public var mix: Mixing?
  /// Words to choose from.
  public var choices: [String] = []
  public var location: SourceLocation?

  public var isFunction: Bool { !arguments.isEmpty }
}

/// A default, or what a scene gives for a parameter.
public indirect enum ParameterValue: Sendable, Hashable {
  /// A quantity with a unit, in SI, with its dimension: `0.34 nm`.
  case quantity(Double, Dimension)
  /// An expression of other parameters, of numbers, or of a function's arguments.
  case expression(Expression)
  case word(String)
  case list([ParameterValue])
  /// A function as points (x, y), each a quantity or a number.
  case points([(ParameterValue, ParameterValue)])
  /// A function as a table file, by its path.
  case table(String)
  /// Values per species, or per pair of species ("A", or "A B").
  case each([(String, ParameterValue)])

  public static func == (a: Self, b: Self) -> Bool { String(describing: a) == String(describing: b) }
  public func hash(into hasher: inout Hasher) { hasher.combine(String(describing: self)) }
}

/// A shape with a dimension as written, such as `vector velocity`.
public struct FieldType: Sendable, Hashable {
  public var shape: Shape
  /// As written (`mass*length^2`), `any`, or `1`.
  public var dimensionText: String
  public init(shape: Shape, dimensionText: String) {
    self.shape = shape
    self.dimensionText = dimensionText
  }
}

/// A list of numbers known by a name: `c: [[0, 0], [1, 0]]`; rows of D numbers are vectors.
public struct Constant: Sendable {
  public indirect enum Value: Sendable, Hashable { case number(Double), list([Value]) }
  public var name: String
  public var value: Value
}

/// A field of a role, of the world, or of a pair's memory.
public struct FieldDeclaration: Sendable {
  /// Name of the role ("" for the nameless one), or "world".
  public var role: String
  public var name: String
  public var type: FieldType
  public var initial: Expression?
  public var location: SourceLocation?
}

/// `name: expression`; the name may end in `[q]` (every element) or in `[k]` (the owner).
public struct Binding: Sendable {
  public var name: String
  /// What stands in brackets after the name: `q`, an end (`i`…`l`), or a role.
  public var index: String?
  public var value: Expression
  public var location: SourceLocation?
}

/// One item of a list of passes.
public indirect enum Item: Sendable {
  case propagate(Propagate)
  case interact(Interact)
  case measure(Measure)
  case forces(Forces)
  case slot(String)
  case `repeat`(Repeat)
  case use(law: String, bindings: [(String, String)], location: SourceLocation?)
  case require(Expression)
  case part(String)
}

/// Every member of a species alone.
public struct Propagate: Sendable {
  public var roles: [String]
  public var condition: Expression?
  public var lets: [Binding] = []
  public var assignments: [Binding] = []
  public var rates: [Binding] = []
  public var energy: Expression?
  public var force: Expression?
  public var torque: Expression?
  public var remove: Expression?
  public var create: [Creation] = []
  public var require: Expression?
  public var waves = false
  public var location: SourceLocation?
}

/// New members: of which species, how many, with which fields.
public struct Creation: Sendable {
  public var species: String
  public var number: Expression?
  public var fields: [Binding]
}

/// Who meets whom.
public enum Pairing: Sendable {
  case within(Expression)
  case linked(String)
  case weight(String)
  case neighbours(Expression)
  case cell(String)
  case everywhere(Expression)
}

/// Members in pairs.
public struct Interact: Sendable {
  public var receivers: [String]
  public var givers: [String]
  public var pairing: Pairing
  public var condition: Expression?
  public var lets: [Binding] = []
  public var energy: Expression?
  public var force: Expression?
  public var torque: Expression?
  public var sum: [Binding] = []
  public var add: [Binding] = []
  public var min: [Binding] = []
  public var max: [Binding] = []
  public var rate: [Binding] = []
  public var memory: [Binding] = []
  public var link: [(links: String, fields: [Binding])] = []
  public var unlink: Expression?
  public var remove: Expression?
  public var require: Expression?
  /// `react`: ends that vanish (`i`, `j`) and what is made.
  public var react: (remove: [String], create: [Creation])?
  public var sequential = false
  public var includesSelf = false
  public var except: String?
  public var offset: Expression?
  public var swept: String?
  /// `none`, `energy` or `force`.
  public var shift: String?
  /// Radius where switching to zero begins.
  public var smooth: Expression?
  public var tail: Bool?
  public var images: String?
  public var location: SourceLocation?
}

/// Totals over members or pairs.
public struct Measure: Sendable {
  public var roles: [String]
  public var givers: [String]
  public var pairing: Pairing?
  public var condition: Expression?
  public var lets: [Binding] = []
  public var totals: [Binding]
  public var location: SourceLocation?
}

/// Where the scene's force laws run.
public struct Forces: Sendable {
  public var at: Expression?
  public var only: String?
  public var location: SourceLocation?
}

/// Passes done several times, or until something holds.
public struct Repeat: Sendable {
  public var times: Expression?
  public var until: Expression?
  public var limit: Expression?
  public var dt: Expression?
  public var passes: [Item]
  public var location: SourceLocation?
}

/// What a law promises; each is a test.
public struct Claims: Sendable {
  public var order: Int?
  public var reversible = false
  public var conserves: [String] = []
  public var ensemble: String?
}

/// At a point (names and values), an outcome or abbreviation has a value within 1e-9.
public struct Check: Sendable {
  public var point: [Binding]
  public var expected: [Binding]
  public var location: SourceLocation?
}

/// Advice on a hole: what to look for and where.
public struct HoleAdvice: Sendable {
  public var name: String
  public var like: String?
  public var range: [ParameterValue] = []
  public var even = false
}
