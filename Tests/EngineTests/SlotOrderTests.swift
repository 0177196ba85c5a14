import Diagnostics
import Testing

@testable import Engine

@Suite("The order of laws in the slot forces")
struct SlotOrderTests {
  private func messages(_ laws: String) -> [String] {
    do {
      _ = try Plan(try scene(cluster(laws)), library: lawLibrary())
      return []
    } catch let problems as Diagnostics {
      return problems.items.map(\.message)
    } catch {
      return ["\(error)"]
    }
  }

  @Test("a law that reads the force before another has added to it is refused, with both names")
  func reading() {
    let found = messages("runge-kutta-4: {}\n  newton: {}\n  uniform-gravity: {gravity: [0, 0, -1]}")
    #expect(found == ["newton reads force before uniform-gravity has added to it: move newton below uniform-gravity"])
  }

  @Test("below all laws that give forces it is welcome")
  func below() {
    #expect(messages("runge-kutta-4: {}\n  uniform-gravity: {gravity: [0, 0, -1]}\n  newton: {}").isEmpty)
  }

  @Test("forces on other species do not matter")
  func otherSpecies() throws {
    func text(_ species: String) -> String {
      """
      units: reduced
      box: {size: [9, 9, 9]}
      species: {a: {fill: {points: [[1, 1, 1]]}}, b: {fill: {points: [[2, 2, 2]]}}}
      laws:
        runge-kutta-4: {}
        newton: {for: a}
        uniform-gravity: {gravity: [0, 0, -1], for: \(species)}
      dt: 1
      steps: 1
      """
    }
    #expect(throws: Diagnostics.self) { try Plan(try scene(text("a")), library: lawLibrary()) }
    #expect(throws: Never.self) { try Plan(try scene(text("b")), library: lawLibrary()) }
  }
}
