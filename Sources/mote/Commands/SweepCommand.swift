import ArgumentParser
import Diagnostics
import Foundation
import Running
import Scenes

struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep", abstract: "Run a scene for all combinations of some values.",
    discussion: """
      Each point has a folder with its resolved scene and its run; sweep.csv lists
      what came out. Points that are done are not run again, so the same command goes
      on after a stop.

      Examples:
        mote sweep argon.yaml --set laws.stochastic-rescaling.kT='80 kB K,100 kB K'
        mote sweep melt.yaml --set dt='lin(0.001, 0.005, 5)' --set seed=1,2,3 -o drift
        mote sweep argon.yaml --set dt='log(1, 10, 4) fs' --slurm
        mote sweep argon.yaml --set seed='csv(seeds.csv)'
      """)

  @Argument(help: "The scene, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var scene: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp(
      "Values of a key: a,b,c, lin(from,to,count), log(from,to,count), each with a unit after it, or csv(file).",
      valueName: "key=values"))
  var axes: [String]

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The folder of the study. Default: the scene's name with -sweep.", valueName: "folder"))
  var output: String?

  @Flag(help: "Write the scenes and print the line that gives all points to Slurm; run nothing.")
  var slurm = false

  @Option(help: "Run this point alone, counted from 1.")
  var point: Int?

  @Option(parsing: .singleValue, help: ArgumentHelp("A further folder that the scene may read from.", valueName: "dir"))
  var allowPath: [String] = []

  @Option(help: "Threads to use.")
  var threads: Int?

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false

  private var folder: String { output ?? URL(fileURLWithPath: scene).deletingPathExtension().lastPathComponent + "-sweep" }

  func run() throws {
    try Launcher.refuseCopies()
    let axes = try axes.map { try SweepAxis($0) }
    let study = Study(axes, in: URL(fileURLWithPath: folder), library: Build.library(for: scene), source: FileFrames()) {
      overrides in
      var options = SceneOptions()
      (options.scene, options.overrides, options.allowPath) = (scene, overrides, allowPath)
      return try options.read()
    }
    if let point, !study.points.contains(where: { $0.number == point }) {
      throw Failure(.usage, "there is no point \(point)", hint: "1 to \(study.points.count)")
    }
    try study.prepare(only: point)
    if slurm { return print(slurmLine(study.points.count)) }
    Signals.install()
    try run(study)
  }

  private func run(_ study: Study) throws {
    let settings = settings
    var failures: [Int: String] = [:]
    for next in study.points where point == nil || next.number == point {
      if !quiet {
        let isDone = study.status(of: next) == .done ? " (done before)" : ""
        Console.say("point \(next.number) of \(study.points.count): \(next.overrides.joined(separator: ", "))\(isDone)")
      }
      if case .failed(let reason) = try study.run(next, settings) {
        failures[next.number] = reason
        Console.say("point \(next.number) failed: \(reason)")
      }
      // Tasks of an array run at once; the table is made by the call that runs all points.
      if point == nil { try writeTable(study, failures) }
    }
    if !failures.isEmpty { throw Failure(.failed, "\(failures.count) of \(study.points.count) points failed") }
  }

  private func writeTable(_ study: Study, _ failures: [Int: String]) throws {
    let path = study.folder.appending(path: "sweep.csv").path
    try Console.write(Array(study.table(failures: failures).utf8), to: path, force: true)
  }

  private var settings: RunSettings {
    var settings = RunSettings()
    settings.threads = Build.threads(threads)
    settings.isQuiet = true
    settings.command = RunCommand.command
    (settings.version, settings.git) = (Build.version, Build.git)
    return settings
  }

  private func slurmLine(_ count: Int) -> String {
    func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
    let sets = axes.map { "--set " + quoted($0) }.joined(separator: " ")
    let command = "mote sweep \(quoted(scene)) \(sets) -o \(quoted(folder)) --point $SLURM_ARRAY_TASK_ID"
    let escaped = command.map { "\\$`\"".contains($0) ? "\\\($0)" : "\($0)" }.joined()
    return "sbatch --array=1-\(count) --signal=USR1@120 --wrap \"\(escaped)\""
  }
}
