/// The sites of a lattice: the middles of cubic cells that fill a box, numbered with the first axis running fastest.
public struct Grid: Sendable, Hashable {
  /// Sites along each axis.
  public var counts: [Int]
  /// Side of a cell (length, units of the run).
  public var spacing: Double
  /// Position of site 0 (length, units of the run).
  public var origin: [Double]
  /// Whether the last site along each axis has the first one as its neighbour.
  public var isPeriodic: [Bool]

  /// The grid of a box in cells of side `spacing`; nil if the sides are no multiples of it.
  public init?(filling box: Box, spacing: Double) {
    let cells = box.lengths.map { $0 / spacing }
    guard spacing > 0, cells.allSatisfy({ $0 < 1e9 && $0.rounded() >= 1 && abs($0 - $0.rounded()) < 1e-6 * $0 }) else {
      return nil
    }
    counts = cells.map { Int($0.rounded()) }
    self.spacing = spacing
    origin = box.origin.map { $0 + spacing / 2 }
    isPeriodic = box.sides.map { $0 == .periodic }
  }

  /// A grid of known places; all lists have one entry per axis.
  public init(counts: [Int], spacing: Double, origin: [Double], isPeriodic: [Bool]) {
    precondition(counts.count == origin.count && origin.count == isPeriodic.count, "one number for each dimension")
    self.counts = counts
    self.spacing = spacing
    self.origin = origin
    self.isPeriodic = isPeriodic
  }

  /// Number of sites.
  public var count: Int { counts.reduce(1, *) }

  /// The position of a site.
  public func position(of site: Int) -> [Double] {
    var rest = site
    return counts.indices.map { axis in
      defer { rest /= counts[axis] }
      return origin[axis] + spacing * Double(rest % counts[axis])
    }
  }
}
