import Diagnostics
import Foundation
import Laws

@testable import Scenes

/// The repository's top folder.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

/// The laws that Mote ships.
let shippedLaws = LawLibrary(folders: [repository.appending(path: "Scenes/laws")])

/// Reads a scene from text, as if it stood in `folder`.
func readScene(
  _ text: String, overrides: [String] = [], folder: URL = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
) throws -> Scene {
  try Scene.read(text: text, file: "test.yaml", access: FileAccess(folder: folder), overrides: overrides, library: shippedLaws)
}

/// The messages that reading a text gives, one string.
func mistakes(_ text: String, overrides: [String] = []) -> String {
  do {
    _ = try readScene(text, overrides: overrides)
    return ""
  } catch {
    return "\(error)"
  }
}

/// A scene in reduced units whose particles are filled by the given line.
func reduced(_ fill: String, box: String = "{size: [10, 10, 10]}", more: String = "") -> String {
  """
  units: reduced
  box: \(box)
  species: {A: {fill: \(fill)\(more)}}
  laws: {}
  dt: 0.005
  steps: 10
  """
}
