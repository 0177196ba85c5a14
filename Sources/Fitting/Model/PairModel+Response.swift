extension PairModel {
  /// Adds the equations of a sample on a path that follows from a law: how its end changes with the law, to first order.
  ///
  /// The change δx of a path obeys m δx'' = δF + F' δx, by the same steps of velocity Verlet as the path itself. How forces change with
  /// velocities is left out: it makes the steps of a fit less exact, not its end.
  func follow(_ sample: Sample, from origin: Sample.Origin, _ filling: [Filling], _ sums: inout PairSums) {
    let count = sample.moments.count - 1, step = origin.duration / Double(count)
    var change = Change(sums, masses: origin.masses, space: space)
    for (moment, configuration) in sample.moments.enumerated() {
      forEachBlock(configuration, sample.pairs, filling: filling) { block in sums.add(block, filling, space: space) }
      forEachBlock(of: responses, configuration, sample.pairs, filling: origin.filling) { block in
        sums.addResponse(block, to: change.positions, space: space)
      }
      sums.addThermostats(
        origin.roofs.map { $0[moment] }, velocities: configuration.fields["velocity"] ?? [], masses: origin.masses, space)
      change.advance(by: step, forces: sums.moment, isFirst: moment == 0, isLast: moment == count)
      sums.clearMoment()
    }
    let size = Quadrature(pieces: count).slantSize
    sums.finish(change, duration: origin.duration, slantSize: size)
  }

  /// Changes of positions and velocities: for each component of each particle one number for each column of the equations.
  struct Change {
    private(set) var positions: [Double]
    private(set) var velocities: [Double]
    /// The mass that belongs to each number.
    let masses: [Double]

    init(_ sums: PairSums, masses: [Double], space: Int) {
      positions = sums.moment.map { _ in 0 }
      velocities = positions
      let width = sums.moment.count / max(1, masses.count * space)
      self.masses = masses.flatMap { Array(repeating: $0, count: space * width) }
    }

    mutating func advance(by step: Double, forces: [Double], isFirst: Bool, isLast: Bool) {
      let kick = step / 2 * ((isFirst ? 0 : 1) + (isLast ? 0 : 1)), drift = isLast ? 0 : step
      for k in forces.indices {
        velocities[k] += kick * forces[k] / masses[k]
        positions[k] += drift * velocities[k]
      }
    }
  }
}
