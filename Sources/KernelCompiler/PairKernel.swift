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
    public var energy: NodeID?
    /// On i; j gets the opposite.
    public var force: [NodeID]?
    /// Sums into columns of the receiver, and as the other end sees them.
    public var sums: [(column: Column, own: NodeID, other: NodeID, parity: Parity)] = []

    public init(range: NodeID, condition: NodeID? = nil, energy: NodeID? = nil, force: [NodeID]? = nil) {
      self.range = range
      self.condition = condition
      self.energy = energy
      self.force = force
    }
  }

  /// Fields of the particles that are packed beside their positions.
  public let extras: [Column]
  /// Columns that the sums go to, in order.
  public let sums: [Column]
  public let hasForce: Bool
  public let hasEnergy: Bool
  public let usesSpecies: Bool
  public let needs: KernelNeeds
  /// The generated C section.
  public let section: String

  public init(
    comment: String, graph: Graph, parts: [Part], space: Int, double: Bool, rate: @escaping (Input) -> Rate
  ) {
    var graph = graph
    let combined = Combined(parts, in: &graph, space: space)
    let roots = combined.roots
    extras = Set(graph.inputs(of: roots).filter { $0.kind == .field }.map { Column($0.name, $0.component) })
      .sorted { ($0.field, $0.component) < ($1.field, $1.component) }
    let places = Dictionary(uniqueKeysWithValues: extras.enumerated().map { ($1, $0) })
    var emitter = Emitter(
      graph: graph, dialect: .lanes, inputRate: rate, inputText: { Self.text(of: $0, places) }, noiseText: Self.noise)
    let outcomes = combined.assignments(&emitter)
    sums = combined.sums.map(\.column)
    hasForce = combined.force != nil
    hasEnergy = combined.energy != nil
    let body = emitter.statements + outcomes
    usesSpecies = body.contains { $0.contains("p->si") || $0.contains("p->sj") }
    needs = KernelNeeds(emitter)
    let macros: [(String, Any)] = [
      ("SPACE", space), ("EXTRA", extras.count), ("DOUBLE", double ? 1 : 0), ("FORCE", hasForce ? 1 : 0),
      ("CENTRAL", combined.isCentral ? 1 : 0), ("SUMS", sums.count), ("TOTALS", hasForce ? 1 : 0), ("HALF", 1),
      ("SPECIES", usesSpecies ? 1 : 0), ("IDS", body.contains { $0.contains("p->id") } ? 1 : 0),
      ("CONSTANTS", needs.constants.count), ("TABLES", needs.tables.count + needs.functions.count),
      ("PARITY", "{\((combined.sums.map { String($0.parity.rawValue) } + ["0"]).joined(separator: ", "))}"),
      ("FIRST_FUNCTION", needs.tables.count),
    ]
    section = """
      // \(comment.split(separator: "\n").joined(separator: " "))
      \(macros.map { "#define MOTE_\($0.0) \($0.1)" }.joined(separator: "\n"))
      \(KernelTemplates.lanes)
      \(KernelTemplates.outcome)
      \(KernelTemplates.functions)
      MOTE_INLINE void mote_pair(const mote_uniforms *restrict u, const mote_pair_point *restrict p, mote_pair_outcome *restrict o) {
      \(body.map { "  " + $0 }.joined(separator: "\n"))
      }

      """
  }

  /// The whole C text: section and loop.
  public var text: String { section + KernelTemplates.pairs }

  private static func text(of input: Input, _ places: [Column: Int]) -> String {
    switch input.kind {
    case .separation: "p->d[\(input.component)]"
    case .distanceSquared: "p->r2"
    case .field: "p->\(input.end)[\(places[Column(input.name, input.component), default: 0])]"
    case .species: "__builtin_convertvector(p->s\(input.end), V)"
    default: "(V)NAN"
    }
  }

  private static func noise(_ noise: Graph.Noise, place: Int, component: Int, argument: String?) -> String {
    let sign = component >= 0 ? "mote_sense(p)*" : ""
    return "\(sign)mote_pair_lanes_\(noise.rawValue)(u, p, \(placeCode(place, component)))"
  }
}

/// The outcomes of all parts added up, each within its own range.
private struct Combined {
  var central: NodeID?
  var force: [NodeID]?
  var energy: NodeID?
  var sums: [(column: Column, own: NodeID, other: NodeID, parity: Parity)] = []
  let isCentral: Bool

  init(_ parts: [PairKernel.Part], in graph: inout Graph, space: Int) {
    let square = graph.input(Input(.distanceSquared)), zero = graph.constant(0)
    let separation = (0..<space).map { graph.input(Input(.separation, component: $0)) }
    var factors: [NodeID] = [], vectors: [[NodeID]] = [], energies: [NodeID] = []
    for group in Self.grouped(parts, in: &graph) {
      let reach = graph.power(group.range, Rational(2))
      let near = graph.compare(.less, square, reach)
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
    ((isCentral ? central.map { [$0] } : force) ?? []) + (energy.map { [$0] } ?? []) + sums.flatMap { [$0.own, $0.other] }
  }

  func assignments(_ emitter: inout Emitter) -> [String] {
    var text: [String] = []
    if isCentral, let central {
      text.append("o->ff = \(emitter.spread(central));")
    } else if let force {
      for (axis, node) in force.enumerated() { text.append("o->f[\(axis)] = \(emitter.spread(node));") }
    }
    text.append("o->e = \(energy.map { emitter.spread($0) } ?? "(V)0");")
    for (index, sum) in sums.enumerated() {
      text.append("o->sum_i[\(index)] = \(emitter.spread(sum.own));")
      if sum.parity == .none { text.append("o->sum_j[\(index)] = \(emitter.spread(sum.other));") }
    }
    return text
  }
}
