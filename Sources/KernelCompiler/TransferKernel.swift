import Expressions

/// A pass between particles and the sites around them: the generated function.
///
/// Where values are polynomials in the share and the separation, kernels work on numbers of sites that lie side by side (`groups`), and
/// a call that gives goes through the layers of cells from `begin` to `end` along the last axis. Else a call fills the layers of sites
/// from `begin` to `end` with what all particles give them. Either goes cell by cell and by ascending id, so that the sum of a site has
/// one order. Where particles receive, a call goes through particles from `begin` to `end`.
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
  /// Numbers of sites that lie side by side; none if the kernel works on columns.
  public let groups: [NodeGroup]

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
    let roots = outcomes.map(\.value) + requirements + (condition.map { [$0] } ?? [])
    let fields = graph.inputs(of: roots).filter { $0.kind == .field && $0.name != "id" }
    let own = receiver == .sites ? Self.site : Self.particle
    var found = Set(fields.map { EndColumn(end: $0.end, column: Column($0.name, $0.component)) })
    for field in ["position"] + (swept.map { [$0] } ?? []) {
      for axis in 0..<space { found.insert(EndColumn(end: Self.particle, column: Column(field, axis))) }
    }
    columns = found.sorted { ($0.end, $0.column.field, $0.column.component) < ($1.end, $1.column.field, $1.column.component) }
    self.outcomes = outcomes.map { ($0.column, $0.fold) }
    read = Set(found.filter { $0.end == own }.map(\.column)).intersection(outcomes.map(\.column))
    self.name = name
    self.receiver = receiver
    self.reach = reach
    isStaggered = outcomes.contains { !$0.place.isEmpty }
    let writer = TransferText(
      name: name, comment: comment, columns: columns, outcomes: outcomes, reach: reach, swept: swept, space: space, mask: mask)
    var graph = graph
    let paired = Self.paired(graph, roots), isPlain = condition == nil && requirements.isEmpty && swept == nil && reach > 0
    let polynomials =
      !isPlain ? nil : NodeTransfer.polynomials(of: outcomes, for: receiver, in: &graph, paired: paired, space: space)
    var emitter = Emitter(
      graph: graph, dialect: .scalar, inputRate: rate, inputText: { Self.text(of: $0) },
      noiseText: { $0.ofWay(0, from: "ids[p]", to: "g") }, speciesPlace: "species[p]")
    if let polynomials {
      (text, groups) = writer.withNodes(polynomials, receiver, &emitter)
    } else {
      text = writer.withColumns(
        &emitter, receiver, alone: Self.alone(graph, roots, paired), condition: condition, requirements: requirements)
      groups = []
    }
    needs = KernelNeeds(emitter)
  }

  /// What belongs to the pair, not to the particle alone.
  private static func paired(_ graph: Graph, _ roots: [NodeID]) -> Set<NodeID> {
    var together: Set<NodeID> = []
    for node in graph.reachable(from: roots) {
      let isPaired: Bool
      switch graph[node] {
      case .input(let input): isPaired = [.local, .separation, .distanceSquared].contains(input.kind) || input.end == site
      case .call, .noise: isPaired = true
      default: isPaired = graph.children(of: node).contains { together.contains($0) }
      }
      if isPaired { together.insert(node) }
    }
    return together
  }

  /// The largest parts that belong to the particle alone: computed once for all its sites.
  private static func alone(_ graph: Graph, _ roots: [NodeID], _ paired: Set<NodeID>) -> [NodeID] {
    var found: [NodeID] = []
    for node in graph.reachable(from: roots) where paired.contains(node) {
      for child in graph.children(of: node)
      where !paired.contains(child) && graph.constant(child) == nil && !found.contains(child) {
        found.append(child)
      }
    }
    return found
  }

  private static func text(of input: Input) -> String {
    switch input.kind {
    case .field where input.name == "id": input.end == particle ? "(double)ids[p]" : "(double)g"
    case .field: "\(EndColumn(end: input.end, column: Column(input.name, input.component)).cName)[\(input.end)]"
    case .separation: "d[\(input.component)]"
    case .distanceSquared: "r2"
    case .species: "(double)species[p]"
    case .local: input.name == "w" ? "w" : "\(input.name)[\(input.component)]"
    default: "NAN"
    }
  }
}
