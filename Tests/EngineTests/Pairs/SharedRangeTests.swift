import Testing

@testable import Engine

@Suite("Laws over the same pairs")
struct SharedRangeTests {
  /// How many comparisons with a range the loop over the pairs of two laws makes.
  private func comparisons(_ cutoffs: (String, String)) throws -> Int {
    let text = """
      units: reduced
      box: {size: [9, 9, 9]}
      species: {a: {fill: {points: [[1, 1, 1], [2, 2, 2]]}}}
      laws:
        velocity-verlet: {}
        lennard-jones: {epsilon: 1, sigma: 1, cutoff: \(cutoffs.0)}
        soft-sphere: {epsilon: 1, sigma: 1, cutoff: \(cutoffs.1)}
      dt: 0.001
      steps: 1
      """
    let groups = try Plan(try scene(text), library: lawLibrary()).pairs
    #expect(groups.count == 1)
    return groups[0].kernel.text.components(separatedBy: "(V)p->r2 < ").count - 1
  }

  @Test("of one cutoff share a comparison")
  func equal() throws {
    #expect(try comparisons(("2.5", "2.5")) == 1)
  }

  @Test("of two cutoffs keep both")
  func different() throws {
    #expect(try comparisons(("2.5", "2.25")) == 2)
  }
}
