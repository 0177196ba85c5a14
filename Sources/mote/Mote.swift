import ArgumentParser
import Diagnostics
import Foundation
import Snapshots

/// The program: one subcommand per file in `Commands`.
@main
struct Mote: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mote",
    abstract: "A universal particle multiphysics simulator.",
    discussion: """
      Laws are text, compiled when a scene runs.

        mote run Scenes/argon.yaml          simulate, write argon.h5
        mote render argon.h5 -o argon.mp4   look at it
        mote fit Scenes/fits/argon.yaml argon.h5 -o argon-law.yaml
                                            learn the law back from it
        mote help exit-status               what a batch script can test
      """,
    version: Build.version,
    subcommands: [
      RunCommand.self, CheckCommand.self, NewCommand.self, InfoCommand.self, ShowCommand.self, VerifyCommand.self,
      RepackCommand.self, ExportCommand.self, RenderCommand.self, PlotCommand.self, FitCommand.self, SweepCommand.self,
      BenchCommand.self,
      CompileCommand.self, LawCommand.self, SchemaCommand.self, CompletionCommand.self, DoctorCommand.self, HelpCommand.self,
    ])

  /// Runs a command and ends with an exit status that a batch script can test.
  static func main() {
    DamagedFiles.guardProcess()
    do {
      if Set(CommandLine.arguments.dropFirst()) == ["--version", "--json"] { return try Console.printJSON(BuildInfo()) }
      try checkName()
      var command = try parseAsRoot()
      try command.run()
    } catch let problems as Diagnostics {
      end(problems.description, .invalidScene)
    } catch let problem as Diagnostic {
      end(problem.description, .invalidScene)
    } catch let failure as Failure {
      end(failure.description, failure.status)
    } catch let status as ExitCode {
      Foundation.exit(status.rawValue)
    } catch {
      guard exitCode(for: error) == .success else { end(fullMessage(for: error), .usage) }
      // Not an error at all: help or the version was asked for.
      print(fullMessage(for: error))
    }
  }

  /// The nearest commands for one that is misspelt.
  private static func checkName() throws(Failure) {
    guard let name = CommandLine.arguments.dropFirst().first, !name.hasPrefix("-") else { return }
    let known = configuration.subcommands.compactMap { $0.configuration.commandName }
    if known.contains(name) { return }
    let near = nearestNames(to: name, among: known)
    throw Failure(
      .usage, "there is no command \(name)",
      hint: near.isEmpty ? "mote --help lists them" : "did you mean \(near.joined(separator: " or "))?")
  }

  private static func end(_ message: String, _ status: ExitStatus) -> Never {
    Console.say(message)
    Foundation.exit(status.rawValue)
  }
}
