import Foundation
import Testing

@testable import Scenes

@Suite struct SchemaTests {
  private func schema() throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(Scene.schema().utf8)) as? [String: Any])
  }

  /// The schema of a table, found through the keys that lead to it.
  private func properties(of node: Any?) -> [String: Any]? {
    guard let map = node as? [String: Any] else { return nil }
    if let properties = map["properties"] as? [String: Any] { return properties }
    let inner = [map["additionalProperties"] as Any] + ((map["anyOf"] as? [Any]) ?? [])
    return inner.lazy.compactMap { properties(of: $0) }.first
  }

  private func compare(_ table: KeyTable, _ node: Any?) throws {
    let properties = try #require(self.properties(of: node))
    #expect(Set(properties.keys) == Set(table.keys.map(\.name)))
    for key in table.keys { for inner in key.kind.tables { try compare(inner, properties[key.name]) } }
  }

  @Test func `the schema has just the keys that the parser knows`() throws {
    try compare(SceneKeys.scene, try schema())
  }

  @Test func `the parser takes every key of the schema, and refuses one that it lacks`() {
    for table in SceneKeys.scene.family {
      for key in table.keys {
        var reader = SceneReader(report: Report(), access: FileAccess(folder: repository), library: shippedLaws)
        let value = Tree.scalar("x", at: .init(file: "", line: 1, column: 1))
        reader.check(
          Tree(content: .map([.init(key: key.name, keyLocation: value.location, value: value)]), location: value.location), table)
        #expect(!"\(reader.report.diagnostics)".contains("unknown key"), "\(table.name).\(key.name)")
      }
      guard !table.isOpen else { continue }
      var reader = SceneReader(report: Report(), access: FileAccess(folder: repository), library: shippedLaws)
      let value = Tree.scalar("x", at: .init(file: "", line: 1, column: 1))
      reader.check(
        Tree(content: .map([.init(key: "nonsense", keyLocation: value.location, value: value)]), location: value.location), table)
      #expect("\(reader.report.diagnostics)".contains("unknown key"), "\(table.name)")
    }
  }

  @Test func `every example and every default is what its key wants`() throws {
    for table in SceneKeys.scene.family {
      for key in table.keys {
        var texts = [key.example]
        if case .value(let text) = key.standard { texts.append(text) }
        for text in texts {
          var reader = SceneReader(report: Report(), access: FileAccess(folder: repository), library: shippedLaws)
          let value = try #require(try Tree.read("\(key.name): \(text)", file: "example")[key.name])
          reader.check(
            Tree(content: .map([.init(key: key.name, keyLocation: value.location, value: value)]), location: value.location),
            KeyTable(name: table.name, about: "", keys: [key]))
          #expect(!reader.report.hasErrors, "\(table.name).\(key.name): \(text): \(reader.report.diagnostics)")
        }
      }
    }
  }

  @Test func `the reference has a row for every key`() {
    let reference = Scene.reference()
    for table in SceneKeys.scene.family {
      #expect(reference.contains("\n## \(table.name)\n"))
      for key in table.keys { #expect(reference.contains("\n| `\(key.name)` | ")) }
    }
  }
}
