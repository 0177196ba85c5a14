import Expressions

/// A pass over single particles: fused propagates of one set of species, as one loop.
public struct MemberKernel: Sendable {
  /// The new value of a column.
  public struct Store: Sendable {
    /// Where the value goes.
    public var column: Column
    /// The value.
    public var value: NodeID
    /// A value for a column.
    public init(column: Column, value: NodeID) {
      self.column = column
      self.value = value
    }
  }

  /// Name of the C function.
  public let name: String
  /// C text of the kernel's function.
  public let text: String
  /// Columns in the order of the call.
  public let columns: [Column]
  /// Columns that it writes.
  public let written: Set<Column>
  /// Columns that it both reads and writes.
  public let changed: Set<Column>
  /// What must be computed before the kernel is called.
  public let needs: KernelNeeds
  /// The same pass where these columns hold floats; it computes in doubles of what it reads there.
  public let withFloats: @Sendable (Set<Column>) -> MemberKernel

  /// - Parameters:
  ///   - requirements: conditions that must hold for every member.
  ///   - speciesMask: bit s is set if species s takes part; nil if all do.
  ///   - floats: columns that hold floats.
  public init(
    name: String, comment: String, graph: Graph, stores: [Store], requirements: [NodeID] = [], speciesMask: UInt64?,
    floats: Set<Column> = [], rate: @escaping @Sendable (Input) -> Rate
  ) {
    withFloats = { floats in
      MemberKernel(
        name: name, comment: comment, graph: graph, stores: stores, requirements: requirements, speciesMask: speciesMask,
        floats: floats, rate: rate)
    }
    let roots = stores.map(\.value) + requirements
    columns = Self.columns(of: graph, roots: roots, and: stores.map(\.column))
    var emitter = Emitter.forMembers(graph: graph, columns: columns, floats: floats, rate: rate)
    let values = stores.map { emitter.spread($0.value) }
    let conditions = requirements.map { emitter.condition($0) }
    self.name = name
    var body = emitter.statements
    if let speciesMask { body.append("const int own = (0x\(String(speciesMask, radix: 16))ull >> species[m]) & 1;") }
    for (index, condition) in conditions.enumerated() {
      let kept = speciesMask == nil ? condition : "!own | (\(condition))"
      // In two steps, as the least of a row: so the loop stays one of vectors.
      body.append("const int64_t broken\(index) = (\(kept)) ? INT64_MAX : ids[m];")
      body.append("failed = broken\(index) < failed ? broken\(index) : failed;")
    }
    // All values before any column changes: a value may be another column as it was.
    for (index, value) in values.enumerated() { body.append("const double new\(index) = \(value);") }
    for (index, store) in stores.enumerated() {
      let target = "\(store.column.cName)[m]"
      body.append("\(target) = \(speciesMask == nil ? "new\(index)" : "own ? new\(index) : \(target)");")
    }
    written = Set(stores.map(\.column))
    changed = written.intersection(Self.columns(of: graph, roots: roots))
    var skipped: (statements: [String], condition: String)?
    if requirements.isEmpty, let condition = Self.condition(of: stores, in: graph),
      emitter.graph.reachable(from: roots).contains(where: { emitter.takesLong($0) })
    {
      emitter.restart()
      let holds = emitter.condition(condition)
      let own = speciesMask.map { "((0x\(String($0, radix: 16))ull >> species[m]) & 1) && " } ?? ""
      skipped = (emitter.statements, "\(own)\(holds)")
    }
    text = Self.function(
      name, comment: comment, columns: columns, floats: floats, written: written, body: body, where: skipped,
      before: conditions.isEmpty ? [] : ["int64_t failed = *call->failed;"],
      after: conditions.isEmpty ? [] : ["*call->failed = failed;"])
    needs = KernelNeeds(emitter)
  }

  /// The condition without which nothing changes; nil if there is none.
  private static func condition(of stores: [Store], in graph: Graph) -> NodeID? {
    var common: NodeID?
    for store in stores {
      guard case .select(let condition, _, let old) = graph[store.value], case .input(store.column.input) = graph[old],
        condition == common ?? condition
      else { return nil }
      common = condition
    }
    return common
  }

  static func columns(of graph: Graph, roots: [NodeID], and others: [Column] = []) -> [Column] {
    let read = graph.inputs(of: roots).compactMap { input in
      input.kind == .field && input.name != "id" ? Column(input.name, input.component) : nil
    }
    return Set(read + others).sorted { ($0.field, $0.component) < ($1.field, $1.component) }
  }

  /// Lanes where a loop calls functions: clang knows those of libmvec for no more than four.
  private static func width(of body: [String]) -> String {
    let isCalled = ["log", "exp", "sin", "cos", "pow"].contains { name in body.contains { $0.contains("= \(name)(") } }
    return isCalled ? " vectorize_width(4)" : ""
  }

  /// The text of a function that runs `body` for each member, or only for runs of members of which one meets a condition.
  static func function(
    _ name: String, comment: String, columns: [Column], floats: Set<Column>, written: Set<Column>, body: [String],
    where condition: (statements: [String], condition: String)? = nil, before: [String] = [], after: [String] = [],
    isIndependent: Bool = true
  ) -> String {
    let pointers = columns.enumerated().map { index, column in
      let isFloat = floats.contains(column), type = (written.contains(column) ? "" : "const ") + (isFloat ? "float" : "double")
      return "  \(type) *restrict const \(column.cName) = \(isFloat ? "(\(type) *)" : "")call->columns[\(index)];"
    }
    let pragma = isIndependent ? "#pragma clang loop vectorize(assume_safety)\(width(of: body))" : ""
    let loop = """
      \(pragma)
        for (int64_t m = \(condition == nil ? "begin" : "first"); m < \(condition == nil ? "end" : "last"); m++) {
      \(body.map { "    " + $0 }.joined(separator: "\n"))
        }
      """
    let runs = condition.map { skipped in
      """
        for (int64_t first = begin, last; first < end; first = last) {
        int meant = 0;
        last = first + 256 < end ? first + 256 : end;
      \(pragma)
        for (int64_t m = first; m < last; m++) {
      \(skipped.statements.map { "    " + $0 }.joined(separator: "\n"))
          meant |= (\(skipped.condition)) ? 1 : 0;
        }
        if (!meant) continue;
      \(loop)
        }
      """
    }
    return """
      // \(comment.split(separator: "\n").joined(separator: " "))
      void \(name)(const mote_member_call *call, int64_t begin, int64_t end) {
        MOTE_MEMBER_NAMES
      \((pointers + before.map { "  " + $0 }).joined(separator: "\n"))
      \(runs ?? loop)
      \(after.map { "  " + $0 }.joined(separator: "\n"))
      }

      """
  }
}

extension Emitter {
  /// An emitter of loops over particles that reads fields from columns.
  static func forMembers(
    graph: Graph, columns: [Column], floats: Set<Column>, rate: @escaping (Input) -> Rate
  ) -> Emitter {
    let names = Dictionary(
      uniqueKeysWithValues: columns.map { ($0.input, "\(floats.contains($0) ? "(double)" : "")\($0.cName)[m]") })
    return Emitter(
      graph: graph, dialect: .scalar, inputRate: rate,
      inputText: { input in
        if input.kind == .species { return "(double)species[m]" }
        return input.kind == .field && input.name == "id" ? "(double)ids[m]" : names[input] ?? "NAN"
      },
      noiseText: { $0.ofMember("ids[m]") })
  }
}

/// One number for a call of noise in a step and its component.
public func placeCode(_ place: Int, _ component: Int) -> Int { place * 4 + component + 1 }
