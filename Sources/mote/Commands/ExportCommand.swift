import ArgumentParser
import Diagnostics
import Foundation
import Snapshots

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write frames in a format that other programs read.",
    discussion: """
      Extended XYZ takes all frames into one file, and XDMF describes them all
      beside the snapshot. The others hold one frame, the last; a name with %d in it
      makes a file of each.

      Examples:
        mote export argon.h5 --xyz
        mote export argon.h5 --vtp -o frames/%05d.vtp --frames 0:100:10
        mote export argon.h5 --csv --frames first -o -
      """)

  /// The formats that one can ask for.
  enum Format: String, EnumerableFlag {
    case xyz, vtp, csv, ply, xdmf

    static func help(for value: Format) -> ArgumentHelp? {
      switch value {
      case .xyz: "Extended XYZ: OVITO, ASE."
      case .vtp: "VTK PolyData: ParaView, PyVista."
      case .csv: "Comma-separated values."
      case .ply: "Stanford PLY: Blender, MeshLab."
      case .xdmf: "A description by which older ParaView opens the snapshot itself."
      }
    }
  }

  @Argument(help: "A snapshot.", completion: .file(extensions: ["h5"]))
  var file: String

  @Flag(exclusivity: .exclusive)
  var format: Format

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Where to write it; - is standard output. Default: the snapshot's name.", valueName: "file"))
  var output: String?

  @Option(help: ArgumentHelp("Which frames: first, last, a number, or from:below:step.", valueName: "frames"))
  var frames: FrameSelection?

  @Flag(help: "Replace existing files.")
  var force = false

  func run() throws {
    let reader = try SnapshotReader(file)
    let path = output ?? URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent + ".\(format.rawValue)"
    if format == .xdmf { return try Console.write(Array(XDMF(reader).encode().utf8), to: path, force: force) }
    let format = try ExportFormats.named(self.format.rawValue)
    let numbered = NumberedPath(path)
    let isMany = numbered != nil || format.holdsManyFrames
    let chosen = try (frames ?? (isMany ? .all : .last)).indices(of: reader.frameCount, in: file)
    let encoder = format.init()
    if let numbered {
      for index in chosen { try write(encoder.encode(try reader.frame(at: index)), to: numbered.path(of: index)) }
      return Console.say("written: \(chosen.count) files, the last \(numbered.path(of: chosen[chosen.count - 1]))")
    }
    guard format.holdsManyFrames || chosen.count == 1 else {
      throw Failure(
        .usage, "\(path) can hold one frame of \(format.name), not \(chosen.count)",
        hint: "a name such as frames/%05d.\(format.suffix)")
    }
    let bytes = try chosen.reduce(into: [UInt8]()) { $0 += try encoder.encode(try reader.frame(at: $1)) }
    try write(bytes, to: path)
    if path != "-" { Console.say("written: \(path)") }
  }

  private func write(_ bytes: [UInt8], to path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    if path != "-" { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    try Console.write(bytes, to: path, force: force)
  }
}

/// A path with a number in it: `frames/%05d.vtp`.
struct NumberedPath {
  private let before: String
  private let digits: Int
  private let after: String

  /// Nil if there is no `%d` or `%05d` in it.
  init?(_ path: String) {
    guard let match = path.firstMatch(of: /%0?([0-9]{0,2})d/) else { return nil }
    before = String(path[..<match.range.lowerBound])
    digits = Int(match.1) ?? 1
    after = String(path[match.range.upperBound...])
  }

  func path(of number: Int) -> String {
    let text = String(number)
    return before + String(repeating: "0", count: max(0, digits - text.count)) + text + after
  }
}
