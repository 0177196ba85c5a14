import World

/// Two frames of a run, with what is needed to know the motion between them.
struct Interval: Sendable {
  let first: Frame
  let last: Frame
  /// Masses of the particles, in the order of the frames (mass).
  let masses: [Double]
  /// How far each particle went, through the periodic sides (length).
  let displacement: [Double]

  /// Frames with the same particles, the second later than the first.
  init(first: Frame, last: Frame, masses: [Double]) {
    (self.first, self.last, self.masses) = (first, last, masses)
    let space = first.box.space
    displacement = zip(first.vector("position"), last.vector("position")).enumerated().map { index, places in
      first.box.nearest(places.1 - places.0, axis: index % space)
    }
  }

  var duration: Double { last.time - first.time }
  var space: Int { first.box.space }

  /// Pieces of the path: the steps of the run, unless these are too many.
  var pieces: Int { Self.pieces(steps: last.step - first.step) }

  /// Pieces of a path over so many steps of a run.
  static func pieces(steps: Int) -> Int { max(1, min(200, steps)) }

  /// What particles with these positions and velocities are to a law.
  func configuration(_ positions: [Double], _ velocities: [Double]) -> Configuration {
    var fields = first.plainFields
    fields["velocity"] = velocities
    return Configuration(box: first.box, positions: positions, fields: fields)
  }
}

extension Interval {
  /// The integrals over the interval that Newton's second law gives, for a path:
  ///
  ///     ∫ F dt = m Δv,    ∫ (1 − 2t/T) F dt = m (2 Δx/T − v₀ − v₁)
  ///
  /// divided by T, and the second by the root of the mean square of its weight, so that white noise disturbs both alike. By the rule of
  /// trapezia over the steps of a run they are what velocity Verlet does, not an approximation of it. A thermostat that scales all
  /// velocities at a rate g(t) adds m g v to F; g is free, but for being piecewise linear.
  func sample(_ path: Path, _ model: PairModel) -> Sample {
    let weights = Quadrature(pieces: path.pieces), inverse = 1 / duration
    let before = first.vector("velocity"), after = last.vector("velocity")
    let targets = [
      before.indices.map { masses[$0 / space] * (after[$0] - before[$0]) * inverse },
      before.indices.map { k in
        masses[k / space] * (2 * displacement[k] * inverse - before[k] - after[k]) * inverse / weights.slantSize
      },
    ]
    let moments = zip(path.positions, path.velocities).map { configuration($0, $1) }
    var sample = Sample(
      moments: moments, weights: [weights.mean, weights.slant], targets: targets, nuisances: pulls(path), species: first.species)
    sample.findPairs(model)
    sample.places = first.places(every: model.reach)
    return sample
  }

  /// The same for a path that follows from a law: its equations are for where the path ends, to first order in changes of the law.
  ///
  /// How the end depends on the law then depends on the first frame alone, not on what drove the particles later: noise in between
  /// does not bias what is learned, as it does along a path that is made to end where the particles did.
  func sample(_ path: Path, from filling: [Filling], missing rest: [[Double]], _ model: PairModel) -> Sample {
    var sample = sample(path, model)
    sample.origin = Sample.Origin(filling: filling, rest: rest, masses: masses, duration: duration, roofs: roofs(path.pieces))
    return sample
  }

  /// What thermostats of the rates `roofs` would add to the mean forces: for each, and each equation, a number for each component.
  func pulls(_ path: Path) -> [[[Double]]] {
    let weights = Quadrature(pieces: path.pieces)
    return roofs(path.pieces).map { rate in
      [weights.mean, weights.slant].map { weight in
        displacement.indices.map { k in
          masses[k / space] * rate.indices.reduce(0) { $0 + weight[$1] * rate[$1] * path.velocities[$1][k] }
        }
      }
    }
  }

  /// The rates g(t) of which thermostats are made: roofs over equal parts of the interval.
  ///
  /// Few follow what a thermostat does on the whole; what its noise does beside them disturbs the fit, but does not bias it.
  func roofs(_ pieces: Int) -> [[Double]] {
    let parts = min(pieces, 4, displacement.count / 20)
    guard parts > 0 else { return [] }
    return (0...parts).map { top in
      (0...pieces).map { max(0, 1 - abs(Double($0 * parts) / Double(pieces) - Double(top))) }
    }
  }
}

/// Weights of equally spaced moments in the two integrals over an interval, divided by its duration.
struct Quadrature: Sendable {
  /// The rule of trapezia.
  let mean: [Double]
  /// The same times (1 − 2t/T), divided by the root of its mean square.
  let slant: [Double]
  /// The root of the mean square of (1 − 2t/T) by the same rule: of 1/3 + 2/(3n²) for n pieces.
  let slantSize: Double

  init(pieces: Int) {
    let count = Double(pieces)
    let mean = (0...pieces).map { ($0 == 0 || $0 == pieces ? 0.5 : 1) / count }
    let size = (1.0 / 3 + 2 / (3 * count * count)).squareRoot()
    (self.mean, slantSize) = (mean, size)
    slant = mean.enumerated().map { $1 * (1 - 2 * Double($0) / count) / size }
  }
}
