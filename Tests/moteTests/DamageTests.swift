import Foundation
import SampleFrames
import Testing

/// Snapshots that a disk or a transfer has damaged: the program says so, and does not crash.
@Suite struct DamageTests {
  /// `MOTE_FUZZ=200000` damages more of them.
  private static let count = ProcessInfo.processInfo.environment["MOTE_FUZZ"].flatMap { Int($0) }.map { $0 / 200 } ?? 8

  private static let commands = [
    ["info", "bad.h5"], ["show", "bad.h5", "--log"], ["show", "bad.h5", "--scene"], ["verify", "bad.h5"],
    ["export", "bad.h5", "--xyz", "-o", "-"], ["render", "bad.h5", "-o", "bad.png", "--size", "64x36", "--force"],
  ]

  @Test("A truncated snapshot, and one with flipped bits, is read or refused in words")
  func damage() throws {
    let place = try Workplace.withRun()
    let whole = try place.data("tiny.h5")
    var random = Random(state: 7)
    for number in 0..<Self.count {
      var bytes = whole
      if number % 4 == 0 {
        bytes = bytes.prefix(Int(random.next() % UInt64(whole.count)))
      } else {
        for _ in 0..<(1 << (number % 5)) { bytes[Int(random.next() % UInt64(whole.count))] ^= 1 << UInt8(random.next() % 8) }
      }
      try bytes.write(to: place.folder.appending(path: "bad.h5"))
      for command in Self.commands {
        let outcome = try place.run(command)
        #expect([0, 1, 4].contains(outcome.status), "mutant \(number), \(command[0]): \(outcome.status), \(outcome.errors)")
        #expect(outcome.status == 0 || command[0] == "verify" || outcome.errors.contains("error: "))
      }
      // What was cut short is never good.
      if number % 4 == 0 { #expect(try place.mote("verify", "bad.h5").status == 4) }
    }
  }
}
