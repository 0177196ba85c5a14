import Expressions

/// A pass over disjoint random pairs of particles within each cell of a lattice: the generated function.
///
/// No particle is in two pairs, so pairs write to both of their ends at once, and cells are shared among threads.
public struct CellKernel: Sendable {
  /// What values of pairs do to their column.
  public enum Way: Sendable {
    /// Each is added to the old value.
    case added
    /// Each takes the place of the old value, which is 0 for members without a pair.
    case replaced
    /// Each takes the place of the old value, which members without a pair keep.
    case kept
  }

  /// What a pair gives to a column of its ends.
  public struct Outcome: Sendable {
    /// The column.
    public var column: Column
    /// What i receives.
    public var first: NodeID
    /// What j receives; nil if only i does.
    public var second: NodeID?
    /// What becomes of the old value.
    public var way: Way
    /// Values for a column of both ends, or of i alone.
    public init(_ column: Column, _ first: NodeID, _ second: NodeID?, _ way: Way) {
      (self.column, self.first, self.second, self.way) = (column, first, second, way)
    }
  }

  /// Name of the C function.
  public let name: String
  /// The C function.
  public let text: String
  /// Columns in the order of the call.
  public let columns: [Column]
  /// Columns that pairs write, and how.
  public let outcomes: [(column: Column, way: Way)]
  /// The place of j among the particles, as a number that pairs can give to i.
  public static let other = Input(.local, "j")
  /// What must be computed before the kernel is called.
  public let needs: KernelNeeds

  /// - Parameters:
  ///   - place: of the random number that orders the particles of a cell.
  ///   - condition: pairs for which it fails give nothing.
  ///   - requirements: conditions that must hold for every pair that meets it.
  public init(
    name: String, comment: String, graph: Graph, space: Int, place: Int, outcomes: [Outcome], condition: NodeID?,
    requirements: [NodeID], rate: @escaping (Input) -> Rate
  ) {
    var emitter = Emitter(
      graph: graph, dialect: .scalar, inputRate: rate, inputText: { Self.text(of: $0) },
      noiseText: { $0.ofPair("ids[i]", "ids[j]") },
      speciesPlace: "species[i] * call->species_count + species[j]")
    let roots = outcomes.flatMap { [$0.first] + ($0.second.map { [$0] } ?? []) } + requirements + (condition.map { [$0] } ?? [])
    let inputs = graph.inputs(of: roots)
    let needsDistance = inputs.contains { $0.kind == .separation || $0.kind == .distanceSquared }
    let read = inputs.filter { $0.kind == .field && $0.name != "id" }.map { Column($0.name, $0.component) }
    let positions = needsDistance ? (0..<space).map { Column("position", $0) } : []
    columns = Set(read + positions + outcomes.map(\.column)).sorted { ($0.field, $0.component) < ($1.field, $1.component) }
    let holds = condition.map { emitter.condition($0) }
    var body = emitter.statements
    if let holds { body.append("if (!(\(holds))) continue;") }
    let before = emitter.statements.count
    let kept = requirements.map { emitter.condition($0) }
    let values = outcomes.map { (i: emitter.spread($0.first), j: $0.second.map { emitter.spread($0) }) }
    body += emitter.statements.dropFirst(before)
    for text in kept { body.append("if (!(\(text)) && ids[i] < *call->failed) *call->failed = ids[i];") }
    for (index, value) in values.enumerated() {
      body.append("const double i\(index) = \(value.i);")
      if let j = value.j { body.append("const double j\(index) = \(j);") }
    }
    for (index, outcome) in outcomes.enumerated() {
      for end in outcome.second == nil ? ["i"] : ["i", "j"] {
        body.append("\(outcome.column.cName)[\(end)] \(outcome.way == .added ? "+=" : "=") \(end)\(index);")
      }
    }
    self.name = name
    self.outcomes = outcomes.map { ($0.column, $0.way) }
    needs = KernelNeeds(emitter)
    text = Self.function(name, comment, columns, placeCode(place, 0), needsDistance ? Self.distance(space) : [], body)
  }

  private static func text(of input: Input) -> String {
    switch input.kind {
    case .field where input.name == "id": "(double)ids[\(input.end)]"
    case .field: "\(Column(input.name, input.component).cName)[\(input.end)]"
    case .separation: "d[\(input.component)]"
    case .distanceSquared: "r2"
    case .species: "(double)species[\(input.end)]"
    case .local: "(double)\(input.name)"
    default: "NAN"
    }
  }

  private static func distance(_ space: Int) -> [String] {
    let axes = (0..<space).map { "mote_nearest_image(call, \($0), position_\($0)[i] - position_\($0)[j])" }
    return [
      "const double d[\(space)] = {\(axes.joined(separator: ", "))};",
      "const double r2 = \((0..<space).map { "d[\($0)] * d[\($0)]" }.joined(separator: " + "));", "(void)d, (void)r2;",
    ]
  }

  private static func function(
    _ name: String, _ comment: String, _ columns: [Column], _ place: Int, _ start: [String], _ body: [String]
  ) -> String {
    let pointers = columns.enumerated().map { "double *const \($1.cName) = call->columns[\($0)];" }
    return """
      // \(comment)
      void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
        const double *const k = call->k;
        const double *const *const table = call->table;
        const int64_t *const ids = call->ids;
        const int32_t *const species = call->species;
      \(pointers.map { "  " + $0 }.joined(separator: "\n"))
        (void)k, (void)table, (void)ids, (void)species;
        for (int64_t cell = begin; cell < end; cell++) {
          int64_t *const list = call->order + call->starts[cell];
          const int64_t many = call->starts[cell + 1] - call->starts[cell], pairs = many / 2;
          // Each pair stands for as many of all pairs of the cell.
          const double w = pairs > 0 ? 0.5 * (double)many * (double)(many - 1) / (double)pairs : 0;
          (void)w;
          mote_shuffle(call, \(place), cell, list, many);
          for (int64_t n = 0; n < pairs; n++) {
            const int64_t i = list[2 * n], j = list[2 * n + 1];
      \((start + body).map { "      " + $0 }.joined(separator: "\n"))
          }
        }
      }

      """
  }
}
