import Diagnostics
import Expressions
import World

/// A lattice, as a file holds it: one dataset for each of its fields, of axes time, z, y, x (as many as the box has) and component.
struct StoredLattice: Sendable, Equatable {
  /// A field of the sites.
  struct Field: Sendable, Equatable {
    var name: String
    var shape: Shape
    var dimension: Dimension
    /// Numbers per site.
    var components: Int
  }

  var name: String
  var grid: Grid
  var fields: [Field]

  init(_ lattice: FrameLattice) {
    name = lattice.name
    grid = lattice.grid
    fields = lattice.fields.filter { $0.components > 0 }.map {
      Field(name: $0.name, shape: $0.shape, dimension: $0.dimension, components: $0.components)
    }
  }

  private var group: String { "/fields/" + name }
  private func path(_ field: Field) -> String { "\(group)/\(field.name)" }
  /// Sites along z, y and x: the last axis runs fastest.
  private func extent(_ field: Field) -> [Int] { grid.counts.reversed() + (field.components == 1 ? [] : [field.components]) }

  /// Creates the datasets, with no frame in them.
  func create(in file: borrowing StoredFile, _ layout: Layout) throws(Failure) {
    try layout.linkSeries(group, in: file)
    for field in fields {
      let extent = extent(field)
      // A chunk is a plane: readers of slices touch little else.
      let chunk = extent.count > 2 && grid.counts.count == 3 ? [1] + extent.dropFirst() : extent
      try file.create(
        path(field),
        DatasetPlan(
          type: .f8, extent: [0] + extent, chunk: [1] + chunk, isExtendible: true, isCompressed: layout.isCompressed,
          isChecked: true))
      try layout.setUnits(of: path(field), field.dimension, in: file, isReaderKind: false)
      try file.set("shape", of: path(field), to: .text(field.shape.description))
      try file.set("origin", of: path(field), to: .numbers(padded(grid.origin, 0)))
      try file.set("spacing", of: path(field), to: .numbers([grid.spacing, grid.spacing, grid.spacing]))
    }
  }

  private func padded(_ numbers: [Double], _ rest: Double) -> [Double] {
    numbers + Array(repeating: rest, count: 3 - numbers.count)
  }

  /// The values of its fields in a frame; throws `.failed` for a frame whose lattice is another one.
  func values(in lattices: [FrameLattice], step: Int) throws(Failure) -> [[Double]] {
    guard let lattice = lattices.first(where: { $0.name == name }), lattice.grid == grid else {
      throw Failure(.failed, "step \(step): the lattice '\(name)' is not in the frame as it is in the file")
    }
    return try fields.map { field throws(Failure) in
      guard let own = lattice.fields.first(where: { $0.name == field.name }), own.components == field.components else {
        throw Failure(.failed, "step \(step): field '\(field.name)' of '\(name)' is not in the frame, but in the file")
      }
      return own.values
    }
  }

  /// Writes the values of its fields as frame number `row`.
  func write(_ values: [[Double]], to file: borrowing StoredFile, row: Int) throws(Failure) {
    for (field, numbers) in zip(fields, values) {
      let extent = extent(field)
      try file.resize(path(field), rows: row + 1)
      try file.write(numbers, to: path(field), Slab(start: [row] + extent.map { _ in 0 }, count: [1] + extent))
    }
  }

  /// The lattice as frame `row` of a file has it.
  func read(_ row: Int, from file: borrowing StoredFile, keeping names: Set<String>?) throws(Failure) -> FrameLattice {
    var read: [FrameField] = []
    for field in fields where names?.contains(field.name) ?? true {
      let extent = extent(field)
      read.append(
        FrameField(
          name: field.name, shape: field.shape, components: field.components, dimension: field.dimension,
          values: try file.read(path(field), Slab(start: [row] + extent.map { _ in 0 }, count: [1] + extent))))
    }
    return FrameLattice(name: name, grid: grid, fields: read)
  }
}

extension StoredLattice {
  /// All lattices of a file.
  static func all(in file: borrowing StoredFile, sides: [Side]) throws(Failure) -> [StoredLattice] {
    guard file.exists("/fields") else { return [] }
    var found: [StoredLattice] = []
    for name in try file.children(of: "/fields") {
      if let lattice = try StoredLattice(name, in: file, sides: sides) { found.append(lattice) }
    }
    return found
  }

  /// Nil for a lattice without fields, of which a file does not know where its sites are.
  private init?(_ name: String, in file: borrowing StoredFile, sides: [Side]) throws(Failure) {
    let group = "/fields/" + name, space = sides.count
    var fields: [Field] = [], counts: [Int] = [], origin: [Double] = [], spacing: [Double] = []
    for field in try file.children(of: group) where field != "step" && field != "time" {
      let path = "\(group)/\(field)", extent = try file.extent(of: path)
      guard extent.count == space + 1 || extent.count == space + 2 else {
        throw Failure(.unreadableFile, "\(file.place(path)): is no field of a lattice in \(space) dimensions")
      }
      counts = extent[1...space].reversed()
      origin = try file.numbers("origin", of: path) ?? []
      spacing = try file.numbers("spacing", of: path) ?? []
      let components = extent.count == space + 2 ? extent[space + 1] : 1
      let shape = try file.texts("shape", of: path)?.first.flatMap(Shape.init(name:))
      fields.append(
        Field(
          name: field, shape: shape ?? (components == 1 ? .scalar : .array(components, of: .scalar)),
          dimension: try Dimension(ofValuesAt: path, in: file), components: components))
    }
    guard !fields.isEmpty, origin.count >= space, let side = spacing.first else { return nil }
    self.name = name
    self.fields = fields
    grid = Grid(
      counts: counts, spacing: side, origin: Array(origin.prefix(space)), isPeriodic: sides.map { $0 == .periodic })
  }
}
