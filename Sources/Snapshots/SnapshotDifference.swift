import Diagnostics
import World

/// Where two runs first differ: what `mote show FILE --diff OTHER` prints.
public struct SnapshotDifference: Sendable, Equatable, Codable, CustomStringConvertible {
  /// Number of the frame.
  public var frame: Int
  /// Its step, in the first of the two runs that has it.
  public var step: Int
  /// What differs first: `frames`, `step`, `particles`, `id`, `position`, `velocity`.
  public var field: String
  /// The particle with the lowest id whose values differ.
  public var particle: Int64?
  /// Largest difference of one value over all particles (units of the run).
  public var largest: Double?

  /// One line, such as `frame 3 (step 300): velocity differs, first for particle 17, by at most 0.1`.
  public var description: String {
    let place = "frame \(frame) (step \(step)): \(field) differs"
    guard let particle, let largest else { return place }
    return place + ", first for particle \(particle), by at most \(largest)"
  }
}

extension SnapshotDifference {
  /// The first difference between two runs by the digests of their frames; nil if there is none.
  public static func between(_ a: SnapshotReader, _ b: SnapshotReader) throws(Failure) -> SnapshotDifference? {
    for index in 0..<min(a.frameCount, b.frameCount) {
      let step = a.steps[index]
      if b.steps[index] != step { return SnapshotDifference(frame: index, step: step, field: "step") }
      if try a.digest(at: index) == b.digest(at: index) { continue }
      let fields = Set(["position", "velocity"].filter { a.fieldNames.contains($0) && b.fieldNames.contains($0) })
      return compare(try a.frame(at: index, fields: fields), try b.frame(at: index, fields: fields), index)
    }
    if a.frameCount == b.frameCount { return nil }
    let longer = a.frameCount > b.frameCount ? a : b
    let first = min(a.frameCount, b.frameCount)
    return SnapshotDifference(frame: first, step: longer.steps[first], field: "frames")
  }

  private static func compare(_ a: Frame, _ b: Frame, _ index: Int) -> SnapshotDifference {
    if a.count != b.count { return SnapshotDifference(frame: index, step: a.step, field: "particles") }
    if let row = zip(a.ids, b.ids).enumerated().first(where: { $1.0 != $1.1 })?.offset {
      return SnapshotDifference(frame: index, step: a.step, field: "id", particle: a.ids[row])
    }
    for field in a.fields {
      guard let other = b[field: field.name], other.values.count == field.values.count else { continue }
      let pairs = zip(field.values, other.values)
      guard let first = pairs.enumerated().first(where: { $1.0.bitPattern != $1.1.bitPattern })?.offset else { continue }
      return SnapshotDifference(
        frame: index, step: a.step, field: field.name, particle: a.ids[first / field.components],
        largest: pairs.reduce(0) { max($0, abs($1.0 - $1.1)) })
    }
    // Equal numbers with other digests: one of the runs was stored with other types or fields.
    return SnapshotDifference(frame: index, step: a.step, field: "type or number of stored fields")
  }
}
