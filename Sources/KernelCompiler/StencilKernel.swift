import Expressions

/// A pass over the sites of a lattice, each with its neighbours at constant steps: the generated function.
///
/// Rows along x are the inner loop. Where all neighbours of a row lie at constant distances in memory the loop is vectorised; the
/// sites at its ends go one by one, and so do rows at sides that are not periodic, which look their neighbours up. A row that
/// has no site with a flag (a boolean field), and whose neighbours have none, takes a shorter way, from which the flags are gone.
///
/// A pass that only moves numbers on before it changes them may run in place: see `Trade`.
public struct StencilKernel: Sendable {
  /// New values of columns, and what must hold, for one site.
  public struct Outcome: Sendable {
    /// New values of columns.
    public var stores: [MemberKernel.Store]
    /// Conditions that must hold for every site.
    public var requirements: [NodeID]

    /// New values and requirements.
    public init(stores: [MemberKernel.Store], requirements: [NodeID]) {
      self.stores = stores
      self.requirements = requirements
    }
  }

  /// Name of the C function.
  public let name: String
  /// The C function.
  public let text: String
  /// Columns that it reads, in the order of the call.
  public let columns: [Column]
  /// Columns that it writes, in the order of the call.
  public let written: [Column]
  /// Columns that it writes and also reads from neighbours, so that new values need memory of their own.
  public let exchanged: Set<Column>
  /// What must be computed before the kernel is called.
  public let needs: KernelNeeds
  /// The steps to the neighbours, 3 numbers each.
  public var steps: [[Int]] { source.steps }
  /// How columns trade their memory if the pass runs in place; empty if it can't.
  public let trades: [Trade]
  /// Whether it runs in place.
  public var isInPlace: Bool { source.isInPlace }
  /// Whether it reads columns of neighbours that are not traded.
  public let readsOthers: Bool
  /// Fields that are flags: sites near one take a longer way.
  public let flags: Set<String>
  /// Fields that it writes and of which sites without flags read their own old value.
  public let kept: Set<String>
  private let source: Source

  /// What the text is made of.
  struct Source: Sendable {
    let name: String
    let comment: String
    let graph: Graph
    let steps: [[Int]]
    var inside: Outcome
    var edge: Outcome
    let species: Int
    let flags: Set<String>
    let rate: @Sendable (Input) -> Rate
    /// Columns that hold floats; others hold doubles.
    var floats: Set<Column> = []
    var isInPlace = false

    /// Whether it computes in floats: if all that it writes are some, and nothing that it calls wants doubles.
    var isSingle: Bool {
      let roots = inside.stores.map(\.value)
      let wantsDoubles = graph.reachable(from: roots).contains { node in
        switch graph[node] {
        case .matrix, .call: true
        default: false
        }
      }
      let readsIds = graph.inputs(of: roots).contains { $0.name == "id" }
      return !wantsDoubles && !readsIds && inside.stores.allSatisfy { floats.contains($0.column) }
    }
  }

  /// The input that says whether a site has its neighbour `number`.
  public static func presence(of number: Int) -> Input { Input(.local, "has", component: number) }
  /// What stands before the number of a value with a name of its own, and before the reading of a neighbour.
  private static let kept = "kept"
  static let near = "near_", ring = "ring_"
  /// C text of the number of the site that the neighbour `number` is.
  static func site(_ number: Int) -> String { "\(near)site_\(number)" }

  /// What the neighbour `number` is called as an end.
  public static func end(_ number: Int) -> String { "j\(number)" }

  /// The pass with neighbours at these steps (3 numbers each).
  ///
  /// - Parameters:
  ///   - inside: what a site gets whose neighbours all exist.
  ///   - edge: the same where each may be absent, as `presence` says.
  ///   - species: the number of the lattice among the species.
  ///   - flags: fields that are true or false.
  public init(
    name: String, comment: String, graph: Graph, steps: [[Int]], inside: Outcome, edge: Outcome, species: Int, flags: Set<String>,
    rate: @escaping @Sendable (Input) -> Rate
  ) {
    self.init(
      Source(
        name: name, comment: comment, graph: graph, steps: steps, inside: inside, edge: edge, species: species, flags: flags,
        rate: rate))
  }

  private init(_ source: Source) {
    self.source = source
    let (inside, edge) = (source.inside, source.edge)
    var graph = source.graph
    let flagged = Self.flagged(source.flags, inside, in: graph)
    let plain = flagged.isEmpty ? nil : Self.cleared(inside, of: flagged, in: &graph)
    let nothing = Outcome(stores: [], requirements: [])
    var emitter = Emitter(
      graph: graph, dialect: source.isSingle ? .single : .scalar, inputRate: source.rate, inputText: { Self.text(of: $0) },
      noiseText: { [steps = source.steps] in Self.text(of: $0, steps) },
      speciesPlace: "\(source.species)")
    let roots = [inside, edge].flatMap { $0.stores.map(\.value) + $0.requirements }
    let fields = graph.inputs(of: roots).filter(Self.isColumn)
    columns = Set(fields.map { Column($0.name, $0.component) }).sorted { ($0.field, $0.component) < ($1.field, $1.component) }
    written = inside.stores.map(\.column)
    exchanged = Set(fields.filter { !Self.isOwn($0) }.map { Column($0.name, $0.component) }).intersection(written)
    let clear = plain?.outcome.stores.map(\.value) ?? inside.stores.map(\.value)
    let read = graph.inputs(of: clear + (plain?.kept.map(\.value) ?? [])).filter(Self.isColumn)
    let moves = inside.requirements.isEmpty && !Self.knowsNeighbours(roots, graph)
    trades = moves ? Trade.all(of: exchanged, reading: read, steps: source.steps) : []
    flags = Set(flagged.map(\.name))
    kept = Set(read.filter(Self.isOwn).map(\.name)).intersection(inside.stores.map(\.column.field))
    let bodies = [(inside, []), (edge, []), (plain?.outcome ?? nothing, plain?.kept ?? [])].map { outcome, kept in
      emitter.restart()
      return Self.body(outcome, keeping: kept, &emitter)
    }
    name = source.name
    needs = KernelNeeds(emitter)
    let traded = Dictionary(trades.map { ($0.column, $0.step) }) { first, _ in first }
    readsOthers = read.contains { !Self.isOwn($0) && traded[Column($0.name, $0.component)] == nil }
    text =
      StencilText(
        source: source, columns: columns, written: written, inside: bodies[0], edge: bodies[1],
        plain: bodies[flagged.isEmpty ? 0 : 2], flags: Set(flagged.map { Column($0.name, $0.component) }).map(\.cName).sorted(),
        constants: emitter.constants.count, traded: traded, readsOthers: readsOthers
      ).text
  }

  /// Flags that the pass reads of neighbours and does not change.
  private static func flagged(_ flags: Set<String>, _ outcome: Outcome, in graph: Graph) -> [Input] {
    let inputs = graph.inputs(of: outcome.stores.map(\.value) + outcome.requirements).filter { flags.contains($0.name) }
    let own = inputs.filter { $0.kind == .field && !outcome.stores.map(\.column.field).contains($0.name) }
    return own.contains { !isOwn($0) } ? own : []
  }

  /// What becomes of an outcome where these flags are false. Choices that fall away leave values with names of their own, which come
  /// first: a sum that flowed into those that use it would be summed up again in each.
  private static func cleared(
    _ outcome: Outcome, of flags: [Input], in graph: inout Graph
  ) -> (outcome: Outcome, kept: [(name: Input, value: NodeID)]) {
    let zero = graph.constant(0), roots = outcome.stores.map(\.value) + outcome.requirements
    var replacements = Dictionary(flags.map { (graph.input($0), zero) }, uniquingKeysWith: { first, _ in first })
    var kept: [(name: Input, value: NodeID)] = []
    for node in graph.reachable(from: roots) {
      guard case .select = graph[node] else { continue }
      let value = graph.substitute(replacements, in: [node])[0]
      switch graph[value] {
      case .sum, .product:
        kept.append((Input(.local, Self.kept, component: kept.count), value))
        replacements[node] = graph.input(kept[kept.count - 1].name)
      default: replacements[node] = value
      }
    }
    let values = graph.substitute(replacements, in: outcome.stores.map(\.value))
    let clear = Outcome(
      stores: zip(outcome.stores, values).map { MemberKernel.Store(column: $0.column, value: $1) },
      requirements: graph.substitute(replacements, in: outcome.requirements))
    return (clear, kept)
  }

  /// The same pass, which keeps new values of these fields to itself.
  public func storingNone(of fields: Set<String>) -> StencilKernel {
    func kept(_ outcome: Outcome) -> Outcome {
      Outcome(stores: outcome.stores.filter { !fields.contains($0.column.field) }, requirements: outcome.requirements)
    }
    var source = source
    (source.inside, source.edge) = (kept(source.inside), kept(source.edge))
    return StencilKernel(source)
  }

  /// The same pass where these columns hold floats, in place if that is wanted.
  public func withFloats(_ floats: Set<Column>, inPlace: Bool) -> StencilKernel {
    var source = source
    (source.floats, source.isInPlace) = (floats, inPlace)
    return StencilKernel(source)
  }

  // MARK: Pieces of the text

  /// Whether a field is that of the site itself: as an end of pairs, or where it is alone.
  static func isOwn(_ input: Input) -> Bool { input.end == "i" || input.end.isEmpty }

  /// Whether it is read from a column; the id of a site is its number.
  private static func isColumn(_ input: Input) -> Bool { input.kind == .field && input.name != "id" }

  /// Whether it needs the numbers of neighbours as sites, which are not where they seem when rows are one loop.
  private static func knowsNeighbours(_ roots: [NodeID], _ graph: Graph) -> Bool {
    graph.inputs(of: roots).contains { $0.name == "id" && !isOwn($0) }
      || graph.reachable(from: roots).contains { if case .noise(_, _, _, let end, _) = graph[$0] { !end.isEmpty } else { false } }
  }

  private static func text(of input: Input) -> String {
    switch input.kind {
    case .field where input.name == "id":
      "(double)(\(isOwn(input) ? "i" : site(Int(input.end.dropFirst()) ?? 0)))"
    case .field where isOwn(input): "\(Column(input.name, input.component).cName)[i]"
    case .field: "\(Self.near)\(input.end.dropFirst())(\(Column(input.name, input.component).cName))"
    case .local: "\(input.name)_\(input.component)"
    default: "NAN"
    }
  }

  /// A random number of a site alone, or of the pair with the neighbour that its end names: keyed by both sites and the step between
  /// them, seen from that end from which it leads forwards. So it is that of the pair also where several steps lead to one site.
  private static func text(of draw: Draw, _ steps: [[Int]]) -> String {
    guard let number = Int(draw.end.dropFirst()) else { return draw.ofMember("i") }
    let step = steps[number], back = step.map { -$0 }, isBackwards = (step.first { $0 != 0 } ?? 0) < 0
    let way = steps.firstIndex { $0 == step || $0 == back } ?? number, other = Self.site(number)
    let text = isBackwards ? draw.ofWay(way, from: other, to: "i") : draw.ofWay(way, from: "i", to: other)
    return draw.isVector && isBackwards ? "-\(text)" : text
  }

  private static func body(
    _ outcome: Outcome, keeping kept: [(name: Input, value: NodeID)], _ emitter: inout Emitter
  ) -> [String] {
    for (name, value) in kept { emitter.name(text(of: name), value) }
    let values = outcome.stores.map { emitter.spread($0.value) }
    let conditions = outcome.requirements.map { emitter.condition($0) }
    var lines = emitter.statements
    for condition in conditions { lines.append("failed = !(\(condition)) && i < failed ? i : failed;") }
    for (index, value) in values.enumerated() { lines.append("const \(emitter.dialect.type) new\(index) = \(value);") }
    return lines
  }
}
