import ArgumentParser
import Diagnostics
import Foundation
import Running
import Scenes

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run a scene and write its snapshot.",
    discussion: """
      Examples:
        mote run Scenes/argon.yaml
        mote run argon.yaml --set laws.lennard-jones.cutoff='1 nm' -o long.h5
        mote run argon.yaml --continue --steps 40000
        mote run argon.yaml --max-time 23:50:00 --log-json argon.log

      Ends with 0 when done, 75 when stopped early with a checkpoint (time limit or signal), 5 when the simulation blew up.
      """)

  @OptionGroup var scene: SceneOptions

  @Option(name: .shortAndLong, help: ArgumentHelp("The snapshot to write.", valueName: "run.h5"))
  var output: String?

  @Flag(name: .customLong("continue"), help: "Go on from the last checkpoint or frame.")
  var continues = false

  @Flag(help: "Replace an existing snapshot.")
  var force = false

  @Flag(help: "Check the scene and write nothing, as mote check does.")
  var dryRun = false

  @Option(help: "Total number of steps, instead of the scene's.")
  var steps: Int?

  @Option(help: ArgumentHelp("Wall-clock time after which to write a checkpoint and stop.", valueName: "h:m:s"))
  var maxTime: String?

  @Option(help: "Threads to use.")
  var threads: Int?

  @Option(help: ArgumentHelp("Write one JSON object per event to a file, or to standard output (-).", valueName: "file"))
  var logJson: String?

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  @Flag(name: .shortAndLong, help: "Say what a step does, and tell of every frame and checkpoint.")
  var verbose = false

  func validate() throws {
    if quiet && verbose { throw ValidationError("--quiet or --verbose, not both") }
    if let steps, steps < 0 { throw ValidationError("--steps \(steps): 0 or more") }
    if let threads, threads < 1 { throw ValidationError("--threads \(threads): 1 or more") }
  }

  func run() throws {
    try Launcher.refuseCopies()
    let read = try scene.read()
    if dryRun { return try CheckCommand.check(scene, read, threads: threads) }
    Signals.install()
    var settings = RunSettings()
    settings.output = output
    (settings.continues, settings.overwrites) = (continues, force)
    (settings.isQuiet, settings.isVerbose) = (quiet, verbose)
    settings.steps = steps
    settings.maximalSeconds = try maxTime.map { try Self.seconds($0) } ?? Self.slurmSeconds
    settings.threads = Build.threads(threads)
    settings.jsonLog = logJson
    settings.command = Self.command
    settings.goOn = Self.goOn
    (settings.version, settings.git) = (Build.version, Build.git)
    settings.sceneSource = try? String(contentsOfFile: scene.scene, encoding: .utf8)
    var run = try Run(read, settings, library: scene.library, source: FileFrames())
    let report = try run.complete()
    if case .stoppedEarly = report.ending { throw ExitCode(ExitStatus.stoppedEarly.rawValue) }
    if report.expectations.contains(where: { !$0.holds }) {
      throw Failure(.failed, "the run is not as its scene expects", hint: "see the lines above; more steps, or a wider expect")
    }
  }

  /// `h:m:s`, `m:s` or seconds.
  private static func seconds(_ text: String) throws -> Double {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { Double($0) }
    guard (1...3).contains(parts.count), parts.allSatisfy({ $0.map { $0 >= 0 && $0.isFinite } ?? false }) else {
      throw ValidationError("--max-time \(text): hours:minutes:seconds, such as 23:50:00")
    }
    return parts.compactMap { $0 }.reduce(0) { $0 * 60 + $1 }
  }

  /// What is left of a Slurm job.
  private static var slurmSeconds: Double? {
    guard let end = ProcessInfo.processInfo.environment["SLURM_JOB_END_TIME"].flatMap({ Double($0) }) else { return nil }
    return max(0, end - Date.now.timeIntervalSince1970)
  }

  /// The command line once more, with what makes it go on.
  private static var goOn: String {
    let typed = CommandLine.arguments.dropFirst().filter { !["--continue", "--force"].contains($0) }
    let words = (["mote"] + typed + ["--continue"]).map { word in
      word.allSatisfy { $0.isLetter || $0.isNumber || "-_./=:+,%@".contains($0) }
        ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }
    return words.joined(separator: " ")
  }

  /// The command line with files by their names alone, for the provenance.
  static var command: String {
    CommandLine.arguments.map { argument in
      argument.contains("/") ? URL(fileURLWithPath: argument).lastPathComponent : argument
    }.joined(separator: " ")
  }
}
