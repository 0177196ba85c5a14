import ArgumentParser
import Diagnostics
import Foundation

/// The program: one subcommand per file in `Commands`.
@main
struct Mote: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mote",
    abstract: "A universal particle multiphysics simulator.",
    discussion: """
      Laws are text, compiled when a scene runs.

        mote run Scenes/argon.yaml        simulate, write argon.h5
        mote render argon.h5 -o argon.mp4 look at it
        mote fit LAW argon.h5 -o law.yaml learn the law back
      """,
    version: Build.version,
    subcommands: [RunCommand.self])

  /// Runs a command and ends with an exit status that a batch script can test.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let problems as Diagnostics {
      complain(problems.description)
      Foundation.exit(ExitStatus.invalidScene.rawValue)
    } catch let problem as Diagnostic {
      complain(problem.description)
      Foundation.exit(ExitStatus.invalidScene.rawValue)
    } catch let failure as Failure {
      complain(failure.description)
      Foundation.exit(failure.status.rawValue)
    } catch let status as ExitCode {
      Foundation.exit(status.rawValue)
    } catch {
      let isHelp = exitCode(for: error) == .success
      let text = fullMessage(for: error)
      if isHelp { print(text) } else { complain(text) }
      Foundation.exit(isHelp ? 0 : ExitStatus.usage.rawValue)
    }
  }

  private static func complain(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }
}
