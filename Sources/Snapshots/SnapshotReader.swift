import Diagnostics
import Expressions
import World

/// Reads the frames of a run, from `run.h5` and its further parts.
///
/// A file whose writer was killed within a commit is put right when it is opened.
public final class SnapshotReader: Sendable {
  /// The first part.
  public let path: String
  /// `snapshot` or `restart`.
  public let kind: String
  /// Where the run came from.
  public let provenance: Provenance
  /// Steps of the frames, all parts.
  public let steps: [Int]
  /// Times of the frames (units of the run).
  public let times: [Double]
  /// Particles in each frame.
  public let counts: [Int]
  let parts: [Part]

  /// One file of the run.
  struct Part: Sendable {
    var path: String
    var layout: Layout
    /// Number of its first frame in the run.
    var first: Int
    var frames: Int
  }

  /// Opens a snapshot; throws `.unreadableFile` for a file that is missing, truncated, or something else.
  public init(_ path: String) throws(Failure) {
    var (steps, times, counts, parts): ([Int], [Double], [Int], [Part]) = ([], [], [], [])
    for name in try Parts.existing(path) {
      let file = try StoredFile.reading(name)
      let layout = try Layout(reading: file)
      let frames = try Self.committedFrames(file)
      let all = Slab(start: [0], count: [frames])
      parts.append(Part(path: name, layout: layout, first: steps.count, frames: frames))
      steps += try file.read(Path.step, as: Int64.self, all).map { Int($0) }
      times += try file.read(Path.time, all)
      counts += try file.read(Path.count, as: Int64.self, all).map { Int($0) }
      if let wrong = counts.last(where: { !(0...layout.capacity).contains($0) }) {
        throw Failure(.unreadableFile, "\(name): a frame of \(wrong) particles in a file for \(layout.capacity)")
      }
    }
    let file = try StoredFile.reading(path)
    self.path = path
    kind = try file.texts("mote_kind", of: "/")?.first ?? "snapshot"
    provenance = try Provenance(reading: file)
    (self.steps, self.times, self.counts, self.parts) = (steps, times, counts, parts)
  }

  private static func committedFrames(_ file: borrowing StoredFile) throws(Failure) -> Int {
    let frames: [Int64] = try file.numbers("frames", of: "/") ?? []
    guard let frames = frames.first, frames >= 0, frames <= Int64(Int32.max) else {
      throw Failure(.unreadableFile, "\(file.path): attribute frames is missing or no number of frames")
    }
    for path in [Path.step, Path.time, Path.count, Path.position] {
      let rows = file.exists(path) ? try file.extent(of: path).first ?? 0 : 0
      if rows < Int(frames) { throw Failure(.unreadableFile, "\(file.place(path)): holds \(rows) of \(frames) frames") }
    }
    return Int(frames)
  }

  /// Committed frames of all parts.
  public var frameCount: Int { steps.count }
  /// Particles that a frame of the last part has room for.
  public var capacity: Int { parts[parts.count - 1].layout.capacity }
  /// Units of all values.
  public var units: UnitSystem { parts[0].layout.units }
  /// Names of the species, by their codes.
  public var speciesNames: [String] { parts[0].layout.speciesNames }
  /// Names of the fields, position first.
  public var fieldNames: [String] { parts[0].layout.fields.map(\.name) }

  func part(of frame: Int) -> Part { parts.last { $0.first <= frame } ?? parts[0] }
}

extension SnapshotReader {
  /// Frame number `index`, with the named fields and the positions (nil: all fields).
  ///
  /// Throws `.unreadableFile` if a checksum fails, `.failed` for a frame or field that is not there.
  public func frame(at index: Int, fields: Set<String>? = nil) throws(Failure) -> Frame {
    guard steps.indices.contains(index) else {
      throw Failure(
        .failed, "\(path): there is no frame \(index)", hint: frameCount == 0 ? "it holds none" : "0 to \(frameCount - 1)")
    }
    let part = part(of: index)
    let (layout, row, count) = (part.layout, index - part.first, counts[index])
    if let missing = fields?.first(where: { name in !layout.names.contains(name) }) {
      throw Failure(
        .failed, "\(path): there is no field '\(missing)'", hint: suggestion(for: missing, among: layout.names))
    }
    let file = try StoredFile.reading(part.path)
    let species: [Int32] = try file.read(Path.species, Slab(start: [row, 0], count: [1, count]))
    if let code = species.first(where: { !layout.speciesNames.indices.contains(Int($0)) }) {
      throw Failure(.unreadableFile, "\(file.place(Path.species)): species \(code) has no name in \(Path.speciesNames)")
    }
    let chosen = layout.fields.filter { $0.name == "position" || fields?.contains($0.name) ?? true }
    var read: [FrameField] = []
    for field in chosen {
      let values = try file.values(of: field, row, count, layout.space)
      read.append(
        FrameField(
          name: field.name, shape: field.shape, components: field.columns(space: layout.space).count, dimension: field.dimension,
          values: values.unpacked(field, space: layout.space), isStatic: field.isStatic))
    }
    var frame = Frame(
      step: steps[index], time: times[index], box: try box(file, row, layout), speciesNames: layout.speciesNames,
      ids: try file.read(Path.id, Slab(start: [row, 0], count: [1, count])), species: species, fields: read,
      observables: try layout.observables.map { observable throws(Failure) in
        Observable(name: observable.name, dimension: observable.dimension, values: try file.row(row, of: observable))
      }, units: layout.units)
    for links in layout.links { frame.links.append(try links.read(from: file, row: row)) }
    for lattice in layout.lattices { frame.lattices.append(try lattice.read(row, from: file, keeping: fields)) }
    return frame
  }

  private func box(_ file: borrowing StoredFile, _ row: Int, _ layout: Layout) throws(Failure) -> Box {
    let extent = try file.extent(of: Path.edges)
    guard extent.count == 2 else {
      throw Failure(.unreadableFile, "\(file.place(Path.edges)): only boxes with right angles can be read")
    }
    let edges: [Double] = try file.read(Path.edges, Slab(start: [row, 0], count: [1, 3]))
    let origin =
      file.exists(Path.origin) ? try file.read(Path.origin, as: Double.self, Slab(start: [row, 0], count: [1, 3])) : [0, 0, 0]
    return Box(origin: Array(origin.prefix(layout.space)), lengths: Array(edges.prefix(layout.space)), sides: layout.sides)
  }

  /// The digest that was stored with a frame (32 bytes).
  public func digest(at index: Int) throws(Failure) -> [UInt8] {
    let part = part(of: index)
    return try StoredFile.reading(part.path).read(Path.digest, Slab(start: [index - part.first, 0], count: [1, 32]))
  }

  /// How many frames of which part stay if the first `count` do: index of the part, and frames in it.
  func place(ofLast count: Int) -> (part: Int, frames: Int) {
    let index = parts.lastIndex { $0.first < count } ?? 0
    return (index, count - parts[index].first)
  }

  /// What frames of this part have in common, if it has static fields.
  func fixed(in index: Int) throws(Failure) -> SnapshotWriter.Fixed? {
    let part = parts[index]
    let fields = part.layout.fields.filter(\.isStatic)
    if fields.isEmpty { return nil }
    let file = try StoredFile.reading(part.path)
    let layout = part.layout
    let values = try fields.map { field throws(Failure) in
      try file.values(of: field, 0, layout.capacity, layout.space).unpacked(field, space: layout.space)
    }
    let ids: [Int64]? = part.frames == 0 ? nil : try file.read(Path.id, Slab(start: [0, 0], count: [1, layout.capacity]))
    return SnapshotWriter.Fixed(ids: ids, values: values)
  }
}

extension StoredFile {
  /// Rows of real particles of a field in frame `row`.
  func values(of field: StoredField, _ row: Int, _ count: Int, _ space: Int) throws(Failure) -> PackedValues {
    let axes = field.axes(space: space), zeros = axes.map { _ in 0 }
    let slab =
      field.isStatic ? Slab(start: [0] + zeros, count: [count] + axes) : Slab(start: [row, 0] + zeros, count: [1, count] + axes)
    return try read(field.path, as: field.type, slab)
  }

  func row(_ row: Int, of observable: StoredObservable) throws(Failure) -> [Double] {
    let axes = observable.width.map { [$0] } ?? []
    return try read(observable.path, Slab(start: [row] + axes.map { _ in 0 }, count: [1] + axes))
  }
}

extension Provenance {
  /// What a file says of its origin; empty where it says nothing.
  init(reading file: borrowing StoredFile) throws(Failure) {
    let group = Path.provenance
    func text(_ name: String) throws(Failure) -> String? {
      file.exists("\(group)/\(name)") ? try file.readText("\(group)/\(name)").first : nil
    }
    var laws: [Law] = []
    for name in try file.children(of: group + "/laws") { laws.append(Law(name: name, text: try text("laws/" + name) ?? "")) }
    let seed: [UInt64] = try file.numbers("seed", of: group) ?? []
    let ranks: [Int32] = try file.numbers("ranks", of: group) ?? []
    self.init(
      scene: try text("scene") ?? "", sceneSource: try text("scene_source"), laws: laws, command: try text("command") ?? "",
      version: try text("version") ?? "", git: try text("git") ?? "", created: try text("created") ?? "",
      backend: try text("backend") ?? "", precision: try text("precision") ?? "", seed: seed.first ?? 0,
      ranks: Int(ranks.first ?? 1))
  }
}
