import Diagnostics
import Expressions

extension Expression {
  /// What an expression outside of laws is, where it knows these names besides those of the language.
  ///
  /// - Parameter isReduced: nothing has a dimension.
  /// - Throws: all mistakes, each at its term.
  public func type(
    knowing names: [String: ValueType], space: Int, isReduced: Bool, allowsNoise: Bool
  ) throws(Diagnostics) -> ValueType {
    var scope = Scope(place: .declaration)
    scope.locals = names
    scope.ignoresDimensions = isReduced
    let none = Law(name: "", source: "", text: "", file: "")
    var checker = ExpressionChecker(LawTypes(none, space: space), scope)
    let type = checker.type(self)
    if checker.drawsNoise, !allowsNoise {
      checker.problems.add(diagnostic("noise is known in first values of fields and in laws only"))
    }
    try checker.problems.check()
    return type
  }
}
