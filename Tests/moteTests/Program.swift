import Foundation

/// What a call of the program gave.
struct Outcome {
  var status: Int32
  var output: String
  var errors: String
}

/// The program that was built with the tests, called in a folder of its own.
final class Workplace {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "mote-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// The sources of the tests.
  static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

  /// `mote` beside the tests' own program.
  private static let program: URL = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: own).deletingLastPathComponent().appending(path: "mote")
  }()

  /// Runs `mote` with these arguments; `input` is its standard input.
  func mote(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws -> Outcome {
    try run(arguments, input: input, environment: environment)
  }

  func run(_ arguments: [String], input: String = "", environment: [String: String] = [:]) throws -> Outcome {
    let process = Process()
    process.executableURL = Self.program
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(["COLUMNS": "80", "MOTE_THREADS": "1"]) { $1 }
      .merging(environment) { $1 }
    // Files do not fill up as pipes do.
    let names = ["input", "output", "errors"].map { folder.appending(path: ".\($0)-\(UUID().uuidString)") }
    defer { for name in names { try? FileManager.default.removeItem(at: name) } }
    for (name, text) in zip(names, [input, "", ""]) { try text.write(to: name, atomically: false, encoding: .utf8) }
    process.standardInput = try FileHandle(forReadingFrom: names[0])
    process.standardOutput = try FileHandle(forWritingTo: names[1])
    process.standardError = try FileHandle(forWritingTo: names[2])
    try process.run()
    process.waitUntilExit()
    let texts = try names.dropFirst().map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Outcome(status: process.terminationStatus, output: texts[0], errors: texts[1])
  }

  func write(_ text: String, to name: String) throws {
    try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.appending(path: name).path) }

  func data(_ name: String) throws -> Data { try Data(contentsOf: folder.appending(path: name)) }

  /// A scene of 108 atoms that runs in a tenth of a second.
  static let scene = """
    title: A tiny melt
    units: {system: reduced}
    box: {size: fit}
    species:
      atom:
        fill: {lattice: fcc, count: 108, density: 0.8}
        velocities: {temperature: 1}
    laws:
      velocity-verlet: {}
      lennard-jones: {epsilon: 1, sigma: 1, cutoff: 2.5, shift: force}
      thermodynamics: {}
    dt: 0.004
    steps: 40
    log: {every: 5}
    output: {every: 10}
    checkpoint: {every: 20}
    """

  /// A folder with that scene and its run.
  static func withRun() throws -> Workplace {
    let place = try Workplace()
    try place.write(scene, to: "tiny.yaml")
    let outcome = try place.mote("run", "tiny.yaml")
    guard outcome.status == 0 else { throw Failed(what: outcome.errors) }
    return place
  }

  struct Failed: Error { var what: String }
}
