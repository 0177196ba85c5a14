import Diagnostics
import Expressions
import Testing

@testable import Laws

@Suite("Reading laws")
struct ReadingTests {
  @Test("every worked example of the language is read", arguments: LawFiles.exampleLibrary.names)
  func examples(name: String) throws {
    let law = try LawFiles.exampleLibrary.law(named: name)
    #expect(law.name == name)
    #expect(!law.passes.isEmpty)
  }
}
