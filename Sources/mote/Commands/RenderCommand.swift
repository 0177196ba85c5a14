import ArgumentParser
import Diagnostics
import Foundation
import Rendering
import Running
import Snapshots
import World

struct RenderCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "render", abstract: "Draw frames: a picture, a sequence of pictures, or a movie.",
    discussion: """
      No display is needed. Camera and colours stay fixed over a movie. A picture
      shows the last frame unless --frames says another.

      Examples:
        mote render argon.h5 -o argon.png
        mote render argon.h5 -o argon.mp4 --color velocity --fps 30
        mote render argon.h5 -o frames/%05d.png --frames 0:100:10 --view 30,20
        mote render argon.h5 -o inside.png --clip 'x<1.5' --background dark
      """)

  @Argument(help: "A snapshot.", completion: .file(extensions: ["h5"]))
  var file: String

  @Option(name: .shortAndLong, help: ArgumentHelp("picture.png, frames/%05d.png, movie.mp4 or movie.webm.", valueName: "file"))
  var output: String

  @OptionGroup(title: "Looks") var looks: PictureOptions

  @Option(help: ArgumentHelp("Which frames: first, last, a number, or from:below:step.", valueName: "frames"))
  var frames: FrameSelection?

  @Option(help: "Frames of the movie in a second.")
  var fps = 25.0

  @Option(help: "Threads to use.")
  var threads: Int?

  @Flag(help: "Replace existing files.")
  var force = false

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  func run() throws {
    let destination = try PictureOutput(path: output)
    let renderer = try Renderer(try looks.options(threads: Build.threads(threads)))
    let reader = try SnapshotReader(file)
    let isPicture: Bool = if case .picture = destination { true } else { false }
    let chosen = try (frames ?? (isPicture ? .last : .all)).indices(of: reader.frameCount, in: file)
    if isPicture, chosen.count > 1 {
      throw Failure(.usage, "\(output) holds one picture, not \(chosen.count)", hint: "frames/%05d.png, or one of --frames")
    }
    var writer = try PictureWriter(destination, framesPerSecond: fps, force: force)
    let fields = try fieldsToRead(reader)
    let staging = try staging(reader, chosen, renderer, fields)
    let start = ContinuousClock.now
    for (number, index) in chosen.enumerated() {
      try writer.append(try renderer.picture(of: try reader.frame(at: index, fields: fields), staging: staging))
      report(number + 1, of: chosen.count, since: start)
    }
    try writer.finish()
    if !quiet { Console.status("") }
    if !quiet { Console.say("written: \(output), \(chosen.count) frame\(chosen.count == 1 ? "" : "s")") }
  }

  /// Only what pictures need.
  private func fieldsToRead(_ reader: SnapshotReader) throws(Failure) -> Set<String> {
    var names = Set(reader.fieldNames).intersection(["radius"])
    if case .field(let name, _) = try ColorSource(parsing: looks.color) { names.insert(name) }
    return names
  }

  /// What holds for all frames of a movie.
  private func staging(
    _ reader: SnapshotReader, _ chosen: [Int], _ renderer: Renderer, _ fields: Set<String>
  ) throws(Failure) -> Staging? {
    var staging: Staging?
    for index in chosen {
      let own = try renderer.staging(of: try reader.frame(at: index, fields: fields))
      if staging == nil { staging = own } else { staging?.include(own) }
    }
    return staging
  }

  private func report(_ done: Int, of count: Int, since start: ContinuousClock.Instant) {
    if quiet || count == 1 { return }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    Console.status("frame \(done) of \(count), \(spelledTime(seconds / Double(done) * Double(count - done))) left")
  }
}
