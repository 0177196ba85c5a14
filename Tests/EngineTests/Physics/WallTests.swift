import Foundation
import Testing

@testable import Engine

/// A gas without collisions between walls at 0 and 4 along x.
private func gas(_ laws: String, temperature: Double = 1, count: Int = 3000, dt: Double = 0.01) -> String {
  """
  units: reduced
  box: {size: [6, 4, 4], origin: [-1, 0, 0], sides: [wall, periodic, periodic]}
  species:
    atom:
      fields: {mass: 2}
      fill: {random: \(count), region: {from: [0, 0, 0], to: [4, 4, 4]}}
      velocities: {temperature: \(temperature)}
  laws:
    velocity-verlet: {}
    \(laws)
  dt: \(dt)
  steps: 1
  measure:
    along: mean(mass*velocity.x^2)
    across: mean(mass*velocity.y^2)
    drift: mean(velocity.y)
    left: count(atom)
    least: min(position.x)
  """
}

@Suite("Walls")
struct WallTests {
  private func last(_ scene: String, steps: Int) throws -> (String) throws -> Double {
    let rows = try simulation(scene).run(steps: steps, sampling: steps)
    return { name in try #require(rows.last?[name]?[0]) }
  }

  @Test("A gas takes the temperature of walls that thermalise, and the speed with which they slide")
  func thermal() throws {
    let wall = "wall-diffuse: {wall: \"min(x.x, 4 - x.x)\", kT: 3, drift: [0, 0.5, 0]}"
    let value = try last(gas(wall, temperature: 0.5), steps: 6000)
    #expect(abs(try value("along") - 3) < 0.3)
    #expect(abs(try value("across") - 3 - 2 * 0.25) < 0.3)
    #expect(abs(try value("drift") - 0.5) < 0.08)
  }

  @Test("A mirror keeps the temperature")
  func mirror() throws {
    let value = try last(gas("wall-reflect: {wall: \"min(x.x, 4 - x.x)\"}", temperature: 0.5), steps: 2000)
    #expect(abs(try value("along") - 0.5) < 0.05)
  }

  @Test("A slow piston heats a gas along its way as the inverse square of the room that it leaves")
  func piston() throws {
    let wall = "wall-reflect: {wall: \"min(x.x - 0.1*time, 4 - x.x)\", moves: \"[if(x.x < 2.5, 0.1, 0), 0, 0]\"}"
    let value = try last(gas(wall), steps: 2000)
    #expect(abs(try value("along") / 4 - 1) < 0.15)
    #expect(abs(try value("across") - 1) < 0.1)
    #expect(try value("least") > 2 - 2e-3)
  }

  @Test("Every particle that hits a wall sticks, or the given share of them", arguments: [1, 0.25])
  func absorption(sticking: Double) throws {
    let wall = "wall-absorb: {wall: x.x, sticking: \(sticking)}\n  mirror: {law: wall-reflect, wall: 4 - x.x}"
    let all = try last(gas("wall-reflect: {wall: \"min(x.x, 4 - x.x)\"}", count: 4000, dt: 0.005), steps: 20)
    let value = try last(gas(wall, count: 4000, dt: 0.005), steps: 20)
    // Through a plane goes a quarter of the density times the mean speed sqrt(8 kT/(pi m)).
    let expected = 0.1 * 4000 / 4 * 0.25 * (8 / (2 * Double.pi)).squareRoot() * sticking
    #expect(try all("left") == 4000)
    #expect(abs(4000 - (try value("left")) - expected) < 4 * expected.squareRoot())
  }

  @Test("A source lets out a jet at its rate")
  func source() throws {
    let scene = """
      units: reduced
      box: {size: [20, 20, 20], origin: [-10, -10, -10], sides: open}
      species:
        vent: {fields: {mass: 1}, fill: {points: [[0, 0, 0]]}}
        gas: {fields: {mass: 1}}
      laws:
        velocity-verlet: {for: gas}
        emission: {for: {source: vent, gas: gas}, frequency: 2000, jet: [5, 0, 0], kT: 0.04, weight: 0.5, spread: 0.1}
      dt: 0.01
      steps: 1
      measure:
      - {for: gas, born: count(gas), speed: mean(velocity.x), heat: mean(mass*velocity.y^2), front: max(position.x)}
      """
    let value = try last(scene, steps: 100)
    #expect(abs(try value("born") - 2000) < 140)
    #expect(abs(try value("speed") - 5) < 0.05)
    #expect(abs(try value("heat") - 0.04) < 0.005)
    #expect(try value("front") > 4.5)
  }
}
