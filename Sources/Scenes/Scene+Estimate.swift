import Expressions
import Laws

/// What a scene will need, before it is run.
public struct Estimate: Sendable, Hashable {
  /// Particles at the start; those of files are not counted, as they are not read.
  public var particles: Int
  /// Whether a fill from a file adds particles that `particles` leaves out.
  public var hasFiles: Bool
  /// Memory for the fields and neighbour lists of one particle, in bytes.
  public var bytesPerParticle: Int
  /// Largest size of one particle in a frame of the snapshot, without compression, in bytes.
  public var storedBytesPerParticle: Int
  /// Frames of the whole run, the first included.
  public var frames: Int
}

extension Scene {
  /// Particle count, memory and file size that follow from the scene alone.
  public func estimate() -> Estimate {
    let counts = species.compactMap { $0.fill.flatMap { count($0) } }
    let replaced = species.reduce(0) { if case .replace(_, let count)? = $1.fill { $0 + count } else { $0 } }
    let particles = counts.reduce(0, +) - replaced
    let numbers = species.map { $0.fields.reduce(0) { $0 + $1.shape.components(space: space) } }.max() ?? 0
    // Positions and velocities in double, forces, and the fields that the scene sets; then about 60 neighbours by index.
    let bytes = 8 * (3 * space + numbers) + 4 * 60
    let written = output.fields.reduce(0) { $0 + components(of: $1) }
    let stored = 8 * max(3, space) + 8 + written * (output.isDouble ? 8 : 4)
    let hasFiles = species.contains { if case .file? = $0.fill { true } else { false } }
    return Estimate(
      particles: particles, hasFiles: hasFiles, bytesPerParticle: bytes, storedBytesPerParticle: stored,
      frames: steps / output.every + 1)
  }

  private func components(of field: String) -> Int {
    let set = species.lazy.compactMap { $0.fields.first { $0.name == field } }.first
    return (set?.shape ?? Law.knownFields(space: space).first { $0.name == field }?.shape)?.components(space: space) ?? 1
  }

  /// Particles that a fill makes; nothing for a file, which is not read.
  private func count(_ fill: Fill) -> Int? {
    switch fill {
    case .lattice(let fill): fill.count ?? sites(of: fill)
    case .walk(let fill): fill.count
    case .random(let count, _, _), .replace(_, let count): count
    case .points(let points, _): points.count
    case .file: nil
    }
  }

  /// Sites in the region of a lattice: balls and formulas cut it, so that they have to be counted; huge ones, and solids, are taken as
  /// whole blocks.
  private func sites(of fill: LatticeFill) -> Int {
    guard !fill.region.isBlock, fill.region.solid == nil, fill.siteCount <= 10_000_000,
      let interior = try? Interior(fill.region, scene: self, source: nil)
    else { return fill.siteCount }
    return fill.positions(interior.contains).count
  }
}
