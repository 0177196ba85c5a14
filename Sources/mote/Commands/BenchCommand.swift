import ArgumentParser
import Diagnostics
import Foundation
import Running
import Scenes

struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Time the steps of a named case, or of a scene.",
    discussion: """
      No frames and no log are written. Lists are tuned in a warm-up that is not
      counted. Without a name the cases are listed.

      Examples:
        mote bench
        mote bench lj
        mote bench lj-million --threads 8 --json
        mote bench Scenes/argon.yaml --seconds 10
      """)

  @Argument(help: "A case, or a scene file.", completion: .file(extensions: ["yaml", "yml"]))
  var name: String?

  @Option(
    name: .customLong("set"), parsing: .singleValue, help: ArgumentHelp("Override a value of the scene.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(help: "Threads to use.")
  var threads = 1

  @Option(help: "Seconds to measure, at least.")
  var seconds = 3.0

  @Option(help: "Steps to measure, instead of seconds.")
  var steps: Int?

  @Option(help: "Steps before the clock starts, at least; a quarter of the seconds in any case.")
  var warmUp = 1

  @Flag(help: "Print one line of JSON.")
  var json = false

  func validate() throws {
    if !(seconds > 0 && seconds <= 86_400) { throw ValidationError("--seconds \(seconds): above 0, at most a day") }
    if let steps, steps < 1 { throw ValidationError("--steps \(steps): 1 or more") }
    if warmUp < 0 { throw ValidationError("--warm-up \(warmUp): 0 or more") }
  }

  func run() throws {
    guard let name else { return Self.cases.forEach { print($0) } }
    var scene = SceneOptions()
    (scene.scene, scene.overrides, scene.allowPath) = (try Self.path(of: name), overrides, [])
    var settings = Benchmark.Settings()
    (settings.threads, settings.seconds, settings.steps, settings.warmUp) = (max(1, threads), seconds, steps, warmUp)
    let label = URL(fileURLWithPath: name).deletingPathExtension().lastPathComponent
    let result = try Benchmark(try scene.read(), name: label, settings, library: scene.library, source: FileFrames())
    if json { return try Console.printJSON(result, isLine: true) }
    let threads = result.threads == 1 ? "1 thread" : "\(result.threads) threads"
    let memory = result.bytesPerParticle.map { ", \(shortNumber($0)) bytes per particle" } ?? ""
    print(
      "\(label): \(result.particles) particles, \(result.steps) steps in \(shortNumber(result.seconds)) s, \(threads), precision "
        + "\(result.precision): \(shortNumber(result.particleStepsPerSecond)) particle-steps/s\(memory)")
    let parts = [
      ("laws over pairs", result.pairSeconds), ("lists of pairs", result.listSeconds), ("the rest", result.otherSeconds),
    ]
    print(parts.map { "\($0): \(Int((100 * $1 / result.seconds).rounded())) %" }.joined(separator: ", "))
  }

  private static var folder: URL? { Build.scenes?.appending(path: "bench") }

  private static var cases: [String] {
    let files = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) } ?? []
    return files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()
  }

  private static func path(of name: String) throws(Failure) -> String {
    if cases.contains(name), let folder { return folder.appending(path: name + ".yaml").path }
    if FileManager.default.fileExists(atPath: name) { return name }
    throw Failure(.usage, "there is no case \(name)", hint: suggestion(for: name, among: cases))
  }
}
