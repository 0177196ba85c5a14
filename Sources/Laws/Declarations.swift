import Diagnostics
import Expressions

/// What a species stands for in a law; the scene binds species to roles.
public struct Role: Sendable, Hashable {
  /// What a role may be bound to.
  public enum Kind: Sendable, Hashable {
    case particles, lattice
    /// Names of the ends' roles, or empty names if any species will do.
    case links(ends: [String])
  }
  /// The name; "" is the nameless role, "world" the species that always exists and has one member.
  public var name: String
  /// What the role may be bound to.
  public var kind: Kind
  /// Where the role is declared.
  public var location: SourceLocation?

  /// Ends of a link, in order; nil for particles and lattices.
  public var ends: [String]? {
    if case .links(let ends) = kind { ends } else { nil }
  }

  // A role is the same wherever it is declared.
  /// Whether the two say the same.
  public static func == (a: Self, b: Self) -> Bool { a.name == b.name && a.kind == b.kind }
  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(kind)
  }
}

/// A shape with a dimension, such as `vector velocity`.
public struct FieldType: Sendable, Hashable {
  /// How many numbers, and how they turn with the axes.
  public var shape: Shape
  /// As written: `mass*length^2`, `any/area`, or `1`.
  public var dimension: DimensionExpression
  /// Whether the components of `edges` or `faces` are true or false.
  public var isBoolean = false

  /// The dimension as written.
  public var dimensionText: String { dimension.description }
}

/// A number, vector or function that the scene gives, or that has a default.
public struct Parameter: Sendable {
  /// To whom a value belongs, if not to the whole law.
  public enum Per: String, Sendable, CaseIterable { case species, pair }
  /// How the value of two species follows from those of each.
  public enum Mixing: Sendable, Hashable {
    case geometric, arithmetic, harmonic
    /// An expression of `a` and `b`.
    case expression(Expression)
  }

  /// The name that expressions use.
  public var name: String
  /// Shape and dimension of the value; of a function, of its result.
  public var type: FieldType
  /// The default.
  public var value: ParameterValue?
  /// Standard error of a value that was learned from data; of a function, at its points.
  public var error: ParameterValue?
  /// Shapes and dimensions of the arguments, if the parameter is a function.
  public var arguments: [FieldType] = []
  /// Names by which an expression given for a function knows its arguments: `x`, `y`, `z`, if the law names none.
  public var argumentNames: [String] = []
  /// Whether each species, or each pair of species, has its own value.
  public var per: Per?
  /// The rule that makes values of mixed pairs.
  public var mix: Mixing?
  /// Words to choose from.
  public var choices: [String] = []
  /// Where the parameter is declared.
  public var location: SourceLocation?

  /// How many numbers the value has.
  public var shape: Shape { type.shape }
  /// The dimension as written, such as `energy/length^2`, or `any`.
  public var dimensionText: String { type.dimensionText }
  /// Whether the parameter is called with arguments.
  public var isFunction: Bool { !arguments.isEmpty }
}

/// A default, or what a scene gives for a parameter.
public indirect enum ParameterValue: Sendable {
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
}

extension ParameterValue: Hashable {
  /// Whether the two say the same.
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.quantity(let x, let dx), .quantity(let y, let dy)): x == y && dx == dy
    case (.expression(let x), .expression(let y)): x == y
    case (.word(let x), .word(let y)), (.table(let x), .table(let y)): x == y
    case (.list(let x), .list(let y)): x == y
    case (.points(let x), .points(let y)): x.count == y.count && zip(x, y).allSatisfy { $0 == $1 }
    case (.each(let x), .each(let y)): x.count == y.count && zip(x, y).allSatisfy { $0 == $1 }
    default: false
    }
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    switch self {
    case .quantity(let value, _): hasher.combine(value)
    case .expression(let tree): hasher.combine(tree)
    case .word(let text), .table(let text): hasher.combine(text)
    case .list(let items): hasher.combine(items)
    case .points(let points): hasher.combine(points.map(\.0))
    case .each(let values): hasher.combine(values.map(\.0))
    }
  }
}

/// A list of numbers known by a name: `c: [[0, 0], [1, 0]]`; rows of D numbers are vectors.
public struct Constant: Sendable {
  /// A number, or a list.
  public indirect enum Value: Sendable, Hashable { case number(Double), list([Value]) }
  /// The name that expressions use.
  public var name: String
  /// The number or list.
  public var value: Value
  /// Where the constant is declared.
  public var location: SourceLocation?
}

/// A field of a role, of the world, or of a pair's memory.
public struct FieldDeclaration: Sendable {
  /// Name of the role ("" for the nameless one), or "world".
  public var role: String
  /// The name that expressions use.
  public var name: String
  /// Shape and dimension.
  public var type: FieldType
  /// The value that members have when they are made, if neither scene nor law gives one.
  public var initial: Expression?
  /// Where the field is declared.
  public var location: SourceLocation?
}

/// `name: expression`; the name may end in `[q]` (every element) or in `[k]` (the owner).
public struct Binding: Sendable {
  /// The name on the left.
  public var name: String
  /// What stands in brackets after the name: `q`, an end (`i`…`l`), or a role.
  public var index: String?
  /// The right-hand side.
  public var value: Expression
  /// Where the name stands.
  public var location: SourceLocation?
}

/// What a law promises; each is a test.
public struct Claims: Sendable {
  /// Order of convergence in `dt`.
  public var order: Int?
  /// Whether turning all velocities round leads back.
  public var reversible = false
  /// `energy`, `momentum`, `angular momentum`, `mass`, `charge`, or the name of a measure.
  public var conserves: [String] = []
  /// `NVE`, `NVT` or `NPT`.
  public var ensemble: String?
  /// Where the claims stand.
  public var location: SourceLocation?
}

/// At a point (names and values), an outcome or abbreviation has a value within 1e-9.
public struct Check: Sendable {
  /// Values of names; the name may have an end in brackets, as `mass[i]`.
  public var point: [Binding]
  /// What is expected of outcomes and abbreviations.
  public var expected: [Binding]
  /// Where the check stands.
  public var location: SourceLocation?
}

/// Advice on a hole: what to look for and where.
public struct HoleAdvice: Sendable {
  /// Name of the hole.
  public var name: String
  /// `spline`, `formula`, `number` or `network`.
  public var like: String?
  /// Least and greatest argument.
  public var range: [ParameterValue] = []
  /// Whether the function is even in its argument.
  public var even = false
  /// Where the advice stands.
  public var location: SourceLocation?
}
