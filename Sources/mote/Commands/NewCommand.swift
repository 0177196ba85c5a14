import ArgumentParser
import Diagnostics
import Foundation

struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "List the example scenes, or write one.",
    discussion: """
      Examples:
        mote new
        mote new argon
        mote new melt -o my-melt.yaml
      """)

  @Argument(help: "The example to write; without it they are listed.")
  var name: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Where to write it.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace an existing file.")
  var force = false

  func run() throws {
    let examples = try Example.all()
    guard let name else {
      let width = examples.map(\.name.count).max() ?? 0
      for example in examples { print(example.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + example.title) }
      return
    }
    guard let example = examples.first(where: { $0.name == name }) else {
      throw Failure(.usage, "there is no example \(name)", hint: suggestion(for: name, among: examples.map(\.name)))
    }
    let path = output ?? "\(name).yaml"
    try Console.write(Array(example.text.utf8), to: path, force: force)
    if path != "-" { Console.say("written: \(path)\nrun it:  mote run \(path)") }
  }
}

/// A scene that comes with the program.
struct Example {
  let name: String
  let text: String

  /// The title that the scene gives itself.
  var title: String {
    let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("title:") } ?? ""
    return line.dropFirst("title:".count).trimmingCharacters(in: .whitespaces)
  }

  static func all() throws(Failure) -> [Example] {
    guard let folder = Build.scenes, let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
      throw Failure(
        .failed, "the example scenes are not found",
        hint: "they lie in Scenes beside the program or above it; mote doctor tells more")
    }
    return files.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { file in
      (try? String(contentsOf: folder.appending(path: file), encoding: .utf8)).map {
        Example(name: String(file.dropLast(5)), text: $0)
      }
    }
  }
}
