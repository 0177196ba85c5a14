import Diagnostics
import Expressions
import SampleFrames
import Testing
import World

@testable import Snapshots

/// Kinds of runs, by name.
let kinds: [(name: String, frames: SampleFrames)] = [
  ("three dimensions, molecular units", { $0.hasManyFields = true }),
  ("reduced units", { $0.units = .reduced }),
  (
    "SI units, open and walled",
    {
      $0.units = .si; $0.sides = [.periodic, .wall, .open]
    }
  ),
  (
    "a plane",
    {
      $0.sides = [.periodic, .open]; $0.hasManyFields = true
    }
  ),
  (
    "a line",
    {
      $0.sides = [.wall]; $0.hasManyFields = true
    }
  ),
  ("no static fields", { $0.hasStaticFields = false }),
].map { (name: String, change: (inout SampleFrames) -> Void) in
  var frames = SampleFrames()
  change(&frames)
  return (name, frames)
}

/// Writes `count` frames and closes the file.
func write(_ frames: SampleFrames, to path: String, _ options: SnapshotOptions = SnapshotOptions(), count: Int = 3)
  throws(Failure)
{
  var writer = try SnapshotWriter(creating: path, like: frames.frame(0), provenance: SampleFrames.provenance, options: options)
  for t in 0..<count { try writer.append(frames.frame(t)) }
  try writer.close()
}

func expectEqual(_ a: Frame, _ b: Frame, sourceLocation: Testing.SourceLocation = #_sourceLocation) {
  #expect(a.step == b.step && a.time == b.time && a.box == b.box && a.units == b.units, sourceLocation: sourceLocation)
  #expect(a.ids == b.ids && a.species == b.species && a.speciesNames == b.speciesNames, sourceLocation: sourceLocation)
  #expect(a.fields.map(\.name) == b.fields.map(\.name), sourceLocation: sourceLocation)
  for (x, y) in zip(a.fields, b.fields) { #expect(x == y, "field \(x.name)", sourceLocation: sourceLocation) }
  #expect(
    a.observables.sorted { $0.name < $1.name } == b.observables.sorted { $0.name < $1.name }, sourceLocation: sourceLocation)
}

@Suite("What is written is read back")
struct RoundTripTests {
  @Test("every number of every field, bit for bit", arguments: kinds.indices)
  func everyField(_ kind: Int) throws {
    try withTemporaryFolder { folder in
      let (path, frames) = (folder + "/run.h5", kinds[kind].frames)
      try write(frames, to: path)
      let reader = try SnapshotReader(path)
      #expect(reader.steps == [0, 100, 200] && reader.times == [0, 0.5, 1])
      #expect(reader.provenance == SampleFrames.provenance)
      for t in 0..<3 { expectEqual(try reader.frame(at: t), frames.frame(t)) }
      #expect(try Verification(path).problems == [])
    }
  }

  @Test("a number of particles that shrinks or grows, over several parts")
  func varyingCounts() throws {
    for change in [-4, 9] {
      try withTemporaryFolder { folder in
        var frames = SampleFrames()
        frames.count = { 40 + change * $0 }
        try write(frames, to: folder + "/run.h5", count: 6)
        let reader = try SnapshotReader(folder + "/run.h5")
        #expect(reader.counts == (0..<6).map { 40 + change * $0 } && reader.parts.count > 1)
        for t in 0..<6 {
          var expected = frames.frame(t)
          // Only the first part can hold fields that are written once.
          if t > 0 { for i in expected.fields.indices { expected.fields[i].isStatic = false } }
          expectEqual(try reader.frame(at: t), expected)
        }
        #expect(try Verification(folder + "/run.h5").problems == [])
      }
    }
  }

  @Test("single precision and rounding keep as many bits as they say")
  func precision() throws {
    try withTemporaryFolder { folder in
      let (path, frames) = (folder + "/run.h5", SampleFrames())
      try write(frames, to: path, SnapshotOptions(singlePrecision: ["velocity"], significantBits: ["force": 10]))
      let (read, exact) = (try SnapshotReader(path).frame(at: 1), frames.frame(1))
      let velocities = try #require(read[field: "velocity"]).values, forces = try #require(read[field: "force"]).values
      #expect(velocities == exact[field: "velocity"]?.values.map { Double(Float($0)) })
      let errors = zip(forces, exact[field: "force"]?.values ?? []).map { abs($0 / $1 - 1) }
      #expect(errors.allSatisfy { $0 <= 0x1p-11 } && errors.contains { $0 > 0x1p-13 })
      #expect(try Verification(path).problems == [])
    }
  }

  @Test("positions outside a periodic side are stored inside, and outside an open one as they are")
  func wrapping() throws {
    try withTemporaryFolder { folder in
      var frames = SampleFrames()
      frames.sides = [.periodic, .open, .periodic]
      var frame = frames.frame(0)
      frame.fields[0].values.replaceSubrange(0..<6, with: [-1.5, 30, 12.5, 29, -7, (0.5).nextDown])
      var writer = try SnapshotWriter(creating: folder + "/run.h5", like: frame, provenance: SampleFrames.provenance)
      try writer.append(frame)
      let read = try SnapshotReader(folder + "/run.h5").frame(at: 0)
      #expect(read.fields[0].values[0..<3] == [8.5, 30, 0.5])
      #expect(read.fields[0].values[3..<5] == [-1, -7])
      #expect(read.fields[0].values[5] >= 0.5 && read.fields[0].values[5] < 12.5)
    }
  }

  @Test("rows of the log, between frames and with series that begin late")
  func log() throws {
    try withTemporaryFolder { folder in
      let (path, frames) = (folder + "/run.h5", SampleFrames())
      var writer = try SnapshotWriter(creating: path, like: frames.frame(0), provenance: SampleFrames.provenance)
      let energy = Dimension(length: 2, mass: 1, time: -2)
      for step in 0..<5 {
        var values = [Observable(name: "energy", dimension: energy, values: [Double(step) / 3])]
        if step > 2 { values.append(Observable(name: "late", dimension: .one, values: [Double(step)])) }
        writer.log(step: step, time: Double(step), values)
        if step == 2 { try writer.append(frames.frame(0)) }
      }
      try writer.close()
      let log = try SnapshotReader(path).log()
      #expect(log.map(\.name) == ["energy", "late"] && log[0].steps == [0, 1, 2, 3, 4] && log[0].dimension == energy)
      #expect(log[0].values == (0..<5).map { Double($0) / 3 })
      #expect(log[1].values.prefix(3).allSatisfy(\.isNaN) && log[1].values.suffix(2) == [3, 4])
    }
  }

  @Test("an observable over all frames")
  func observables() throws {
    try withTemporaryFolder { folder in
      try write(SampleFrames(), to: folder + "/run.h5")
      let series = try SnapshotReader(folder + "/run.h5").observable("histogram")
      #expect(series.width == 5 && series.values == (0..<3).flatMap { SampleFrames().frame($0).observables[1].values })
    }
  }
}
