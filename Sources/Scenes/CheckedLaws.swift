import Diagnostics
import Expressions
import Laws

/// The laws of a scene after their check for its box.
public struct CheckedLaws: Sendable {
  /// The laws; what one says with `use` stands in its place.
  public private(set) var laws: [LawUse]
  /// The scene's own totals.
  public private(set) var totals: LawUse?
  /// What the passes of each use of a law read and write, by its name.
  public private(set) var accesses: [String: [PassAccess]] = [:]
  /// Dimensions of totals, by the name of the use and the name of the total.
  public private(set) var dimensions: [String: [String: Dimension]] = [:]
  /// All that is wrong with them, each at its place.
  public private(set) var problems = Diagnostics()
  private var known: [String: ValueType] = [:]

  /// Checks the laws in their order, then the totals, which may use those of all laws, and the condition to stop.
  public init(_ laws: [LawUse], totals: LawUse?, stop: Expression?, space: Int, isReduced: Bool, library: LawLibrary) {
    self.laws = []
    for use in laws { self.laws.append(checked(use, space, library)) }
    self.totals = totals.map { checked($0, space, library, knowing: known, isReduced: isReduced) }
    do throws(Diagnostics) {
      try stop?.checkCondition(knowing: known, space: space, isReduced: isReduced)
    } catch {
      for item in error.items { problems.add(item) }
    }
  }

  private mutating func checked(
    _ use: LawUse, _ space: Int, _ library: LawLibrary, knowing others: [String: ValueType] = [:], isReduced: Bool = false
  ) -> LawUse {
    var use = use
    do throws(Diagnostics) {
      let checked = try use.law.checked(space: space, library: library, knowing: others, isReduced: isReduced)
      use.law = checked.law
      accesses[use.name] = Array(checked.accesses.values)
      known.merge(checked.totals) { first, _ in first }
      dimensions[use.name] = checked.totals.mapValues { $0.dimension?.resolved(any: .one) ?? .one }
    } catch {
      for item in error.items { problems.add(item) }
    }
    return use
  }
}
