import ArgumentParser
import Foundation
import Laws
import Scenes

/// The options of every command that reads a scene.
struct SceneOptions: ParsableArguments {
  @Argument(help: "The scene, a YAML file, or - for standard input.", completion: .file(extensions: ["yaml", "yml"]))
  var scene: String

  @Option(
    name: .customLong("set"), parsing: .singleValue,
    help: ArgumentHelp("Override a value, such as laws.lj.cutoff='1 nm'.", valueName: "key=value"),
    completion: .custom { words, _, _ in SceneOptions.keys(completing: words) })
  var overrides: [String] = []

  @Option(parsing: .singleValue, help: ArgumentHelp("A further folder that the scene may read from.", valueName: "dir"))
  var allowPath: [String] = []

  /// What `--set` may begin with, from the scene that stands on the command line.
  private static func keys(completing words: [String]) -> [String] {
    let file = words.first { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
    let text = file.flatMap { try? String(contentsOfFile: $0, encoding: .utf8) } ?? ""
    return Scene.keyPaths(in: text).map { $0 + "=" }
  }

  var library: LawLibrary { Build.library(for: scene) }

  /// The scene, with all overrides; `-` is standard input, whose files lie in the working directory.
  func read() throws -> Scene {
    let shipped = Build.scenes.map { [$0.path] } ?? []
    guard scene == "-" else {
      return try Scene.read(scene, overrides: overrides, library: library, allowing: allowPath + shipped)
    }
    let text = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
    let access = FileAccess(
      folder: URL(fileURLWithPath: "."), allowing: (allowPath + shipped).map { URL(fileURLWithPath: $0) })
    return try Scene.read(text: text, file: "scene.yaml", access: access, overrides: overrides, library: library)
  }
}
