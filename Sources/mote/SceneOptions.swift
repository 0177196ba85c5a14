import ArgumentParser
import Diagnostics
import Foundation
import Laws
import Scenes
import Snapshots
import World

/// The options of every command that reads a scene.
struct SceneOptions: ParsableArguments {
  @Argument(help: "The scene, a YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var scene: String

  @Option(name: .customLong("set"), parsing: .singleValue, help: ArgumentHelp("Override a value, such as laws.lj.cutoff='1 nm'.", valueName: "key=value"))
  var overrides: [String] = []

  @Option(parsing: .singleValue, help: ArgumentHelp("A further folder that the scene may read from.", valueName: "dir"))
  var allowPath: [String] = []

  var library: LawLibrary { Build.library(for: scene) }

  /// The scene, with all overrides.
  func read() throws -> Scene {
    let shipped = Build.scenes.map { [$0.path] } ?? []
    return try Scene.read(scene, overrides: overrides, library: library, allowing: allowPath + shipped)
  }
}

/// Reads frames for fills: snapshots, and the text formats.
struct FileFrames: FrameSource {
  func frame(of file: URL, _ selection: FileFill.Selection, format: String?) throws -> Frame {
    let kind = format ?? Self.format(of: file)
    guard kind == "snapshot" else {
      throw Failure(.unreadableFile, "\(file.lastPathComponent): no format \(kind) is known", hint: "snapshot")
    }
    let reader = try SnapshotReader(file.path)
    let index: Int
    switch selection {
    case .first: index = 0
    case .last: index = reader.frameCount - 1
    case .index(let number): index = number
    }
    guard (0..<reader.frameCount).contains(index) else {
      throw Failure(.unreadableFile, "\(file.lastPathComponent) has \(reader.frameCount) frames, not one of number \(index)", hint: "frame: last")
    }
    return try reader.frame(at: index)
  }

  private static func format(of file: URL) -> String {
    file.pathExtension == "h5" ? "snapshot" : file.pathExtension
  }
}
