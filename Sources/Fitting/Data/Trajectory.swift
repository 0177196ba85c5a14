import World

/// Two frames of a run, with what is needed to know the motion between them.
struct Interval: Sendable {
  var first: Frame
  var last: Frame
  /// Masses of the particles, in the order of the frames (mass).
  var masses: [Double]

  var duration: Double { last.time - first.time }
  private var space: Int { first.box.space }

  /// Moments at which the path is known, an odd number: every third step of the run, or so.
  ///
  /// Steps of a run resolve its fastest motion some fifty times; integrals over time need less.
  var pieces: Int {
    let steps = max(2, last.step - first.step)
    return min(200, max(4, 2 * ((steps + 5) / 6)))
  }

  /// Positions and velocities at equally spaced moments, ends included, that agree with both frames.
  struct Path: Sendable {
    var positions: [[Double]]
    var velocities: [[Double]]
  }

  /// The cubic through positions and velocities of both frames: what is known without a law.
  var cubic: Path {
    path { _ in (first.vector("position"), first.vector("velocity")) }
  }

  /// The path that a law gives from the first frame on, bent so that it ends at the second.
  ///
  /// The bend is a cubic with no value and slope at the start. It takes up what thermostats did, and leaves of an error of the law
  /// only what a cubic cannot follow.
  func path(_ model: PairModel, _ filling: [Filling]) -> Path {
    let rolled = roll(model, filling)
    return path { (rolled.positions[$0], rolled.velocities[$0]) }
  }

  /// Velocity Verlet from the first frame on.
  private func roll(_ model: PairModel, _ filling: [Filling]) -> Path {
    let step = duration / Double(pieces)
    var now = configuration(first.vector("position"), first.vector("velocity"))
    let fastest =
      stride(from: 0, to: displacement.count, by: space).map { start in
        (0..<space).reduce(0) { $0 + displacement[start + $1] * displacement[start + $1] }
      }.max() ?? 0
    // Particles may go further than they end; pairs that come nearer than expected are found by a new search.
    let margin = 0.3 * model.reach + fastest.squareRoot()
    var searched = now.positions, pairs = model.pairs(of: now, species: first.species, margin: margin)
    var result = Path(positions: [now.positions], velocities: [first.vector("velocity")])
    var velocities = first.vector("velocity")
    var forces = model.totalForces(now, pairs, filling: filling)
    for _ in 0..<pieces {
      for k in velocities.indices { velocities[k] += step / 2 * forces[k] / masses[k / space] }
      for k in velocities.indices { now.positions[k] += step * velocities[k] }
      now.fields["velocity"] = velocities
      if zip(now.positions, searched).contains(where: { abs($0 - $1) * 2 * Double(space).squareRoot() > margin }) {
        searched = now.positions
        pairs = model.pairs(of: now, species: first.species, margin: margin)
      }
      forces = model.totalForces(now, pairs, filling: filling)
      for k in velocities.indices { velocities[k] += step / 2 * forces[k] / masses[k / space] }
      result.positions.append(now.positions)
      result.velocities.append(velocities)
    }
    return result
  }

  /// A path with a cubic added that makes it end where the second frame is.
  private func path(_ base: (Int) -> ([Double], [Double])) -> Path {
    let end = base(pieces), start = first.vector("position"), last = self.last.vector("velocity")
    let gap = start.indices.map { start[$0] + displacement[$0] - end.0[$0] }, kick = last.indices.map { last[$0] - end.1[$0] }
    var result = Path(positions: [], velocities: [])
    for moment in 0...pieces {
      let t = Double(moment) / Double(pieces), (x, v) = base(moment)
      result.positions.append(x.indices.map { x[$0] + t * t * ((3 - 2 * t) * gap[$0] + (t - 1) * duration * kick[$0]) })
      result.velocities.append(
        v.indices.map { v[$0] + 6 * t * (1 - t) * gap[$0] / duration + t * (3 * t - 2) * kick[$0] })
    }
    return result
  }

  /// How far each particle went, through the periodic sides.
  private var displacement: [Double] {
    zip(first.vector("position"), last.vector("position")).enumerated().map { index, places in
      first.box.nearest(places.1 - places.0, axis: index % space)
    }
  }

  private func configuration(_ positions: [Double], _ velocities: [Double]) -> Configuration {
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
  /// divided by T, so that both are mean forces. A thermostat that scales all velocities at a rate g(t) = g₀ + g₁ (1 − 2t/T) adds
  /// m g v to F; g₀ and g₁ are free.
  func sample(_ path: Path, _ model: PairModel) -> Sample {
    let count = pieces, inverse = 1 / duration
    let simpson = (0...count).map { k -> Double in
      let weight: Double = k == 0 || k == count ? 1 : k % 2 == 1 ? 4 : 2
      return weight / (3 * Double(count))
    }
    let slant = (0...count).map { 1 - 2 * Double($0) / Double(count) }
    let weights = [simpson, zip(simpson, slant).map { $0 * $1 }]
    let before = first.vector("velocity"), after = last.vector("velocity"), moved = displacement
    let targets = [
      before.indices.map { masses[$0 / space] * (after[$0] - before[$0]) * inverse },
      before.indices.map { masses[$0 / space] * (2 * moved[$0] * inverse - before[$0] - after[$0]) * inverse },
    ]
    let pulls = [[Double](repeating: 1, count: count + 1), slant].map { rate in
      weights.map { weight in
        before.indices.map { k in
          masses[k / space] * (0...count).reduce(0) { $0 + weight[$1] * rate[$1] * path.velocities[$1][k] }
        }
      }
    }
    let moments = zip(path.positions, path.velocities).map { configuration($0, $1) }
    var sample = Sample(moments: moments, weights: weights, targets: targets, nuisances: pulls, species: first.species)
    sample.findPairs(model)
    return sample
  }
}

extension Sample {
  /// The equations of stored forces.
  init(forcesOf frame: Frame, _ model: PairModel) {
    let now = Configuration(box: frame.box, positions: frame.vector("position"), fields: frame.plainFields)
    self.init(moments: [now], weights: [[1]], targets: [frame.vector("force")], species: frame.species)
    findPairs(model)
  }

  /// Finds the pairs once for all moments, from the middle one.
  mutating func findPairs(_ model: PairModel) {
    let middle = moments[moments.count / 2], space = middle.box.space
    let farthest =
      moments.flatMap { moment in
        zip(moment.positions, middle.positions).map { abs($0 - $1) }
      }.max() ?? 0
    pairs = model.pairs(of: middle, species: species, margin: 2 * farthest * Double(space).squareRoot())
  }
}

extension Frame {
  /// The numbers of a field; zeros if there is none.
  func vector(_ name: String) -> [Double] { self[field: name]?.values ?? Array(repeating: 0, count: count * box.space) }

  /// All fields but positions and forces, by name.
  var plainFields: [String: [Double]] {
    Dictionary(
      uniqueKeysWithValues: fields.filter { $0.name != "position" && $0.name != "force" }.map { ($0.name, $0.values) })
  }
}
