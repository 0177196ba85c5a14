import Foundation
import Testing
import World

@testable import Engine

/// Large and small grains, thrown at random into a box, that push each other where they overlap.
private func bed(large: Int, small: Int, sides: String, memory: Bool) -> String {
  """
  units: reduced
  precision: double
  box: {size: [30, 24, 20], sides: \(sides)}
  species:
    large: {fields: {radius: "3 + 0.2*mod(id, 7)", mass: 100}, fill: {random: \(large)}, velocities: {temperature: 10}}
    small: {fields: {radius: "0.3 + 0.03*mod(id, 5)", mass: 1}, fill: {random: \(small)}, velocities: {temperature: 10}}
  laws:
    velocity-verlet: {}
    \(memory ? "remembering" : "plain"): {strength: 50}
  dt: 0.002
  steps: 1
  """
}

private let laws = [
  "remembering": """
  law: remembering
  source: "a test"
  parameters: {strength: force/length}
  memory: {seen: 1}
  passes:
  - interact: {within: "radius[i] + radius[j]", force: "strength*(radius[i] + radius[j] - r)*n", memory: {seen: 1}}
  """,
  "plain": """
  law: plain
  source: "a test"
  parameters: {strength: force/length}
  passes:
  - interact: {within: "radius[i] + radius[j]", force: "strength*(radius[i] + radius[j] - r)*n"}
  """,
  "swelling": """
  law: swelling
  source: "a test"
  parameters: {most: length, pace: velocity}
  fields: {radius: length}
  passes:
  - propagate: {where: radius < most, radius: radius + pace*dt}
  """,
]

@Suite("Pairs of particles of very different size")
struct LevelSearchTests {
  @Test(
    "They are those that a search in one reach finds", arguments: ["periodic", "open", "[periodic, wall, periodic]"], [1, 2])
  func agrees(sides: String, threads: Int) throws {
    let forces = try [true, false].map { memory in
      let run = try simulation(bed(large: 12, small: 400, sides: sides, memory: memory), laws: laws, threads: threads)
      try run.run(steps: 60)
      return run.values(of: "force")
    }
    #expect((forces[0].map { abs($0) }.max() ?? 0) > 1)
    #expect(distance(forces[0], forces[1]) < 1e-7)
  }

  @Test("They are found too when small ones grow")
  func grows() throws {
    let forces = try [true, false].map { memory in
      let scene = bed(large: 12, small: 400, sides: "periodic", memory: memory).replacing(
        "laws:", with: "laws:\n  swelling: {most: 1, pace: 1.2}")
      let run = try simulation(scene, laws: laws)
      try run.run(steps: 200)
      return run.values(of: "force")
    }
    #expect(distance(forces[0], forces[1]) < 1e-6)
  }

  @Test("Small particles do not meet all that is near a large one")
  func count() throws {
    let run = try simulation(bed(large: 12, small: 400, sides: "periodic", memory: true), laws: laws)
    let listed = run.meetings.lists[0].places.count / 2
    // Within one reach of 8.4 nearly all of the 84,666 pairs would be listed.
    #expect(listed > 100)
    #expect(listed < 8000)
  }
}
