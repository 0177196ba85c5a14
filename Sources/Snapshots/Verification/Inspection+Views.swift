import Diagnostics

extension Inspection {
  mutating func checkVTK(_ file: borrowing StoredFile, _ facts: Facts) throws(Failure) {
    let (group, steps) = ("/VTKHDF", "/VTKHDF/Steps")
    guard need(file.exists(steps), "\(steps): missing") else { return }
    let version: [Int64] = try file.numbers("Version", of: group) ?? []
    need(version == [2, 0], "\(group): Version must be [2, 0]")
    let (type, isVariable) = (try file.texts("Type", of: group)?.first, try file.isVariableText("Type", of: group))
    need(type == "PolyData" && isVariable == false, "\(group): Type must be the fixed-length ASCII string PolyData")
    let count: [Int64] = try file.numbers("NSteps", of: steps) ?? []
    need(count == [Int64(facts.frames)], "\(steps): NSteps differs from frames")
    need(file.isSame(steps + "/Values", Path.time), "\(steps)/Values must be a hard link of time")
    need(file.isSame(group + "/NumberOfPoints", Path.count), "\(group)/NumberOfPoints must be a hard link of particle_count")
    let frames = (0..<Int64(facts.frames)).map { $0 }
    try needRows(steps + "/PartOffsets", frames, file)
    try needRows(steps + "/NumberOfParts", frames.map { _ in 1 }, file)
    try needRows(steps + "/PointOffsets", frames.map { $0 * Int64(facts.capacity) }, file)
    for name in ["CellOffsets", "ConnectivityIdOffsets"] {
      let extent = file.exists("\(steps)/\(name)") ? try file.extent(of: "\(steps)/\(name)") : []
      need(extent.count == 2 && extent[1] == 4 && extent[0] >= facts.frames, "\(steps)/\(name) must be (T, 4)")
    }
    for kind in ["Vertices", "Lines", "Polygons", "Strips"] { try checkCells(kind, file, facts) }
    try checkPointData(file, facts)
  }

  private mutating func needRows(_ path: String, _ wanted: [Int64], _ file: borrowing StoredFile) throws(Failure) {
    guard need(file.exists(path), "\(path): missing") else { return }
    let rows: [Int64] = try file.read(path)
    need(rows.starts(with: wanted), "\(path): wrong")
  }

  private mutating func checkCells(_ kind: String, _ file: borrowing StoredFile, _ facts: Facts) throws(Failure) {
    let group = "/VTKHDF/" + kind
    let isComplete = ["NumberOfCells", "NumberOfConnectivityIds", "Offsets", "Connectivity"].allSatisfy {
      file.exists("\(group)/\($0)")
    }
    guard need(isComplete, "\(group): incomplete") else { return }
    let cells = try file.read(group + "/NumberOfCells", as: Int64.self).prefix(facts.frames)
    let offsets: [Int64] = try file.read(group + "/Offsets")
    let wanted = cells.reduce(0, +) + Int64(facts.frames)
    need(cells.count == facts.frames && Int64(offsets.count) >= wanted, "\(group): Offsets must hold cells + 1 entries per frame")
    guard kind == "Vertices", facts.frames > 0 else { return }
    need(
      offsets.starts(with: facts.counts.flatMap { [0, $0] }) && cells.allSatisfy { $0 == 1 },
      "\(group): one cell [0, n] per frame")
    let steps: [Int64] = try file.read("/VTKHDF/Steps/CellOffsets", Slab(start: [0, 0], count: [facts.frames, 1]))
    need(steps == (0..<Int64(facts.frames)).map { $0 }, "/VTKHDF/Steps/CellOffsets: column 0 must count the frames")
  }

  private mutating func checkPointData(_ file: borrowing StoredFile, _ facts: Facts) throws(Failure) {
    let offsets = "/VTKHDF/Steps/PointDataOffsets/"
    for (name, source) in facts.series {
      let view = name == "position" ? "/VTKHDF/Points" : "/VTKHDF/PointData/" + name
      guard need(file.exists(view), "\(view): missing") else { continue }
      let (sources, shape) = (try file.sources(of: view), try file.extent(of: source))
      let (type, sourceType, rank) = (try file.type(of: view), try file.type(of: source), try file.extent(of: view).count)
      let isFlat = type == sourceType && rank == (shape.count > 2 ? 2 : 1)
      guard need(!sources.isEmpty && isFlat, "\(view): must be a virtual view of rows") else { continue }
      need(sources.allSatisfy { $0 == "." }, "\(view): must map this very file")
      let isLinked = name == "position" || file.isSame(offsets + name, "/VTKHDF/Steps/PointOffsets")
      need(isLinked, "\(offsets)\(name) must be a hard link of PointOffsets")
      guard facts.isReadable, let type else { continue }
      for t in facts.chosen { try checkView(view, of: source, type, Array(shape.dropFirst(2)), t, file, facts) }
    }
    for (name, path) in facts.statics {
      need(file.isSame("/VTKHDF/PointData/" + name, path), "/VTKHDF/PointData/\(name) must be a hard link of \(path)")
      let zeros = file.exists(offsets + name) ? try file.read(offsets + name, as: Int64.self).prefix(facts.frames) : [1]
      need(zeros.allSatisfy { $0 == 0 }, "\(offsets)\(name) must be zeros")
    }
  }

  private mutating func checkView(
    _ view: String, of source: String, _ type: StoredType, _ axes: [Int], _ t: Int, _ file: borrowing StoredFile, _ facts: Facts
  ) throws(Failure) {
    let n = Int(facts.counts[t]), width = axes.isEmpty ? [] : [axes.reduce(1, *)]
    let shown = try file.read(view, as: type, Slab(start: [t * facts.capacity] + width.map { _ in 0 }, count: [n] + width))
    let stored = try file.read(source, as: type, Slab(start: [t, 0] + axes.map { _ in 0 }, count: [1, n] + axes))
    need(shown.hasSameBytes(as: stored), "\(view): frame \(t) shows other data than \(source)")
  }

  mutating func checkAmber(_ file: borrowing StoredFile, _ facts: Facts) throws(Failure) {
    let (conventions, isVariable) = (
      try file.texts("Conventions", of: "/AMBER")?.first, try file.isVariableText("Conventions", of: "/AMBER")
    )
    need(conventions == "AMBER" && isVariable == false, "/AMBER: Conventions must be the fixed-length string AMBER")
    for name in ["/frame", "/atom", "/spatial", "/cell_spatial", "/cell_angular"] {
      let isScale = try file.isScale(name)
      need(isScale, "\(name): dimension scale missing")
    }
    let isLinked = file.isSame("/AMBER/time", Path.time) && file.isSame("/AMBER/step", Path.step)
    need(isLinked, "/AMBER: time and step must be hard links")
    for (field, isStatic) in facts.series.map({ ($0, false) }) + facts.statics.map({ ($0, true) }) {
      let name = StoredField(name: field.name, shape: .scalar, dimension: .one, type: .f8).amberName
      need(file.isSame("/AMBER/" + name, field.path), "/AMBER/\(name) must be a hard link of \(field.path)")
      try needScales(isStatic ? ["/atom"] : ["/frame", "/atom"], on: field.path, file)
    }
    for name in ["cell_lengths", "cell_angles", "cell_origin"] {
      let path = "/AMBER/" + name
      let extent = file.exists(path) ? try file.extent(of: path) : []
      if need(extent.count == 2 && extent[1] == 3 && extent[0] >= facts.frames, "\(path) must be (T, 3)") {
        try needScales(["/frame"], on: path, file, more: false)
      }
    }
  }

  private mutating func needScales(
    _ names: [String], on path: String, _ file: borrowing StoredFile, more: Bool = true
  ) throws(Failure) {
    let rank = try file.extent(of: path).count
    for axis in 0..<(more ? rank : names.count) {
      let found = try file.scales(of: path, axis: axis)
      if axis < names.count {
        need(found == [names[axis]], "\(path): axis \(axis) must carry the dimension scale \(names[axis])")
      } else {
        need(found.count == 1, "\(path): axis \(axis) has no dimension scale")
      }
    }
  }

  mutating func checkProvenance(_ file: borrowing StoredFile) throws(Failure) {
    let group = Path.provenance
    guard need(file.exists(group), "\(group): missing") else { return }
    for name in ["scene", "command", "version", "git", "created", "backend", "precision"] {
      guard need(file.exists("\(group)/\(name)"), "\(group)/\(name): missing") else { continue }
      let text = try file.readText("\(group)/\(name)").first ?? ""
      need(!PrivatePath.occurs(in: text), "\(group)/\(name): holds an absolute path")
    }
    need(file.has("seed", of: group), "\(group): attribute seed missing")
    need(file.exists(group + "/laws"), "\(group)/laws: missing")
  }

  mutating func checkRestart(_ file: borrowing StoredFile) throws(Failure) {
    guard try file.texts("mote_kind", of: "/")?.first == "restart" else { return }
    let group = "/mote/restart"
    guard need(file.exists(group), "\(group): missing") else { return }
    for name in ["rng_key", "rng_counter"] { need(file.exists("\(group)/\(name)"), "\(group)/\(name): missing") }
    need(file.has("step", of: group) && file.has("integrator", of: group), "\(group): attributes step, integrator missing")
  }
}

/// Paths that would tell where a run was made.
enum PrivatePath {
  private static let folders = ["home", "root", "users", "tmp", "scratch", "work", "gpfs", "lustre", "mnt", "data"]

  static func occurs(in text: String) -> Bool {
    let bytes = Array(text.lowercased().utf8), before = Set(" \t\n\r\"'=:".utf8)
    return bytes.indices.contains { index in
      guard bytes[index] == UInt8(ascii: "/"), index == 0 || before.contains(bytes[index - 1]) else { return false }
      return folders.contains { bytes[(index + 1)...].starts(with: Array("\($0)/".utf8)) }
    }
  }
}

extension PackedValues {
  /// Equal bits, so that NaN equals itself.
  func hasSameBytes(as other: PackedValues) -> Bool {
    switch (self, other) {
    case (.f8(let a), .f8(let b)): a.elementsEqual(b) { $0.bitPattern == $1.bitPattern }
    case (.f4(let a), .f4(let b)): a.elementsEqual(b) { $0.bitPattern == $1.bitPattern }
    default: self == other
    }
  }
}
