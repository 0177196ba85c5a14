import Diagnostics
import World

/// Copies a run, thinner: what `mote repack` does. Parts become one where their particles fit.
public struct Repacking: Sendable {
  /// Keeps one frame of so many.
  public var every = 1
  /// Fields kept besides position; nil: all.
  public var fields: Set<String>?
  /// Mantissa bits kept of all real fields; nil: all.
  public var bits: Int?
  /// Whether an existing destination may be replaced.
  public var overwrites = false
  /// Whether the copy is shuffled and gzipped.
  public var isCompressed = true

  /// A copy of everything.
  public init() {}

  /// Writes the copy and gives the number of its frames.
  ///
  /// Throws `.unreadableFile` for a source that is no snapshot, `.failed` if the destination exists or is a part of the source,
  /// `.outOfSpace` for a full disk.
  @discardableResult
  public func copy(_ source: String, to destination: String) throws(Failure) -> Int {
    let reader = try SnapshotReader(source)
    if reader.parts.contains(where: { Publishing.isSameFile($0.path, destination) }) {
      throw Failure(.failed, "\(destination) is what would be copied", hint: "-o names another file")
    }
    let kept = Array(stride(from: 0, to: reader.frameCount, by: max(1, every)))
    guard let first = kept.first else { throw Failure(.failed, "\(source) holds no frame to copy") }
    let sample = try reader.frame(at: first, fields: fields)
    let real = reader.parts[0].layout.fields.filter { $0.type.isFloat }
    let options = SnapshotOptions(
      capacity: kept.map { reader.counts[$0] }.max(), overwrites: overwrites, isCompressed: isCompressed,
      singlePrecision: Set(real.filter { $0.type == .f4 }.map(\.name)),
      significantBits: Dictionary(
        real.compactMap { field in (bits ?? field.significantBits).map { (field.name, $0) } },
        uniquingKeysWith: { first, _ in first }))
    var writer = try SnapshotWriter(creating: destination, like: sample, provenance: reader.provenance, options: options)
    for index in kept { try writer.append(try reader.frame(at: index, fields: fields)) }
    for row in try logRows(of: reader) { writer.log(step: row.step, time: row.time, row.values) }
    try writer.close()
    return kept.count
  }

  private func logRows(of reader: SnapshotReader) throws(Failure) -> [LogRow] {
    let series = try reader.log()
    return (series.first?.steps ?? []).indices.map { row in
      LogRow(
        step: series[0].steps[row], time: series[0].times[row],
        values: series.filter { !$0.values[row].isNaN }.map {
          Observable(name: $0.name, dimension: $0.dimension, values: [$0.values[row]])
        })
    }
  }
}
