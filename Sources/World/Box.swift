/// What happens at the two faces across one axis.
public enum Side: String, Sendable, CaseIterable { case periodic, open, wall }

/// The region that is simulated: a rectangular box of 1, 2 or 3 dimensions.
public struct Box: Sendable, Hashable {
  /// Lower corner, one number per dimension (length, units of the run).
  public var origin: [Double]
  /// Lengths of the sides (length, units of the run).
  public var lengths: [Double]
  /// What happens at both sides of each axis.
  public var sides: [Side]

  /// A box; all three lists have one entry per axis.
  public init(origin: [Double], lengths: [Double], sides: [Side]) {
    precondition(origin.count == lengths.count && lengths.count == sides.count, "one origin, length and kind for each dimension")
    self.origin = origin
    self.lengths = lengths
    self.sides = sides
  }

  /// Number of dimensions, 1 to 3.
  public var space: Int { lengths.count }
  /// length^D
  public var volume: Double { lengths.reduce(1, *) }
}
