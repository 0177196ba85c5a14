import Diagnostics
import Expressions
import Laws
import World

/// What is simulated: a world, its laws and a plan; all numbers are in units of the run.
public struct Scene: Sendable {
  /// Pair arithmetic in float with exact sums, or everything in double.
  public enum Precision: String, Sendable { case mixed, double }
  /// What happens when a `repeat … until` reaches its limit.
  public enum LimitPolicy: String, Sendable { case warn, stop }

  /// What the scene shows.
  public var title: String
  /// The units of all numbers here, and of the run.
  public var units: UnitSystem
  /// Key of all random numbers.
  public var seed: UInt64
  /// How pair arithmetic is done.
  public var precision: Precision
  /// The region that is simulated.
  public var box: Box
  /// In the order of the scene.
  public var species: [Species]
  /// In the order in which they run.
  public var laws: [LawUse]
  /// time
  public var timeStep: Double
  /// Steps from the start to the end of the run.
  public var steps: Int
  /// The scene's own totals, as a law without passes whose roles are the species.
  public var totals: LawUse?
  /// Steps between two rows of the log.
  public var logEvery: Int
  /// The snapshot file.
  public var output: Output
  /// Steps between two checkpoints, if any are written.
  public var checkpointEvery: Int?
  /// Ends the run when it first holds.
  public var stop: Expression?
  /// What happens when a `repeat … until` reaches its limit.
  public var limitPolicy: LimitPolicy
  /// What the run must give.
  public var expectations: [Expectation]
  /// The scene as YAML with includes, overrides and defaults filled in; read again it gives an equal scene.
  public var resolvedText: String
  /// Where input files of the scene may be.
  public var access: FileAccess
  /// Remarks that did not keep the scene from being read.
  public var warnings: Diagnostics

  /// Dimensions of the box, 1 to 3.
  public var space: Int { box.space }
  /// The species of a name.
  public subscript(species name: String) -> Species? { species.first { $0.name == name } }
}

/// A set of members of one sort, and how it starts.
public struct Species: Sendable, Hashable {
  /// What a species consists of.
  public enum Kind: Sendable, Hashable {
    /// Particles that move freely.
    case particles
    /// Sites of a grid.
    case lattice(Grid)
    /// Links that join so many particles each, and the ids of those that they join at the start.
    case links(arity: Int, ends: [[Int64]])
  }

  /// The name.
  public var name: String
  /// What it consists of.
  public var kind: Kind
  /// Chains that its links join at the start, if it is of links.
  public var chain: Chain?
  /// First values, in the order of the scene; with reduced units `mass` is among them.
  public var fields: [InitialField]
  /// Where its particles are; none without it.
  public var fill: Fill?
  /// Random velocities; at rest without them, unless fields or the fill say otherwise.
  public var velocities: Velocities?

  /// The sites, if the species is a lattice.
  public var grid: Grid? { if case .lattice(let grid) = kind { grid } else { nil } }

  /// The mass of every particle, if it is one number.
  public var mass: Double? {
    guard case .numbers(let values)? = fields.first(where: { $0.name == "mass" })?.value else { return nil }
    return values.first
  }
}

/// Links along chains of particles with consecutive ids.
public struct Chain: Sendable, Hashable {
  /// The species of the particles.
  public var species: String
  /// Particles of a chain.
  public var length: Int
  /// Particles from end to end of a link.
  public var apart: Int

  /// The ends of its links, `arity` each, for so many particles whose ids begin with `first`.
  func ends(arity: Int, count: Int, first: Int64) -> [[Int64]] {
    (0..<count / length).flatMap { chain in
      (0..<max(0, length - (arity - 1) * apart)).map { start in
        (0..<arity).map { first + Int64(chain * length + start + $0 * apart) }
      }
    }
  }
}

/// The first value of a field.
public struct InitialField: Sendable, Hashable {
  /// The same for all particles, or a formula of each one's `position` and `id`.
  public enum Value: Sendable, Hashable {
    case numbers([Double])
    case formula(Formula)
  }

  /// The name.
  public var name: String
  /// How many numbers there are for one particle.
  public var shape: Shape
  /// Physical dimension.
  public var dimension: Dimension
  /// The value, in units of the run.
  public var value: Value
}

/// Random velocities at the start.
public struct Velocities: Sendable, Hashable {
  /// The energy kT.
  public var energy: Double
  /// No total momentum and exactly the temperature, or as drawn.
  public var isExact: Bool
  /// Added to every velocity.
  public var drift: [Double]
}

/// The snapshot file.
public struct Output: Sendable, Hashable {
  /// Path, from the working directory.
  public var file: String
  /// Steps between two frames.
  public var every: Int
  /// What a frame holds besides positions.
  public var fields: [String]
  /// Double instead of single precision for fields other than positions.
  public var isDouble: Bool
  /// 0 none to 9 smallest.
  public var compression: Int
}

/// A bound on a total at the end of a run.
public struct Expectation: Sendable, Hashable {
  /// The name of the total.
  public var total: String
  /// In units of the run.
  public var range: ClosedRange<Double>
  /// Physical dimension.
  public var dimension: Dimension
}

extension Scene: Equatable {
  // Laws are equal when their texts are; where files are looked for is no part of what a scene says.
  /// Whether two scenes say the same.
  public static func == (a: Self, b: Self) -> Bool {
    a.title == b.title && a.units == b.units && a.seed == b.seed && a.precision == b.precision && a.box == b.box
      && a.species == b.species && a.laws == b.laws && a.totals == b.totals && a.timeStep == b.timeStep && a.steps == b.steps
      && a.logEvery == b.logEvery && a.output == b.output && a.checkpointEvery == b.checkpointEvery && a.stop == b.stop
      && a.limitPolicy == b.limitPolicy && a.expectations == b.expectations && a.resolvedText == b.resolvedText
  }
}
