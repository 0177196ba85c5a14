import Diagnostics
import Expressions
import Foundation

/// What a run's files hold, for people and as JSON: what `mote info FILE` prints.
public struct SnapshotSummary: Sendable, Equatable, Codable {
  /// One field of the particles.
  public struct Field: Sendable, Equatable, Codable {
    /// As in the file.
    public var name: String
    /// Scalar, vector, …
    public var shape: String
    /// Type of the stored numbers.
    public var type: StoredType
    /// Unit in exponent form.
    public var unit: String
    /// Whether it is written once.
    public var isStatic: Bool
    /// Mantissa bits that were kept, if not all.
    public var significantBits: Int?
  }

  /// One observable, with its value in the last frame if it is a single number.
  public struct Total: Sendable, Equatable, Codable {
    /// As in the file.
    public var name: String
    /// Unit in exponent form.
    public var unit: String
    /// Value in the last frame.
    public var last: Double?
  }

  /// The first part.
  public var path: String
  /// `snapshot` or `restart`.
  public var kind: String
  /// Names of the further parts.
  public var parts: [String]
  /// Committed frames of all parts.
  public var frames: Int
  /// Step of the first frame.
  public var firstStep: Int?
  /// Step of the last frame.
  public var lastStep: Int?
  /// Time of the first frame (`timeUnit`).
  public var firstTime: Double?
  /// Time of the last frame (`timeUnit`).
  public var lastTime: Double?
  /// Unit of time.
  public var timeUnit: String
  /// Least number of particles in a frame.
  public var fewestParticles: Int
  /// Greatest number of particles in a frame.
  public var mostParticles: Int
  /// Names of the species.
  public var species: [String]
  /// Sides of the box in the last frame (`lengthUnit`).
  public var boxLengths: [Double]
  /// Kinds of the sides.
  public var boxSides: [String]
  /// Unit of length.
  public var lengthUnit: String
  /// Name of the system of units.
  public var unitSystem: String
  /// Fields of the particles.
  public var fields: [Field]
  /// Totals of each frame.
  public var observables: [Total]
  /// Version of Mote that wrote the file.
  public var version: String
  /// Commit of its sources.
  public var git: String
  /// When the run began (UTC).
  public var created: String
  /// What was typed.
  public var command: String
  /// Names of the laws.
  public var laws: [String]
  /// Seed of all noise.
  public var seed: UInt64
}

extension SnapshotSummary {
  /// Sums up what an open snapshot holds; throws `.unreadableFile` if the last frame cannot be read.
  public init(_ reader: SnapshotReader) throws(Failure) {
    let (units, layout) = (reader.units, reader.parts[0].layout)
    let last = reader.frameCount == 0 ? nil : try reader.frame(at: reader.frameCount - 1, fields: [])
    path = reader.path
    kind = reader.kind
    parts = reader.parts.dropFirst().map(\.path)
    frames = reader.frameCount
    (firstStep, lastStep) = (reader.steps.first, reader.steps.last)
    (firstTime, lastTime) = (reader.times.first, reader.times.last)
    timeUnit = units.unitName(of: Dimension(time: 1))
    (fewestParticles, mostParticles) = (reader.counts.min() ?? 0, reader.counts.max() ?? 0)
    species = reader.speciesNames
    boxLengths = last?.box.lengths ?? []
    boxSides = layout.sides.map(\.rawValue)
    lengthUnit = units.unitName(of: Dimension(length: 1))
    unitSystem = units.name
    fields = layout.fields.map {
      Field(
        name: $0.name, shape: $0.shape.description, type: $0.type, unit: units.unitName(of: $0.dimension), isStatic: $0.isStatic,
        significantBits: $0.significantBits)
    }
    observables = layout.observables.map { observable in
      let value = last?.observables.first { $0.name == observable.name }?.values
      let isNumber = value?.count == 1 && value?[0].isFinite == true
      return Total(name: observable.name, unit: units.unitName(of: observable.dimension), last: isNumber ? value?[0] : nil)
    }
    let origin = reader.provenance
    (version, git, created, command) = (origin.version, origin.git, origin.created, origin.command)
    (laws, seed) = (origin.laws.map(\.name), origin.seed)
  }
}

extension SnapshotSummary: CustomStringConvertible {
  /// A table of text.
  public var description: String {
    func row(_ key: String, _ value: String) -> String { key.padded(to: 13) + value }
    func short(_ value: Double) -> String { String(format: "%.6g", value) }
    func unit(_ name: String) -> String { name == "1" ? "" : " " + name }
    let particles = fewestParticles == mostParticles ? "\(mostParticles)" : "\(fewestParticles) to \(mostParticles)"
    let box = zip(boxLengths, boxSides).map { "\(short($0)) (\($1))" }.joined(separator: " x ") + unit(lengthUnit)
    var lines = [row("file", ([path] + parts).joined(separator: ", ")), row("frames", "\(frames)")]
    if let firstStep, let lastStep, let firstTime, let lastTime {
      lines += [
        row("steps", "\(firstStep) to \(lastStep)"), row("time", "\(short(firstTime)) to \(short(lastTime))" + unit(timeUnit)),
        row("box", box),
      ]
    }
    lines += [row("particles", particles), row("species", species.joined(separator: ", ")), row("units", unitSystem)]
    lines += [row("laws", laws.joined(separator: ", ")), row("seed", "\(seed)"), row("command", command)]
    lines += [row("written by", "mote \(version) (\(git)), \(created)"), "fields"]
    lines += fields.map { field in
      let notes = (field.isStatic ? ", static" : "") + (field.significantBits.map { ", \($0) bits" } ?? "")
      return "  " + field.name.padded(to: 22) + field.shape.padded(to: 14) + field.type.rawValue + unit(field.unit) + notes
    }
    if !observables.isEmpty { lines.append("observables" + (frames > 0 ? " (last frame)" : "")) }
    lines += observables.map { "  " + $0.name.padded(to: 22) + ($0.last.map(short) ?? "series") + unit($0.unit) }
    return lines.joined(separator: "\n")
  }
}

extension String {
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
