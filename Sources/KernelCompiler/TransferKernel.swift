import Expressions

/// A pass between particles and the sites around them: the generated function.
///
/// Where sites receive, a call fills the layers of sites from `begin` to `end` along the last axis with what all particles give them,
/// cell by cell and by ascending id: each site has one writer, and its sum one order. Where particles receive, a call goes through
/// particles from `begin` to `end`.
public struct TransferKernel: Sendable {
  /// How shares become a value.
  public enum Fold: Sendable, Hashable { case sum, add, least, greatest }

  /// What a particle and a site give to the column of the receiver.
  public struct Outcome: Sendable {
    /// The receiver's column.
    public var column: Column
    /// What the pair gives.
    public var value: NodeID
    /// How it is collected.
    public var fold: Fold
    /// Axes along which the place that counts lies half a cell beyond the site: that of a component of a staggered field.
    public var place: [Int]
    /// A value for a column.
    public init(_ column: Column, _ value: NodeID, _ fold: Fold, place: [Int] = []) {
      self.column = column
      self.value = value
      self.fold = fold
      self.place = place
    }
  }

  /// Who receives.
  public enum Receiver: Sendable { case sites, particles }

  /// A column of the particle (`p`) or of the site (`g`).
  public struct EndColumn: Sendable, Hashable {
    /// `p` or `g`.
    public var end: String
    /// Which number of which field.
    public var column: Column
    var cName: String { "\(end)_\(column.cName)" }
  }

  /// What graphs call the two ends.
  public static let particle = "p", site = "g"

  /// Name of the C function.
  public let name: String
  /// The C function.
  public let text: String
  /// Columns in the order of the call.
  public let columns: [EndColumn]
  /// What is received, in the order of the call.
  public let outcomes: [(column: Column, fold: Fold)]
  /// Columns of the receiver that the pass also reads, so that new values need memory of their own.
  public let read: Set<Column>
  /// What must be computed before the kernel is called.
  public let needs: KernelNeeds
  /// Who receives.
  public let receiver: Receiver
  /// Sites of a support along an axis, less one: the degree of the spline.
  public let reach: Int
  /// Whether some place that counts lies beside its site.
  public let isStaggered: Bool

  /// - Parameters:
  ///   - reach: 0 to 3, the degree of the spline.
  ///   - swept: the particles' field that holds where they came from, if shares are those that crossed on the way.
  ///   - space: dimensions of the box.
  ///   - condition: pairs for which it fails give nothing.
  ///   - mask: one bit for each species of particles that takes part.
  public init(
    name: String, comment: String, graph: Graph, receiver: Receiver, reach: Int, swept: String? = nil, space: Int,
    outcomes: [Outcome], condition: NodeID?, requirements: [NodeID], mask: UInt64, rate: @escaping (Input) -> Rate
  ) {
    var emitter = Emitter(
      graph: graph, dialect: .scalar, inputRate: rate, inputText: { Self.text(of: $0) }, noiseText: { _, _, _, _ in "NAN" },
      speciesPlace: "species[p]")
    let roots = outcomes.map(\.value) + requirements + (condition.map { [$0] } ?? [])
    let fields = graph.inputs(of: roots).filter { $0.kind == .field }
    let own = receiver == .sites ? Self.site : Self.particle
    var found = Set(fields.map { EndColumn(end: $0.end, column: Column($0.name, $0.component)) })
    for field in ["position"] + (swept.map { [$0] } ?? []) {
      for axis in 0..<space { found.insert(EndColumn(end: Self.particle, column: Column(field, axis))) }
    }
    columns = found.sorted { ($0.end, $0.column.field, $0.column.component) < ($1.end, $1.column.field, $1.column.component) }
    self.outcomes = outcomes.map { ($0.column, $0.fold) }
    read = Set(found.filter { $0.end == own }.map(\.column)).intersection(outcomes.map(\.column))
    for node in Self.alone(graph, roots) { _ = emitter.spread(node) }
    let before = emitter
    let places = Set(outcomes.map(\.place)).sorted { $0.lexicographicallyPrecedes($1) }
    let loops = (places.isEmpty ? [[]] : places).map { place in
      emitter.goBack(to: before)
      let here = outcomes.enumerated().filter { $0.element.place == place }
      let values = here.map { emitter.spread($0.element.value) }
      let holds = condition.map { emitter.condition($0) }
      let kept = requirements.map { emitter.condition($0) }
      var body = Array(emitter.statements.dropFirst(before.statements.count))
      for text in kept { body.append("if (\(holds.map { "(\($0)) && " } ?? "")!(\(text)) && ids[p] < failed) failed = ids[p];") }
      for ((number, outcome), value) in zip(here, values) {
        let collected = Self.collect(value, outcome.fold, receiver == .sites ? "to_\(number)[g]" : "sum_\(number)")
        body.append(holds.map { "if (\($0)) \(collected)" } ?? collected)
      }
      return TransferText.Loop(place: place, body: body)
    }
    self.name = name
    self.receiver = receiver
    self.reach = reach
    isStaggered = places.contains { !$0.isEmpty }
    needs = KernelNeeds(emitter)
    let writer = TransferText(
      name: name, comment: comment, columns: columns, outcomes: outcomes, reach: reach, swept: swept, space: space, mask: mask,
      before: before.statements, loops: loops)
    text = receiver == .sites ? writer.toSites : writer.toParticles
  }

  /// The largest parts that belong to the particle alone: computed once for all its sites.
  private static func alone(_ graph: Graph, _ roots: [NodeID]) -> [NodeID] {
    var together: Set<NodeID> = [], found: [NodeID] = []
    let reachable = graph.reachable(from: roots)
    for node in reachable {
      let isPaired: Bool
      switch graph[node] {
      case .input(let input): isPaired = input.kind == .local || input.kind == .separation || input.end == site
      case .call: isPaired = true
      default: isPaired = graph.children(of: node).contains { together.contains($0) }
      }
      if isPaired { together.insert(node) }
    }
    for node in reachable where together.contains(node) {
      for child in graph.children(of: node)
      where !together.contains(child) && graph.constant(child) == nil && !found.contains(child) {
        found.append(child)
      }
    }
    return found
  }

  private static func text(of input: Input) -> String {
    switch input.kind {
    case .field: "\(EndColumn(end: input.end, column: Column(input.name, input.component)).cName)[\(input.end)]"
    case .separation: "d[\(input.component)]"
    case .distanceSquared: "r2"
    case .species: "(double)species[p]"
    case .local: input.name == "w" ? "w" : "\(input.name)[\(input.component)]"
    default: "NAN"
    }
  }

  private static func collect(_ value: String, _ fold: Fold, _ place: String) -> String {
    switch fold {
    case .sum, .add: "\(place) += \(value);"
    case .least: "\(place) = \(value) < \(place) ? \(value) : \(place);"
    case .greatest: "\(place) = \(value) > \(place) ? \(value) : \(place);"
    }
  }
}
