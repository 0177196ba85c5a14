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
    help: ArgumentHelp("Override a value, such as laws.lj.cutoff='1 nm'.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(parsing: .singleValue, help: ArgumentHelp("A further folder that the scene may read from.", valueName: "dir"))
  var allowPath: [String] = []

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
