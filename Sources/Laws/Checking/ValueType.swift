import Expressions

/// What an expression is in a box of a given number of dimensions.
public struct ValueType: Sendable, Hashable {
  /// How many numbers there are, and what may be done with them.
  public indirect enum Kind: Sendable, Hashable {
    case boolean, integer, scalar, vector
    /// An axial vector in one or two dimensions, where it is nothing or a scalar; in three it is a `vector`.
    case axial
    case quaternion, matrix
    /// Components of `edges boolean` or `faces boolean`.
    case booleans
    /// Elements of one kind; their number is unknown where it depends on a parameter.
    case array(Int?, Kind)
    /// One value for each field that has a rate; the dimension is that of the value over that of the field.
    case state
    /// The number 0, which fits every shape.
    case zero
    /// A hole, or what was reported already: it fits everywhere.
    case open
  }

  /// How many numbers there are.
  public var kind: Kind
  /// The dimension; nil fits every dimension, as that of 0 and `tiny` does.
  public var dimension: OpenDimension?

  /// A type of this kind and dimension.
  public init(_ kind: Kind, _ dimension: OpenDimension? = .one) {
    self.kind = kind
    self.dimension = dimension
  }

  static let open = ValueType(.open, nil)
  static let boolean = ValueType(.boolean)
  static let integer = ValueType(.integer)
  static let number = ValueType(.scalar)
  static func scalar(_ dimension: Dimension) -> ValueType { ValueType(.scalar, OpenDimension(dimension)) }
  static func vector(_ dimension: Dimension) -> ValueType { ValueType(.vector, OpenDimension(dimension)) }
}

extension ValueType.Kind {
  /// The kind of a shape in a box of `space` dimensions.
  public init(_ shape: Shape, isBoolean: Bool = false, space: Int) {
    switch shape {
    case .scalar: self = .scalar
    case .integer: self = .integer
    case .boolean: self = .boolean
    case .vector: self = .vector
    case .axial: self = space == 3 ? .vector : .axial
    case .quaternion: self = .quaternion
    case .symmetric, .matrix: self = .matrix
    case .array(let count, let element): self = .array(count, ValueType.Kind(element, space: space))
    case .edges, .faces: self = isBoolean ? .booleans : .vector
    case .state, .rate: self = .state
    }
  }

  /// Whether it is one number where numbers are wanted; true counts as 1, and axial vectors of flat boxes are numbers.
  var isNumber: Bool {
    switch self {
    case .boolean, .integer, .scalar, .axial, .zero, .open: true
    default: false
    }
  }

  /// Whether it is a whole number, or true or false.
  var isWhole: Bool { self == .integer || self == .boolean || self == .zero || self == .open }

  /// Whether a value of this kind can stand where one of the other is wanted.
  func fits(_ wanted: ValueType.Kind) -> Bool {
    switch (self, wanted) {
    case (.open, _), (_, .open): true
    case (.zero, .boolean): false
    case (.zero, _): true
    case (.boolean, .booleans), (.boolean, .integer), (.boolean, .scalar), (.boolean, .axial), (.integer, .scalar),
      (.integer, .axial):
      true
    case (.scalar, .axial), (.axial, .scalar): true
    case (.array(let a, let x), .array(let b, let y)): (a == nil || b == nil || a == b) && x.fits(y)
    default: self == wanted
    }
  }

  /// The kind of a sum, or of `if` with two branches; nil if the two do not fit.
  func joined(_ other: ValueType.Kind) -> ValueType.Kind? {
    if self == .open || other == .open { return .open }
    if self == other { return self }
    if fits(other) { return other }
    return other.fits(self) ? self : nil
  }

  /// The kind in words, with its article.
  var name: String {
    switch self {
    case .boolean: "a condition"
    case .integer, .scalar, .zero: "a scalar"
    case .vector: "a vector"
    case .axial: "an axial vector"
    case .quaternion: "a quaternion"
    case .matrix: "a matrix"
    case .booleans: "a condition for each component"
    case .array(let count, _): count.map { "array[\($0)]" } ?? "an array"
    case .state: "a state"
    case .open: "unknown"
    }
  }
}
