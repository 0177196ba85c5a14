import Testing

@testable import Engine

@Suite("The store of particles")
struct MemberStoreTests {
  @Test("Fields added late, particles added and removed: every particle keeps its own numbers")
  func columns() {
    let store = MemberStore(space: 2)
    store.append(species: 0, ids: 0..<50)
    store.addField("mass", components: 1, initial: 3)
    for place in 0..<50 { store.positions[1][place] = Double(place) }
    let places = store.append(species: 1, ids: 100..<1100)
    #expect(places == 50..<1050)
    #expect(store.columns(of: "mass")?[0][49] == 3 && store.columns(of: "mass")?[0][50] == 0)
    #expect(store.remove { $0 % 2 == 1 } == 525)
    #expect(store.count == 525)
    #expect(store.idColumn[24] == 48 && store.positions[1][24] == 48 && store.speciesColumn[24] == 0)
    #expect(store.idColumn[25] == 100 && store.speciesColumn[25] == 1)
  }
}
