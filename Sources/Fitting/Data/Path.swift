import Diagnostics

/// A motion between two frames: positions and velocities at equally spaced moments, ends included.
struct Path: Sendable {
  var positions: [[Double]]
  var velocities: [[Double]]
  /// The rate at which a thermostat makes all velocities grow, as far as it is known: the heights of its roofs (1/time).
  var thermostat: [Double] = []

  var pieces: Int { positions.count - 1 }
}

extension Interval {
  /// The cubic through positions and velocities of both frames: what is known without a law.
  var cubic: Path {
    let pieces = min(pieces, 12), start = first.vector("position")
    let before = first.vector("velocity"), after = last.vector("velocity")
    var result = Path(positions: [], velocities: [])
    for moment in 0...pieces {
      let t = Double(moment) / Double(pieces), step = t * duration
      // The start goes on as it began; what is missed at the end is made up for.
      let bends = start.indices.map { (gap: displacement[$0] - duration * before[$0], kick: after[$0] - before[$0]) }
      result.positions.append(
        start.indices.map { k in
          start[k] + step * before[k] + t * t * ((3 - 2 * t) * bends[k].gap + (t - 1) * duration * bends[k].kick)
        })
      result.velocities.append(
        start.indices.map { k in before[k] + 6 * t * (1 - t) * bends[k].gap / duration + t * (3 * t - 2) * bends[k].kick })
    }
    return result
  }

  /// The path on which a law takes the particles from the first frame on, by velocity Verlet, with a thermostat that is known already;
  /// throws `Failure` if they fly apart.
  func path(_ model: PairModel, _ filling: [Filling], thermostat: [Double]) throws(Failure) -> Path {
    let count = pieces, step = duration / Double(count), rates = rates(thermostat, pieces: count)
    var v = first.vector("velocity"), now = configuration(first.vector("position"), v)
    var near = Neighbourhood(now, model, species: first.species)
    var forces = model.totalForces(now, near.pairs, filling: filling)
    var result = Path(positions: [now.positions], velocities: [v], thermostat: thermostat)
    for moment in 0..<count {
      for k in v.indices { v[k] += step / 2 * (forces[k] / masses[k / space] + rates[moment] * v[k]) }
      for k in v.indices { now.positions[k] += step * v[k] }
      now.fields["velocity"] = v
      guard now.positions.allSatisfy({ abs($0) < 1e3 * near.extent }) else {
        throw Failure(
          .failed, "with the law as far as it is learned, particles fly apart between steps \(first.step) and \(last.step)",
          hint: "write frames more often, or forces: output: {fields: [velocity, force]}")
      }
      near.follow(now, model)
      forces = model.totalForces(now, near.pairs, filling: filling)
      for k in v.indices { v[k] = (v[k] + step / 2 * forces[k] / masses[k / space]) / (1 - step / 2 * rates[moment + 1]) }
      result.positions.append(now.positions)
      result.velocities.append(v)
    }
    return result
  }

  /// What a path misses of the second frame, as the mean forces of a sample's equations that would bring free particles there.
  func rest(of path: Path) -> [[Double]] {
    let end = path.positions[path.pieces], speed = path.velocities[path.pieces]
    let start = first.vector("position"), after = last.vector("velocity")
    return meanForces(
      gaps: end.indices.map { start[$0] + displacement[$0] - end[$0] }, kicks: end.indices.map { after[$0] - speed[$0] },
      pieces: path.pieces)
  }

  /// The equations' mean forces that move free particles by gaps and kicks at the end (length, velocity).
  ///
  /// A force m (a + b (1 − 2t/T)) gives a kick a T and a gap (a + b s²) T²/2 by velocity Verlet, where s² is the mean square of the
  /// bracket; the equations are m a and m b s.
  private func meanForces(gaps: [Double], kicks: [Double], pieces: Int) -> [[Double]] {
    let size = Quadrature(pieces: pieces).slantSize
    return [
      kicks.indices.map { masses[$0 / space] * kicks[$0] / duration },
      kicks.indices.map { masses[$0 / space] * (2 * gaps[$0] / duration - kicks[$0]) / duration / size },
    ]
  }

  /// The thermostat that explains most of what a path misses, beside the part that drove it.
  ///
  /// Of what is missed, most may be noise, or the error of the law: its mean square is the variance in a ridge regression, in which
  /// a thermostat that changes velocities by a tenth over the interval is as likely as not.
  func thermostat(explaining rest: [[Double]], on path: Path) -> [Double] {
    let columns = pulls(path).map { Array($0.joined()) }
    var wanted = Array(rest.joined())
    let variance = wanted.reduce(0) { $0 + $1 * $1 } / Double(max(1, wanted.count)), likely = 0.1 / duration
    for (height, column) in zip(path.thermostat, columns) { for row in wanted.indices { wanted[row] += height * column[row] } }
    let equations = NormalEquations(
      derivatives: wanted.indices.flatMap { row in columns.map { $0[row] } }, residuals: wanted, total: 0, size: columns.count)
    var matrix = SymmetricMatrix(equations.matrix, size: columns.count)
    for index in columns.indices { matrix[index, index] += variance / (likely * likely) }
    // The columns are much alike; a ridge of the size of rounding keeps the factor positive.
    return matrix.factored(ridge: 1e-10)?.solve(equations.gradient) ?? []
  }

  /// The rate of a thermostat, moment by moment (1/time).
  private func rates(_ thermostat: [Double], pieces: Int) -> [Double] {
    let roofs = roofs(pieces)
    return (0...pieces).map { moment in zip(thermostat, roofs).reduce(0) { $0 + $1.0 * $1.1[moment] } }
  }
}

/// The pairs that are near while particles move, found anew where they have gone too far.
private struct Neighbourhood {
  private(set) var pairs: PairModel.Pairs
  /// The size of the box, and of where the particles are (length).
  let extent: Double
  private let species: [Int32]
  private let margin: Double
  private var searched: [Double]

  init(_ now: Configuration, _ model: PairModel, species: [Int32]) {
    (self.species, searched) = (species, now.positions)
    margin = 0.15 * model.reach
    extent = now.positions.reduce(now.box.lengths.max() ?? 1) { max($0, abs($1)) }
    pairs = model.pairs(of: now, species: species, margin: margin)
  }

  mutating func follow(_ now: Configuration, _ model: PairModel) {
    guard 2 * now.positions.farthest(from: searched, now.box.space) > margin else { return }
    searched = now.positions
    pairs = model.pairs(of: now, species: species, margin: margin)
  }
}
