import Foundation

@testable import Laws

/// Law files beside the tests, and those that are shipped.
enum LawFiles {
  static let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  static let examples = here.appendingPathComponent("Laws")
  static let mistakes = here.appendingPathComponent("Mistakes")
  static let shipped = here.deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Scenes/laws")

  static let exampleLibrary = LawLibrary(folders: [examples])
  static let shippedLibrary = LawLibrary(folders: [shipped])
}
