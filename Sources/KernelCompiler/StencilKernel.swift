import Expressions

/// A pass over the sites of a lattice, each with its neighbours at constant steps: the generated function.
///
/// Rows along x are the inner loop. Where all neighbours of a row lie at constant distances in memory the loop is vectorised; the
/// sites at its ends, and rows at sides that are not periodic, look their neighbours up one by one.
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
  private let source: Source

  /// What the text is made of.
  private struct Source: Sendable {
    let comment: String
    let graph: Graph
    let steps: [[Int]]
    let inside: Outcome
    let edge: Outcome
    let species: Int
    let rate: @Sendable (Input) -> Rate
  }

  /// The input that says whether a site has its neighbour `number`.
  public static func presence(of number: Int) -> Input { Input(.local, "has", component: number) }
  /// What the neighbour `number` is called as an end.
  public static func end(_ number: Int) -> String { "j\(number)" }

  /// The pass with neighbours at these steps (3 numbers each).
  ///
  /// - Parameters:
  ///   - inside: what a site gets whose neighbours all exist.
  ///   - edge: the same where each may be absent, as `presence` says.
  ///   - species: the number of the lattice among the species.
  public init(
    name: String, comment: String, graph: Graph, steps: [[Int]], inside: Outcome, edge: Outcome, species: Int,
    rate: @escaping @Sendable (Input) -> Rate
  ) {
    source = Source(comment: comment, graph: graph, steps: steps, inside: inside, edge: edge, species: species, rate: rate)
    var emitter = Emitter(
      graph: graph, dialect: .scalar, inputRate: rate, inputText: { Self.text(of: $0) },
      noiseText: { _, _, _, _ in "NAN" },
      speciesPlace: "\(species)")
    let roots = [inside, edge].flatMap { $0.stores.map(\.value) + $0.requirements }
    let fields = graph.inputs(of: roots).filter { $0.kind == .field }
    columns = Set(fields.map { Column($0.name, $0.component) }).sorted { ($0.field, $0.component) < ($1.field, $1.component) }
    written = inside.stores.map(\.column)
    exchanged = Set(fields.filter { !Self.isOwn($0) }.map { Column($0.name, $0.component) }).intersection(written)
    let inner = Self.body(inside, &emitter)
    emitter.restart()
    let outer = Self.body(edge, &emitter)
    self.name = name
    needs = KernelNeeds(emitter)
    text = Self.function(name, comment, columns, written, steps, inner: inner, outer: outer)
  }

  /// The same pass, which keeps new values of these fields to itself.
  public func storingNone(of fields: Set<String>) -> StencilKernel {
    func kept(_ outcome: Outcome) -> Outcome {
      Outcome(stores: outcome.stores.filter { !fields.contains($0.column.field) }, requirements: outcome.requirements)
    }
    return StencilKernel(
      name: name, comment: source.comment, graph: source.graph, steps: source.steps, inside: kept(source.inside),
      edge: kept(source.edge), species: source.species, rate: source.rate)
  }

  // MARK: Pieces of the text

  /// Whether a field is that of the site itself: as an end of pairs, or where it is alone.
  private static func isOwn(_ input: Input) -> Bool { input.end == "i" || input.end.isEmpty }

  private static func text(of input: Input) -> String {
    switch input.kind {
    case .field where isOwn(input): "\(Column(input.name, input.component).cName)[i]"
    case .field: "\(Column(input.name, input.component).cName)[i + at_\(input.end.dropFirst())]"
    case .local: "has_\(input.component)"
    default: "NAN"
    }
  }

  private static func body(_ outcome: Outcome, _ emitter: inout Emitter) -> [String] {
    let values = outcome.stores.map { emitter.spread($0.value) }
    let conditions = outcome.requirements.map { emitter.condition($0) }
    var lines = emitter.statements
    for condition in conditions { lines.append("failed = !(\(condition)) && i < failed ? i : failed;") }
    for (index, value) in values.enumerated() { lines.append("const double new\(index) = \(value);") }
    for index in values.indices { lines.append("to_\(index)[i] = new\(index);") }
    return lines
  }

  private static func function(
    _ name: String, _ comment: String, _ columns: [Column], _ written: [Column], _ steps: [[Int]], inner: [String],
    outer: [String]
  ) -> String {
    let pointers =
      columns.enumerated().map { "const double *const \($1.cName) = call->columns[\($0)];" }
      + written.enumerated().map { "double *const to_\($0) = call->next[\($0)];  // \($1.cName)" }
    let table = steps.map { "{\($0.map(String.init).joined(separator: ", "))}" }.joined(separator: ", ")
    let rows = steps.indices.map { "const int64_t at_\($0) = mote_neighbour_row(call, y, z, step[\($0)], &all);" }
    let single = steps.indices.flatMap {
      ["int32_t has_\($0);", "const int64_t at_\($0) = mote_neighbour(call, site, step[\($0)], &has_\($0));"]
    }
    let before = max(0, -(steps.map { $0[0] }.min() ?? 0)), after = max(0, steps.map { $0[0] }.max() ?? 0)
    return """
      // \(comment)
      void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
        static const int32_t step[\(steps.count)][3] = {\(table)};
        const double *const k = call->k;
        const double *const *const table = call->table;
      \(pointers.map { "  " + $0 }.joined(separator: "\n"))
        const int64_t count = call->counts[0];
        int64_t failed = *call->failed;
        (void)k, (void)table;
        for (int64_t row = begin; row < end; row++) {
          const int64_t y = row % call->counts[1], z = row / call->counts[1], first = row * count;
          int32_t all = 1;
      \(rows.map { "    " + $0 }.joined(separator: "\n"))
          const int64_t from = all && count > \(before + after) ? \(before) : count, to = from < count ? count - \(after) : count;
      #pragma clang loop vectorize(assume_safety)
          for (int64_t i = first + from; i < first + to; i++) {
      \(inner.map { "      " + $0 }.joined(separator: "\n"))
          }
          for (int64_t x = from > 0 ? 0 : to; x < count; x = x + 1 == from ? to : x + 1) {
            const int64_t i = first + x, site[3] = {x, y, z};
      \(single.map { "      " + $0 }.joined(separator: "\n"))
      \(outer.map { "      " + $0 }.joined(separator: "\n"))
          }
        }
        *call->failed = failed;
      }

      """
  }
}
