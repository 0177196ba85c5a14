import Diagnostics
import World

/// Writes a run's frames to `run.h5`, and to further parts where it outgrows that.
///
/// Between frames the file is closed and any reader can open it. A frame that `append` has returned from survives a kill of the
/// program at any moment. Readers that are no part of Mote nearly always succeed on a file whose writer was killed: only a kill
/// within the microseconds of a commit needs Mote to open the file once.
public struct SnapshotWriter: ~Copyable {
  /// The first part.
  public let path: String
  /// What every part says of its origin.
  public let provenance: Provenance
  /// Frames committed in all parts.
  public private(set) var frameCount: Int
  var options: SnapshotOptions
  var part: Part
  var pendingLog: [LogRow] = []
  /// Fault injection for tests.
  var stopsBefore: Int64 = -1

  /// The part that is being written.
  struct Part: Sendable {
    var index: Int
    var path: String
    var layout: Layout
    var frames: Int
    /// Set while static fields hold the frames of this part together.
    var fixed: Fixed?
  }

  /// What must not change from frame to frame while static fields are stored once.
  struct Fixed: Sendable, Equatable {
    /// Nil until the first frame.
    var ids: [Int64]?
    var values: [[Double]]
  }

  /// Creates a file for frames like `first`, which is not written yet.
  ///
  /// Throws `.failed` if the file exists and may not be replaced, `.outOfSpace` if the disk is full.
  public init(
    creating path: String, like first: borrowing Frame, provenance: Provenance, options: SnapshotOptions = SnapshotOptions()
  ) throws(Failure) {
    self.path = path
    self.provenance = provenance
    self.options = options
    frameCount = 0
    // What is replaced may be no snapshot at all, and then has no parts.
    if options.overwrites { try? Self.removeParts(of: path, from: 1) }
    part = try Self.createPart(0, path, first, options.capacity ?? first.count, allowsStatic: true, provenance, options)
  }

  init(path: String, provenance: Provenance, frameCount: Int, options: SnapshotOptions, part: Part) {
    self.path = path
    self.provenance = provenance
    self.frameCount = frameCount
    self.options = options
    self.part = part
  }

  /// Writes one frame and the log rows that wait; when it returns, they are safe.
  ///
  /// Throws `.outOfSpace` if the disk is full, `.blewUp` for positions that are no numbers, `.failed` for a frame unlike the first;
  /// the file then holds what it held before.
  public mutating func append(_ frame: borrowing Frame) throws(Failure) {
    if let last = try lastStep(), frame.step <= last {
      throw Failure(.failed, "\(path): step \(frame.step) does not follow step \(last), the last that is in the file")
    }
    let needed = (copy frame).links.map(\.ids.count), present = part.layout
    if frame.count > present.capacity || !present.hasRoom(for: needed) || !isFixed(frame) { try startPart(with: frame) }
    let (packed, row, layout, log) = (try PackedFrame(frame, part.layout), part.frames, part.layout, pendingLog)
    try appending.change(part.path) { file throws(Failure) in
      try packed.write(to: file, row: row, layout)
      try LogRow.append(log, to: file, layout)
    }
    writtenStep = frame.step
    if part.fixed != nil { part.fixed?.ids = frame.ids }
    pendingLog = []
    part.frames += 1
    frameCount += 1
  }

  /// Notes a row of the log, which is written with the next frame or by `close`; it may be between frames.
  public mutating func log(step: Int, time: Double, _ values: [Observable]) {
    pendingLog.append(LogRow(step: step, time: time, values: values))
  }

  /// Writes the log rows that wait.
  public consuming func close() throws(Failure) {
    if pendingLog.isEmpty { return }
    let (log, layout) = (pendingLog, part.layout)
    try appending.change(part.path) { file throws(Failure) in try LogRow.append(log, to: file, layout) }
  }

  private var writtenStep: Int?

  private mutating func lastStep() throws(Failure) -> Int? {
    if let writtenStep { return writtenStep }
    let reached = part.frames
    guard reached > 0 else { return nil }
    let steps: [Int64] = try StoredFile.reading(part.path).read(Path.step, Slab(start: [reached - 1], count: [1]))
    writtenStep = steps.first.map { Int($0) }
    return writtenStep
  }

  private var appending: Appending { Appending(isDurable: options.durability == .power, stopsBefore: stopsBefore) }
}

extension SnapshotWriter {
  private func isFixed(_ frame: borrowing Frame) -> Bool {
    guard let fixed = part.fixed else { return true }
    return (fixed.ids == nil || fixed.ids == frame.ids) && frame.count == part.layout.capacity
      && zip(part.layout.fields.filter(\.isStatic), fixed.values).allSatisfy { field, values in
        frame[field: field.name]?.values == values
      }
  }

  /// Goes on in a new file: with more room where the run has outgrown the old one, and with all fields written for each frame.
  private mutating func startPart(with frame: borrowing Frame) throws(Failure) {
    let capacity = part.layout.capacity
    let roomy = frame.count > capacity ? max(frame.count, capacity + capacity / 2) : capacity
    part = try Self.createPart(part.index + 1, path, frame, roomy, allowsStatic: false, provenance, options)
  }

  private static func createPart(
    _ index: Int, _ path: String, _ frame: borrowing Frame, _ capacity: Int, allowsStatic: Bool, _ provenance: Provenance,
    _ options: SnapshotOptions
  ) throws(Failure) -> Part {
    guard capacity >= frame.count else {
      throw Failure(.failed, "\(path): \(frame.count) particles do not fit into a capacity of \(capacity)")
    }
    let partPath = Parts.path(path, index), temporary = Publishing.temporaryName(for: partPath)
    let layout = try Layout(frame, capacity: capacity, allowsStatic: allowsStatic, options)
    let packed = try PackedFrame(frame, layout)
    do throws(Failure) {
      try Appending(isDurable: options.durability == .power).create(temporary) { file throws(Failure) in
        try layout.create(in: file, provenance)
        try packed.writeStatic(to: file)
      }
      try Publishing.publish(temporary, as: partPath, overwrites: options.overwrites)
    } catch {
      Self.removeFile(temporary)
      throw Failure(error.status, error.message.replacing(temporary, with: partPath), hint: error.hint)
    }
    return Part(index: index, path: partPath, layout: layout, frames: 0, fixed: Fixed(frame, layout))
  }
}

extension SnapshotWriter.Fixed {
  /// Nil for a layout without static fields.
  init?(_ frame: borrowing Frame, _ layout: Layout) {
    values = []
    for field in layout.fields where field.isStatic { values.append(frame[field: field.name]?.values ?? []) }
    if values.isEmpty { return nil }
  }
}
