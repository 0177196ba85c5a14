import ArgumentParser
import Diagnostics
import Scenes

struct HelpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "help", abstract: "Explain a command or a topic, or print the manual.",
    discussion: """
      Topics: \(Topic.allCases.map(\.rawValue).joined(separator: ", ")).

      Examples:
        mote help run
        mote help scenes
        mote help exit-status
        mote help --man > mote.1
      """)

  /// What no single command explains.
  enum Topic: String, CaseIterable {
    case scenes, environment, signals
    case exitStatus = "exit-status"

    var text: String {
      switch self {
      case .scenes: Scene.reference()
      case .environment: HelpTexts.environment
      case .signals: HelpTexts.signals
      case .exitStatus: HelpTexts.exitStatus
      }
    }
  }

  @Argument(help: "A command, with its subcommand if it has any, or a topic.")
  var topic: [String] = []

  @Flag(help: "Print the manual of all commands, as man reads it.")
  var man = false

  func run() throws {
    if man { return print(try Manual().text, terminator: "") }
    guard let first = topic.first else { return print(Mote.helpMessage()) }
    if let known = Topic(rawValue: first), topic.count == 1 { return print(known.text.trimmed) }
    print(Mote.helpMessage(for: try Self.command(topic)))
  }

  /// The command of these names.
  private static func command(_ names: [String]) throws(Failure) -> any ParsableCommand.Type {
    var command: any ParsableCommand.Type = Mote.self
    for name in names {
      let inner = command.configuration.subcommands
      guard let next = inner.first(where: { $0.configuration.commandName == name }) else {
        let known = inner.compactMap { $0.configuration.commandName } + Topic.allCases.map(\.rawValue)
        throw Failure(.usage, "there is no command or topic \(name)", hint: suggestion(for: name, among: known))
      }
      command = next
    }
    return command
  }
}

extension String {
  /// Without white space at its ends.
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

/// What the manual and the topics of help say beside the commands.
enum HelpTexts {
  static let exitStatus = """
    0    done
    1    failed for another reason, or a comparison found a difference
    2    the command line is wrong
    3    the scene or a law is invalid
    4    a file cannot be read, or violates the schema
    5    the simulation blew up; the last good frame is written
    6    out of memory or disk
    7    lost a device or a rank
    75   stopped early on purpose (time limit or signal) with a checkpoint written: mote run SCENE --continue goes on,
         so that a batch script can say  [ $? = 75 ] && sbatch job.sh
    130  ended at once by a second interrupt
    """

  static let environment = """
    MOTE_THREADS         threads to use, unless --threads says another number; then OMP_NUM_THREADS and SLURM_CPUS_PER_TASK count
    MOTE_TMPDIR          where compiled kernels are kept, instead of ~/.cache
    SLURM_JOB_END_TIME   when a Slurm job ends: the default of --max-time
    """

  static let signals = """
    SIGTERM, SIGINT, SIGUSR1   a run writes a checkpoint, closes its files and ends with 75
    SIGUSR2                    a run writes a checkpoint and goes on
    a second SIGINT            the program ends at once, with 130
    In a Slurm script: #SBATCH --signal=USR1@120
    """
}
