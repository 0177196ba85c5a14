import Diagnostics
import Foundation
import SampleFrames
import Testing

@testable import Snapshots

@Suite("Files that are not what they should be")
struct FileTests {
  @Test("A file that is missing, empty, text, or HDF5 of another program is refused in words")
  func foreign() throws {
    try withTemporaryFolder { folder in
      try Data().write(to: URL(fileURLWithPath: folder + "/empty.h5"))
      try Data("scene: yes\n".utf8).write(to: URL(fileURLWithPath: folder + "/text.h5"))
      try Appending().create(folder + "/other.h5") { file throws(Failure) in try file.createGroup("/something") }
      for name in ["missing", "empty", "text", "other"] {
        let failure = #expect(throws: Failure.self) { try SnapshotReader("\(folder)/\(name).h5") }
        #expect(failure?.status == .unreadableFile && failure?.message.contains("\(name).h5") == true)
      }
    }
  }

  @Test("A truncated file is refused, wherever it was cut")
  func truncated() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5", cut = URL(fileURLWithPath: folder + "/cut.h5")
      try write(SampleFrames(), to: path)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      var random = Random(state: 3)
      for _ in 0..<40 {
        try bytes.prefix(Int(random.next() % UInt64(bytes.count))).write(to: cut)
        let failure = #expect(throws: Failure.self) { try SnapshotReader(cut.path) }
        #expect(failure?.status == .unreadableFile)
      }
    }
  }

  @Test("A single flipped bit of the particles is found")
  func flipped() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5", changed = URL(fileURLWithPath: folder + "/changed.h5"), frames = SampleFrames()
      try write(frames, to: path, SnapshotOptions(isCompressed: false))
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      var random = Random(state: 5)
      for t in 0..<3 {
        let field = frames.frame(t).fields[t]
        let value = field.values[Int(random.next() % UInt64(field.values.count))]
        let place = try #require(bytes.range(of: withUnsafeBytes(of: value) { Data($0) }))
        var copy = bytes
        copy[place.lowerBound + t] ^= 1 << UInt8(random.next() % 8)
        try copy.write(to: changed)
        #expect(try Verification(changed.path).problems.isEmpty == false, "frame \(t), \(field.name)")
        #expect(throws: Failure.self) { try SnapshotReader(changed.path).frame(at: t) }
      }
    }
  }

  @Test("Every rule that is broken is named", arguments: Breakage.allCases)
  func broken(_ breakage: Breakage) throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      try write(SampleFrames(), to: path)
      try Appending().change(path, breakage.apply)
      #expect(try Verification(path).problems.contains { $0.contains(breakage.rawValue) })
    }
  }

  /// A rule of the format, by a word of its message, and a way to break it.
  enum Breakage: String, CaseIterable, Sendable {
    case digest = "frame_sha256"
    case order = "sorted by id"
    case frames = "NSteps differs"
    case time = "not finite and increasing"
    case privacy = "absolute path"
    case units = "unit_si"
    case link = "hard link of time"
    case count = "padding does not match"
    case boundary = "box: boundary"

    func apply(_ file: borrowing StoredFile) throws(Failure) {
      switch self {
      case .digest: try file.write([UInt8](repeating: 0, count: 32), to: Path.digest, Slab(start: [1, 0], count: [1, 32]))
      case .order: try file.write([Int64(9), 8], to: Path.id, Slab(start: [0, 0], count: [1, 2]))
      case .frames: try file.set("NSteps", of: "/VTKHDF/Steps", to: .integer(2))
      case .time: try file.write([Double.nan], to: Path.time, Slab(start: [1], count: [1]))
      case .privacy: try privacy(file)
      case .units: try file.set("unit_si", of: Path.position, to: .number(-1))
      case .link: try relink(file)
      case .count: try file.write([Int64(39)], to: Path.count, Slab(start: [1], count: [1]))
      case .boundary: try file.set("boundary", of: Path.particles + "/box", to: .texts(["periodic", "odd", "none"]))
      }
    }

    private func privacy(_ file: borrowing StoredFile) throws(Failure) {
      try file.remove(Path.provenance + "/command")
      try file.createText(Path.provenance + "/command", ["mote run /home/me/scene.yaml"], isScalar: true)
    }

    private func relink(_ file: borrowing StoredFile) throws(Failure) {
      try file.remove("/VTKHDF/Steps/Values")
      try file.link(Path.step, as: "/VTKHDF/Steps/Values")
    }
  }
}
