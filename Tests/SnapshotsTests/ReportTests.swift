import Diagnostics
import Foundation
import SampleFrames
import Testing

@testable import Snapshots

@Suite("What is told about runs, and made of them")
struct ReportTests {
  @Test("The first difference of two runs names frame, field and particle")
  func difference() throws {
    try withTemporaryFolder { folder in
      let frames = SampleFrames()
      try write(frames, to: folder + "/a.h5")
      var writer = try SnapshotWriter(creating: folder + "/b.h5", like: frames.frame(0), provenance: SampleFrames.provenance)
      try writer.append(frames.frame(0))
      var changed = frames.frame(1)
      changed.fields[1].values[3 * 4 + 1].round()
      try writer.append(changed)
      let (a, b) = (try SnapshotReader(folder + "/a.h5"), try SnapshotReader(folder + "/b.h5"))
      let difference = try #require(try SnapshotDifference.between(a, b))
      #expect(difference.frame == 1 && difference.field == "velocity" && difference.particle == 17)
      #expect(try SnapshotDifference.between(a, a) == nil)
    }
  }

  @Test("A run that stops earlier differs at its end")
  func shorter() throws {
    try withTemporaryFolder { folder in
      try write(SampleFrames(), to: folder + "/a.h5", count: 3)
      try write(SampleFrames(), to: folder + "/b.h5", count: 2)
      let difference = try SnapshotDifference.between(SnapshotReader(folder + "/b.h5"), SnapshotReader(folder + "/a.h5"))
      #expect(difference == SnapshotDifference(frame: 2, step: 200, field: "frames"))
    }
  }

  @Test("A summary tells counts, units and observables, and survives JSON")
  func summary() throws {
    try withTemporaryFolder { folder in
      try write(SampleFrames(), to: folder + "/run.h5")
      let summary = try SnapshotSummary(SnapshotReader(folder + "/run.h5"))
      #expect(summary.frames == 3 && summary.mostParticles == 40 && summary.lastTime == 1 && summary.timeUnit == "ps")
      #expect(
        summary.fields.map(\.name) == ["position", "velocity", "force", "mass"] && summary.fields[2].unit == "kJ mol-1 nm-1")
      #expect(summary.description.contains("potential_energy") && summary.description.contains("static"))
      #expect(try JSONDecoder().decode(SnapshotSummary.self, from: JSONEncoder().encode(summary)) == summary)
    }
  }

  @Test("Repacking thins frames, fields and bits, and merges parts")
  func repacking() throws {
    try withTemporaryFolder { folder in
      var frames = SampleFrames()
      frames.hasStaticFields = false
      frames.count = { 20 + 10 * $0 }
      try write(frames, to: folder + "/run.h5", count: 6)
      var repacking = Repacking()
      (repacking.every, repacking.fields, repacking.bits) = (2, ["velocity"], 12)
      #expect(try repacking.copy(folder + "/run.h5", to: folder + "/thin.h5") == 3)
      let thin = try SnapshotReader(folder + "/thin.h5")
      #expect(thin.parts.count == 1 && thin.steps == [0, 200, 400] && thin.fieldNames == ["position", "velocity"])
      let velocities = try thin.frame(at: 2).fields[1].values
      #expect(velocities == PackedValues.rounded(frames.frame(4).fields[1].values, to: 12))
      #expect(try Verification(folder + "/thin.h5").problems == [])
    }
  }

  @Test("A restart file gives everything back, and replaces the one before")
  func restart() throws {
    try withTemporaryFolder { folder in
      var frames = SampleFrames()
      frames.hasManyFields = true
      for t in 0..<2 {
        let restart = Restart(
          frame: frames.frame(t), integrator: "velocity-verlet", randomKey: [1, .max], randomCounter: [1, 2, 3, UInt64(t)],
          memories: [.init(owner: "nose-hoover", arrays: ["momenta": [0.5, -1], "none": []])], provenance: SampleFrames.provenance
        )
        try restart.write(folder + "/run.restart.h5")
      }
      let read = try Restart(reading: folder + "/run.restart.h5")
      var expected = frames.frame(1)
      for i in expected.fields.indices { expected.fields[i].isStatic = false }
      expectEqual(read.frame, expected)
      #expect(read.integrator == "velocity-verlet" && read.randomKey == [1, .max] && read.randomCounter == [1, 2, 3, 1])
      #expect(read.memories == [.init(owner: "nose-hoover", arrays: ["momenta": [0.5, -1], "none": []])])
      #expect(try Verification(folder + "/run.restart.h5").problems == [])
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["run.restart.h5"])
    }
  }
}
