import Diagnostics
import Foundation
import SampleFrames
import Snapshots
import World

/// `WriteSamples kinds FOLDER` writes a file of every kind, for readers that are no part of Mote.
/// `WriteSamples append FILE` appends frames until it is killed, and prints the number of frames after each that is committed.
/// `WriteSamples time FILE` measures how fast large frames are written.
@main
struct WriteSamples {
  static func main() {
    let arguments = CommandLine.arguments
    do {
      switch arguments.count > 2 ? arguments[1] : "" {
      case "kinds": try kinds(arguments[2])
      case "append": try append(arguments[2], maximumBytes: arguments.count > 3 ? UInt(arguments[3]) : nil)
      case "time": try time(arguments[2])
      default: print("WriteSamples kinds FOLDER | append FILE [BYTES] | time FILE")
      }
    } catch {
      FileHandle.standardError.write(Data("\(error)\n".utf8))
      exit((error as? Failure)?.status.rawValue ?? 1)
    }
  }

  static func write(_ path: String, _ frames: SampleFrames, _ options: SnapshotOptions = SnapshotOptions(), count: Int = 6) throws
  {
    var options = options
    options.overwrites = true
    var writer = try SnapshotWriter(creating: path, like: frames.frame(0), provenance: SampleFrames.provenance, options: options)
    for t in 0..<count {
      let frame = frames.frame(t)
      writer.log(step: frame.step, time: frame.time, frame.observables)
      try writer.append(frame)
    }
    try writer.close()
  }

  static func kinds(_ folder: String) throws {
    var frames = SampleFrames()
    try write("\(folder)/molecular.h5", frames)
    frames.hasManyFields = true
    try write(
      "\(folder)/tensors.h5", frames, SnapshotOptions(singlePrecision: ["velocity", "stress"], significantBits: ["stress": 10]))
    frames.units = .reduced
    try write("\(folder)/reduced.h5", frames, SnapshotOptions(isCompressed: false))
    frames.units = .si
    frames.sides = [.periodic, .wall, .open]
    frames.count = { 60 - 5 * $0 }
    try write("\(folder)/varying.h5", frames)
    frames.count = { 30 + 10 * $0 }
    frames.hasStaticFields = false
    try write("\(folder)/growing.h5", frames)
    frames.sides = [.periodic, .open]
    frames.count = { _ in 40 }
    try write("\(folder)/plane.h5", frames)
    frames.sides = [.periodic]
    try write("\(folder)/line.h5", frames)
    try write("\(folder)/empty.h5", frames, count: 0)
  }

  static func append(_ path: String, maximumBytes: UInt?) throws {
    if let maximumBytes {
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: maximumBytes, rlim_max: maximumBytes)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }
    let frames = SampleFrames()
    let isNew = !FileManager.default.fileExists(atPath: path)
    var writer =
      try isNew
      ? SnapshotWriter(creating: path, like: frames.frame(0), provenance: SampleFrames.provenance)
      : SnapshotWriter(continuing: path)
    while true {
      try writer.append(frames.frame(writer.frameCount))
      FileHandle.standardOutput.write(Data("\(writer.frameCount)\n".utf8))
    }
  }

  static func time(_ path: String) throws {
    var frames = SampleFrames()
    frames.count = { _ in 100_000 }
    var frame = frames.frame(0)
    frame.fields.removeAll { $0.name == "force" }
    for options in [
      SnapshotOptions(overwrites: true), SnapshotOptions(overwrites: true, isCompressed: false),
      SnapshotOptions(overwrites: true, isCompressed: false, durability: .power),
    ] {
      let clock = ContinuousClock()
      var writer = try SnapshotWriter(creating: path, like: frame, provenance: SampleFrames.provenance, options: options)
      let time = try clock.measure {
        for t in 0..<10 {
          frame.step = t
          try writer.append(frame)
        }
      }
      try writer.close()
      print("compressed \(options.isCompressed), durability \(options.durability): \(time / 10) per frame of 100,000 particles")
    }
  }
}
