import Diagnostics
import Expressions
import World

extension Layout {
  /// The layout of a file as it is on disk; throws `.unreadableFile` for one that is no snapshot.
  init(reading file: borrowing StoredFile) throws(Failure) {
    guard let format: [Int32] = try file.numbers("mote_format", of: "/"), format.first == 1 else {
      throw Failure(.unreadableFile, "\(file.path) is an HDF5 file, but no snapshot of Mote (attribute mote_format)")
    }
    guard file.exists(Path.position), file.exists(Path.id), file.exists(Path.species), file.exists(Path.count) else {
      throw Failure(
        .unreadableFile, "\(file.path): \(Path.particles) needs position, id and species, and /observables particle_count")
    }
    let extent = try file.extent(of: Path.position)
    guard extent.count == 3, extent[2] == 3 else {
      throw Failure(.unreadableFile, "\(file.path): \(Path.position) is not of shape (T, N, 3)")
    }
    capacity = extent[1]
    sides = try Self.sides(in: file)
    speciesNames = file.exists(Path.speciesNames) ? try file.readText(Path.speciesNames) : []
    isCompressed = try file.filters(of: Path.position).isCompressed
    units = try Self.units(in: file)
    let (names, shapes) = (try Self.table("/parameters/fields/name", file), try Self.table("/parameters/fields/shape", file))
    let recorded = Dictionary(zip(names, shapes), uniquingKeysWith: { first, _ in first })
    let found = try file.children(of: Path.particles).filter { !["box", "id", "species"].contains($0) }
    fields = []
    for name in (names.isEmpty ? ["position"] : names).filter(found.contains) + found
    where !fields.contains(where: { $0.name == name }) {
      fields.append(try StoredField(name, shape: recorded[name], in: file, space: sides.count))
    }
    observables = []
    for name in try file.children(of: "/observables") where name != StoredObservable.particleCount.name {
      observables.append(try StoredObservable(name, in: file))
    }
    lattices = try StoredLattice.all(in: file, sides: sides)
    links = try Self.links(in: file)
  }

  /// Links of all sorts, as a file holds them.
  static func links(in file: borrowing StoredFile) throws(Failure) -> [StoredLinks] {
    guard file.exists("/connectivity") else { return [] }
    var found: [StoredLinks] = []
    for name in try file.children(of: "/connectivity") where !file.isDataset("/connectivity/" + name) {
      found.append(try StoredLinks(name, in: file))
    }
    return found
  }

  private static func table(_ path: String, _ file: borrowing StoredFile) throws(Failure) -> [String] {
    file.exists(path) ? try file.readText(path) : []
  }

  private static func sides(in file: borrowing StoredFile) throws(Failure) -> [Side] {
    let recorded = try table("/parameters/box/sides", file).compactMap(Side.init)
    if (1...3).contains(recorded.count) { return recorded }
    let boundary = try file.texts("boundary", of: Path.particles + "/box") ?? []
    return (0..<3).map { $0 < boundary.count && boundary[$0] == "periodic" ? .periodic : .open }
  }

  private static func units(in file: borrowing StoredFile) throws(Failure) -> UnitSystem {
    let group = "/parameters/units/"
    if file.exists(group + "scales") {
      let scales: [Double] = try file.read(group + "scales")
      let symbols = try table(group + "symbols", file)
      if scales.count == 7, symbols.count == 7 {
        return UnitSystem(name: try table(group + "name", file).first ?? "custom", scales: scales, symbols: symbols)
      }
    }
    return try foreignUnits(in: file)
  }

  /// The system of a file that another program wrote: what its values of length, time and mass say.
  private static func foreignUnits(in file: borrowing StoredFile) throws(Failure) -> UnitSystem {
    func unit(_ path: String) throws(Failure) -> (name: String, scale: Double)? {
      guard let name = try file.texts("units", of: path)?.first, name != "1",
        let scale: [Double] = try file.numbers("unit_si", of: path), let scale = scale.first
      else { return nil }
      return (name, scale)
    }
    guard let length = try unit(Path.position), let time = try unit(Path.time) else { return .reduced }
    var mass = try unit(Path.particles + "/mass")
    if mass == nil { mass = try unit(Path.particles + "/mass/value") }
    return UnitSystem(
      name: "custom", scales: [length.scale, mass?.scale ?? 1, time.scale, 1, 1, 1, 1],
      symbols: [length.name, mass?.name ?? "kg", time.name, "A", "K", "mol", "cd"])
  }
}

extension StoredField {
  /// A field of a file; its shape is what Mote recorded, else what the axes suggest.
  init(_ name: String, shape recorded: String?, in file: borrowing StoredFile, space: Int) throws(Failure) {
    self.name = name
    shape = .scalar
    dimension = .one
    type = .f8
    isStatic = file.isDataset(Path.particles + "/" + name)
    let (extent, stored) = (try file.extent(of: path), try file.type(of: path))
    guard let stored else { throw Failure(.unreadableFile, "\(file.place(path)): holds no numbers that Mote knows") }
    type = stored
    dimension = try Dimension(ofValuesAt: path, in: file)
    significantBits = (try file.numbers("significant_bits", of: path, as: Int32.self))?.first.map { Int($0) }
    let axes = Array(extent.dropFirst(isStatic ? 1 : 2))
    if let known = recorded.flatMap(Shape.init(name:)) {
      shape = known
      if self.axes(space: space) == axes { return }
    }
    switch axes {
    case []: shape = stored.isFloat ? .scalar : .integer
    case [3]: shape = .vector
    case [3, 3]: shape = .matrix
    case [4] where name == "orientation" && space == 3: shape = .quaternion
    default: shape = .array(axes.reduce(1, *), of: .scalar)
    }
  }
}

extension StoredObservable {
  init(_ name: String, in file: borrowing StoredFile) throws(Failure) {
    self.name = name
    let path = "/observables/\(name)/value"
    guard file.exists(path), let type = try file.type(of: path) else {
      throw Failure(.unreadableFile, "\(file.place(path)): is no series of numbers")
    }
    width = try file.extent(of: path).dropFirst().first
    dimension = try Dimension(ofValuesAt: path, in: file)
    self.type = type
  }
}

extension Dimension {
  init(ofValuesAt path: String, in file: borrowing StoredFile) throws(Failure) {
    let exponents: [Double] = try file.numbers("unit_dimension", of: path) ?? []
    let rational = exponents.compactMap(Rational.init(approximating:))
    self = rational.count == Dimension.baseNames.count ? Dimension(exponents: rational) : .one
  }
}

extension Shape {
  /// The shape with this description, such as `vector` or `array[19] scalar`.
  init?(name: String) {
    let simple: [Shape] = [.scalar, .integer, .boolean, .vector, .axial, .quaternion, .symmetric, .matrix, .edges, .faces]
    if let shape = simple.first(where: { $0.description == name }) {
      self = shape
      return
    }
    guard name.hasPrefix("array["), let end = name.firstIndex(of: "]"), let count = Int(name[..<end].dropFirst("array[".count))
    else {
      return nil
    }
    let rest = name[name.index(after: end)...].drop { $0 == " " }
    guard count > 0, let element = rest.isEmpty ? .scalar : Shape(name: String(rest)) else { return nil }
    self = .array(count, of: element)
  }
}
