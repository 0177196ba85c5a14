import World

/// Particles at one moment, as a law sees them.
struct Configuration: Sendable {
  var box: Box
  /// `box.space` numbers each.
  var positions: [Double]
  /// Other fields that laws may read, by name: particle by particle.
  var fields: [String: [Double]]
}

/// Equations that one piece of the data gives for the forces: Σ over moments of weight × force = target.
///
/// Stored forces give one equation with one moment; an interval between two frames gives integrals of the force over time.
struct Sample: Sendable {
  /// The moments at which forces are needed.
  var moments: [Configuration]
  /// For each equation one weight for each moment.
  var weights: [[Double]]
  /// For each equation the force (or mean force) on each particle, `space` numbers each (force).
  var targets: [[Double]]
  /// Columns with free coefficients of their own in this sample, such as the pull of a thermostat: for each equation as the targets.
  /// On a path that follows from a law they are computed with the equations.
  var nuisances: [[[Double]]] = []
  /// Where each particle belongs on a path through the box, from 0 to 1: neighbours there are neighbours in the box, more or less.
  var places: [Double] = []
  /// Index of each particle's species.
  var species: [Int32]
  /// For moments on a path that follows from a law: what the equations of its end need.
  var origin: Origin?
  /// Pairs that come within range at one of the moments, and perhaps some more.
  var pairs = PairModel.Pairs(ends: [])

  var particles: Int { species.count }

  /// A path that follows from a law.
  struct Origin: Sendable {
    /// What filled the holes of the law.
    var filling: [Filling]
    /// For each equation what the path misses (force).
    var rest: [[Double]]
    /// Masses of the particles (mass).
    var masses: [Double]
    /// The time that the path takes.
    var duration: Double
    /// Rates of thermostats that are free, moment by moment.
    var roofs: [[Double]]
  }
}

/// Which equations are used: those that a fit sees, or those held out.
enum Selection: Sendable, Hashable {
  case all
  /// One particle in `every`, or the others.
  case particles(every: Int, isHeldOut: Bool)

  func uses(_ particle: Int) -> Bool {
    switch self {
    case .all: true
    case .particles(let every, let isHeldOut): (particle % every == 0) == isHeldOut
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
  /// The greatest distance between a particle here and there.
  func farthest(from other: [Double], _ space: Int) -> Double {
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
