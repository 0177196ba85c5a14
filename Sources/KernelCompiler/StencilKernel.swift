import Expressions

/// A pass over the sites of a lattice, each with its neighbours at constant steps: the generated function.
///
/// Rows along x are the inner loop. Where all neighbours of a row lie at constant distances in memory the loop is vectorised; the
/// sites at its ends go one by one, and so do rows at sides that are not periodic, which look their neighbours up. A row that
/// has no site with a flag (a boolean field), and whose neighbours have none, takes a shorter way, from which the flags are gone.
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
  /// What stands before the number of a value with a name of its own, and before the reading of a neighbour.
  private static let kept = "kept"
  fileprivate static let near = "near_", ring = "ring_"

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
    let nothing = Outcome(stores: [], requirements: [])
    var emitter = Emitter(
      graph: graph, dialect: .scalar, inputRate: rate, inputText: { Self.text(of: $0) },
      noiseText: { _, _, _, _ in "NAN" },
      speciesPlace: "\(species)")
    let roots = [inside, edge].flatMap { $0.stores.map(\.value) + $0.requirements }
    let fields = graph.inputs(of: roots).filter { $0.kind == .field }
    columns = Set(fields.map { Column($0.name, $0.component) }).sorted { ($0.field, $0.component) < ($1.field, $1.component) }
    written = inside.stores.map(\.column)
    exchanged = Set(fields.filter { !Self.isOwn($0) }.map { Column($0.name, $0.component) }).intersection(written)
    let bodies = [(inside, []), (edge, []), (plain?.outcome ?? nothing, plain?.kept ?? [])].map { outcome, kept in
      emitter.restart()
      return Self.body(outcome, keeping: kept, &emitter)
    }
    self.name = name
    needs = KernelNeeds(emitter)
    text =
      StencilText(
        name: name, comment: comment, columns: columns, written: written, steps: steps, inside: bodies[0], edge: bodies[1],
        plain: bodies[flagged.isEmpty ? 0 : 2], flags: Set(flagged.map { Column($0.name, $0.component) }).map(\.cName).sorted()
      ).function
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
    case .field: "\(Self.near)\(input.end.dropFirst())(\(Column(input.name, input.component).cName))"
    case .local: "\(input.name)_\(input.component)"
    default: "NAN"
    }
  }

  private static func body(
    _ outcome: Outcome, keeping kept: [(name: Input, value: NodeID)], _ emitter: inout Emitter
  ) -> [String] {
    for (name, value) in kept { emitter.name(text(of: name), value) }
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
  /// Columns of flags; if there are none, every row is plain.
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
      + [
        "double fresh[\(written.count)][MOTE_SITES + 8] __attribute__((aligned(64)));",
        "const int32_t is_large = call->is_large;",
      ]
  }

  /// Whether the row and those of its neighbours exist and are without flags.
  private var isPlain: [String] {
    if flags.isEmpty { return ["const int32_t plain = all;"] }
    let rows = Set(steps.map { [$0[1], $0[2]] } + [[0, 0]]).sorted { ($0[1], $0[0]) < ($1[1], $1[0]) }
    let clear = rows.map { "mote_row_is_clear(call, y, z, \($0[0]), \($0[1]), flags, \(flags.count), seen)" }
    return ["const int32_t plain = all && seen != NULL && \(clear.joined(separator: "\n      && "));"]
  }

  /// How a neighbour's value is read: it lies at a constant distance, but in a ring not across its ends.
  private var readings: [String] {
    steps.enumerated().flatMap { number, step in
      let x = step[0], near = "column[i + at_\(number)]"
      let across = x < 0 ? "x < \(-x) ? column[i + at_\(number) + count]" : "x >= count - \(x) ? column[i + at_\(number) - count]"
      return [
        "#define \(StencilKernel.near)\(number)(column) \(near)",
        "#define \(StencilKernel.ring)\(number)(column) \(x == 0 ? near : "(\(across) : \(near))")",
      ]
    }
  }

  /// A loop over the sites of a row whose neighbours lie at constant distances.
  private func loop(_ body: [String]) -> [String] {
    ["#pragma clang loop vectorize(assume_safety)", "for (int64_t x = low; x < high; x++) {", "  const int64_t i = first + x;"]
      + body.map { "  " + $0 } + ["}"]
  }

  /// The sites before and after those, one by one.
  private func ends(_ body: [String]) -> [String] {
    ["for (int64_t x = part < low ? part : high; x < until; x = x + 1 == low ? high : x + 1) {"]
      + (["const int64_t i = first + x;"] + body).map { "  " + $0 } + ["}"]
  }

  /// Part of a row without flags: large lattices get their new values a part at a time, past the caches.
  private var calm: [String] {
    let (to, out) = ("to_", "out_")
    func redirected(_ body: [String]) -> [String] { body.map { $0.hasPrefix(to) ? out + $0.dropFirst(to.count) : $0 } }
    let targets = written.indices.map { "double *const \(out)\($0) = is_large ? fresh[\($0)] - first - part : \(to)\($0);" }
    let copies = written.indices.map { "  mote_stream(\(to)\($0) + first + part, fresh[\($0)], until - part);" }
    let ring = plain.map { $0.replacing(StencilKernel.near, with: StencilKernel.ring) }
    return targets + loop(redirected(plain)) + ["if (call->is_periodic[0]) {"] + ends(redirected(ring)) + ["} else {"]
      + ends(redirected(single + edge)) + ["}", "if (is_large) {"] + copies + ["}"]
  }

  /// Looks the neighbours of a site up.
  private var single: [String] {
    ["const int64_t site[3] = {x, y, z};"]
      + steps.indices.flatMap {
        ["int32_t has_\($0);", "const int64_t at_\($0) = mote_neighbour(call, site, step[\($0)], &has_\($0));"]
      }
  }

  /// The loops over the sites of part of a row.
  private var loops: [String] {
    let parted = [
      "for (int64_t part = 0; part < count; part += MOTE_SITES) {",
      "  const int64_t until = part + MOTE_SITES < count ? part + MOTE_SITES : count, low = from > part ? from : part;",
      "  const int64_t high = to < low ? low : to < until ? to : until;",
    ]
    let other = (flags.isEmpty ? [] : loop(inside)) + ends(single + edge)
    return parted + (["if (plain && from < to) {"] + calm + ["  continue;", "}"] + other).map { "  " + $0 } + ["}"]
  }

  var function: String {
    let table = steps.map { "{\($0.map(String.init).joined(separator: ", "))}" }.joined(separator: ", ")
    let rows = steps.indices.map { "const int64_t at_\($0) = mote_neighbour_row(call, y, z, step[\($0)], &all);" }
    let before = max(0, -(steps.map { $0[0] }.min() ?? 0)), after = max(0, steps.map { $0[0] }.max() ?? 0)
    return """
      \(readings.joined(separator: "\n"))
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
        \(flags.isEmpty ? "" : "free(seen);")
        mote_stream_end();
      }
      \(steps.indices.flatMap { ["#undef \(StencilKernel.near)\($0)", "#undef \(StencilKernel.ring)\($0)"] }.joined(separator: "\n"))

      """
  }
}
