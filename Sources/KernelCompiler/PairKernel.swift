import Expressions
import KernelTemplates

/// Several laws over the same pairs, as one loop: the generated section that the template of pairs works with.
public struct PairKernel: Sendable {
  /// What the laws of one range give.
  public struct Part: Sendable {
    /// Pairs closer than this take part (length).
    public var range: NodeID
    /// A further condition.
    public var condition: NodeID?
    /// Energy of the pair, counted once.
    public var energy: NodeID?
    /// On i; j gets the opposite.
    public var force: [NodeID]?
    /// Sums into columns of the receiver, and as the other end sees them.
    public var sums: [(column: Column, own: NodeID, other: NodeID, parity: Parity)] = []
    /// Least or largest values for columns of the receiver.
    public var extremes: [Extreme] = []

    /// What a law gives within a range; sums are added afterwards.
    public init(range: NodeID, condition: NodeID? = nil, energy: NodeID? = nil, force: [NodeID]? = nil) {
      self.range = range
      self.condition = condition
      self.energy = energy
      self.force = force
    }
  }

  /// The least or the largest value that the pairs of a particle give.
  public struct Extreme: Sendable {
    /// Where it goes; a particle without pairs keeps what stands there.
    public var column: Column
    /// Whether it is the least.
    public var isLeast: Bool
    /// The value and whether the pair has one, as each end sees it.
    public var own: (value: NodeID, holds: NodeID), other: (value: NodeID, holds: NodeID)

    /// The least or the largest of the values of the pairs that count.
    public init(
      column: Column, isLeast: Bool, own: (value: NodeID, holds: NodeID), other: (value: NodeID, holds: NodeID)
    ) {
      self.column = column
      self.isLeast = isLeast
      self.own = own
      self.other = other
    }
  }

  /// Fields of the particles that are packed beside their positions.
  public let extras: [Column]
  /// Columns that the sums go to, in order.
  public let sums: [Column]
  /// Columns that the least and the largest values go to, in order, and whether it is the least.
  public let extremes: [(column: Column, isLeast: Bool)]
  /// Whether the loop gives a force.
  public let hasForce: Bool
  /// Whether the loop can give energy and virial.
  public let hasEnergy: Bool
  /// Whether each pair is met once, for both ends; else once from each end, for that end.
  public let isHalf: Bool
  /// Whether the laws read the species of both ends.
  public let usesSpecies: Bool
  /// Whether the laws read the ids of both ends, as pair noise does.
  public let usesIds: Bool
  /// What must be computed before the kernel is called.
  public let needs: KernelNeeds
  /// The generated C section.
  public let section: String
  /// The whole C text: section and loop.
  public let text: String

  /// The loop over all parts that are given, in double or mixed precision, for a box of `space` dimensions; over lists of pairs
  /// within a range, or over all pairs, of which those in mixed precision have sums through a tree alone.
  public init(
    comment: String, graph: Graph, parts: [Part], space: Int, double: Bool, species: Int, isEverywhere: Bool = false,
    isHalf: Bool = true, sharesIntervals: @escaping (FunctionUse, FunctionUse) -> Bool = { _, _ in false },
    rate: @escaping (Input) -> Rate
  ) {
    var graph = graph
    let combined = Combined(parts, in: &graph, space: space, isHalf: isHalf)
    self.isHalf = isHalf
    let roots = combined.roots
    extras = Self.extras(of: roots, in: graph)
    let places = Dictionary(uniqueKeysWithValues: extras.enumerated().map { ($1, $0) })
    var emitter = Emitter(
      graph: graph, dialect: .lanes, inputRate: rate, inputText: { Self.text(of: $0, places) }, noiseText: Self.noise)
    emitter.sharesIntervals = sharesIntervals
    emitter.shareInverseDistance(among: roots)
    combined.leaveEarly(&emitter)
    let outcomes = combined.assignments(&emitter)
    sums = combined.sums.map(\.column)
    extremes = combined.extremes.map { ($0.column, $0.isLeast) }
    hasForce = combined.force != nil
    hasEnergy = combined.energy != nil
    let body = emitter.statements + outcomes
    usesSpecies = Self.usesSpecies(body)
    usesIds = Self.usesIds(body)
    needs = KernelNeeds(emitter)
    section = Self.section(
      comment, body: body, needs: needs, extras: extras.count, space: space, double: double, species: species,
      outcomes: [
        ("HALF", isHalf ? 1 : 0), ("FORCE", hasForce ? 1 : 0), ("CENTRAL", combined.isCentral ? 1 : 0), ("SUMS", sums.count),
        ("EXTREMES", extremes.count), ("TOTALS", hasForce || hasEnergy ? 1 : 0),
      ],
      parities: combined.sums.map(\.parity),
      function:
        "void mote_pair(const mote_uniforms *restrict u, const mote_pair_point *restrict p, mote_pair_outcome *restrict o)")
    text =
      section
      + (isEverywhere
        ? KernelTemplates.farHeader + KernelTemplates.everywhere + (double ? KernelTemplates.tree : "") : KernelTemplates.pairs)
  }

  /// A histogram over pairs: weights of pairs by their bin, where they are within `range` and `condition` holds.
  public init(
    histogramOf bin: NodeID, weight: NodeID, comment: String, graph: Graph, range: NodeID, condition: NodeID?, space: Int,
    double: Bool,
    species: Int, rate: @escaping (Input) -> Rate
  ) {
    var graph = graph
    let square = graph.input(Input(.distanceSquared)), outside = graph.constant(-1)
    let near = graph.compare(.less, square, graph.power(range, Rational(2)))
    let inside = condition.map { graph.and(near, $0) } ?? near
    let root = graph.select(inside, graph.function(.floor, bin), outside)
    extras = Self.extras(of: [root, weight], in: graph)
    let places = Dictionary(uniqueKeysWithValues: extras.enumerated().map { ($1, $0) })
    var emitter = Emitter(
      graph: graph, dialect: .lanes, inputRate: rate, inputText: { Self.text(of: $0, places) }, noiseText: Self.noise)
    let value = emitter.spread(root)
    let heavy = emitter.spread(weight)
    let body = emitter.statements + ["*weight = \(heavy);", "return __builtin_convertvector(\(value), I);"]
    usesSpecies = Self.usesSpecies(body)
    usesIds = Self.usesIds(body)
    (sums, extremes, hasForce, hasEnergy, isHalf, needs) = ([], [], false, false, true, KernelNeeds(emitter))
    section = Self.section(
      comment, body: body, needs: needs, extras: extras.count, space: space, double: double, species: species,
      outcomes: [("HALF", 1), ("FORCE", 0), ("CENTRAL", 0), ("SUMS", 0), ("TOTALS", 0)], parities: [],
      function: "I mote_pair_measure(const mote_uniforms *u, const mote_pair_point *p, V *weight)")
    text = section + KernelTemplates.measure
  }

  private static func section(
    _ comment: String, body: [String], needs: KernelNeeds, extras: Int, space: Int, double: Bool, species: Int,
    outcomes: [(String, Int)], parities: [Parity], function: String
  ) -> String {
    let macros: [(String, String)] =
      [
        ("SPECIES_COUNT", "\(species)"), ("TABLE_ENTRIES", "\(species * species)"), ("SPACE", "\(space)"), ("EXTRA", "\(extras)"),
        ("DOUBLE", double ? "1" : "0"),
      ]
      + outcomes.map { ($0.0, String($0.1)) }
      + [
        ("SPECIES", usesSpecies(body) ? "1" : "0"), ("IDS", usesIds(body) ? "1" : "0"),
        ("CONSTANTS", "\(needs.constants.count)"), ("TABLES", "\(needs.tables.count + needs.functions.count)"),
        ("FIRST_FUNCTION", "\(needs.tables.count)"),
        ("PARITY", "{\((parities.map { String($0.rawValue) } + ["0"]).joined(separator: ", "))}"),
      ]
    return """
      // \(comment.split(separator: "\n").joined(separator: " "))
      #include <math.h>
      \(macros.map { "#define MOTE_\($0.0) \($0.1)" }.joined(separator: "\n"))
      \(KernelTemplates.header)
      \(KernelTemplates.noise)
      \(KernelTemplates.lanes)
      \(KernelTemplates.outcome)
      \(KernelTemplates.functions)
      \(usesMatrices(body) ? KernelTemplates.matrixHeader + KernelTemplates.matrices : "")
      MOTE_INLINE \(function) {
      \(body.map { "  " + $0 }.joined(separator: "\n"))
      }

      """
  }

  private static func extras(of roots: [NodeID], in graph: Graph) -> [Column] {
    Set(graph.inputs(of: roots).filter { $0.kind == .field && $0.name != "id" }.map { Column($0.name, $0.component) })
      .sorted { ($0.field, $0.component) < ($1.field, $1.component) }
  }

  private static func usesSpecies(_ body: [String]) -> Bool { body.contains { $0.contains("p->si") || $0.contains("p->sj") } }

  private static func usesMatrices(_ body: [String]) -> Bool { body.contains { $0.contains("mote_matrix_") } }

  private static func usesIds(_ body: [String]) -> Bool { body.contains { $0.contains("(u, p, ") || $0.contains("p->id") } }

  private static func text(of input: Input, _ places: [Column: Int]) -> String {
    switch input.kind {
    case .separation: "p->d[\(input.component)]"
    case .distanceSquared: "p->r2"
    case .field where input.name == "id": "__builtin_convertvector(p->id\(input.end), V)"
    case .field: "p->\(input.end)[\(places[Column(input.name, input.component), default: 0])]"
    case .species: "__builtin_convertvector(p->s\(input.end), V)"
    default: "(V)NAN"
    }
  }

  private static func noise(_ draw: Draw) -> String {
    "\(draw.isVector ? "mote_sense(p)*" : "")mote_pair_lanes_\(draw.name)(u, p, \(draw.place)\(draw.parameter))"
  }
}

/// The outcomes of all parts added up, each within its own range.
private struct Combined {
  var central: NodeID?
  var force: [NodeID]?
  var energy: NodeID?
  var sums: [(column: Column, own: NodeID, other: NodeID, parity: Parity)] = []
  var extremes: [PairKernel.Extreme] = []
  let isCentral: Bool
  private let isHalf: Bool
  /// That a pair is within the range of any part; nil if there is a part without range.
  private var isNear: [NodeID]? = []

  init(_ parts: [PairKernel.Part], in graph: inout Graph, space: Int, isHalf: Bool) {
    self.isHalf = isHalf
    let square = graph.input(Input(.distanceSquared)), zero = graph.constant(0)
    let separation = (0..<space).map { graph.input(Input(.separation, component: $0)) }
    var factors: [NodeID] = [], vectors: [[NodeID]] = [], energies: [NodeID] = []
    for group in Self.grouped(parts, in: &graph) {
      let reach = graph.power(group.range, Rational(2))
      let hasRange = graph.constant(reach) != .infinity
      let near = hasRange ? graph.compare(.less, square, reach) : graph.truth(true)
      if hasRange { isNear?.append(near) } else { isNear = nil }
      let inside = group.condition.map { graph.and(near, $0) } ?? near
      for energy in group.energy.map({ [$0] }) ?? [] { energies.append(graph.select(inside, energy, zero)) }
      if let force = group.force {
        if let factor = Self.centralFactor(of: force, along: separation, in: &graph) {
          factors.append(graph.select(inside, factor, zero))
          vectors.append(separation.map { graph.multiply(factors[factors.count - 1], $0) })
        } else {
          vectors.append(force.map { graph.select(inside, $0, zero) })
        }
      }
      for sum in group.sums {
        sums.append((sum.column, graph.select(inside, sum.own, zero), graph.select(inside, sum.other, zero), sum.parity))
      }
      for var extreme in group.extremes {
        if extreme.isLeast {
          extreme.own.value = graph.negate(extreme.own.value)
          extreme.other.value = graph.negate(extreme.other.value)
        }
        extreme.own.holds = graph.and(inside, extreme.own.holds)
        extreme.other.holds = graph.and(inside, extreme.other.holds)
        extremes.append(extreme)
      }
    }
    isCentral = !vectors.isEmpty && factors.count == vectors.count
    energy = energies.isEmpty ? nil : graph.sum(energies.map { Graph.Term(coefficient: 1, node: $0) })
    if vectors.isEmpty { return }
    force = (0..<space).map { axis in graph.sum(vectors.map { Graph.Term(coefficient: 1, node: $0[axis]) }) }
    if isCentral { central = graph.sum(factors.map { Graph.Term(coefficient: 1, node: $0) }) }
  }

  /// Parts of equal range and condition are added first, so that they share one comparison.
  private static func grouped(_ parts: [PairKernel.Part], in graph: inout Graph) -> [PairKernel.Part] {
    var groups: [PairKernel.Part] = []
    for part in parts {
      guard let index = groups.firstIndex(where: { $0.range == part.range && $0.condition == part.condition }) else {
        groups.append(part)
        continue
      }
      var group = groups[index]
      group.energy = group.energy.map { one in part.energy.map { graph.add(one, $0) } ?? one } ?? part.energy
      if let one = group.force, let other = part.force {
        group.force = zip(one, other).map { graph.add($0, $1) }
      } else {
        group.force = group.force ?? part.force
      }
      group.sums += part.sums
      group.extremes += part.extremes
      groups[index] = group
    }
    return groups
  }

  /// f, if the force is f·d.
  private static func centralFactor(of force: [NodeID], along separation: [NodeID], in graph: inout Graph) -> NodeID? {
    let factors = zip(force, separation).map { graph.quotientIfFactor($0, by: $1) }
    guard let first = factors[0], factors.allSatisfy({ $0 == first }) else { return nil }
    return first
  }

  var roots: [NodeID] {
    ((isCentral ? central.map { [$0] } : force) ?? []) + (energy.map { [$0] } ?? [])
      + sums.flatMap { isHalf ? [$0.own, $0.other] : [$0.own] }
      + extremes.flatMap { [$0.own.value, $0.own.holds, $0.other.value, $0.other.holds] }
  }

  /// Where the laws take long, pairs that are all too far from each other are passed over.
  func leaveEarly(_ emitter: inout Emitter) {
    guard let isNear, !isNear.isEmpty, emitter.graph.reachable(from: roots).contains(where: { emitter.takesLong($0) }) else {
      return
    }
    emitter.leave(unlessAny: isNear.map { emitter.condition($0) }, by: "return mote_give_nothing(o);")
  }

  func assignments(_ emitter: inout Emitter) -> [String] {
    var text: [String] = []
    if isCentral, let central {
      text.append("o->ff = (V)(\(emitter.scaled(central)));")
    } else if let force {
      for (axis, node) in force.enumerated() { text.append("o->f[\(axis)] = (V)(\(emitter.scaled(node)));") }
    }
    text.append("o->e = \(energy.map { emitter.spread($0) } ?? "(V)0");")
    for (index, sum) in sums.enumerated() {
      text.append("o->sum_i[\(index)] = \(emitter.spread(sum.own));")
      if isHalf, sum.parity == .none { text.append("o->sum_j[\(index)] = \(emitter.spread(sum.other));") }
    }
    for (index, extreme) in extremes.enumerated() {
      for (end, view) in [("i", extreme.own), ("j", extreme.other)] {
        let (holds, value) = (emitter.condition(view.holds), emitter.spread(view.value))
        text.append("o->top_\(end)[\(index)] = \(holds) ? \(value) : (V)(mote_real)MOTE_LOWEST;")
      }
    }
    return text
  }
}
