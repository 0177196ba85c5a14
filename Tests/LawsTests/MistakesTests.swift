import Diagnostics
import Foundation
import Testing

@testable import Laws

/// Typical mistakes, each with all that is said about it; `MOTE_RENEW=1` writes the texts anew, to be read in review.
@Suite("A gallery of mistakes")
struct MistakesTests {
  static let names = LawLibrary(folders: [LawFiles.mistakes]).names

  @Test("a mistake is explained", arguments: names)
  func explained(name: String) throws {
    let text = try LawLibrary.text(of: LawFiles.mistakes.appendingPathComponent(name + ".yaml"))
    let found = Law.problems(inText: text, file: name + ".yaml", library: LawFiles.exampleLibrary)
    #expect(found.hasErrors)
    let golden = LawFiles.mistakes.appendingPathComponent(name + ".txt")
    if ProcessInfo.processInfo.environment["MOTE_RENEW"] != nil {
      try (found.description + "\n").write(to: golden, atomically: true, encoding: .utf8)
    }
    #expect(try found.description + "\n" == String(contentsOf: golden, encoding: .utf8))
  }

  @Test("every message has a place, a line and a caret", arguments: names)
  func places(name: String) throws {
    let text = try LawLibrary.text(of: LawFiles.mistakes.appendingPathComponent(name + ".yaml"))
    for item in Law.problems(inText: text, file: name + ".yaml", library: LawFiles.exampleLibrary).items {
      let place = try #require(item.location, "\(item.message)")
      #expect(place.file == name + ".yaml")
      #expect(item.sourceLine != nil, "\(item.message)")
      #expect(place.column <= (item.sourceLine ?? "").count + 1)
    }
  }
}
