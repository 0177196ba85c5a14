import Diagnostics
import Foundation
import SampleFrames
import Testing

@testable import Snapshots

@Suite("Continuing a run")
struct ContinuingTests {
  @Test("gives the same frames and digests as a run that was not interrupted", arguments: [0, 5])
  func continuing(_ change: Int) throws {
    try withTemporaryFolder { folder in
      var frames = SampleFrames()
      frames.count = { 40 + change * $0 }
      try write(frames, to: folder + "/whole.h5", count: 7)
      try write(frames, to: folder + "/run.h5", count: 5)
      var writer = try SnapshotWriter(continuing: folder + "/run.h5", after: 250)
      #expect(writer.frameCount == 3 && writer.provenance == SampleFrames.provenance)
      for t in 3..<7 { try writer.append(frames.frame(t)) }
      let (whole, run) = (try SnapshotReader(folder + "/whole.h5"), try SnapshotReader(folder + "/run.h5"))
      #expect(run.steps == whole.steps)
      #expect(try SnapshotDifference.between(whole, run) == nil)
      #expect(try Verification(folder + "/run.h5").problems == [])
    }
  }

  @Test("cuts the log at the same step")
  func log() throws {
    try withTemporaryFolder { folder in
      let (path, frames) = (folder + "/run.h5", SampleFrames())
      var writer = try SnapshotWriter(creating: path, like: frames.frame(0), provenance: SampleFrames.provenance)
      for t in 0..<4 {
        writer.log(step: 100 * t, time: 0, frames.frame(t).observables)
        try writer.append(frames.frame(t))
      }
      _ = try SnapshotWriter(continuing: path, after: 100)
      #expect(try SnapshotReader(path).log().first?.steps == [0, 100])
    }
  }

  @Test("An existing file is not replaced, and the message names both ways out")
  func existing() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      try write(SampleFrames(), to: path)
      let failure = #expect(throws: Failure.self) { try write(SampleFrames(), to: path) }
      #expect(failure?.hint.contains("--continue") == true && failure?.hint.contains("--force") == true)
      #expect(try SnapshotReader(path).frameCount == 3)
      try write(SampleFrames(), to: path, SnapshotOptions(overwrites: true), count: 1)
      #expect(try SnapshotReader(path).frameCount == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["run.h5"])
    }
  }

  @Test("A position that is no number is refused, and the file keeps what it had")
  func blownUp() throws {
    try withTemporaryFolder { folder in
      let (path, frames) = (folder + "/run.h5", SampleFrames())
      var writer = try SnapshotWriter(creating: path, like: frames.frame(0), provenance: SampleFrames.provenance)
      try writer.append(frames.frame(0))
      var broken = frames.frame(1)
      broken.fields[0].values[4] = .nan
      do {
        try writer.append(broken)
        Issue.record("a frame with NaN was written")
      } catch let error as Failure {
        #expect(error.status == .blewUp && error.message.contains("particle 8"))
      }
      try writer.append(frames.frame(1))
      #expect(try SnapshotReader(path).frameCount == 2)
      #expect(try Verification(path).problems == [])
    }
  }
}
