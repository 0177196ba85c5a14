import ArgumentParser
import Diagnostics
import Snapshots

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that a snapshot keeps every rule of the format.",
    discussion: """
      Schema, checksums, order of particles, digests of frames. Ends with 0 if all is
      well and with 4 if not.

      Examples:
        mote verify argon.h5
        mote verify argon.h5 --quick --json
      """)

  @Argument(help: "A snapshot.", completion: .file(extensions: ["h5"]))
  var file: String

  @Flag(help: "Look at the values of the first, middle and last frame only.")
  var quick = false

  @Flag(help: "Print one JSON document.")
  var json = false

  private struct Report: Encodable {
    var file: String
    var isGood: Bool
    var problems: [String]
  }

  func run() throws {
    let problems = try Verification(file, everyFrame: !quick).problems
    if json {
      try Console.printJSON(Report(file: file, isGood: problems.isEmpty, problems: problems))
    } else {
      print(problems.isEmpty ? "\(file): good" : problems.joined(separator: "\n"))
    }
    if !problems.isEmpty { throw ExitCode(ExitStatus.unreadableFile.rawValue) }
  }
}
