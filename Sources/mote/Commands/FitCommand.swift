import ArgumentParser
import Diagnostics
import Fitting
import Foundation

extension Targets: ExpressibleByArgument {}

struct FitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit", abstract: "Learn what a law leaves open (?) from snapshots.",
    discussion: """
      Examples:
        mote fit Scenes/fits/argon.yaml argon.h5 -o argon-law.yaml
        mote fit Scenes/fits/argon-spline.yaml argon.h5 -o argon-law.yaml --report argon.png
        mote fit Scenes/fits/argon.yaml argon.h5 --from accelerations --json

      A scene uses the new law by its path: laws: {argon-law: {law: argon-law.yaml}}
      """)

  @Argument(help: "The law with holes, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var law: String

  @Argument(help: "Snapshots to learn from.", completion: .file(extensions: ["h5"]))
  var snapshots: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("The law file to write.", valueName: "fitted.yaml"))
  var output: String?

  @Option(help: "What forces are compared with; without it stored forces, else the motion (accelerations).")
  var from: Targets?

  @Option(help: ArgumentHelp("Share of the data that only judges the result.", valueName: "share"))
  var heldOut = 0.2

  @Option(help: ArgumentHelp("Use at most so many frames, evenly spread.", valueName: "count"))
  var frames: Int?

  @Option(help: ArgumentHelp("A picture of the result.", valueName: "report.png"))
  var report: String?

  @Option(help: ArgumentHelp("A law to compare with in the picture.", valueName: "law.yaml"))
  var compare: String?

  @Flag(help: "Print the result as one line of JSON.")
  var json = false

  @Flag(help: "Replace existing files.")
  var force = false

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    guard (0..<1).contains(heldOut) else { throw ValidationError("--held-out \(heldOut): a share from 0 up to, but not, 1") }
    if let frames, frames < 1 { throw ValidationError("--frames \(frames): at least one") }
    if compare != nil, report == nil { throw ValidationError("--compare is shown in a picture: say --report FILE.png") }
    guard !snapshots.isEmpty else { throw ValidationError("no snapshot to learn from: mote fit LAW run.h5") }
  }

  func run() throws {
    for file in [output, report].compactMap({ $0 }) { try Console.refuseOverwriting(file, force: force) }
    guard FileManager.default.isReadableFile(atPath: law) else { throw Failure(.unreadableFile, "there is no file \(law)") }
    let options = FitOptions(targets: from, heldOut: heldOut, frames: frames)
    let isQuiet = quiet
    let library = Build.library(for: law)
    let fitter = Fitter(library: library, options: options) { line in
      if !isQuiet { FileHandle.standardError.write(Data((line + "\n").utf8)) }
    }
    let result = try fitter.fit(law: law, to: snapshots)
    if let report { try result.picture(comparedWith: compare, library: library).writePNG(to: report) }
    let name = lawName
    if let output { try Console.write(Array(try result.lawText(named: name).utf8), to: output, force: force) }
    if json { print(try result.jsonLine()) } else if !quiet || output == nil { print(result.description) }
    if let output, !quiet, !json { print("written: \(output)\nuse it:  laws: {\(name): {law: \(output)}}") }
  }

  /// The name of the new law: that of its file, as far as it can be one.
  private var lawName: String {
    let stem = URL(fileURLWithPath: output ?? law).deletingPathExtension().lastPathComponent.lowercased()
    let letters = stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    return String(letters).isEmpty ? "fitted" : String(letters)
  }
}
