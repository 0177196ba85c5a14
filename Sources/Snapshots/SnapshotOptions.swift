/// How a run is stored.
public struct SnapshotOptions: Sendable, Equatable {
  /// What a committed frame survives.
  public enum Durability: Sendable {
    /// A kill or a crash of the program at any moment; costs no wait for the disk.
    case process
    /// A power failure too; each frame waits twice for the disk.
    case power
  }

  /// Particles that a frame has room for; nil: as many as the first frame has. A run that outgrows it goes on in a further part.
  public var capacity: Int?
  /// Whether an existing file may be replaced.
  public var overwrites: Bool
  /// Whether values are shuffled and gzipped (level 1).
  public var isCompressed: Bool
  /// Fields stored as f4; all other real fields are f8.
  public var singlePrecision: Set<String>
  /// Mantissa bits kept of a field, by its name: fewer bits pack better.
  public var significantBits: [String: Int]
  /// What a committed frame survives.
  public var durability: Durability

  /// Options; the defaults store everything exactly, compressed, and safe from kills.
  public init(
    capacity: Int? = nil, overwrites: Bool = false, isCompressed: Bool = true, singlePrecision: Set<String> = [],
    significantBits: [String: Int] = [:], durability: Durability = .process
  ) {
    self.capacity = capacity
    self.overwrites = overwrites
    self.isCompressed = isCompressed
    self.singlePrecision = singlePrecision
    self.significantBits = significantBits
    self.durability = durability
  }
}
