import Diagnostics
import Foundation
import Laws
import Testing

@testable import Scenes

/// The documents say what the program does: references are generated, examples are read. `Tools/check-docs` runs their commands.
@Suite struct DocumentTests {
  static let folder = repository.appending(path: "docs")
  static let documents =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).filter { $0.hasSuffix(".md") }.sorted()
    .map { "docs/" + $0 } + ["README.md", "CONTRIBUTING.md"]

  // MOTE_RENEW=1 writes the document anew.
  private func compare(_ name: String, _ text: String) throws {
    let file = Self.folder.appending(path: name)
    if ProcessInfo.processInfo.environment["MOTE_RENEW"] != nil { try text.write(to: file, atomically: true, encoding: .utf8) }
    #expect(try String(contentsOf: file, encoding: .utf8) == text, "run Tools/docs")
  }

  @Test func `the reference of scenes is what the parser knows`() throws { try compare("scenes.md", Scene.reference()) }

  @Test func `the reference of laws is what the law files say`() throws { try compare("laws.md", shippedLaws.reference()) }

  @Test func `the reference of laws has a section for each law, with each parameter`() throws {
    let sections = try shippedLaws.reference().components(separatedBy: "\n### ").dropFirst()
    #expect(sections.count == shippedLaws.names.count)
    for section in sections {
      let name = String(section.prefix { $0 != "\n" })
      for parameter in try shippedLaws.law(named: name).parameters { #expect(section.contains("\n| `\(parameter.name)` |")) }
    }
  }

  /// The ```yaml blocks of a document.
  private func examples(in document: String) throws -> [String] {
    let text = try String(contentsOf: repository.appending(path: document), encoding: .utf8)
    return text.components(separatedBy: "```yaml\n").dropFirst().compactMap { $0.components(separatedBy: "\n```").first }
  }

  private func name(of law: String) -> String { String(law.dropFirst(5).prefix { !$0.isWhitespace }) }

  @Test(arguments: documents) func `a law in a document is right, and as it ships if it does`(document: String) throws {
    for example in try examples(in: document) where example.hasPrefix("law:") {
      #expect(Law.problems(inText: example, file: document, library: shippedLaws).items.isEmpty, "\(example)")
      if let file = shippedLaws.file(named: name(of: example)) { #expect(try example + "\n" == LawLibrary.text(of: file)) }
    }
  }

  @Test(arguments: documents) func `a scene in a document is right, with the document's laws`(document: String) throws {
    let examples = try examples(in: document)
    let laws = examples.filter { $0.hasPrefix("law:") }
    var library = shippedLaws
    library.texts = Dictionary(uniqueKeysWithValues: laws.map { (name(of: $0), $0) })
    for example in examples where !example.hasPrefix("law:") {
      guard example.contains("species:") else {
        #expect(document == "docs/language.md", "neither law nor scene: \(example)")
        continue
      }
      let access = FileAccess(folder: repository.appending(path: "Scenes"))
      #expect(throws: Never.self, "\(example)") {
        try Scene.read(text: example, file: document, access: access, library: library)
      }
    }
  }

  @Test(arguments: documents) func `a link of a document leads to a file`(document: String) throws {
    let file = repository.appending(path: document)
    for match in try String(contentsOf: file, encoding: .utf8).matches(of: /\]\(([^)#\s]*[.\/][^)#\s]*)(#[^)]*)?\)/) {
      let target = String(match.output.1)
      if target.hasPrefix("https://") { continue }
      let path = file.deletingLastPathComponent().appending(path: target).path
      #expect(FileManager.default.fileExists(atPath: path), "\(target)")
    }
  }
}
