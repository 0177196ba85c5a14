/// Random velocities for particles that share a temperature.
struct Thermal {
  /// Ids, masses and velocities of the particles, one each.
  var ids: [Int64]
  var masses: [Double]
  var settings: Velocities
  var space: Int

  /// Velocities of Maxwell's distribution, keyed by id; if exact, without momentum and with just that kinetic energy.
  func velocities(seed: UInt64) -> [[Double]] {
    let noise = Noise(seed: seed, stream: .velocity)
    var velocities = zip(ids, masses).map { id, mass in
      let normal = noise.normal(UInt64(id), 0), width = (settings.energy / mass).squareRoot()
      return (0..<space).map { width * normal[$0] }
    }
    if settings.isExact, ids.count > 1 { makeExact(&velocities) }
    return velocities.map { zip($0, settings.drift).map(+) }
  }

  private func makeExact(_ velocities: inout [[Double]]) {
    let mass = masses.reduce(0, +)
    let mean = (0..<space).map { axis in zip(velocities, masses).reduce(0) { $0 + $1.0[axis] * $1.1 } / mass }
    velocities = velocities.map { zip($0, mean).map(-) }
    let twice = zip(velocities, masses).reduce(0) { sum, pair in sum + pair.1 * pair.0.reduce(0) { $0 + $1 * $1 } }
    // The momentum that was taken away leaves D(N − 1) degrees of freedom.
    let wanted = Double(space * (ids.count - 1)) * settings.energy
    let factor = twice > 0 ? (wanted / twice).squareRoot() : 0
    velocities = velocities.map { $0.map { $0 * factor } }
  }
}
