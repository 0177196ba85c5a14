import ArgumentParser
import Diagnostics
import Running
import Scenes

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a scene and estimate what its run needs; nothing is written.",
    discussion: """
      Reads the scene, compiles its laws, places the particles and measures a few
      steps. Ends with 0 if it can run, 3 if it is invalid, 5 if it blows up at once.

      Examples:
        mote check argon.yaml
        mote check argon.yaml --set laws.lennard-jones.cutoff='1 nm' --json
        mote check argon.yaml --ranks 64
      """)

  @OptionGroup var scene: SceneOptions

  @Option(help: "Processes among which the particles will be divided.")
  var ranks = 1

  @Option(help: "Threads to use.")
  var threads: Int?

  @Flag(help: "Print one JSON document.")
  var json = false

  func validate() throws {
    if ranks < 1 { throw ValidationError("--ranks \(ranks): 1 or more") }
  }

  func run() throws {
    try Self.check(scene, try scene.read(), ranks: ranks, threads: threads, json: json)
  }

  /// Prints the check of a scene that was read.
  static func check(_ options: SceneOptions, _ scene: Scene, ranks: Int = 1, threads: Int?, json: Bool = false) throws {
    let check = try SceneCheck(
      scene, library: options.library, source: FileFrames(), ranks: ranks, threads: Build.threads(threads))
    if json { try Console.printJSON(check) } else { print(check) }
    if check.blowsUp { throw ExitCode(ExitStatus.blewUp.rawValue) }
  }
}
