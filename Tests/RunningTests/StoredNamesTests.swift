import Testing

@testable import Running

@Suite("Names of fields in restart files")
struct StoredNamesTests {
  @Test(
    "Any name comes back, and is stored as snapshots want it",
    arguments: ["mass", "rate of position", "F", "k1 of velocity", "encoded_x", "a_b", "_", "9", "é", ""])
  func roundTrip(name: String) {
    let stored = StoredNames.stored(name)
    #expect(StoredNames.original(stored) == name)
    #expect(stored.allSatisfy { ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_" })
    #expect(stored.first.map { ("a"..."z").contains($0) } == true)
  }

  @Test("Names of snapshots stay as they are") func plain() { #expect(StoredNames.stored("mass_2") == "mass_2") }
}
