import Diagnostics
import Expressions

/// Whether the files of a run keep every rule of the snapshot format; what `mote verify` prints.
public struct Verification: Sendable {
  /// The first part.
  public let path: String
  /// Violations, one sentence each; empty for a good run.
  public let problems: [String]

  /// Checks all parts of a run; `everyFrame`: the values of all frames, else of the first, middle and last.
  ///
  /// Throws `.unreadableFile` for what is no HDF5 file at all.
  public init(_ path: String, everyFrame: Bool = true) throws(Failure) {
    self.path = path
    var problems: [String] = []
    for part in try Parts.existing(path) {
      var inspection = Inspection(path: part, everyFrame: everyFrame)
      let file = try StoredFile.reading(part)
      do throws(Failure) {
        try inspection.run(file)
      } catch {
        // A file that is broken enough to stop the walk breaks the rules.
        inspection.problems.append(error.message)
      }
      problems += inspection.problems
    }
    self.problems = problems
  }
}

/// One walk through one file.
struct Inspection {
  let path: String
  let everyFrame: Bool
  var problems: [String] = []

  @discardableResult
  mutating func need(_ holds: Bool, _ rule: @autoclosure () -> String) -> Bool {
    if !holds { problems.append("\(path): \(rule())") }
    return holds
  }

  /// What the later rules need to know of the file.
  struct Facts {
    var frames = 0
    var capacity = 0
    var counts: [Int64] = []
    /// Fields by name, with paths of their values.
    var series: [(name: String, path: String)] = []
    var statics: [(name: String, path: String)] = []
    /// Frames whose values are compared.
    var chosen: [Int] = []
    var isReadable = true
  }

  mutating func run(_ file: borrowing StoredFile) throws(Failure) {
    var facts = Facts()
    try checkRoot(file, &facts)
    guard try checkParticles(file, &facts) else { return }
    try checkTimes(file, facts)
    try checkBox(file, facts)
    try checkFields(file, &facts)
    try checkUnitAttributes(file, facts)
    for frame in facts.chosen { try checkFrame(frame, file, &facts) }
    try checkObservables(file, facts)
    try checkVTK(file, facts)
    try checkAmber(file, facts)
    try checkProvenance(file)
    try checkRestart(file)
  }

  private mutating func checkRoot(_ file: borrowing StoredFile, _ facts: inout Facts) throws(Failure) {
    let format: [Int32] = try file.numbers("mote_format", of: "/") ?? []
    need(format.count == 2 && format[0] == 1, "attribute mote_format must be [1, x]")
    let kind = try file.texts("mote_kind", of: "/")?.first ?? ""
    need(["snapshot", "restart"].contains(kind), "attribute mote_kind must be snapshot or restart")
    let frames: [Int64] = try file.numbers("frames", of: "/") ?? []
    need(frames.count == 1 && (frames.first ?? -1) >= 0, "attribute frames missing")
    facts.frames = Int(clamping: frames.first ?? 0)
    let version: [Int32] = try file.numbers("version", of: "/h5md") ?? []
    need(version == [1, 1], "/h5md: version must be [1, 1]")
    for (group, name) in [("/h5md/author", "name"), ("/h5md/creator", "name"), ("/h5md/creator", "version")] {
      try needText(name, of: group, file)
    }
  }

  mutating func needText(_ name: String, of object: String, _ file: borrowing StoredFile) throws(Failure) {
    let isVariable = try file.isVariableText(name, of: object)
    need(isVariable == true, "\(object): attribute \(name) must be a variable-length UTF-8 string")
  }

  private mutating func checkParticles(_ file: borrowing StoredFile, _ facts: inout Facts) throws(Failure) -> Bool {
    let first = try file.children(of: "/particles").first
    need(first == "trajectory", "/particles: trajectory must sort first, readers take the first group")
    guard need(file.exists(Path.position), "\(Path.position): missing") else { return false }
    let (extent, type) = (try file.extent(of: Path.position), try file.type(of: Path.position))
    guard need(extent.count == 3 && extent.last == 3 && type?.isFloat == true, "\(Path.position) must be float (T, N, 3)") else {
      return false
    }
    guard need(extent[0] >= facts.frames, "frames says \(facts.frames), position holds \(extent[0])") else { return false }
    facts.capacity = extent[1]
    guard need(file.exists(Path.count), "\(Path.count): missing") else { return false }
    let counted = try file.extent(of: Path.count).first ?? 0
    let countType = try file.type(of: Path.count)
    guard need(counted >= facts.frames && countType == .i8, "particle_count must be int64 (T)") else { return false }
    facts.counts = try file.read(Path.count, Slab(start: [0], count: [facts.frames]))
    let capacity = Int64(facts.capacity)
    let isInside = facts.counts.allSatisfy { (0...capacity).contains($0) }
    let last = facts.frames - 1
    facts.chosen = everyFrame ? Array(0..<facts.frames) : last < 0 ? [] : Array(Set([0, facts.frames / 2, last])).sorted()
    return need(isInside, "particle_count: outside 0..N")
  }

  private mutating func checkTimes(_ file: borrowing StoredFile, _ facts: Facts) throws(Failure) {
    for (path, type) in [(Path.particles + "/position/step", StoredType.i8), (Path.particles + "/position/time", .f8)] {
      guard need(file.exists(path), "\(path): missing") else { continue }
      let (rows, stored) = (try file.extent(of: path).first ?? 0, try file.type(of: path))
      guard need(rows >= facts.frames && stored == type, "\(path): must be \(type.rawValue), one for each frame") else {
        continue
      }
      let values: [Double] = try file.read(path, Slab(start: [0], count: [facts.frames]))
      let isOrdered = zip(values, values.dropFirst()).allSatisfy { type == .i8 ? $0 < $1 : $0 <= $1 }
      need(isOrdered && values.allSatisfy(\.isFinite), "\(path): not finite and increasing")
    }
    try checkUnits(of: Path.particles + "/position/time", kind: .time, file)
  }

  private mutating func checkBox(_ file: borrowing StoredFile, _ facts: Facts) throws(Failure) {
    let box = Path.particles + "/box"
    let dimension: [Int32] = try file.numbers("dimension", of: box) ?? []
    need(dimension == [3], "box: attribute dimension must be 3")
    let boundary = try file.texts("boundary", of: box) ?? []
    let isVariable = try file.isVariableText("boundary", of: box) == true
    let isKnown = Set(boundary).isSubset(of: ["periodic", "none"])
    need(boundary.count == 3 && isVariable && isKnown, "box: boundary must be three of periodic, none (variable-length strings)")
    guard need(file.exists(Path.edges), "\(Path.edges): missing") else { return }
    let extent = try file.extent(of: Path.edges)
    let hasShape = [[3], [3, 3]].contains(Array(extent.dropFirst())) && (extent.first ?? 0) >= facts.frames
    guard need(hasShape, "box/edges/value must be (T,3) or (T,3,3)") else { return }
    let axes = Array(extent.dropFirst())
    let values: [Double] = try file.read(Path.edges, Slab(start: [0] + axes.map { _ in 0 }, count: [facts.frames] + axes))
    need(values.allSatisfy(\.isFinite), "box/edges: not finite")
    try checkUnits(of: Path.edges, kind: .position, file)
  }
}
