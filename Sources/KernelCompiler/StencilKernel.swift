import Expressions

/// A pass over the sites of a lattice, each with its neighbours at constant steps: the generated function.
///
/// Rows along x are the inner loop. Where all neighbours of a row lie at constant distances in memory the loop is vectorised; the
/// sites at its ends, and rows at sides that are not periodic, look their neighbours up one by one. A row that has no site with a
/// flag (a boolean field), and whose neighbours have none, takes a shorter way, from which the flags are gone.
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
    let flags: Set<String>
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
  ///   - flags: fields that are true or false.
  public init(
    name: String, comment: String, graph: Graph, steps: [[Int]], inside: Outcome, edge: Outcome, species: Int, flags: Set<String>,
    rate: @escaping @Sendable (Input) -> Rate
  ) {
    source = Source(
      comment: comment, graph: graph, steps: steps, inside: inside, edge: edge, species: species, flags: flags, rate: rate)
    var graph = graph
    let flagged = Self.flagged(flags, inside, in: graph)
    let plain = flagged.isEmpty ? nil : Self.cleared(inside, of: flagged, in: &graph)
    var emitter = Emitter(
      graph: graph, dialect: .scalar, inputRate: rate, inputText: { Self.text(of: $0) },
      noiseText: { _, _, _, _ in "NAN" },
      speciesPlace: "\(species)")
    let roots = [inside, edge].flatMap { $0.stores.map(\.value) + $0.requirements }
    let fields = graph.inputs(of: roots).filter { $0.kind == .field }
    columns = Set(fields.map { Column($0.name, $0.component) }).sorted { ($0.field, $0.component) < ($1.field, $1.component) }
    written = inside.stores.map(\.column)
    exchanged = Set(fields.filter { !Self.isOwn($0) }.map { Column($0.name, $0.component) }).intersection(written)
    let bodies = [inside, edge, plain ?? Outcome(stores: [], requirements: [])].map { outcome in
      emitter.restart()
      return Self.body(outcome, &emitter)
    }
    self.name = name
    needs = KernelNeeds(emitter)
    text =
      StencilText(
        name: name, comment: comment, columns: columns, written: written, steps: steps, inside: bodies[0], edge: bodies[1],
        plain: bodies[2], flags: Set(flagged.map { Column($0.name, $0.component) }).map(\.cName).sorted()
      ).function
  }

  /// Flags that the pass reads of neighbours and does not change.
  private static func flagged(_ flags: Set<String>, _ outcome: Outcome, in graph: Graph) -> [Input] {
    let inputs = graph.inputs(of: outcome.stores.map(\.value) + outcome.requirements).filter { flags.contains($0.name) }
    let own = inputs.filter { $0.kind == .field && !outcome.stores.map(\.column.field).contains($0.name) }
    return own.contains { !isOwn($0) } ? own : []
  }

  /// What becomes of an outcome where these flags are false.
  private static func cleared(_ outcome: Outcome, of flags: [Input], in graph: inout Graph) -> Outcome {
    let zero = graph.constant(0)
    let replacements = Dictionary(flags.map { (graph.input($0), zero) }, uniquingKeysWith: { first, _ in first })
    let values = graph.substitute(replacements, in: outcome.stores.map(\.value))
    return Outcome(
      stores: zip(outcome.stores, values).map { MemberKernel.Store(column: $0.column, value: $1) },
      requirements: graph.substitute(replacements, in: outcome.requirements))
  }

  /// The same pass, which keeps new values of these fields to itself.
  public func storingNone(of fields: Set<String>) -> StencilKernel {
    func kept(_ outcome: Outcome) -> Outcome {
      Outcome(stores: outcome.stores.filter { !fields.contains($0.column.field) }, requirements: outcome.requirements)
    }
    return StencilKernel(
      name: name, comment: source.comment, graph: source.graph, steps: source.steps, inside: kept(source.inside),
      edge: kept(source.edge), species: source.species, flags: source.flags, rate: source.rate)
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
}

/// Writes the loops over rows and sites around what a pass computes.
private struct StencilText {
  let name: String
  let comment: String
  let columns: [Column]
  let written: [Column]
  let steps: [[Int]]
  /// The statements for a site, by where it lies.
  let inside: [String], edge: [String], plain: [String]
  /// Columns of flags; if there are none, there is no plain way.
  let flags: [String]

  private func indented(_ lines: [String], _ depth: Int) -> String {
    lines.map { String(repeating: "  ", count: depth) + $0 }.joined(separator: "\n")
  }

  private var pointers: [String] {
    columns.enumerated().map { "const double *const \($1.cName) = call->columns[\($0)];" }
      + written.enumerated().map { "double *const to_\($0) = call->next[\($0)];  // \($1.cName)" }
      + (flags.isEmpty
        ? []
        : [
          "const double *const flags[\(flags.count)] = {\(flags.joined(separator: ", "))};",
          "uint8_t *const seen = calloc((size_t)(call->counts[1] * call->counts[2]), 1);",
        ])
  }

  /// Whether the row and those of its neighbours are without flags.
  private var isPlain: [String] {
    if flags.isEmpty { return ["const int32_t plain = 0;"] }
    let rows = Set(steps.map { [$0[1], $0[2]] } + [[0, 0]]).sorted { ($0[1], $0[0]) < ($1[1], $1[0]) }
    let clear = rows.map { "mote_row_is_clear(call, y, z, \($0[0]), \($0[1]), flags, \(flags.count), seen)" }
    return ["const int32_t plain = all && seen != NULL && \(clear.joined(separator: "\n      && "));"]
  }

  /// A loop over the sites whose neighbours lie at constant distances.
  private func loop(_ body: [String]) -> [String] {
    ["#pragma clang loop vectorize(assume_safety)", "for (int64_t i = first + from; i < first + to; i++) {"]
      + body.map { "  " + $0 } + ["}"]
  }

  /// The loops over such sites, and over those at the ends of a row, one by one.
  private var loops: [String] {
    let single = steps.indices.flatMap {
      ["int32_t has_\($0);", "const int64_t at_\($0) = mote_neighbour(call, site, step[\($0)], &has_\($0));"]
    }
    let middle = flags.isEmpty ? loop(inside) : ["if (plain) {"] + loop(plain) + ["} else {"] + loop(inside) + ["}"]
    let ends = flags.isEmpty ? edge : ["if (plain && call->is_periodic[0]) {"] + plain + ["} else {"] + edge + ["}"]
    return middle + ["for (int64_t x = from > 0 ? 0 : to; x < count; x = x + 1 == from ? to : x + 1) {"]
      + (["const int64_t i = first + x, site[3] = {x, y, z};"] + single + ends).map { "  " + $0 } + ["}"]
  }

  var function: String {
    let table = steps.map { "{\($0.map(String.init).joined(separator: ", "))}" }.joined(separator: ", ")
    let rows = steps.indices.map { "const int64_t at_\($0) = mote_neighbour_row(call, y, z, step[\($0)], &all);" }
    let before = max(0, -(steps.map { $0[0] }.min() ?? 0)), after = max(0, steps.map { $0[0] }.max() ?? 0)
    return """
      // \(comment)
      void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
        static const int32_t step[\(steps.count)][3] = {\(table)};
        const double *const k = call->k;
        const double *const *const table = call->table;
      \(indented(pointers, 1))
        const int64_t count = call->counts[0];
        int64_t failed = *call->failed;
        (void)k, (void)table;
        for (int64_t row = begin; row < end; row++) {
          const int64_t y = row % call->counts[1], z = row / call->counts[1], first = row * count;
          int32_t all = 1;
      \(indented(rows + isPlain, 2))
          const int64_t from = all && count > \(before + after) ? \(before) : count, to = from < count ? count - \(after) : count;
      \(indented(loops, 2))
        }
        *call->failed = failed;
      \(flags.isEmpty ? "" : "  free(seen);")
      }

      """
  }
}
