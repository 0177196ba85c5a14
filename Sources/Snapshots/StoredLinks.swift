import Diagnostics
import Expressions
import World

/// Links of one sort, as a file holds them: ids of their ends, their own ids and fields, padded to the same number in each frame.
struct StoredLinks: Sendable, Equatable {
  var name: String
  /// Ends of one link.
  var arity: Int
  /// Rows per frame.
  var capacity: Int
  var fields: [StoredField]

  /// The links of a frame, with room for as many.
  init(_ links: FrameLinks, capacity: Int) {
    name = links.name
    arity = links.arity
    self.capacity = max(1, capacity)
    fields = links.fields.filter { $0.components > 0 && Layout.isName($0.name) }.map {
      StoredField(name: $0.name, shape: $0.shape, dimension: $0.dimension, type: .f8)
    }
  }

  /// The links of a file.
  init(_ name: String, in file: borrowing StoredFile) throws(Failure) {
    self.name = name
    (arity, capacity, fields) = (2, 1, [])
    let extent = file.exists(ends) ? try file.extent(of: ends) : []
    guard extent.count == 3, file.exists(path("id")) else {
      throw Failure(.unreadableFile, "\(file.place(ends)): is no series of links")
    }
    (capacity, arity) = (extent[1], extent[2])
    for field in try file.children(of: group) where !["step", "time", "value", "id"].contains(field) {
      let shape = try file.texts("shape", of: path(field))?.first.flatMap(Shape.init(name:)) ?? .scalar
      let dimension = try Dimension(ofValuesAt: path(field), in: file)
      fields.append(StoredField(name: field, shape: shape, dimension: dimension, type: .f8))
    }
  }

  private var group: String { "/connectivity/" + name }
  private var ends: String { group + "/value" }
  private func path(_ field: String) -> String { "\(group)/\(field)" }

  /// Paths of all that grows with the frames.
  var paths: [String] { [ends, path("id")] + fields.map { path($0.name) } }

  /// Creates its series in an empty file.
  func create(in file: borrowing StoredFile, _ layout: Layout) throws(Failure) {
    let rows = min(capacity, 16_384)
    func series(_ path: String, _ type: StoredType, _ width: Int?) throws(Failure) {
      let axes = width.map { [$0] } ?? []
      try file.create(
        path,
        DatasetPlan(
          type: type, extent: [0, capacity] + axes, chunk: [1, rows] + axes, isCompressed: layout.isCompressed,
          fill: type.isFloat ? Padding.real : Padding.integer))
    }
    try series(ends, .i8, arity)
    try series(path("id"), .i8, nil)
    for field in fields {
      try series(path(field.name), .f8, field.shape.components(space: layout.space))
      try layout.setUnits(of: path(field.name), field.dimension, in: file, isReaderKind: false)
      try file.set("shape", of: path(field.name), to: .text(field.shape.description))
    }
    try file.link(Path.step, as: group + "/step")
    try file.link(Path.time, as: group + "/time")
  }

  /// Writes the links of frame number `row`.
  func write(_ links: FrameLinks, to file: borrowing StoredFile, row: Int) throws(Failure) {
    for path in paths { try file.resize(path, rows: row + 1) }
    let count = links.ids.count
    try file.write(links.ends, to: ends, Slab(start: [row, 0, 0], count: [1, count, arity]))
    try file.write(links.ids, to: path("id"), Slab(start: [row, 0], count: [1, count]))
    for field in fields {
      guard let own = links.fields.first(where: { $0.name == field.name }) else {
        throw Failure(.failed, "field '\(field.name)' of \(name) is not in the frame, but in the file")
      }
      try file.write(own.values, to: path(field.name), Slab(start: [row, 0, 0], count: [1, count, own.components]))
    }
  }

  /// The links of frame number `row`.
  func read(from file: borrowing StoredFile, row: Int) throws(Failure) -> FrameLinks {
    let ids: [Int64] = try file.read(path("id"), Slab(start: [row, 0], count: [1, capacity])).filter { $0 >= 0 }
    let count = ids.count
    var links = FrameLinks(
      name: name, arity: arity, ids: ids, ends: try file.read(ends, Slab(start: [row, 0, 0], count: [1, count, arity])),
      fields: [])
    for field in fields {
      let components = try file.extent(of: path(field.name)).last ?? 1
      links.fields.append(
        FrameField(
          name: field.name, shape: field.shape, components: components, dimension: field.dimension,
          values: try file.read(path(field.name), Slab(start: [row, 0, 0], count: [1, count, components]))))
    }
    return links
  }
}

extension FrameLinks {
  /// Rows of the particles that links of two ends join, two for each; links across a periodic side are left out, as they would
  /// be drawn through the box.
  func lines(in frame: Frame) -> [Int64] {
    guard arity == 2, let position = frame[field: "position"] else { return [] }
    let rows = Dictionary(uniqueKeysWithValues: frame.ids.enumerated().map { ($1, $0) }), space = frame.box.space
    let (lengths, sides) = (frame.box.lengths, frame.box.sides)
    return stride(from: 0, to: ends.count, by: 2).flatMap { link -> [Int64] in
      guard let first = rows[ends[link]], let second = rows[ends[link + 1]] else { return [] }
      let isLong = (0..<space).contains { axis in
        let gap = position.values[first * space + axis] - position.values[second * space + axis]
        return sides[axis] == .periodic && abs(gap) > lengths[axis] / 2
      }
      return isLong ? [] : [Int64(first), Int64(second)]
    }
  }
}
