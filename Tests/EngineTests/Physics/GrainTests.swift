import Foundation
import Testing

@testable import Engine

/// Two unequal grains that meet head on.
private func collision(restitution: Double) -> String {
  """
  units: reduced
  precision: double
  box: {size: [20, 20, 20], origin: [-10, -10, -10], sides: open}
  species:
    light: {fields: {mass: 1, radius: 0.5, inertia: 0.1}, fill: {points: [[-1, 0, 0]], velocities: [[1, 0, 0]]}}
    heavy: {fields: {mass: 3, radius: 0.4, inertia: 0.2}, fill: {points: [[0, 0, 0]], velocities: [[-1, 0, 0]]}}
  laws:
    velocity-verlet-spheres: {}
    spring-dashpot: {stiffness: 1000, restitution: \(restitution), friction: 0.5}
  dt: 0.0005
  steps: 1
  measure:
  - {for: light, left: sum(velocity.x)}
  - {for: heavy, right: sum(velocity.x)}
  """
}

/// A sphere on a wall below.
private func onWall(_ wall: String, restitution: Double, gravity: Double) -> String {
  """
  units: reduced
  precision: double
  box: {size: [40, 40, 40], origin: [-20, -20, -20], sides: open}
  species:
    ball: {fields: {mass: 2, radius: 0.5, inertia: 0.2}, fill: {points: [[0, 0, 0.5]]}}
  laws:
    velocity-verlet-spheres: {}
    uniform-gravity: {gravity: [0, 0, \(-gravity)]}
    spring-dashpot-wall: {\(wall), stiffness: 20000, restitution: \(restitution), friction: 0.5}
  dt: 0.0005
  steps: 1
  measure: {along: sum(velocity.x), up: sum(velocity.z), turning: sum(spin.y)}
  """
}

@Suite("Grains")
struct GrainTests {
  @Test("Spring and dashpot lose what the restitution says", arguments: [1, 0.8, 0.3])
  func restitution(wanted: Double) throws {
    let rows = try simulation(collision(restitution: wanted)).run(steps: 1500, sampling: 1500)
    let left = try #require(rows.last?["left"]?[0]), right = try #require(rows.last?["right"]?[0])
    #expect(abs((right - left) / 2 - wanted) < 2e-3)
    #expect(abs(left + 3 * right + 2) < 1e-10)
  }

  @Test("A belt makes a sphere roll with two sevenths of its speed")
  func belt() throws {
    let scene = onWall("wall: x.z, moves: \"[1.4, 0, 0]\"", restitution: 0.3, gravity: 10)
    let rows = try simulation(scene).run(steps: 1200, sampling: 1200)
    #expect(abs(try #require(rows.last?["along"]?[0]) - 0.4) < 4e-3)
    #expect(abs(try #require(rows.last?["turning"]?[0]) + 2) < 2e-2)
  }

  @Test("A wall at rest moves nothing")
  func rest() throws {
    let rows = try simulation(onWall("wall: x.z", restitution: 0.3, gravity: 10)).run(steps: 1200, sampling: 1200)
    #expect(abs(try #require(rows.last?["along"]?[0])) < 1e-12)
  }

  @Test("A piston throws a sphere at twice its speed")
  func piston() throws {
    let scene = onWall("wall: x.z + 0.1 - 0.5*time, moves: \"[0, 0, 0.5]\"", restitution: 1, gravity: 0)
    let rows = try simulation(scene).run(steps: 1200, sampling: 1200)
    #expect(abs(try #require(rows.last?["up"]?[0]) - 1) < 2e-3)
  }
}
