import Diagnostics
import Expressions

/// What one pass reads and writes.
public struct PassAccess: Sendable {
  /// Fields, memory and totals that its expressions need.
  public var reads: Set<Access> = []
  /// Fields, memory and totals that it changes.
  public var writes: Set<Access> = []
  /// Whether it draws random numbers.
  public var drawsNoise = false

  mutating func add(_ checker: ExpressionChecker) {
    reads.formUnion(checker.reads)
    drawsNoise = drawsNoise || checker.drawsNoise
  }
}

/// A law whose every expression was checked for boxes of one number of dimensions.
public struct CheckedLaw: Sendable {
  /// The law, with the passes of the laws that it uses in place.
  public let law: Law
  /// What its names are.
  public let types: LawTypes
  /// Types of the totals that its passes and its log measure.
  public let totals: [String: ValueType]
  /// What each pass reads and writes, by the place where the pass stands.
  public let accesses: [SourceLocation: PassAccess]
  /// What its holes are, in the order of their first places.
  public let holes: [HoleType]
  /// What is allowed but strange.
  public let warnings: Diagnostics
}

extension Law {
  /// Checks names, shapes, dimensions and structure for a box of `space` dimensions; throws all mistakes at once.
  ///
  /// `knowing` are totals that other laws measure. With reduced units any number may stand for any dimension: in totals then only
  /// names and shapes are checked.
  public func checked(
    space: Int, library: LawLibrary = LawLibrary(), knowing others: [String: ValueType] = [:], isReduced: Bool = false
  ) throws(Diagnostics) -> CheckedLaw {
    let expansion = expanded(library: library)
    var checker = LawChecker(expansion.law, space: space)
    checker.problems = expansion.problems
    checker.types.totals = others
    checker.ignoresDimensionsOfTotals = isReduced
    checker.run()
    let problems = expansion.completed(checker.problems).sorted
    try problems.check()
    return CheckedLaw(
      law: expansion.law, types: checker.types, totals: checker.types.totals, accesses: checker.accesses,
      holes: expansion.law.holeNames.map { checker.holes[$0] ?? HoleType(name: $0, type: .open, arguments: []) },
      warnings: problems)
  }

  /// All mistakes in the boxes for which the law claims to hold; those of the first box that has any.
  public func check(library: LawLibrary = LawLibrary()) -> Diagnostics {
    for space in dimensions {
      do {
        let warnings = try checked(space: space, library: library).warnings
        if !warnings.items.isEmpty { return warnings }
      } catch {
        return error
      }
    }
    return Diagnostics()
  }

  /// Reads and checks a text: everything that is wrong with it, of grammar and of meaning.
  public static func problems(inText text: String, file: String, library: LawLibrary = LawLibrary()) -> Diagnostics {
    do {
      let (law, problems) = try inspect(text: text, file: file)
      var all = problems
      // What could not be read is a hole in the law, which fits everywhere: no mistake is reported twice.
      for item in law.check(library: library).items { all.add(item) }
      return all.sorted
    } catch {
      return error
    }
  }
}
