import World

/// Two frames of a run, with what is needed to know the motion between them.
struct Interval: Sendable {
  var first: Frame
  var last: Frame
  /// Masses of the particles, in the order of the frames (mass).
  var masses: [Double]

  var duration: Double { last.time - first.time }
  private var space: Int { first.box.space }

  /// Pieces of the path: the steps of the run, unless these are too many.
  var pieces: Int { Self.pieces(steps: last.step - first.step) }

  /// Pieces of a path over so many steps of a run.
  static func pieces(steps: Int) -> Int { max(1, min(200, steps)) }

  /// Positions and velocities at equally spaced moments, ends included, that agree with both frames.
  struct Path: Sendable {
    var positions: [[Double]]
    var velocities: [[Double]]
  }

  /// The cubic through positions and velocities of both frames: what is known without a law.
  var cubic: Path {
    let start = (first.vector("position"), first.vector("velocity"))
    return bent(Array(repeating: start, count: min(pieces, 12) + 1))
  }

  /// The path that a law gives from the first frame on, bent so that it ends at the second.
  ///
  /// The bend is a cubic with no value and slope at the start. It takes up what thermostats did, and leaves of an error of the law
  /// only what a cubic cannot follow.
  func path(_ model: PairModel, _ filling: [Filling]) -> Path {
    let rolled = roll(model, filling)
    return bent(Array(zip(rolled.positions, rolled.velocities)))
  }

  /// Velocity Verlet from the first frame on.
  private func roll(_ model: PairModel, _ filling: [Filling]) -> Path {
    let step = duration / Double(pieces)
    var now = configuration(first.vector("position"), first.vector("velocity"))
    let moved = displacement
    let fastest = stride(from: 0, to: moved.count, by: space).map { moved.norm(from: $0, space) }.max() ?? 0
    // Particles may go further than they end; pairs that come nearer than expected are found by a new search.
    let margin = 0.05 * model.reach + 2.5 * fastest
    var searched = now.positions, pairs = model.pairs(of: now, species: first.species, margin: margin)
    var result = Path(positions: [now.positions], velocities: [first.vector("velocity")])
    var velocities = first.vector("velocity")
    var forces = model.totalForces(now, pairs, filling: filling)
    for _ in 0..<pieces {
      for k in velocities.indices { velocities[k] += step / 2 * forces[k] / masses[k / space] }
      for k in velocities.indices { now.positions[k] += step * velocities[k] }
      now.fields["velocity"] = velocities
      if 2 * now.positions.farthest(from: searched, space) > margin {
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
  private func bent(_ base: [(positions: [Double], velocities: [Double])]) -> Path {
    let start = first.vector("position"), last = self.last.vector("velocity"), moved = displacement
    let (end, speed) = base[base.count - 1]
    let gap = start.indices.map { start[$0] + moved[$0] - end[$0] }, kick = last.indices.map { last[$0] - speed[$0] }
    var result = Path(positions: [], velocities: [])
    for (moment, (x, v)) in base.enumerated() {
      let t = Double(moment) / Double(base.count - 1)
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
  /// divided by T, so that both are mean forces. By the rule of trapezia over the steps of a run they are what velocity Verlet
  /// does, not an approximation of it. A thermostat that scales all velocities at a rate g(t) adds m g v to F; g is free, but for
  /// being piecewise linear.
  func sample(_ path: Path, _ model: PairModel) -> Sample {
    let count = path.positions.count - 1, inverse = 1 / duration
    let trapezia = (0...count).map { ($0 == 0 || $0 == count ? 0.5 : 1) / Double(count) }
    let slant = (0...count).map { 1 - 2 * Double($0) / Double(count) }
    let weights = [trapezia, zip(trapezia, slant).map { $0 * $1 }]
    let before = first.vector("velocity"), after = last.vector("velocity"), moved = displacement
    let targets = [
      before.indices.map { masses[$0 / space] * (after[$0] - before[$0]) * inverse },
      before.indices.map { masses[$0 / space] * (2 * moved[$0] * inverse - before[$0] - after[$0]) * inverse },
    ]
    let pulls = thermostats(of: count).map { rate in
      weights.map { weight in
        before.indices.map { k in
          masses[k / space] * (0...count).reduce(0) { $0 + weight[$1] * rate[$1] * path.velocities[$1][k] }
        }
      }
    }
    let moments = zip(path.positions, path.velocities).map { configuration($0, $1) }
    var sample = Sample(moments: moments, weights: weights, targets: targets, nuisances: pulls, species: first.species)
    sample.findPairs(model)
    sample.places = first.places(every: model.reach)
    return sample
  }

  /// The rates g(t) of which thermostats are made: roofs over equal parts of the interval.
  ///
  /// A thermostat with noise needs some dozen of them; they must stay few beside the equations.
  private func thermostats(of count: Int) -> [[Double]] {
    let parts = min(count, 16, first.count * space / 20)
    guard parts > 0 else { return [] }
    return (0...parts).map { top in
      (0...count).map { max(0, 1 - abs(Double($0 * parts) / Double(count) - Double(top))) }
    }
  }
}

extension Sample {
  /// The equations of stored forces.
  init(forcesOf frame: Frame, _ model: PairModel) {
    let now = Configuration(box: frame.box, positions: frame.vector("position"), fields: frame.plainFields)
    self.init(moments: [now], weights: [[1]], targets: [frame.vector("force")], species: frame.species)
    findPairs(model)
    places = frame.places(every: model.reach)
  }

  /// Finds the pairs once for all moments, from the middle one.
  mutating func findPairs(_ model: PairModel) {
    let middle = moments[moments.count / 2], space = middle.box.space
    let farthest = moments.map { $0.positions.farthest(from: middle.positions, space) }.max() ?? 0
    pairs = model.pairs(of: middle, species: species, margin: 2 * farthest)
  }
}

extension [Double] {
  /// The length of the vector that begins at an index.
  fileprivate func norm(from start: Int, _ space: Int) -> Double {
    (start..<start + space).reduce(0) { $0 + self[$1] * self[$1] }.squareRoot()
  }

  /// The greatest distance between a particle here and there.
  fileprivate func farthest(from other: [Double], _ space: Int) -> Double {
    var most = 0.0
    for start in stride(from: 0, to: count, by: space) {
      var square = 0.0
      for k in start..<start + space { square += (self[k] - other[k]) * (self[k] - other[k]) }
      most = Swift.max(most, square)
    }
    return most.squareRoot()
  }
}

extension Frame {
  /// The numbers of a field; zeros if there is none.
  func vector(_ name: String) -> [Double] { self[field: name]?.values ?? Array(repeating: 0, count: count * box.space) }

  /// Where each particle belongs on a path that goes through the box cell by cell, from 0 to 1.
  func places(every width: Double) -> [Double] {
    let space = box.space, positions = vector("position")
    let cells = box.lengths.map { max(1, ($0 / width).rounded(.down)) }
    let keys = (0..<count).map { particle in
      (0..<space).reduce(0.0) { key, axis in
        let share = (positions[particle * space + axis] - box.origin[axis]) / box.lengths[axis]
        return key * cells[axis] + min(max(0, (share * cells[axis]).rounded(.down)), cells[axis] - 1)
      }
    }
    let order = (0..<count).sorted { (keys[$0], $0) < (keys[$1], $1) }
    var places = [Double](repeating: 0, count: count)
    for (rank, particle) in order.enumerated() { places[particle] = Double(rank) / Double(count) }
    return places
  }

  /// All fields but positions and forces, by name.
  var plainFields: [String: [Double]] {
    Dictionary(
      uniqueKeysWithValues: fields.filter { $0.name != "position" && $0.name != "force" }.map { ($0.name, $0.values) })
  }
}
