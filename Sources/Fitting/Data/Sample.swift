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
  var nuisances: [[[Double]]] = []
  /// Where each particle belongs on a path through the box, from 0 to 1: neighbours there are neighbours in the box, more or less.
  var places: [Double] = []
  /// Index of each particle's species.
  var species: [Int32]
  /// Pairs that come within range at one of the moments, and perhaps some more.
  var pairs = PairModel.Pairs(ends: [])

  var particles: Int { species.count }
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
