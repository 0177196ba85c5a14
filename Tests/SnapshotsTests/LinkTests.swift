import Expressions
import SampleFrames
import Testing
import World

@testable import Snapshots

@Suite("Links in snapshots")
struct LinkTests {
  /// A sample frame in which the first `count` particles, by id, are joined in a row, and three by a corner.
  private func frame(_ t: Int, joining count: Int) -> Frame {
    var frame = SampleFrames().frame(t)
    let ends = zip(frame.ids, frame.ids.dropFirst()).prefix(count).flatMap { [$0, $1] }
    frame.links = [
      FrameLinks(
        name: "bond", arity: 2, ids: (0..<count).map { Int64(10 + $0) }, ends: ends,
        fields: [
          FrameField(
            name: "rest", shape: .scalar, components: 1, dimension: Dimension(length: 1), values: (0..<count).map { Double($0) + 0.1 }
          ),
          FrameField(
            name: "slip", shape: .vector, components: 3, dimension: .one, values: (0..<3 * count).map { Double($0) / 3 }),
        ]),
      FrameLinks(name: "corner", arity: 3, ids: [1], ends: Array(frame.ids.prefix(3)), fields: []),
    ]
    return frame
  }

  private func write(_ frames: [Frame], to path: String) throws {
    var writer = try SnapshotWriter(creating: path, like: frames[0], provenance: SampleFrames.provenance)
    for frame in frames { try writer.append(frame) }
    try writer.close()
  }

  @Test("Links that form and break come back with their ids, ends and fields, in further parts where they outgrow the first")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5", frames = [3, 2, 7, 0, 12].enumerated().map { frame($0, joining: $1) }
      try write(frames, to: path)
      let reader = try SnapshotReader(path)
      for (t, frame) in frames.enumerated() { #expect(try reader.frame(at: t).links == frame.links) }
      #expect(try Verification(path).problems.isEmpty)
    }
  }

  @Test("A restart file holds links and their fields")
  func restart() throws {
    try withTemporaryFolder { folder in
      let own = frame(4, joining: 6)
      try Restart(
        frame: own, integrator: "x", randomKey: [1, 2], randomCounter: [0, 0, 0, 0], provenance: SampleFrames.provenance
      ).write(folder + "/run.restart.h5")
      #expect(try Restart(reading: folder + "/run.restart.h5").frame.links == own.links)
    }
  }

  @Test("Lines join the rows of the particles in their frame")
  func lines() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5", frames = [3, 1, 2].enumerated().map { frame($0, joining: $1) }
      try write(frames, to: path)
      let file = try StoredFile.reading(path)
      let cells: [Int64] = try file.read("/VTKHDF/Lines/NumberOfCells")
      let rows: [Int64] = try file.read("/VTKHDF/Lines/Connectivity")
      let starts: [Int64] = try file.read("/VTKHDF/Steps/ConnectivityIdOffsets")
      #expect(starts == [0, 0, 0, 0, 0, 2 * cells[0], 0, 0, 0, 2 * (cells[0] + cells[1]), 0, 0])
      #expect(rows.count == Int(2 * cells.reduce(0, +)) && cells[0] > 0)
      #expect(Array(rows) == frames.flatMap { frame in frame.links[0].lines(in: frame) })
    }
  }
}
