import Diagnostics
import Expressions
import Testing

@testable import Laws

@Suite("Checking laws")
struct CheckingTests {
  @Test("every worked example is right in each box for which it claims to hold", arguments: LawFiles.exampleLibrary.names)
  func examples(name: String) throws {
    let law = try LawFiles.exampleLibrary.law(named: name)
    let problems = law.check(library: LawFiles.exampleLibrary)
    #expect(problems.items.isEmpty, "\(problems)")
  }

  @Test("every shipped law is right in each box for which it claims to hold", arguments: LawFiles.shippedLibrary.names)
  func shipped(name: String) throws {
    let law = try LawFiles.shippedLibrary.law(named: name)
    let problems = law.check(library: LawFiles.shippedLibrary)
    #expect(problems.items.isEmpty, "\(problems)")
    #expect(!law.source.isEmpty)
  }
}
