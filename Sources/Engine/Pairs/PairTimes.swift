/// Where the wall-clock time of the pairs of a run went, which no result depends on.
public struct PairTimes: Sendable {
  /// Running the laws over pairs, with packing before and unpacking after.
  public internal(set) var laws = Duration.zero
  /// Keeping lists of pairs up to date.
  public internal(set) var lists = Duration.zero
}

extension Simulation {
  /// Where the time of the pairs has gone since the beginning.
  public var pairTimes: PairTimes { pairs.neighbourhood.times }
}
