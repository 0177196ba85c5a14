import Expressions
import Foundation
import Snapshots
import World

@testable import Fitting

/// Particles in a periodic box whose forces are known in closed form: what fits are tested on.
struct Liquid: Sendable {
  /// The slope −dφ/dr of the pair energy: the force that pushes two particles apart.
  var push: @Sendable (Double) -> Double
  var range = 2.5
  var side = 6.5
  /// Particles along one side.
  var cells = 6
  /// How far particles are from the sites of a lattice, at most.
  var disorder = 0.12
  var units = UnitSystem.reduced

  /// Lennard-Jones in units of its own, or stretched.
  static func lennardJones(epsilon: Double = 1, sigma: Double = 1) -> @Sendable (Double) -> Double {
    { r in
      let s6 = pow(sigma / r, 6)
      return 24 * epsilon * (2 * s6 * s6 - s6) / r
    }
  }

  var box: Box { Box(origin: [0, 0, 0], lengths: [side, side, side], sides: [.periodic, .periodic, .periodic]) }

  func positions(seed: UInt64) -> [Double] {
    var random = SeededRandom(seed: seed)
    let step = side / Double(cells)
    return (0..<cells * cells * cells).flatMap { site in
      [site / (cells * cells), site / cells % cells, site % cells].map {
        (Double($0) + 0.5) * step + Double.random(in: -disorder...disorder, using: &random) * step
      }
    }
  }

  /// Forces by the definition: over all pairs.
  func forces(_ positions: [Double]) -> [Double] {
    var forces = [Double](repeating: 0, count: positions.count)
    for i in 0..<positions.count / 3 {
      for j in 0..<i {
        var d = SIMD3(
          positions[3 * i] - positions[3 * j], positions[3 * i + 1] - positions[3 * j + 1],
          positions[3 * i + 2] - positions[3 * j + 2])
        d -= side * (d / side).rounded(.toNearestOrAwayFromZero)
        let square = (d * d).sum()
        guard square < range * range else { continue }
        let r = square.squareRoot(), size = push(r) / r
        for axis in 0..<3 {
          forces[3 * i + axis] += size * d[axis]
          forces[3 * j + axis] -= size * d[axis]
        }
      }
    }
    return forces
  }

  func frame(step: Int, time: Double, _ positions: [Double], velocities: [Double]? = nil, forces: [Double]? = nil) -> Frame {
    let count = positions.count / 3
    func vector(_ name: String, _ values: [Double], _ dimension: Expressions.Dimension) -> FrameField {
      FrameField(name: name, shape: .vector, components: 3, dimension: dimension, values: values)
    }
    let length = Dimension(length: 1), time1 = Dimension(time: 1), mass = Dimension(mass: 1)
    let fields =
      [vector("position", positions, length)] + (velocities.map { [vector("velocity", $0, length / time1)] } ?? [])
      + (forces.map { [vector("force", $0, mass * length / (time1 * time1))] } ?? [])
      + [
        FrameField(
          name: "mass", shape: .scalar, components: 1, dimension: mass, values: Array(repeating: 1, count: count), isStatic: true)
      ]
    return Frame(
      step: step, time: time, box: box, speciesNames: ["atoms"], ids: (0..<Int64(count)).map { $0 },
      species: Array(repeating: 0, count: count), fields: fields, units: units)
  }

  /// Frames with forces, to which noise of a size is added.
  func snapshot(_ path: String, frames: Int, noise: Double = 0, seed: UInt64 = 1) throws {
    var random = SeededRandom(seed: seed &+ 99)
    try write(
      (0..<frames).map { number in
        let x = positions(seed: seed &+ UInt64(number))
        return frame(step: number, time: Double(number), x, forces: forces(x).map { $0 + noise * random.normal() })
      }, to: path)
  }

  /// How a motion is made.
  struct Motion {
    var frames: Int
    var stepsBetween: Int
    var dt = 0.002
    /// Rate at which velocities shrink.
    var thermostat = 0.0
    /// Strength of random accelerations that change with every step: root mean square velocity after unit time.
    var kicks = 0.0
    var seed: UInt64 = 7
  }

  /// Frames of a motion by velocity Verlet, with positions and velocities alone.
  func motion(_ path: String, _ motion: Motion) throws {
    var random = SeededRandom(seed: motion.seed)
    let dt = motion.dt
    var x = positions(seed: motion.seed &+ 3), v = x.map { _ in random.normal() }, f = forces(x)
    var kept = [frame(step: 0, time: 0, x, velocities: v)]
    for step in 1...(motion.frames - 1) * motion.stepsBetween {
      for k in v.indices {
        v[k] += dt / 2 * f[k]
        x[k] += dt * v[k]
      }
      f = forces(x)
      let scale = exp(-motion.thermostat * dt), kick = motion.kicks * dt.squareRoot()
      for k in v.indices { v[k] = (v[k] + dt / 2 * f[k]) * scale + (kick > 0 ? kick * random.normal() : 0) }
      if step % motion.stepsBetween == 0 { kept.append(frame(step: step, time: Double(step) * dt, x, velocities: v)) }
    }
    try write(kept, to: path)
  }

  private func write(_ frames: [Frame], to path: String) throws {
    let origin = Provenance(
      scene: "{}", command: "test", version: "0", git: String(repeating: "0", count: 40), created: "2024-01-01T00:00:00Z", seed: 1
    )
    var writer = try SnapshotWriter(creating: path, like: frames[0], provenance: origin)
    for frame in frames { try writer.append(frame) }
    try writer.close()
  }
}

extension SeededRandom {
  /// A normal number, by Box and Muller.
  mutating func normal() -> Double {
    let u = Double.random(in: 1e-12..<1, using: &self), v = Double.random(in: 0..<1, using: &self)
    return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
  }
}

/// Runs `body` with a folder of its own, which is removed afterwards.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
  let folder = NSTemporaryDirectory() + "mote-fit-tests-" + UUID().uuidString
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: folder) }
  return try body(folder)
}
