import Foundation
import Testing

@testable import Scenes

@Suite struct MistakeTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Mistakes")
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()

  @Test func `the gallery is not empty`() { #expect(Self.names.count >= 15) }

  // MOTE_RENEW=1 writes the messages anew; read them in review.
  @Test(arguments: names) func `a typical mistake gets its message`(name: String) throws {
    let scene = Self.folder.appending(path: "\(name).yaml"), expected = Self.folder.appending(path: "\(name).txt")
    let text = try String(contentsOf: scene, encoding: .utf8)
    var message = ""
    do {
      _ = try Scene.read(text: text, file: "\(name).yaml", access: FileAccess(folder: Self.folder), library: ParameterTests.laws)
    } catch { message = "\(error)\n" }
    #expect(!message.isEmpty)
    if ProcessInfo.processInfo.environment["MOTE_RENEW"] != nil {
      try message.write(to: expected, atomically: true, encoding: .utf8)
    }
    #expect(message == (try String(contentsOf: expected, encoding: .utf8)))
  }
}
