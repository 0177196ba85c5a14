import Diagnostics
import Foundation

extension SnapshotWriter {
  /// Goes on with a run: frames and log rows after `step` are cut off first (nil: all committed ones stay).
  ///
  /// Layout and provenance are those of the file; `options` choose durability only. Throws `.unreadableFile` for a file that is no
  /// snapshot, `.outOfSpace` for a full disk.
  public init(continuing path: String, after step: Int? = nil, options: SnapshotOptions = SnapshotOptions()) throws(Failure) {
    let reader = try SnapshotReader(path)
    let kept = step.map { last in reader.steps.filter { $0 <= last }.count } ?? reader.frameCount
    let (index, frames) = reader.place(ofLast: kept)
    try Self.removeParts(of: path, from: index + 1)
    let part = reader.parts[index]
    try Appending(isDurable: options.durability == .power).change(part.path) { file throws(Failure) in
      try Cutting.cut(file, frames: frames, after: step, part.layout)
    }
    var options = options
    options.overwrites = false
    options.isCompressed = part.layout.isCompressed
    options.singlePrecision = Set(part.layout.fields.filter { $0.type == .f4 }.map(\.name))
    options.significantBits = Dictionary(
      part.layout.fields.compactMap { field in field.significantBits.map { (field.name, $0) } },
      uniquingKeysWith: { first, _ in first })
    self.init(
      path: path, provenance: reader.provenance, frameCount: kept, options: options,
      part: Part(index: index, path: part.path, layout: part.layout, frames: frames, fixed: try reader.fixed(in: index)))
  }

  /// Removes further parts of a run, last first, so that what is left is always a run.
  static func removeParts(of path: String, from index: Int) throws(Failure) {
    guard access(path, F_OK) == 0 else { return }
    for name in try Parts.existing(path).dropFirst(index).reversed() { removeFile(name) }
  }

  /// Removes a file and its journal, if they are there.
  static func removeFile(_ path: String) {
    unlink(path)
    unlink(path + ".journal")
  }
}

/// Shortens a file to the frames that are to stay.
enum Cutting {
  static func cut(_ file: borrowing StoredFile, frames: Int, after step: Int?, _ layout: Layout) throws(Failure) {
    for (path, perFrame) in rows(of: layout) { try shorten(path, to: frames * perFrame, in: file) }
    if let step, file.exists("/log/step") {
      let steps: [Int64] = try file.read("/log/step")
      let kept = steps.prefix { $0 <= step }.count
      for name in try file.children(of: "/log") { try shorten("/log/\(name)", to: kept, in: file) }
    }
    try file.set("NSteps", of: "/VTKHDF/Steps", to: .integer(frames))
    try file.set("frames", of: "/", to: .integer(frames))
  }

  private static func shorten(_ path: String, to rows: Int, in file: borrowing StoredFile) throws(Failure) {
    if file.exists(path), try file.extent(of: path)[0] > rows { try file.resize(path, rows: rows) }
  }

  /// Every dataset that grows with the frames, and its rows per frame.
  private static func rows(of layout: Layout) -> [(path: String, perFrame: Int)] {
    let steps = "/VTKHDF/Steps/"
    let single =
      [
        "/frame", Path.step, Path.time, "/mote/zero", "/mote/one", Path.digest, Path.edges, Path.origin, Path.count,
        "/AMBER/cell_lengths", "/AMBER/cell_angles", steps + "PartOffsets", steps + "PointOffsets", steps + "CellOffsets",
        steps + "ConnectivityIdOffsets", "/VTKHDF/Polygons/Offsets", "/VTKHDF/Strips/Offsets",
      ] + layout.allFields.filter { !$0.isStatic }.map(\.path) + layout.observables.map(\.path)
      + layout.links.flatMap(\.paths) + ["/VTKHDF/Lines/" + (layout.links.isEmpty ? "Offsets" : "NumberOfCells")]
    return single.map { ($0, 1) } + [("/VTKHDF/Vertices/Offsets", 2)]
  }
}
