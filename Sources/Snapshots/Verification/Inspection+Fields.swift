import Diagnostics
import Expressions

extension Inspection {
  mutating func checkFields(_ file: borrowing StoredFile, _ facts: inout Facts) throws(Failure) {
    let names = try file.children(of: Path.particles).filter { $0 != "box" }
    for name in names {
      let group = Path.particles + "/" + name
      if file.isDataset(group) {
        facts.statics.append((name, group))
        try checkStatic(group, file, facts)
      } else if need(["value", "step", "time"].allSatisfy { file.exists("\(group)/\($0)") }, "\(group): needs value, step, time")
      {
        facts.series.append((name, group + "/value"))
        try checkSeries(group, file)
      } else {
        continue
      }
      try checkUnits(of: file.isDataset(group) ? group : group + "/value", kind: ReaderUnits(rawValue: name), file)
    }
    for name in ["id", "species"] { need(names.contains(name), "\(Path.particles)/\(name): missing") }
    if file.exists(Path.id) {
      let type = try file.type(of: Path.id)
      need(type == .i8, "id must be int64")
    }
  }

  private mutating func checkStatic(_ path: String, _ file: borrowing StoredFile, _ facts: Facts) throws(Failure) {
    let rows = try file.extent(of: path).first
    need(rows == facts.capacity, "\(path): a static field must have N rows")
    let isConstant = facts.counts.allSatisfy { $0 == Int64(facts.capacity) }
    need(isConstant, "\(path): static fields need a constant particle count")
    try checkFilters(path, file)
  }

  private mutating func checkSeries(_ group: String, _ file: borrowing StoredFile) throws(Failure) {
    let value = group + "/value", position = Path.particles + "/position"
    let isLinked = file.isSame(group + "/step", position + "/step") && file.isSame(group + "/time", position + "/time")
    need(isLinked, "\(group): step and time must be hard links of those of position")
    let (extent, expected) = (try file.extent(of: value), try file.extent(of: Path.position).prefix(2))
    need(extent.prefix(2) == expected, "\(value): shape \(extent) does not start with \(Array(expected))")
    let chunk = try file.chunk(of: value)
    need(chunk?.first == 1, "\(value): chunks must span one frame")
    let grows = try file.isExtendible(value)
    need(grows, "\(value): must be extendible in frames")
    let (fill, type) = (try file.fillValue(of: value), try file.type(of: value))
    let wanted = type == .f4 ? Double(Float(Padding.real)) : type == .f8 ? Padding.real : Padding.integer
    need(fill == wanted, "\(value): fill value must be \(wanted)")
    try checkFilters(value, file)
  }

  private mutating func checkFilters(_ path: String, _ file: borrowing StoredFile) throws(Failure) {
    let filters = try file.filters(of: path)
    need(filters.isPortable, "\(path): a filter that is not in every HDF5 build")
    need(filters.isChecked, "\(path): no fletcher32 checksum")
  }

  mutating func checkUnits(of path: String, kind: ReaderUnits? = nil, _ file: borrowing StoredFile) throws(Failure) {
    guard file.exists(path) else { return }
    try needText("units", of: path, file)
    let scale: [Double] = try file.numbers("unit_si", of: path) ?? []
    need(scale.count == 1 && (scale.first ?? 0) > 0, "\(path): unit_si must be a positive float")
    let exponents: [Double] = try file.numbers("unit_dimension", of: path) ?? []
    need(exponents.count == 7, "\(path): unit_dimension must hold 7 exponents (L M T I Th N J)")
    guard let unit = try file.texts("unit", of: path)?.first else { return }
    if let kind { need(kind.words.contains(unit), "\(path): unit '\(unit)' stops H5MD readers; write only units") }
    let units = try file.texts("units", of: path)?.first
    need(unit == units, "\(path): unit and units differ")
  }

  /// `unit` is on all of position, velocity, force and time that are there, or on none.
  mutating func checkUnitAttributes(_ file: borrowing StoredFile, _ facts: Facts) throws(Failure) {
    let paths = facts.series.filter { ReaderUnits(rawValue: $0.name) != nil }.map(\.path) + [Path.particles + "/position/time"]
    let known = Set(paths.map { file.has("unit", of: $0) })
    need(known.count <= 1, "attribute unit must be on all of position, velocity, force and time, or on none")
  }

  mutating func checkFrame(_ t: Int, _ file: borrowing StoredFile, _ facts: inout Facts) throws(Failure) {
    let (n, capacity) = (Int(facts.counts[t]), facts.capacity)
    let positions: [Double], ids: [Int64]
    do throws(Failure) {
      positions = try file.read(Path.position, Slab(start: [t, 0, 0], count: [1, capacity, 3]))
      ids = try file.read(Path.id, Slab(start: [t, 0], count: [1, capacity]))
    } catch {
      facts.isReadable = false
      problems.append("frame \(t): unreadable chunk (checksum?): \(error.message)")
      return
    }
    let padding = try file.fillValue(of: Path.position)
    need(positions.prefix(3 * n).allSatisfy(\.isFinite), "frame \(t): position not finite")
    let isPadded = positions.dropFirst(3 * n).allSatisfy { $0 == padding } && !positions.prefix(3 * n).contains(padding)
    need(isPadded, "frame \(t): padding does not match particle_count")
    let isIDPadded = ids.dropFirst(n).allSatisfy { $0 == -1 } && ids.prefix(n).allSatisfy { $0 >= 0 }
    need(isIDPadded, "frame \(t): id padding does not match particle_count")
    let isSorted = zip(ids.prefix(n), ids.prefix(n).dropFirst()).allSatisfy { $0 < $1 }
    need(isSorted, "frame \(t): rows must be sorted by id, ids unique")
    try checkDigest(t, n, file, facts)
  }

  private mutating func checkDigest(_ t: Int, _ n: Int, _ file: borrowing StoredFile, _ facts: Facts) throws(Failure) {
    let extent = file.exists(Path.digest) ? try file.extent(of: Path.digest) : []
    guard need(extent.count == 2 && extent[0] >= facts.frames && extent[1] == 32, "\(Path.digest) must be u1 (T,32)") else {
      return
    }
    var digest = Digest()
    for name in ["id", "position", "velocity"] {
      guard let path = facts.series.first(where: { $0.name == name })?.path, let type = try file.type(of: path) else { continue }
      let axes = Array(try file.extent(of: path).dropFirst(2))
      try file.read(path, as: type, Slab(start: [t, 0] + axes.map { _ in 0 }, count: [1, n] + axes)).add(to: &digest)
    }
    let stored: [UInt8] = try file.read(Path.digest, Slab(start: [t, 0], count: [1, 32]))
    need(digest.finish() == stored, "frame \(t): frame_sha256 does not match the data")
  }

  mutating func checkObservables(_ file: borrowing StoredFile, _ facts: Facts) throws(Failure) {
    for name in try file.children(of: "/observables") {
      let path = "/observables/\(name)/value"
      guard need(file.exists(path), "/observables/\(name): an observable is a group with value, step, time") else { continue }
      let rows = try file.extent(of: path).first ?? 0
      need(rows >= facts.frames, "/observables/\(name): needs one row per frame (faster series belong in /log)")
      try checkUnits(of: path, file)
    }
  }
}
