import CHDF5
import Expressions

import Diagnostics

/// Values that stand where nothing was written: readers take trailing rows of it for absent.
enum Padding {
  static let real = 9.9692099683868690e+36
  static let integer = -1.0
}

extension Layout {
  /// Frames that the flat views can ever show.
  static let viewedFrames = 1 << 20
  /// Rows in a chunk of particle values.
  var chunkRows: Int { min(capacity, 16_384) }

  /// Creates everything in an empty file, with no frame in it. Static values follow by `PackedFrame`.
  func create(in file: borrowing StoredFile, kind: String = "snapshot", _ provenance: Provenance) throws(Failure) {
    try createRoot(in: file, kind, provenance)
    try createScales(in: file)
    try createRun(in: file)
    try createBox(in: file)
    for field in allFields { try create(field, in: file) }
    for observable in observables + [.particleCount] { try create(observable, in: file) }
    for links in links { try links.create(in: file, self) }
    for lattice in lattices { try lattice.create(in: file, self) }
    try createCells(in: file)
    try write(provenance, in: file)
    try createParameters(in: file)
  }

  private func createRoot(in file: borrowing StoredFile, _ kind: String, _ provenance: Provenance) throws(Failure) {
    try file.set("mote_format", of: "/", to: .integers32([1, 0]))
    try file.set("mote_kind", of: "/", to: .text(kind))
    try file.set("frames", of: "/", to: .integer(0))
    for group in ["/h5md", "/h5md/author", "/h5md/creator", "/h5md/modules/units", "/AMBER", "/VTKHDF", "/VTKHDF/Steps"] {
      try file.createGroup(group)
    }
    try file.set("version", of: "/h5md", to: .integers32([1, 1]))
    try file.set("name", of: "/h5md/author", to: .text("unknown"))
    try file.set("name", of: "/h5md/creator", to: .text("mote"))
    try file.set("version", of: "/h5md/creator", to: .text(provenance.version))
    try file.set("version", of: "/h5md/modules/units", to: .integers32([1, 0]))
    try file.set("Conventions", of: "/AMBER", to: .fixedText("AMBER"))
    try file.set("ConventionVersion", of: "/AMBER", to: .fixedText("1.0"))
    try file.set("program", of: "/AMBER", to: .fixedText("mote"))
    try file.set("programVersion", of: "/AMBER", to: .fixedText(provenance.version))
    try file.set("Version", of: "/VTKHDF", to: .integers([2, 0]))
    try file.set("Type", of: "/VTKHDF", to: .fixedText("PolyData"))
    try file.set("NSteps", of: "/VTKHDF/Steps", to: .integer(0))
  }

  private func createScales(in file: borrowing StoredFile) throws(Failure) {
    var lengths: [(String, Int?)] = [
      ("/frame", nil), ("/atom", capacity), ("/spatial", 3), ("/cell_spatial", 3), ("/cell_angular", 3),
    ]
    for field in fields {
      let names = field.scales(space: space).drop { ["/frame", "/atom"].contains($0) }
      lengths += zip(names, field.axes(space: space)).map { ($0, $1) }
    }
    lengths += observables.compactMap { observable in observable.width.map { ("/comp_\($0)", $0) } }
    var seen: Set<String> = []
    for (name, length) in lengths where seen.insert(name).inserted {
      try file.createScale(name, length: length, number: Int32(seen.count - 1))
    }
  }

  /// Steps, times, digests and constants, one row per frame.
  private func createRun(in file: borrowing StoredFile) throws(Failure) {
    for path in [Path.step, "/mote/zero", "/mote/one"] { try createRows(path, .i8, in: file) }
    try createRows(Path.time, .f8, in: file)
    try createRows(Path.digest, .u1, width: 32, in: file)
    for (path, dimension) in [(Path.step, Dimension.one), (Path.time, Dimension(time: 1))] {
      try setUnits(of: path, dimension, in: file)
      try file.attachScales(["/frame"], to: path)
    }
    try file.link(Path.time, as: "/AMBER/time")
    try file.link(Path.step, as: "/AMBER/step")
  }

  private func createBox(in file: borrowing StoredFile) throws(Failure) {
    let box = Path.particles + "/box"
    try file.createGroup(box)
    try file.set("dimension", of: box, to: .integer32(3))
    let boundary = (0..<3).map { $0 < space && sides[$0] == .periodic ? "periodic" : "none" }
    try file.set("boundary", of: box, to: .texts(boundary))
    for path in [Path.edges, Path.origin] {
      try createRows(path, .f8, width: 3, in: file)
      try linkSeries(String(path.dropLast("/value".count)), in: file)
      try setUnits(of: path, Dimension(length: 1), in: file)
      try file.attachScales(["/frame", "/cell_spatial"], to: path)
    }
    try file.link(Path.origin, as: "/AMBER/cell_origin")
    for (path, scale) in [("/AMBER/cell_lengths", "/cell_spatial"), ("/AMBER/cell_angles", "/cell_angular")] {
      try createRows(path, .f8, width: 3, in: file)
      try file.attachScales(["/frame", scale], to: path)
    }
  }

  private func create(_ field: StoredField, in file: borrowing StoredFile) throws(Failure) {
    let axes = field.axes(space: space)
    var plan = DatasetPlan(
      type: field.type, extent: [capacity] + axes, chunk: [chunkRows] + axes, isExtendible: !field.isStatic,
      isCompressed: isCompressed, isChecked: true)
    if !field.isStatic {
      plan.extent.insert(0, at: 0)
      plan.chunk?.insert(1, at: 0)
      plan.fill = field.type.isFloat ? Padding.real : Padding.integer
    }
    try file.create(field.path, plan)
    try setUnits(of: field.path, field.dimension, in: file, isReaderKind: ReaderUnits(rawValue: field.name) != nil)
    if let bits = field.significantBits { try file.set("significant_bits", of: field.path, to: .integer32(Int32(bits))) }
    try file.attachScales(field.scales(space: space), to: field.path)
    try file.link(field.path, as: "/AMBER/" + field.amberName)
    if field.isStatic {
      try file.link(field.path, as: "/VTKHDF/PointData/" + field.name)
    } else {
      try linkSeries(Path.particles + "/" + field.name, in: file)
      try file.createView(
        field.name == "position" ? "/VTKHDF/Points" : "/VTKHDF/PointData/" + field.name, of: field.path, frames: Self.viewedFrames
      )
    }
  }

  private func create(_ observable: StoredObservable, in file: borrowing StoredFile) throws(Failure) {
    try createRows(observable.path, observable.type, width: observable.width, in: file)
    try linkSeries("/observables/" + observable.name, in: file)
    try setUnits(of: observable.path, observable.dimension, in: file, isReaderKind: false)
    try file.attachScales(["/frame"] + (observable.width.map { ["/comp_\($0)"] } ?? []), to: observable.path)
  }

  /// What VTK needs to see points, a cell that joins them, and when.
  private func createCells(in file: borrowing StoredFile) throws(Failure) {
    let steps = "/VTKHDF/Steps/"
    for name in ["PartOffsets", "PointOffsets"] { try createRows(steps + name, .i8, in: file) }
    for name in ["CellOffsets", "ConnectivityIdOffsets"] { try createRows(steps + name, .i8, width: 4, in: file) }
    try file.link(Path.time, as: steps + "Values")
    try file.link("/mote/one", as: steps + "NumberOfParts")
    try file.link(Path.count, as: "/VTKHDF/NumberOfPoints")
    for field in allFields where field.name != "position" {
      try file.link(field.isStatic ? "/mote/zero" : steps + "PointOffsets", as: steps + "PointDataOffsets/" + field.name)
    }
    for kind in ["Vertices", "Lines", "Polygons", "Strips"] {
      let (group, isVertices) = ("/VTKHDF/" + kind, kind == "Vertices")
      try file.createGroup(group)
      if kind == "Lines", !links.isEmpty {
        for name in ["NumberOfCells", "NumberOfConnectivityIds", "Offsets", "Connectivity"] {
          try createRows(group + "/" + name, .i8, in: file)
        }
        continue
      }
      try file.link(isVertices ? "/mote/one" : "/mote/zero", as: group + "/NumberOfCells")
      try file.link(isVertices ? Path.count : "/mote/zero", as: group + "/NumberOfConnectivityIds")
      try createRows(group + "/Offsets", .i8, in: file)
      let rows = isVertices ? capacity : 0
      try file.create(
        group + "/Connectivity",
        DatasetPlan(
          type: .i8, extent: [rows], chunk: isVertices ? [chunkRows] : nil, isExtendible: false, isCompressed: isVertices))
      try file.write((0..<Int64(rows)).map { $0 }, to: group + "/Connectivity")
    }
  }

  func createRows(_ path: String, _ type: StoredType, width: Int? = nil, in file: borrowing StoredFile) throws(Failure) {
    let axes = width.map { [$0] } ?? []
    // Chunks of some 8 KiB: an append rewrites the last one.
    let rows = max(1, 1024 / max(1, (width ?? 1) * type.bytes / 8))
    try file.create(path, DatasetPlan(type: type, extent: [0] + axes, chunk: [rows] + axes))
  }

  /// A group with `value` has the run's steps and times beside it.
  func linkSeries(_ group: String, in file: borrowing StoredFile) throws(Failure) {
    try file.link(Path.step, as: group + "/step")
    try file.link(Path.time, as: group + "/time")
  }
}
