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
    var checker = ExpressionChecker.outsideOfLaws(.declaration, knowing: names, space: space, isReduced: isReduced)
    let type = checker.type(self)
    if checker.drawsNoise, !allowsNoise {
      checker.problems.add(diagnostic("noise is known in first values of fields and in laws only"))
    }
    try checker.problems.check()
    return type
  }

  /// Checks that the expression is a condition on these totals, the energies, and the time.
  ///
  /// - Throws: all mistakes, each at its term.
  public func checkCondition(knowing totals: [String: ValueType], space: Int, isReduced: Bool) throws(Diagnostics) {
    var checker = ExpressionChecker.outsideOfLaws(.measure, knowing: totals, space: space, isReduced: isReduced)
    checker.condition(self)
    try checker.problems.check()
  }
}

extension ExpressionChecker {
  fileprivate static func outsideOfLaws(
    _ place: Scope.Place, knowing names: [String: ValueType], space: Int, isReduced: Bool
  ) -> ExpressionChecker {
    var scope = Scope(place: place)
    scope.locals = names
    scope.ignoresDimensions = isReduced
    let none = Law(name: "", source: "", text: "", file: "")
    return ExpressionChecker(LawTypes(none, space: space), scope)
  }
}
