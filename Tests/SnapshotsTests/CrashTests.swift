import Diagnostics
import Foundation
import SampleFrames
import Testing

@testable import Snapshots

@Suite("A kill, a crash or a full disk", .serialized)
struct CrashTests {
  @Test("stopped before any one write of a commit, the append has happened or it has not")
  func everyWrite() throws {
    try withTemporaryFolder { folder in
      let (path, frames) = (folder + "/run.h5", SampleFrames())
      try write(frames, to: folder + "/start.h5", count: 2)
      var outcomes: Set<Int> = [], stop: Int64 = 0, isStopped = true
      while isStopped {
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.copyItem(atPath: folder + "/start.h5", toPath: path)
        var writer = try SnapshotWriter(continuing: path)
        writer.stopsBefore = stop
        do {
          try writer.append(frames.frame(2))
          isStopped = false
        } catch {}
        let hasJournal = FileManager.default.fileExists(atPath: path + ".journal")
        #expect(hasJournal == isStopped)
        let reader = try SnapshotReader(path)
        outcomes.insert(reader.frameCount)
        #expect(reader.frameCount == (isStopped ? 2 : 3), "stopped before write \(stop)")
        #expect(try Verification(path).problems == [], "stopped before write \(stop)")
        #expect(!FileManager.default.fileExists(atPath: path + ".journal"))
        stop += 1
      }
      #expect(outcomes == [2, 3] && stop > 5)
    }
  }

  @Test("after a commit stopped half way, the journal gives the old bytes back, and nothing else does")
  func oldBytes() throws {
    try withTemporaryFolder { folder in
      let (path, frames) = (folder + "/run.h5", SampleFrames())
      try write(frames, to: path, count: 2)
      var writer = try SnapshotWriter(continuing: path)
      let cut = try Data(contentsOf: URL(fileURLWithPath: path))
      writer.stopsBefore = 8
      do {
        try writer.append(frames.frame(2))
        Issue.record("the commit was not stopped")
      } catch {}
      let halfWay = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(halfWay.prefix(cut.count) != cut)
      try Appending.recover(path)
      let recovered = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(recovered == cut.prefix(recovered.count) && recovered.count > cut.count / 2)
    }
  }

  @Test("a torn journal is thrown away, as the file was not touched yet")
  func tornJournal() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      try write(SampleFrames(), to: path)
      try Data("MOTEJRN1 and then the power went".utf8).write(to: URL(fileURLWithPath: path + ".journal"))
      #expect(try SnapshotReader(path).frameCount == 3)
      #expect(try Verification(path).problems == [])
      #expect(!FileManager.default.fileExists(atPath: path + ".journal"))
    }
  }

  @Test("killed at random moments, the file holds every frame that was reported as written")
  func killedAtRandom() throws {
    let rounds = ProcessInfo.processInfo.environment["MOTE_KILL_ROUNDS"].flatMap(Int.init) ?? 40
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      var random = Random(state: 7), reported = 0
      for round in 0..<rounds {
        let output = try killedAppender(path, after: 0.002 + 0.03 * random.uniform())
        reported = output.last ?? reported
        guard FileManager.default.fileExists(atPath: path) else { continue }  // killed before the file had its name
        let reader = try SnapshotReader(path)
        // The kill may come between the commit of a frame and its report.
        #expect((reported...reported + 1).contains(reader.frameCount), "round \(round)")
        #expect(try Verification(path, everyFrame: round % 10 == 0).problems == [], "round \(round)")
        reported = reader.frameCount
      }
      #expect(reported > rounds)
      #expect(try Verification(path).problems == [])
    }
  }

  @Test("on a full disk the failure says so, and what was written before is there")
  func fullDisk() throws {
    try withTemporaryFolder { folder in
      let path = folder + "/run.h5"
      let (status, frames) = try appenderUnderLimit(path, bytes: 400_000)
      let written = try #require(frames.last)
      #expect(status == ExitStatus.outOfSpace.rawValue)
      #expect(try SnapshotReader(path).frameCount == written)
      #expect(try Verification(path).problems == [])
      // With room again the run goes on.
      var writer = try SnapshotWriter(continuing: path)
      try writer.append(SampleFrames().frame(written))
      #expect(try Verification(path).problems == [])
    }
  }

  /// Starts a program that appends frames, kills it, and gives the numbers that it printed.
  private func killedAppender(_ path: String, after seconds: Double) throws -> [Int] {
    let (process, output) = try appender([path])
    // The time counts from the first frame: before, there is only the start of the program to interrupt.
    var bytes = output.fileHandleForReading.availableData
    Thread.sleep(forTimeInterval: seconds)
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    bytes += output.fileHandleForReading.readDataToEndOfFile()
    return numbers(bytes)
  }

  private func appenderUnderLimit(_ path: String, bytes: Int) throws -> (Int32, [Int]) {
    let (process, output) = try appender([path, String(bytes)])
    let printed = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, numbers(printed))
  }

  private func appender(_ arguments: [String]) throws -> (Process, Pipe) {
    let process = Process(), output = Pipe()
    let program: URL = try #require(Self.program, "WriteSamples is built beside the tests")
    process.executableURL = program
    process.arguments = ["append"] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    return (process, output)
  }

  private static var program: URL? {
    let candidates = [Bundle.main.bundleURL, URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()]
    return candidates.map { $0.appendingPathComponent("WriteSamples") }.first {
      FileManager.default.isExecutableFile(atPath: $0.path)
    }
  }

  /// Whole lines only: the last one may be cut.
  private func numbers(_ bytes: Data) -> [Int] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).dropLast().compactMap {
      Int($0)
    }
  }
}
