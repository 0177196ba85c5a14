import Diagnostics
import Foundation
import World

/// Everything that a run needs to go on as if it had not stopped.
public struct Restart: Sendable {
  /// Arrays of one integrator, thermostat or law with memory.
  public struct Memory: Sendable, Equatable {
    /// Name of the integrator, thermostat, barostat or law.
    public var owner: String
    /// Its numbers, by name.
    public var arrays: [String: [Double]]

    /// Arrays of one owner.
    public init(owner: String, arrays: [String: [Double]]) {
      self.owner = owner
      self.arrays = arrays
    }
  }

  /// With all fields; they are stored in full precision.
  public var frame: Frame
  /// Name of the integrator.
  public var integrator: String
  /// Key (2 words) and counter (4 words) of the counter-based generator.
  public var randomKey: [UInt64]
  /// Counter of the generator (4 words).
  public var randomCounter: [UInt64]
  /// What laws and integrators remember.
  public var memories: [Memory]
  /// Where the run came from.
  public var provenance: Provenance

  /// The state at the end of a step; `randomKey` has 2 words, `randomCounter` 4.
  public init(
    frame: Frame, integrator: String, randomKey: [UInt64], randomCounter: [UInt64], memories: [Memory] = [],
    provenance: Provenance
  ) {
    precondition(randomKey.count == 2 && randomCounter.count == 4, "a key of 2 words and a counter of 4")
    self.frame = frame
    self.integrator = integrator
    self.randomKey = randomKey
    self.randomCounter = randomCounter
    self.memories = memories
    self.provenance = provenance
  }
}

extension Restart {
  private static let group = "/mote/restart"

  /// Writes the file under a temporary name and renames it, so that a kill leaves the old file or the new one.
  ///
  /// Throws `.outOfSpace` for a full disk, `.blewUp` for positions that are no numbers.
  public func write(_ path: String) throws(Failure) {
    let layout = try Layout(frame, capacity: frame.count, allowsStatic: false, SnapshotOptions())
    let packed = try PackedFrame(frame, layout)
    let temporary = Publishing.temporaryName(for: path)
    try Appending(isDurable: true).create(temporary) { file throws(Failure) in
      try layout.create(in: file, kind: "restart", provenance)
      try packed.write(to: file, row: 0, layout)
      try writeMemories(to: file)
    }
    try Publishing.publish(temporary, as: path, overwrites: true)
  }

  private func writeMemories(to file: borrowing StoredFile) throws(Failure) {
    try file.createGroup(Self.group)
    try file.set("step", of: Self.group, to: .integer(frame.step))
    try file.set("integrator", of: Self.group, to: .text(integrator))
    for (name, words) in [("rng_key", randomKey), ("rng_counter", randomCounter)] {
      try file.create("\(Self.group)/\(name)", DatasetPlan(type: .u8, extent: [words.count], chunk: nil))
      try file.write(words, to: "\(Self.group)/\(name)")
    }
    for memory in memories {
      try file.createGroup("\(Self.group)/\(memory.owner)")
      for (name, values) in memory.arrays.sorted(by: { $0.key < $1.key }) {
        let path = "\(Self.group)/\(memory.owner)/\(name)"
        try file.create(path, DatasetPlan(type: .f8, extent: [values.count], chunk: nil))
        try file.write(values, to: path)
      }
    }
  }

  /// Reads a restart file; throws `.unreadableFile` for anything else.
  public init(reading path: String) throws(Failure) {
    let reader = try SnapshotReader(path)
    let file = try StoredFile.reading(path)
    guard reader.kind == "restart", reader.frameCount == 1 else {
      throw Failure(.unreadableFile, "\(path) is no restart file", hint: "frames of a snapshot can be continued by --continue")
    }
    frame = try reader.frame(at: 0)
    provenance = reader.provenance
    integrator = try file.texts("integrator", of: Self.group)?.first ?? ""
    randomKey = try file.read(Self.group + "/rng_key")
    randomCounter = try file.read(Self.group + "/rng_counter")
    guard randomKey.count == 2, randomCounter.count == 4 else {
      throw Failure(.unreadableFile, "\(path): the state of the random generator is incomplete")
    }
    memories = []
    for owner in try file.children(of: Self.group) where !file.isDataset("\(Self.group)/\(owner)") {
      var arrays: [String: [Double]] = [:]
      for name in try file.children(of: "\(Self.group)/\(owner)") {
        arrays[name] = try file.read("\(Self.group)/\(owner)/\(name)")
      }
      memories.append(Memory(owner: owner, arrays: arrays))
    }
  }
}
