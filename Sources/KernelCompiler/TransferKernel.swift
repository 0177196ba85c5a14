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
    /// A value for a column.
    public init(_ column: Column, _ value: NodeID, _ fold: Fold) {
      self.column = column
      self.value = value
      self.fold = fold
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

  /// - Parameters:
  ///   - reach: 0 to 3, the degree of the spline.
  ///   - space: dimensions of the box.
  ///   - condition: pairs for which it fails give nothing.
  ///   - mask: one bit for each species of particles that takes part.
  public init(
    name: String, comment: String, graph: Graph, receiver: Receiver, reach: Int, space: Int, outcomes: [Outcome],
    condition: NodeID?, requirements: [NodeID], mask: UInt64, rate: @escaping (Input) -> Rate
  ) {
    var emitter = Emitter(
      graph: graph, dialect: .scalar, inputRate: rate, inputText: { Self.text(of: $0) }, noiseText: { _, _, _, _ in "NAN" },
      speciesPlace: "species[p]")
    let roots = outcomes.map(\.value) + requirements + (condition.map { [$0] } ?? [])
    let fields = graph.inputs(of: roots).filter { $0.kind == .field }
    let own = receiver == .sites ? Self.site : Self.particle
    var found = Set(fields.map { EndColumn(end: $0.end, column: Column($0.name, $0.component)) })
    for axis in 0..<space { found.insert(EndColumn(end: Self.particle, column: Column("position", axis))) }
    columns = found.sorted { ($0.end, $0.column.field, $0.column.component) < ($1.end, $1.column.field, $1.column.component) }
    self.outcomes = outcomes.map { ($0.column, $0.fold) }
    read = Set(found.filter { $0.end == own }.map(\.column)).intersection(outcomes.map(\.column))
    let hoisted = Self.alone(graph, roots)
    for node in hoisted { _ = emitter.spread(node) }
    let before = emitter.statements
    let values = outcomes.map { emitter.spread($0.value) }
    let holds = condition.map { emitter.condition($0) }
    let kept = requirements.map { emitter.condition($0) }
    var body = Array(emitter.statements.dropFirst(before.count))
    for text in kept { body.append("if (\(holds.map { "(\($0)) && " } ?? "")!(\(text)) && ids[p] < failed) failed = ids[p];") }
    for (number, (outcome, value)) in zip(outcomes, values).enumerated() {
      let collected = Self.collect(value, outcome.fold, receiver == .sites ? "to_\(number)[g]" : "sum_\(number)")
      body.append(holds.map { "if (\($0)) \(collected)" } ?? collected)
    }
    self.name = name
    self.receiver = receiver
    self.reach = reach
    needs = KernelNeeds(emitter)
    let writer = TransferText(
      name: name, comment: comment, columns: columns, outcomes: outcomes, reach: reach, space: space, mask: mask,
      before: before, body: body)
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

/// Writes the loops of a transfer around what it computes.
private struct TransferText {
  let name: String
  let comment: String
  let columns: [TransferKernel.EndColumn]
  let outcomes: [TransferKernel.Outcome]
  let reach: Int
  let space: Int
  let mask: UInt64
  let before: [String]
  let body: [String]

  private var pointers: [String] {
    [
      "const double *const k = call->k;", "const double *const *const table = call->table;",
      "const int64_t *const ids = call->ids;", "const int32_t *const species = call->species;",
    ]
      + columns.enumerated().map { "const double *const \($1.cName) = call->columns[\($0)];" }
      + outcomes.indices.map { "double *const to_\($0) = call->next[\($0)];  // \(outcomes[$0].column.cName)" }
      + ["int64_t failed = *call->failed;", "(void)k, (void)table, (void)ids, (void)species;"]
  }

  private func indented(_ lines: [String], _ depth: Int) -> String {
    lines.map { String(repeating: "  ", count: depth) + $0 }.joined(separator: "\n")
  }

  /// The sites around a particle, axis by axis.
  private var supports: [String] {
    ["mote_support at[\(space)];"]
      + (0..<space).map { "mote_find_support(call, \($0), \(reach), p_position_\($0)[p], &at[\($0)]);" }
  }

  /// Loops over the sites of a support, the last axis outermost. `sense` is 1 if separations point to the site.
  private func sites(sense: String, skip: String) -> [String] {
    let letters = ["a", "b", "c"], last = space - 1
    var lines: [String] = []
    for axis in stride(from: last, through: 0, by: -1) {
      let letter = letters[axis]
      lines += [
        "for (int \(letter) = 0; \(letter) <= \(reach); \(letter)++) {",
        "  const int64_t site_\(letter) = at[\(axis)].site[\(letter)];",
        "  if (\(axis == last ? skip.replacing("SITE", with: "site_\(letter)") : "site_\(letter) < 0")) continue;",
      ]
    }
    let place = (0..<last).reversed().reduce("site_\(letters[last])") { "(\($0)) * call->counts[\($1)] + site_\(letters[$1])" }
    let shares = (0..<space).map { "at[\($0)].share[\(letters[$0])]" }
    let slopes = (0..<space).map { axis in
      "\(sense)\((0..<space).map { "at[\($0)].\($0 == axis ? "slope" : "share")[\(letters[$0])]" }.joined(separator: " * "))"
    }
    lines += [
      "const int64_t g = \(place);", "const double w = \(shares.joined(separator: " * "));",
      "const double d[\(space)] = {\((0..<space).map { "\(sense)at[\($0)].distance[\(letters[$0])]" }.joined(separator: ", "))};",
      "const double dw[\(space)] = {\(slopes.joined(separator: ", "))};",
      "const double r2 = \((0..<space).map { "d[\($0)] * d[\($0)]" }.joined(separator: " + "));",
      "(void)g, (void)w, (void)dw, (void)r2;",
    ]
    return lines + body + [String](repeating: "}", count: space)
  }

  var toSites: String {
    let cells = (0..<space - 1).map { "mote_cells_along(call, \($0), \(reach))" }.joined(separator: " * ")
    return """
      // \(comment)
      void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
      \(indented(pointers, 1))
        const int64_t layers = mote_cells_along(call, \(space - 1), \(reach)), width = \(cells.isEmpty ? "1" : cells);
        for (int64_t layer = 0; layer < layers; layer++) {
          if (!mote_layer_gives(call, \(space - 1), \(reach), layer, begin, end)) continue;
          for (int64_t n = call->starts[layer * width]; n < call->starts[(layer + 1) * width]; n++) {
            const int64_t p = call->order[n];
      \(indented(supports + before + sites(sense: "", skip: "SITE < begin || SITE >= end"), 3))
          }
        }
        *call->failed = failed;
      }

      """
  }

  var toParticles: String {
    let starts = outcomes.enumerated().map { number, outcome in
      let start =
        switch outcome.fold {
        case .sum, .add: "0"
        case .least: "INFINITY"
        case .greatest: "-INFINITY"
        }
      return "double sum_\(number) = \(start);"
    }
    let stores = outcomes.enumerated().map { number, outcome in
      switch outcome.fold {
      case .sum: "to_\(number)[p] = sum_\(number);"
      case .add: "to_\(number)[p] += sum_\(number);"
      case .least, .greatest: "if (fabs(sum_\(number)) != INFINITY) to_\(number)[p] = sum_\(number);"
      }
    }
    return """
      // \(comment)
      void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
      \(indented(pointers, 1))
        for (int64_t p = begin; p < end; p++) {
          if (!((0x\(String(mask, radix: 16))ull >> species[p]) & 1)) continue;
      \(indented(supports + before + starts + sites(sense: "-", skip: "SITE < 0") + stores, 2))
        }
        *call->failed = failed;
      }

      """
  }
}
