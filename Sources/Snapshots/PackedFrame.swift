import Diagnostics
import Expressions
import World

/// A frame checked against the layout of its file, in the types and columns of the file.
struct PackedFrame: Sendable {
  var step: Int
  var time: Double
  var edges: [Double]
  var origin: [Double]
  var count: Int
  /// `id`, `species`, then the fields of the layout.
  var columns: [(field: StoredField, values: PackedValues)]
  var observables: [(observable: StoredObservable, values: [Double])]
  var links: [FrameLinks]
  /// Rows of the particles that links join, two for each.
  var lines: [Int64]
  /// Values of each field of each lattice.
  var lattices: [(lattice: StoredLattice, values: [[Double]])] = []

  init(_ frame: borrowing Frame, _ layout: Layout) throws(Failure) {
    try Self.check(frame, layout)
    step = frame.step
    time = frame.time
    let whole = copy frame
    links = whole.links
    lines = whole.links.flatMap { $0.lines(in: whole) }
    count = frame.count
    (origin, edges) = Self.corners(of: frame.box)
    columns = [(Layout.identities[0], .i8(frame.ids)), (Layout.identities[1], .i4(frame.species))]
    for field in layout.fields {
      guard let own = frame[field: field.name], own.shape == field.shape else {
        throw Failure(.failed, "step \(frame.step): field '\(field.name)' (\(field.shape)) is not in the frame, but in the file")
      }
      let values = field.name == "position" ? try Self.wrapped(own.values, frame) : own.values
      columns.append((field, try PackedValues(values, as: field, space: layout.space)))
    }
    observables = []
    for observable in layout.observables {
      guard let own = frame.observables.first(where: { $0.name == observable.name }), own.values.count == observable.width ?? 1
      else {
        throw Failure(.failed, "step \(frame.step): observable '\(observable.name)' is not in the frame as it is in the file")
      }
      observables.append((observable, own.values))
    }
    for lattice in layout.lattices {
      lattices.append((lattice, try lattice.values(in: frame.lattices, step: frame.step)))
    }
  }

  private static func check(_ frame: borrowing Frame, _ layout: Layout) throws(Failure) {
    let known = Set(layout.fields.map(\.name))
    if let other = frame.fields.first(where: { $0.components > 0 && !known.contains($0.name) }) {
      throw Failure(
        .failed, "step \(frame.step): field '\(other.name)' was not in the first frame, so the file has no place for it")
    }
    guard frame.box.sides == layout.sides else { throw Failure(.failed, "step \(frame.step): the sides of the box have changed") }
    guard frame.time.isFinite, frame.box.lengths.allSatisfy(\.isFinite), frame.box.origin.allSatisfy(\.isFinite) else {
      throw Failure(.blewUp, "step \(frame.step): time or box is not finite")
    }
    let ids = frame.ids
    let isSorted = ids.first.map { $0 >= 0 } ?? true && zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 }
    precondition(isSorted && frame.species.count == ids.count, "rows of a frame are sorted by id")
    for field in frame.fields {
      precondition(field.values.count == field.components * ids.count, "\(field.name): one value per row")
    }
  }

  /// The corner and the sides of a box in three dimensions; a flat one gets thin sides around its plane.
  private static func corners(of box: Box) -> (origin: [Double], edges: [Double]) {
    let thickness = (box.lengths.max() ?? 1) / 1024
    let missing = 3 - box.space
    return (
      box.origin + Array(repeating: -thickness / 2, count: missing), box.lengths + Array(repeating: thickness, count: missing)
    )
  }

  /// Positions inside the box along its periodic axes; throws `.blewUp` for one that is no number.
  private static func wrapped(_ positions: [Double], _ frame: borrowing Frame) throws(Failure) -> [Double] {
    let (box, space) = (frame.box, frame.box.space)
    var wrapped = positions
    for (index, x) in positions.enumerated() {
      guard x.isFinite, abs(x) < Padding.real / 10 else {
        let id = frame.ids[index / space]
        throw Failure(
          .blewUp, "step \(frame.step): the position of particle \(id) is not finite", hint: "try a smaller time step")
      }
      let (origin, length) = (box.origin[index % space], box.lengths[index % space])
      guard box.sides[index % space] == .periodic, x < origin || x >= origin + length else { continue }
      let y = x - length * ((x - origin) / length).rounded(.down)
      wrapped[index] = y >= origin && y < origin + length ? y : origin  // rounding may end on the upper side
    }
    return wrapped
  }

  /// SHA-256 of ids, positions and velocities, as they are stored.
  var digest: [UInt8] {
    var digest = Digest()
    for name in ["id", "position", "velocity"] {
      columns.first { $0.field.name == name && !$0.field.isStatic }?.values.add(to: &digest)
    }
    return digest.finish()
  }
}

extension PackedFrame {
  /// Writes the static fields, once.
  func writeStatic(to file: borrowing StoredFile) throws(Failure) {
    for (field, values) in columns where field.isStatic { try file.write(values, to: field.path, nil) }
  }

  /// Writes the frame as number `row` of a file that holds so many; it counts as written when the file is committed.
  func write(to file: borrowing StoredFile, row: Int, _ layout: Layout) throws(Failure) {
    for (field, values) in columns where !field.isStatic {
      let axes = field.axes(space: layout.space)
      try file.resize(field.path, rows: row + 1)
      try file.write(values, to: field.path, Slab(start: [row, 0] + axes.map { _ in 0 }, count: [1, count] + axes))
    }
    try writeRun(to: file, row, layout)
    try writeCells(to: file, row, layout)
    for own in layout.links {
      guard let links = links.first(where: { $0.name == own.name }) else {
        throw Failure(.failed, "step \(step): links '\(own.name)' are not in the frame, but in the file")
      }
      try own.write(links, to: file, row: row)
    }
    for (observable, values) in observables { try file.append(values, to: observable.path, after: row) }
    for (lattice, values) in lattices { try lattice.write(values, to: file, row: row) }
    try file.resize("/frame", rows: row + 1)
    try file.set("NSteps", of: "/VTKHDF/Steps", to: .integer(row + 1))
    try file.set("frames", of: "/", to: .integer(row + 1))
  }

  private func writeRun(to file: borrowing StoredFile, _ row: Int, _ layout: Layout) throws(Failure) {
    try file.append([Int64(step)], to: Path.step, after: row)
    try file.append([time], to: Path.time, after: row)
    try file.append([Int64(count)], to: Path.count, after: row)
    try file.append([Int64(0)], to: "/mote/zero", after: row)
    try file.append([Int64(1)], to: "/mote/one", after: row)
    try file.append(digest, to: Path.digest, after: row)
    try file.append(edges, to: Path.edges, after: row)
    try file.append(origin, to: Path.origin, after: row)
    // A length of 0 tells OVITO that a side is open; with three zeros it has no cell at all, and some scripts need one.
    let isOpen = !layout.sides.contains(.periodic)
    let lengths = (0..<3).map { $0 < layout.space && (isOpen || layout.sides[$0] == .periodic) ? edges[$0] : 0 }
    try file.append(lengths, to: "/AMBER/cell_lengths", after: row)
    try file.append([90.0, 90, 90], to: "/AMBER/cell_angles", after: row)
  }

  private func writeCells(to file: borrowing StoredFile, _ row: Int, _ layout: Layout) throws(Failure) {
    let (t, steps) = (Int64(row), "/VTKHDF/Steps/")
    try file.append([t], to: steps + "PartOffsets", after: row)
    try file.append([t * Int64(layout.capacity)], to: steps + "PointOffsets", after: row)
    let before = layout.links.isEmpty ? 0 : try linesWritten(in: file, before: row)
    try file.append([t, Int64(before), 0, 0], to: steps + "CellOffsets", after: row)
    try file.append([0, Int64(2 * before), 0, 0], to: steps + "ConnectivityIdOffsets", after: row)
    try file.append([0, Int64(count)], to: "/VTKHDF/Vertices/Offsets", after: 2 * row)
    if !layout.links.isEmpty { try writeLines(to: file, row, after: before) }
    for kind in (layout.links.isEmpty ? ["Lines"] : []) + ["Polygons", "Strips"] { try file.append([Int64(0)], to: "/VTKHDF/\(kind)/Offsets", after: row) }
  }

  /// Lines of all frames before one.
  private func linesWritten(in file: borrowing StoredFile, before row: Int) throws(Failure) -> Int {
    guard row > 0 else { return 0 }
    let cells: [Int64] = try file.read("/VTKHDF/Lines/NumberOfCells", Slab(start: [row - 1], count: [1]))
    let before: [Int64] = try file.read("/VTKHDF/Steps/CellOffsets", Slab(start: [row - 1, 1], count: [1, 1]))
    return Int(cells[0] + before[0])
  }

  private func writeLines(to file: borrowing StoredFile, _ row: Int, after before: Int) throws(Failure) {
    let group = "/VTKHDF/Lines/", count = lines.count / 2
    try file.append([Int64(count)], to: group + "NumberOfCells", after: row)
    try file.append([Int64(lines.count)], to: group + "NumberOfConnectivityIds", after: row)
    try file.append((0...count).map { Int64(2 * $0) }, to: group + "Offsets", after: before + row)
    if !lines.isEmpty { try file.append(lines, to: group + "Connectivity", after: 2 * before) }
  }
}
