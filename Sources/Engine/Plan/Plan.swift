import Expressions
import KernelCompiler

/// What a scene does, step by step, as operations on kernels: the compiled form of its laws.
public struct Plan: Sendable {
  /// Passes that run once when a run begins.
  var start: [Operation] = []
  /// The passes of one step, in order.
  var step: [Operation] = []
  /// The force laws, by the group that a slot is limited to ("" for all).
  var forceGroups: [String: ForcePass] = [:]
  /// Totals for the log.
  var log: [TotalPass] = []
  /// Ends the run when it holds.
  var stop: HostTape?
  /// What could be zero where a law divides by it.
  var divisors: [Divisor] = []
  var members: [MemberKernel] = []
  /// Whose members these are, one population for each kernel; the same for totals.
  var memberPopulations: [Int] = []
  var totals: [TotalKernel] = []
  var totalPopulations: [Int] = []
  var pairs: [PairGroup] = []
  /// What energies of pairs within a range add beyond it.
  var tails: [Tail] = []
  var everywhere: [FarGroup] = []
  var meetings: [MeetingPass] = []
  var listings: [PairListing] = []
  /// Those that no pass after the start needs.
  var listingsOfStart: Set<Int> = []
  var stencils: [StencilPass] = []
  var transfers: [TransferPass] = []
  var cells: [CellPass] = []
  var waves: [WavesPass] = []
  var measures: [MeasuredPairs] = []
  /// Free particles, then lattices and links.
  var populations: [Population] = []
  /// Fields of each population that need columns, and those whose columns start from a default.
  var fields: [[FieldTable.Field]] = []
  /// Columns that passes over meetings work with, by population; they hold nothing between steps.
  var workColumns: [Int: [String: Int]] = [:]
  /// For each population how columns are kept that are no plain doubles, by field.
  var layouts: [[String: ColumnLayout]] = []
  /// First values of fields of the world.
  var world: [String: [Double]] = [:]
  /// Fields of the world that last from step to step, totals among them.
  var worldNames: [String] = []
  /// True if some pass of the step reads the potential or the virial, so that every evaluation must give them.
  var needsTotalsAlways = false
  /// True if a step reads force or a rate before its first slot.
  var needsForcesAtStart = false
}

extension Plan {
  /// Names of logged totals that are made of the whole series (`slope`, `average` …): the last value of such is the one that counts.
  public var totalsOverSeries: Set<String> { Set(log.flatMap(\.quantities).filter(\.isOverSeries).map(\.name)) }
}

extension Plan {
  /// Whether some force law has a loop over pairs.
  var hasPairForces: Bool {
    forceGroups.values.contains { $0.operations.contains { if case .pairs = $0 { true } else { false } } }
  }
}

/// One operation of a step.
indirect enum Operation: Sendable {
  case members(MemberCall)
  case world(WorldPass)
  case totals(TotalPass)
  case forces(group: String, time: HostTape)
  case meetings(Int)
  case lattice(LatticePass)
  case repetition(Repetition)
  case every(Int, [Operation])
  case require(HostTape, message: String)
  /// A loop over the pairs of a group.
  case pairs(Int)
  /// A loop over all pairs.
  case everywhere(Int)
}

/// A call of a kernel of single members.
struct MemberCall: Sendable {
  var kernel: Int
  /// Whose members they are.
  var population: Int
  /// True if it writes positions, so that what leaves an open side must be looked for.
  var movesParticles: Bool
  /// True if it marks particles for removal.
  var removes: Bool
  /// What a failed requirement says.
  var requirement: String?
  /// What the members make.
  var creation: CreationPass?
}

/// What members make at the end of a pass.
struct CreationPass: Sendable {
  /// One sort of children.
  struct Child: Sendable {
    var species: String
    var population: Int
    /// Columns that the pass gives, and their values, read from the parent.
    var columns: [Column]
    var tape: HostTape
    /// The first place of noise that every child draws for itself; earlier ones are the parent's.
    var firstPlace: Int
  }
  /// Counts the children of each parent, before the pass changes it.
  var kernel: Int
  /// The parents.
  var population: Int
  var children: [Child]
}

/// Values computed by the host from parameters, fields of the world and totals.
struct HostTape: Sendable {
  let tape: Tape
  let inputs: [Input]

  init(_ graph: Graph, _ roots: [NodeID]) {
    tape = Tape(graph, roots: roots)
    inputs = graph.inputs(of: roots)
  }
}

extension HostTape {
  /// The time at the start of the step.
  static let time: HostTape = {
    var graph = Graph()
    let time = graph.input(Input(.world, "time"))
    return HostTape(graph, [time])
  }()
}

/// Assignments to fields of the world, all at once.
struct WorldPass: Sendable {
  var targets: [(name: String, components: Int)]
  var tape: HostTape
}

/// Totals that become fields of the world.
struct TotalPass: Sendable {
  /// A quantity made of totals: its name, how many numbers it has, how it is logged.
  struct Quantity: Sendable {
    var name: String
    var shape: Shape
    var components: Int
    var dimension: Dimension
    /// True if it is made of the whole logged series, so that its last value is the one that counts.
    var isOverSeries: Bool
  }
  /// The kernel that gives the terms, if any term is over members.
  var kernel: Int?
  /// Whose members they are.
  var population: Int
  /// Sums of energies of pairs, by index of a measure.
  var pairMeasures: [Int]
  /// Totals over the logged series.
  var series: [Series]
  var quantities: [Quantity]
  /// All numbers of all quantities, from terms (`local` inputs) and the world.
  var tape: HostTape
}

/// A number over the logged series: slope, average …
struct Series: Sendable {
  enum Kind: String, Sendable, CaseIterable { case last, slope, growth, period, crossing, average, when }
  var kind: Kind
  /// What is logged, and the further numbers of the call.
  var tape: HostTape
}

/// Passes done several times.
struct Repetition: Sendable {
  var times: HostTape?
  var until: HostTape?
  var limit: HostTape?
  var dt: HostTape?
  var passes: [Operation]
}

/// The force laws of one slot.
struct ForcePass: Sendable {
  var operations: [ForceOperation]
  /// Energies of single members that belong to the potential, whatever the slot has written.
  var memberEnergies: [EnergyTotal]
  /// Places of operations that may wait until somebody looks.
  var observers: Set<Int> = []
}

/// A total of energies of single members.
struct EnergyTotal: Sendable {
  /// Its place among the totals of the plan.
  var total: Int
  /// Whose members they are.
  var population: Int
}

/// One operation inside a slot `forces`.
enum ForceOperation: Sendable {
  /// Sets columns of a population to zero.
  case clear([Column], population: Int)
  case members(MemberCall)
  /// Pairs of a group; its force is written over the columns, or added to them.
  case pairs(Int, overwritesForce: Bool)
  case meetings(Int)
  /// Adds a total over members to the potential.
  case energy(EnergyTotal)
  case lattice(LatticePass)
  /// What a law does between its passes: totals, repetitions, fields of the world.
  case other(Operation)
}

/// A pass over links of one sort, or over pairs that are listed one by one.
struct MeetingPass: Sendable {
  /// Who meets: the links of a population, or listed pairs.
  enum Source: Sendable, Hashable { case links(Int), pairs(Int) }

  var kernel: MeetingKernel
  var source: Source
  /// The population of each end.
  var ends: [Int]
  /// For each outcome, true if it is added to its column, false if it takes its place.
  var adds: [Bool]
  /// Populations of which it marks members that go at the end of the pass.
  var removes: [Int]
  /// Links that it makes.
  var joins: [Joining]
  /// What becomes of pairs that react.
  var reaction: Reaction?
  /// True if it gives new values to what meetings remember, so that it must not run twice for one step.
  var remembers: Bool
  /// What a failed requirement says.
  var requirement: String?
  /// True if meetings act one after another and see what earlier ones wrote.
  var isInTurn = false
  /// Kernels of what members give themselves: it is computed before meetings write, and added after.
  var itself: (before: Int, after: Int)?
  /// Of listed pairs that act in turn: the pass that notes, before any acts, which are closer than their range.
  var noting: Int?
  var name: String

  /// Whether it writes positions.
  var movesParticles: Bool { kernel.written.contains("position") }
  /// Columns of meetings that ask for something: 1 where it is wanted.
  var wishes: [Column] { joins.map(\.wish) + (reaction.map { [$0.wish] } ?? []) }
}

/// Links that a pass over meetings makes, and the columns of the meetings that say where and with which fields.
struct Joining: Sendable {
  /// The links.
  var population: Int
  /// 1 for pairs that are to be joined.
  var wish: Column
  /// Fields of the new links, and where their numbers stand.
  var fields: [(name: String, columns: [Column])]
}

/// What becomes of meetings that react, each particle at most once.
struct Reaction: Sendable {
  /// 1 for pairs that would react, and their rank, which decides between pairs that share a particle.
  var wish: Column, rank: Column
  /// Ends that vanish.
  var removesFirst: Bool, removesSecond: Bool
  /// What is made, with i as parent.
  var products: [Product]

  /// A member that a reaction makes.
  struct Product: Sendable {
    var species: Int32
    var population: Int
    /// How many: a column of the pairs.
    var number: Column
    /// Columns that the reaction gives, and the columns of the pairs that hold their values.
    var columns: [Column]
    var sources: [Column]
  }
}

/// Pairs that are listed one by one. Passes of a law with equal pairing share them and what they remember.
struct PairListing: Sendable {
  /// The use of a law, its range and its roles.
  var key: String
  var range: RangeBound
  /// For species i and j, row by row, 1 if i may receive from j.
  var receives: [UInt8]
  var speciesCount: Int
  /// Columns of the pairs.
  var fields: [(name: String, components: Int)]
  /// Fields that a pair remembers as long as it lives.
  var memory: [String]
  /// Links, by population, whose joined pairs are marked.
  var marks: [Int]

  /// The column that is 1 for pairs that a link of a population joins, else 0.
  static func mark(_ links: Int) -> Column { Column("joined by \(links)", 0) }
}

/// Laws that share one loop over pairs.
struct PairGroup: Sendable {
  var kernel: PairKernel
  /// What the sums do to their columns.
  var targets: [PairTarget]
  /// The largest range, as a value of parameters and of the largest values of fields (length).
  var range: RangeBound
  /// Mean-field corrections of cut energies.
  var names: [String]
  /// One bit for each species of particles.
  var everySpecies: UInt64
  /// For each species those that it meets, one bit for each; empty if all meet all.
  var meets: [UInt64]
  /// What a failed requirement says.
  var requirement: String?
  /// The kernel of what members give themselves.
  var itself: Int?

}

extension PairKernel {
  /// Whether pairs mark particles for removal.
  var removes: Bool { extremes.contains { $0.column == ChainBuilder.removal } }
  /// Whether it writes positions.
  var movesParticles: Bool { (sums + extremes.map(\.column)).contains { $0.field == "position" } }
}

/// A pass over all pairs, exact or to an accuracy.
struct FarGroup: Sendable {
  var kernel: PairKernel
  /// The same in float, for a tree whose accuracy it suffices for; it has no exact sums.
  var rough: PairKernel?
  var targets: [PairTarget]
  /// Largest error of the sums, relative to their mean square; 0 for exact ones.
  var accuracy: Double
  var reception: FarReception
  /// What waves give, where all periodic images count.
  var images: ImagesPass?
  /// What a failed requirement says.
  var requirement: String?
  var name: String

  var kernels: [PairKernel] { [kernel] + (rough.map { [$0] } ?? []) }
}

/// How the particles of a box receive what comes from boxes far away.
enum FarReception: Sendable {
  /// Each for itself.
  case oneByOne
  /// At the points of their box, from where it is interpolated: all alike, or in proportion to one of their numbers.
  case alike, inProportion(to: Column)
}

/// A range as a function of the species and fields of both ends.
struct RangeBound: Sendable {
  var graph: Graph
  var nodes: [NodeID]
}

/// A pair energy whose tail beyond its range is added as for a uniform fluid.
struct Tail: Sendable {
  var graph: Graph
  /// Energy as a function of r², in the pair's inputs; and the range.
  var energy: NodeID
  var slope: NodeID
  var range: NodeID

  /// The tail of an energy beyond its range, between species of which one plays the role that receives and the other one that gives.
  init(
    of energy: NodeID, within range: NodeID, between players: (receivers: UInt64, givers: UInt64), among fields: FieldTable,
    _ graph: Graph
  ) {
    var graph = graph
    // Sites and links are counted by species too.
    let all = fields.mask(of: fields.speciesNames), zero = graph.constant(0)
    let meet = PairEnds.players(players.receivers, players.givers, all: all, in: &graph)
    let slope = graph.derivative(of: energy, by: graph.input(Input(.distanceSquared)))
    self.energy = meet.map { graph.select($0, energy, zero) } ?? energy
    self.slope = meet.map { graph.select($0, slope, zero) } ?? slope
    self.range = range
    self.graph = graph
  }
}

/// A count, a sum, or the least or greatest over pairs that is measured, not evolved.
struct MeasuredPairs: Sendable {
  enum Kind: Sendable { case histogram(bins: Int), sum, least, greatest }
  var kind: Kind
  var kernel: PairKernel
  var range: RangeBound
}
