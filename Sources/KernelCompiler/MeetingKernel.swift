import Expressions

/// A loop over meetings that are known one by one, such as the ends of links: the generated function and what it works on.
public struct MeetingKernel: Sendable {
  /// A column of one end, or of the meeting itself (`end` is empty).
  public struct EndColumn: Sendable, Hashable {
    /// `i`, `j`, `k`, `l`, or empty.
    public var end: String
    /// Which number of which field.
    public var column: Column
    /// A column of an end.
    public init(_ end: String, _ column: Column) {
      self.end = end
      self.column = column
    }

    /// Where the member stands in C: `k`, the name of an end, is that of constants there.
    var place: String { end.isEmpty ? "m" : "at_\(end)" }

    /// Its value for a meeting in C.
    var text: String { "\(cName)[\(place)]" }

    var cName: String { end.isEmpty ? "own_\(column.cName)" : "\(end)_\(column.cName)" }
  }

  /// Where a value goes.
  public enum Target: Sendable, Hashable {
    /// Summed into a column of an end.
    case sum(EndColumn)
    /// The least and the greatest value become that of a column of an end.
    case least(EndColumn), greatest(EndColumn)
    /// The new value of a column of the meeting itself.
    case own(Column)
    /// Summed over all meetings: the energy, and the virial row by row (xx, xy, xz, yy, yz, zz of the space).
    case total(Int)

    /// True for what is summed in fixed point.
    public var isSum: Bool {
      switch self {
      case .sum, .total: true
      case .least, .greatest, .own: false
      }
    }
  }

  /// What a meeting gives.
  public struct Outcome: Sendable {
    /// Where it goes.
    public var target: Target
    /// What is given.
    public var value: NodeID
    /// A value for a target.
    public init(_ target: Target, _ value: NodeID) {
      self.target = target
      self.value = value
    }
  }

  /// Name of the C function.
  public let name: String
  /// The C function.
  public let text: String
  /// Names of the ends, in order.
  public let ends: [String]
  /// Columns in the order of the call.
  public let columns: [EndColumn]
  /// Where its values go, in order.
  public let targets: [Target]
  /// What must be computed before the kernel is called.
  public let needs: KernelNeeds

  /// The loop over meetings of these ends; outcomes count where `condition` holds.
  ///
  /// - Parameters:
  ///   - space: dimensions of the box.
  ///   - forgets: where `condition` does not hold, the meeting's own columns become zero; else they keep their values.
  ///   - requirements: conditions that must hold for every meeting.
  ///   - inTurn: meetings act one after another, in an order that the call gives, and write at once; else all of them read old values.
  public init(
    name: String, comment: String, graph: Graph, ends: [String], outcomes: [Outcome], condition: NodeID?, forgets: Bool = false,
    requirements: [NodeID] = [], inTurn: Bool = false, space: Int, rate: @escaping (Input) -> Rate
  ) {
    let roots = outcomes.map(\.value) + requirements + (condition.map { [$0] } ?? [])
    let separations = Separations(graph.inputs(of: roots), ends: ends)
    targets = outcomes.map(\.target)
    columns = Self.columns(of: graph.inputs(of: roots), separations, targets, inTurn: inTurn, space: space)
    var emitter = Emitter(
      graph: graph, dialect: .scalar, inputRate: rate, inputText: { Self.text(of: $0, separations) },
      noiseText: { noise, place, component, _ in Self.noise(noise, place: place, component: component) },
      speciesPlace: ends.count < 2 ? "species_i[at_i]" : "species_i[at_i] * call->species_count + species_j[at_j]")
    var body = separations.statements(space: space)
    if let condition {
      let holds = emitter.condition(condition)
      body += emitter.statements + Self.leaving(unless: holds, targets, forgets: forgets, inTurn: inTurn)
    }
    let known = emitter.statements.count
    let values = outcomes.map { emitter.spread($0.value) }
    let kept = requirements.map { emitter.condition($0) }
    body += emitter.statements.dropFirst(known)
    for text in kept { body.append("if (!(\(text)) && m < *call->failed) *call->failed = m;") }
    if inTurn {
      // Both ends of a meeting see what was there before it acts.
      body += values.enumerated().map { "const double value_\($0) = \($1);" }
      for index in values.indices { body.append(Self.change(index, targets[index])) }
    } else {
      for (index, value) in values.enumerated() { body.append(Self.store(value, index, targets)) }
    }
    self.name = name
    self.ends = ends
    needs = KernelNeeds(emitter)
    text = Self.function(name, comment, ends, columns, body, inTurn: inTurn)
  }

  /// Fields that it reads or writes.
  public var fields: Set<String> { Set(columns.map(\.column.field)).union(written) }

  /// Fields that it writes.
  public var written: Set<String> {
    Set(
      targets.compactMap { target in
        switch target {
        case .sum(let column), .least(let column), .greatest(let column): column.column.field
        case .own(let column): column.field
        case .total: nil
        }
      })
  }

  // MARK: Pieces of the text

  private static func columns(
    of inputs: [Input], _ separations: Separations, _ targets: [Target], inTurn: Bool, space: Int
  ) -> [EndColumn] {
    var found = Set(
      inputs.filter { $0.kind == .field && $0.name != "id" }.map { EndColumn($0.end, Column($0.name, $0.component)) })
    for end in separations.pairs.flatMap({ [$0.0, $0.1] }) {
      for axis in 0..<space { found.insert(EndColumn(end, Column("position", axis))) }
    }
    for target in targets {
      switch target {
      case .own(let column): found.insert(EndColumn("", column))
      case .sum(let column): if inTurn { found.insert(column) }
      case .total, .least, .greatest: continue
      }
    }
    return found.sorted { ($0.end, $0.column.field, $0.column.component) < ($1.end, $1.column.field, $1.column.component) }
  }

  private static func text(of input: Input, _ separations: Separations) -> String {
    switch input.kind {
    case .separation: "d_\(separations.name(of: input))[\(input.component)]"
    case .distanceSquared: "r2_\(separations.name(of: input))"
    case .field where input.name == "id": "(double)ids_\(input.end)[at_\(input.end)]"
    case .field: EndColumn(input.end, Column(input.name, input.component)).text
    case .species: "(double)species_\(input.end)[at_\(input.end)]"
    case .local: input.component == 0 && input.end.isEmpty ? input.name : "\(input.name)[\(input.component)]"
    default: "NAN"
    }
  }

  /// Noise of a pair is the same from both ends; a component of a vector changes sign between them.
  private static func noise(_ noise: Graph.Noise, place: Int, component: Int) -> String {
    let sense = component >= 0 ? "(ids_i[at_i] < ids_j[at_j] ? 1 : -1) * " : ""
    return "\(sense)mote_pair_\(noise.rawValue)(call->seed, call->step, \(placeCode(place, component)), "
      + "(uint32_t)ids_i[at_i], (uint32_t)ids_j[at_j])"
  }

  /// Goes on to the next meeting unless a condition holds.
  private static func leaving(unless holds: String, _ targets: [Target], forgets: Bool, inTurn: Bool) -> [String] {
    let kept = targets.enumerated().compactMap { index, target -> String? in
      guard case .own(let column) = target else { return nil }
      if inTurn { return forgets ? "  \(EndColumn("", column).cName)[m] = 0;" : nil }
      return "  call->next[\(ownPlace(index, targets))][m] = \(forgets ? "0" : EndColumn("", column).cName + "[m]");"
    }
    return ["if (!(\(holds))) {"] + kept + ["  continue;", "}"]
  }

  /// Which of the meeting's own columns a target is.
  private static func ownPlace(_ index: Int, _ targets: [Target]) -> Int {
    targets.prefix(index).count { if case .own = $0 { true } else { false } }
  }

  private static func store(_ value: String, _ index: Int, _ targets: [Target]) -> String {
    switch targets[index] {
    case .sum(let column): "mote_contribute(call, \(index), \(column.place), \(value));"
    case .total: "call->totals[\(index)] += mote_whole_part(call, \(index), \(value));"
    case .own(let column): "call->next[\(ownPlace(index, targets))][m] = \(value);  // \(column.cName)"
    case .least(let column): "mote_raise(call, \(index), \(column.place), -(\(value)));"
    case .greatest(let column): "mote_raise(call, \(index), \(column.place), \(value));"
    }
  }

  /// Writes the value of a meeting that acts in its turn.
  private static func change(_ index: Int, _ target: Target) -> String {
    switch target {
    case .sum(let column):
      "mote_change(call, \(index), \(column.cName) + \(column.place), value_\(index));"
    case .own(let column): "\(EndColumn("", column).cName)[m] = value_\(index);"
    case .total, .least, .greatest: preconditionFailure("meetings that act in turn only add, remember and unlink")
    }
  }

  private static func function(
    _ name: String, _ comment: String, _ ends: [String], _ columns: [EndColumn], _ body: [String], inTurn: Bool
  ) -> String {
    let kind = inTurn ? "double" : "const double"
    let pointers = columns.enumerated().map { "  \(kind) *const \($1.cName) = call->columns[\($0)];" }
    let known = ends.enumerated().flatMap { index, end in
      [
        "  const int64_t *const ids_\(end) = call->ids[\(index)];",
        "  const int32_t *const species_\(end) = call->species[\(index)];",
      ]
    }
    let turn = inTurn ? ["    const int64_t m = call->order[n];"] : []
    let places = turn + ends.enumerated().map { "    const int64_t at_\($1) = call->ends[\(ends.count) * m + \($0)];" }
    let unused = ends.map { "(void)ids_\($0), (void)species_\($0)" }.joined(separator: ", ")
    return """
      // \(comment.split(separator: "\n").joined(separator: " "))
      void \(name)(const mote_meeting_call *call, int64_t begin, int64_t end) {
        const double *const k = call->k;
        const double *const *const table = call->table;
      \((pointers + known).joined(separator: "\n"))
        (void)k, (void)table, \(unused);
        for (int64_t \(inTurn ? "n = begin; n < end; n++" : "m = begin; m < end; m++")) {
      \(places.joined(separator: "\n"))
      \(body.map { "    " + $0 }.joined(separator: "\n"))
        }
      }

      """
  }
}

/// The separations of ends that a kernel reads, `i` and `j` where none are named.
private struct Separations {
  let pairs: [(String, String)]

  init(_ inputs: [Input], ends: [String]) {
    let names = Set(inputs.filter { $0.kind == .separation || $0.kind == .distanceSquared }.map { $0.end })
    pairs = names.sorted().map { name in
      let letters = name.isEmpty ? ["i", "j"] : name.map(String.init)
      return (letters[0], letters[letters.count - 1])
    }
  }

  func name(of input: Input) -> String { input.end.isEmpty ? "ij" : input.end }

  func statements(space: Int) -> [String] {
    pairs.flatMap { a, b -> [String] in
      let differences = (0..<space).map { axis in
        "mote_nearest(\(a)_position_\(axis)[at_\(a)] - \(b)_position_\(axis)[at_\(b)], call->side[\(axis)])"
      }
      let squares = (0..<space).map { "d_\(a)\(b)[\($0)] * d_\(a)\(b)[\($0)]" }
      return [
        "const double d_\(a)\(b)[\(space)] = {\(differences.joined(separator: ", "))};",
        "const double r2_\(a)\(b) = \(squares.joined(separator: " + "));",
        "(void)d_\(a)\(b), (void)r2_\(a)\(b);",
      ]
    }
  }
}
