import Foundation
import Testing

@testable import Engine

private let laws = [
  "halve": """
  law: halve
  source: "a test"
  species: {A: particles, B: particles}
  parameters: {apart: length}
  passes:
  - propagate:
      for: A
      where: id == 2 or id == 3
      let: {e: direction()}
      remove: true
      create:
      - B: {position: position + apart/2*e}
      - B: {position: position - apart/2*e, mass: 5*mass}
  """,
  "breed": """
  law: breed
  source: "a test"
  species: {A: particles}
  parameters: {yield: 1}
  fields: {A: {age: "1 = 4"}}
  passes:
  - propagate: {for: A, age: age + 1, create: {A: {number: yield, velocity: normal()*velocity}}}
  """,
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

@Suite("Members that passes make")
struct BirthTests {
  @Test("Children stand where the pass puts them, have what the parent had, and new ids in the order of the parents")
  func decay() throws {
    let text = scene(
      "A: {fields: {mass: 2}, fill: {points: [[1, 1, 1], [2, 2, 2], [5, 5, 5], [8, 8, 8]], velocities: [[1, 0, 0], [2, 0, 0], [3, 0, 0], [4, 0, 0]]}}, B: {}",
      "halve: {apart: 1}")
    let simulation = try simulation(text, laws: laws)
    try simulation.run(steps: 1)
    let frame = simulation.frame(fields: ["velocity", "mass"])
    #expect(frame.ids == [1, 4, 5, 6, 7, 8] && frame.species == [0, 0, 1, 1, 1, 1])
    #expect(frame[field: "mass"]?.values == [2, 2, 2, 10, 2, 10])
    #expect(frame[field: "velocity"]?.values == [1, 4, 2, 2, 3, 3].flatMap { [$0, 0, 0] })
    let x = simulation.values(of: "position")
    for (pair, centre) in [(2, 2.0), (4, 5.0)] {
      let d = (0..<3).map { x[3 * pair + $0] - x[3 * pair + 3 + $0] },
        middle = (0..<3).map { (x[3 * pair + $0] + x[3 * pair + 3 + $0]) / 2 }
      #expect(abs(d.reduce(0) { $0 + $1 * $1 } - 1) < 1e-9 && distance(middle, [centre, centre, centre]) < 1e-9)
    }
    #expect(simulation.removed == 2)
    try simulation.run(steps: 1)
    #expect(simulation.frame(fields: []).ids == [1, 4, 5, 6, 7, 8])
  }

  @Test("The fraction of a number is a chance; each child draws its own noise and sees the parent as it was")
  func chance() throws {
    let simulation = try simulation(
      scene("A: {fill: {random: 4000}, velocities: {temperature: 1}}", "breed: {yield: 2.25}"), laws: laws)
    try simulation.run(steps: 1)
    let frame = simulation.frame(fields: ["age", "velocity"]), born = frame.count - 4000
    // A binomial number: 4000 (2.25 ± 4 sqrt(0.25 · 0.75 / 4000)).
    #expect(abs(Double(born) / 4000 - 2.25) < 0.03)
    #expect(frame.ids == (1...Int64(frame.count)).map { $0 })
    let age = try #require(frame[field: "age"]?.values), velocity = try #require(frame[field: "velocity"]?.values)
    #expect(age[..<4000].allSatisfy { $0 == 5 } && age[4000...].allSatisfy { $0 == 4 })
    #expect(Set(velocity).count > 3 * frame.count - 10)
  }

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
