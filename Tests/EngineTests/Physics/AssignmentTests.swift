import Testing

@testable import Engine

@Suite("Assignments of a pass")
struct AssignmentTests {
  @Test("Two fields exchange their values, as right-hand sides read old ones")
  func exchange() throws {
    let swap = """
      law: swap
      source: "none: a test"
      fields: {zebra: "1 = 0", apple: "1 = 0"}
      start:
      - propagate: {apple: "1", zebra: "2"}
      passes:
      - propagate: {apple: zebra, zebra: apple}
      measure: {first: "mean(apple)", second: "mean(zebra)"}
      """
    let simulation = try simulation(
      """
      units: reduced
      box: {size: [9, 9, 9]}
      species: {atom: {fill: {points: [[1, 1, 1]]}}}
      laws: {swap: {}}
      dt: 1
      steps: 1
      """, laws: ["swap": swap])
    let rows = try simulation.run(steps: 3, sampling: 1)
    #expect(rows.map { $0["first"] } == [[2], [1], [2]])
    #expect(rows.map { $0["second"] } == [[1], [2], [1]])
  }
}
