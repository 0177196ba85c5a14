import Diagnostics
import Expressions

/// An expression together with the constants that it names, in units of the run.
public struct Formula: Sendable, Hashable {
  /// The formula.
  public var expression: Expression
  /// Names that the expression may use for what it is evaluated at (`r`, `position`, `id` …).
  public var arguments: [String]
  /// Quantities that it names.
  public var constants: [String: Quantity]

  /// A number or vector with its dimension; without one it fits every dimension.
  public struct Quantity: Sendable, Hashable {
    /// One number, or the components of a vector.
    public var numbers: [Double]
    /// Physical dimension, if it is known to have one.
    public var dimension: Dimension?

    /// One number is a scalar, several are the components of a vector.
    public init(_ numbers: [Double], _ dimension: Dimension? = nil) {
      self.numbers = numbers
      self.dimension = dimension
    }
    init(_ number: Double, _ dimension: Dimension? = nil) { self.init([number], dimension) }
  }

  /// A formula of these arguments.
  public init(expression: Expression, arguments: [String], constants: [String: Quantity] = [:]) {
    self.expression = expression
    self.arguments = arguments
    self.constants = constants
  }
}

extension Formula {
  /// What the formula of a field knows of each particle, besides the constants that stand beside it.
  static let ofParticles = ["position", "id", "box"]

  /// Ready to be evaluated at particles; `ofParticles` are its arguments.
  ///
  /// - Throws: all mistakes of the expression, each at its term.
  func compiled(space: Int, isReduced: Bool) throws(Diagnostics) -> CompiledFormula {
    let length = Dimension(length: 1)
    var names = constants.mapValues { CompiledFormula.Name(.scalar, $0.dimension, space: space, numbers: $0.numbers) }
    names["position"] = CompiledFormula.Name(.vector, length, space: space)
    names["id"] = CompiledFormula.Name(.integer, .one, space: space)
    names["box"] = CompiledFormula.Name(.vector, length, space: space)
    return try CompiledFormula(expression, knowing: names, space: space, isReduced: isReduced, allowsNoise: true)
  }
}
