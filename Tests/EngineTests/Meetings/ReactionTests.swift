import Foundation
import Testing

@testable import Engine

private let laws = [
  "wed": """
  law: wed
  source: "M. v. Smoluchowski, Z. Phys. Chem. 92 (1917) 129"
  species: {A: particles, B: particles, C: particles}
  parameters: {contact: length}
  passes:
  - interact:
      for: A
      from: B
      within: contact
      react: {remove: [i, j], create: {C: {position: "position[i] - d/2"}}}
  """,
]

private func scene(_ species: String, _ use: String) -> String {
  """
  units: reduced
  box: {size: [10, 10, 10]}
  species: {\(species)}
  laws: {\(use)}
  dt: 1
  steps: 1
  """
}

@Suite("Reactions")
struct ReactionTests {
  @Test("Each particle reacts at most once, whatever the threads")
  func reactions() throws {
    let text = scene("A: {fill: {random: 300}}, B: {fill: {random: 300}}, C: {}", "wed: {contact: 0.9}")
    let one = try simulation(text, laws: laws, threads: 1), two = try simulation(text, laws: laws, threads: 2)
    let before = one.frame(fields: [])
    try one.run(steps: 1)
    try two.run(steps: 1)
    let after = one.frame(fields: [])
    let counts = (0..<3).map { code in after.species.count { $0 == code } }
    #expect(counts[2] > 100 && counts[0] == 300 - counts[2] && counts[1] == 300 - counts[2])
    #expect(one.values(of: "position") == two.values(of: "position"))
    // Nobody who is left has a partner within reach: what could react has done so.
    let left = one.values(of: "position")
    for a in 0..<counts[0] {
      for b in counts[0]..<counts[0] + counts[1] {
        let square = (0..<3).reduce(0.0) { sum, axis in
          let d: Double = left[3 * a + axis] - left[3 * b + axis]
          return sum + pow(d - 10 * (d / 10).rounded(), 2)
        }
        #expect(square > 0.81)
      }
    }
    #expect(Set(after.ids.filter { $0 > 600 }).count == counts[2] && before.count == 600)
  }
}
