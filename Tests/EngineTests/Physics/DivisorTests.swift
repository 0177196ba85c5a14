import Diagnostics
import Testing

@testable import Engine

@Suite("A run that blows up")
struct DivisorTests {
  /// What a run says whose law pushes by 1 over the number of neighbours, of which one particle has none.
  private func message(_ condition: String) throws -> String {
    let law = """
      law: lonely
      source: none
      fields: {crowd: 1 = 0}
      parameters: {strength: {dimension: force, value: 1}, range: {dimension: length, value: 1}}
      passes:
      - interact: {within: range, sum: {crowd: 1}}
      - propagate: {\(condition)force: "strength*[1/crowd, 0, 0]"}
      """
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [9, 9, 9]}
      species: {a: {fill: {points: [[1, 1, 1], [1.5, 1, 1], [5, 5, 5]]}}}
      laws: {velocity-verlet: {}, lonely: {}}
      dt: 0.001
      steps: 3
      """, laws: ["lonely": law])
    do {
      try simulation.run(steps: 3)
      return ""
    } catch let failure as Failure {
      return failure.message
    }
  }

  @Test("names the law, the place and the member where it divided by a field that is zero")
  func zero() throws {
    let lines = try message("").split(separator: "\n")
    #expect(lines.first == "the position of particle 3 is not finite")
    #expect(lines.last?.contains(":7:35: lonely divides by crowd, which is 0 for particle 3") == true)
  }

  @Test("does not with the condition that the message recommends")
  func mended() throws {
    #expect(try message("where: crowd != 0, ") == "")
  }
}
