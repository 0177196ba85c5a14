import Diagnostics
import Expressions
import World

/// Paths that the schema fixes.
enum Path {
  static let particles = "/particles/trajectory"
  static let edges = particles + "/box/edges/value"
  static let origin = particles + "/box/origin/value"
  static let id = particles + "/id/value"
  static let species = particles + "/species/value"
  static let position = particles + "/position/value"
  static let count = "/observables/particle_count/value"
  static let step = "/mote/step"
  static let time = "/mote/time"
  static let digest = "/mote/frame_sha256"
  static let provenance = "/mote/provenance"
  static let speciesNames = "/parameters/species/name"
}

/// A field of the particles, as a file holds it.
struct StoredField: Sendable, Equatable {
  var name: String
  var shape: Shape
  var dimension: Dimension
  var type: StoredType
  var isStatic = false
  /// Mantissa bits that were kept, if not all.
  var significantBits: Int?

  var path: String { Path.particles + "/" + name + (isStatic ? "" : "/value") }

  /// Axes after the one of particles: vectors have 3 columns and matrices 3 by 3, in flat boxes too.
  func axes(space: Int) -> [Int] {
    switch shape {
    case .vector, .edges, .faces: [3]
    case .symmetric, .matrix: [3, 3]
    case .scalar, .integer, .boolean: []
    case .axial, .quaternion, .array, .state, .rate:
      shape.components(space: space) == 1 && shape != .array(1, of: .scalar) ? [] : [shape.components(space: space)]
    }
  }

  /// The column of each component of a frame's field.
  func columns(space: Int) -> [Int] {
    switch shape {
    case .symmetric, .matrix: (0..<space * space).map { 3 * ($0 / space) + $0 % space }
    default: Array(0..<shape.components(space: space))
    }
  }

  /// Names of the dimension scales of the axes.
  func scales(space: Int) -> [String] {
    let isSpatial = [.vector, .edges, .faces, .symmetric, .matrix].contains(shape) || (shape == .axial && space == 3)
    let names = axes(space: space).enumerated().map { index, length in
      isSpatial ? ["spatial", "spatial_b"][index] : "comp_\(length)"
    }
    return (isStatic ? ["/atom"] : ["/frame", "/atom"]) + names.map { "/" + $0 }
  }

  /// The name under /AMBER.
  var amberName: String { ["position": "coordinates", "velocity": "velocities", "force": "forces"][name] ?? name }
}

/// A total that has one row per frame.
struct StoredObservable: Sendable, Equatable {
  var name: String
  /// Numbers per frame; nil: one, without an axis of its own.
  var width: Int?
  var dimension: Dimension
  var type = StoredType.f8

  var path: String { "/observables/\(name)/value" }

  static let particleCount = StoredObservable(name: "particle_count", dimension: .one, type: .i8)
}

/// Everything that is fixed when a file is created.
struct Layout: Sendable, Equatable {
  /// Rows per frame.
  var capacity: Int
  var sides: [Side]
  var speciesNames: [String]
  var units: UnitSystem
  var fields: [StoredField]
  /// Without the particle count, which every file has.
  var observables: [StoredObservable]
  /// Species that are links.
  var links: [StoredLinks] = []
  var lattices: [StoredLattice] = []
  var isCompressed: Bool

  var space: Int { sides.count }
  /// Whether so many links of each sort fit into a frame.
  func hasRoom(for counts: [Int]) -> Bool { zip(counts, links).allSatisfy { $0 <= $1.capacity } }
  /// Names of all fields, of particles and sites.
  var names: [String] { (fields.map(\.name) + lattices.flatMap { $0.fields.map(\.name) }) }
  /// Fields in the order in which a frame has them, with the two that every particle has.
  var allFields: [StoredField] { Self.identities + fields }

  static let identities = [
    StoredField(name: "id", shape: .integer, dimension: .one, type: .i8),
    StoredField(name: "species", shape: .integer, dimension: .one, type: .i4),
  ]
}

extension Layout {
  /// The layout for a run that begins with this frame.
  init(_ frame: borrowing Frame, capacity: Int, allowsStatic: Bool = true, _ options: SnapshotOptions) throws(Failure) {
    self.capacity = max(1, capacity)
    sides = frame.box.sides
    speciesNames = frame.speciesNames
    units = frame.units
    isCompressed = options.isCompressed
    let canBeStatic = allowsStatic && self.capacity == frame.count
    fields = frame.fields.filter { $0.components > 0 }.map { field in
      let type = Self.type(of: field, options)
      return StoredField(
        name: field.name, shape: field.shape, dimension: field.dimension, type: type, isStatic: field.isStatic && canBeStatic,
        significantBits: type.isFloat ? options.significantBits[field.name] : nil)
    }
    observables = frame.observables.map {
      StoredObservable(name: $0.name, width: $0.values.count == 1 ? nil : $0.values.count, dimension: $0.dimension)
    }
    // A further part has room to grow: links may form in each frame.
    links = frame.links.map { StoredLinks($0, capacity: allowsStatic ? $0.ids.count : $0.ids.count * 3 / 2) }
    lattices = frame.lattices.map { StoredLattice($0) }
    try checkNames()
  }

  private static func type(of field: FrameField, _ options: SnapshotOptions) -> StoredType {
    if field.name == "image" { return .i4 }
    switch field.shape {
    case .integer: return .i8
    case .boolean: return .i4
    default: return options.singlePrecision.contains(field.name) ? .f4 : .f8
    }
  }

  /// Throws `.failed` for names that the format cannot hold, and for a frame without positions.
  private func checkNames() throws(Failure) {
    guard let position = fields.first(where: { $0.name == "position" }), position.shape == .vector, !position.isStatic else {
      throw Failure(.failed, "a frame needs a field 'position', a vector that is written for each frame")
    }
    var seen: Set<String> = ["id", "species", "box"]
    for name in fields.map(\.name) {
      guard Self.isName(name) else {
        throw Failure(.failed, "field '\(name)': snapshots hold names of lower-case letters, digits and underscores")
      }
      guard seen.insert(name).inserted else { throw Failure(.failed, "field '\(name)': this name is taken") }
    }
    seen = [StoredObservable.particleCount.name]
    for name in observables.map(\.name) where name.isEmpty || name.contains("/") || !seen.insert(name).inserted {
      throw Failure(.failed, "observable '\(name)': this name is taken, empty, or contains '/'")
    }
  }

  /// `[a-z][a-z0-9_]*`
  static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, (97...122).contains(first) else { return false }
    return name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }
}
