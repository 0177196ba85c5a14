/// Where the particles of a species are at the start.
public enum Fill: Sendable, Hashable {
  case lattice(LatticeFill)
  /// So many random places, none nearer than `distance` (length) to any particle so far.
  case random(count: Int, distance: Double, region: Region)
  /// Chains of particles with consecutive ids: each begins at a random place, and each step is normal in every direction.
  case walk(WalkFill)
  /// Positions (length) and, unless empty, velocities.
  case points([[Double]], velocities: [[Double]])
  case file(FileFill)
  /// Takes `count` particles at random from another species, at their places.
  case replace(species: String, count: Int)
}

/// Chains of particles that are random walks.
public struct WalkFill: Sendable, Hashable {
  /// How many chains, and particles in each.
  public var chains: Int, length: Int
  /// Root of the mean square of a step (length).
  public var step: Double
  /// Where the chains begin.
  public var region: Region

  /// Particles of all chains.
  public var count: Int { chains * length }
}

/// A frame of a file.
public struct FileFill: Sendable, Hashable {
  /// Which frame of several.
  public enum Selection: Sendable, Hashable { case first, last, index(Int) }

  /// Path from the scene's folder.
  public var path: String
  /// Which frame.
  public var frame: Selection
  /// The format's name, if the ending of the file does not say it.
  public var format: String?
  /// The species of the file that is taken.
  public var species: String
}

/// A block, a ball, a solid, where a formula holds, or what several of them have in common.
public struct Region: Sendable, Hashable {
  /// Lower and upper corner (length).
  public var from: [Double]
  /// Upper corner (length).
  public var to: [Double]
  /// The ball, if the region is cut by one.
  public var ball: Ball?
  /// A condition on `position`, if there is one.
  public var condition: Formula?
  /// The solid, if the region is cut by one.
  public var solid: Solid?

  /// A ball: centre and radius (length).
  public struct Ball: Sendable, Hashable {
    /// Its middle (length).
    public var centre: [Double]
    /// Its radius (length).
    public var radius: Double
  }

  /// What a closed surface of a file encloses.
  public struct Solid: Sendable, Hashable {
    /// Path of an STL file, from the scene's folder.
    public var path: String
    /// What one unit of the file is (length).
    public var unit: Double
    /// Where the file's origin is put (length).
    public var origin: [Double]
  }

  /// Whether only the block bounds the region, so that the number of lattice sites in it is known.
  public var isBlock: Bool { ball == nil && condition == nil && solid == nil }

  /// The lengths of the block's sides.
  public var lengths: [Double] { zip(from, to).map { $1 - $0 } }

  /// Whether a point is inside the block and the ball; the upper faces are not.
  public func bounds(_ point: [Double]) -> Bool {
    for axis in point.indices where point[axis] < from[axis] || point[axis] >= to[axis] { return false }
    guard let ball else { return true }
    return zip(point, ball.centre).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } <= ball.radius * ball.radius
  }
}
