import Expressions

// Foundation has types of these names too.
typealias Expression = Expressions.Expression
typealias Dimension = Expressions.Dimension

/// What a law leaves open: a number, or a function of one number.
public struct Hole: Sendable, Hashable {
  /// What is wanted.
  public enum Kind: Sendable, Hashable {
    case number
    /// A function; its argument has a dimension.
    case function(of: Expressions.Dimension)
  }

  /// The name; a nameless hole is called `learned`.
  public var name: String
  /// A number or a function.
  public var kind: Kind
  /// Dimension of the number, or of the function's value.
  public var dimension: Expressions.Dimension

  /// A hole of this name.
  public init(name: String, kind: Kind, dimension: Expressions.Dimension) {
    self.name = name
    self.kind = kind
    self.dimension = dimension
  }

  /// Whether a function is wanted.
  public var isFunction: Bool { kind != .number }

  /// What a law that was written `?(r)` calls its function once it is known.
  static let standardName = "learned"
}
