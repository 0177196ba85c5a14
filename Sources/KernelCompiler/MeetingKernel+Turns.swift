import Expressions

// Meetings that act one after another, each on what the ones before wrote.
extension MeetingKernel {
  /// The loop over meetings in an order that the call gives: each writes its outcomes at once, which are sums and own values.
  ///
  /// - Parameters:
  ///   - space: dimensions of the box.
  ///   - forgets: where `condition` does not hold, the meeting's own columns become zero; else they keep their values.
  ///   - requirements: conditions that must hold for every meeting.
  public init(
    inTurn name: String, comment: String, graph: Graph, ends: [String], outcomes: [Outcome], condition: NodeID?, forgets: Bool,
    requirements: [NodeID], space: Int, rate: @escaping (Input) -> Rate
  ) {
    let roots = outcomes.map(\.value) + requirements + (condition.map { [$0] } ?? [])
    let separations = Separations(graph.inputs(of: roots)), targets = outcomes.map(\.target)
    let all = Self.columns(of: graph.inputs(of: roots), separations, targets, space: space)
    var emitter = Emitter(
      graph: graph, dialect: .scalar, inputRate: rate, inputText: { Self.text(of: $0, separations) },
      noiseText: { noise, place, component, _ in Self.noise(noise, place: place, component: component) },
      speciesPlace: ends.count < 2 ? "species_i[at_i]" : "species_i[at_i] * call->species_count + species_j[at_j]")
    var body = separations.statements(space: space)
    if let condition {
      let holds = emitter.condition(condition)
      body += emitter.statements + Self.leaving(unless: holds, targets, forgets: forgets)
    }
    let known = emitter.statements.count
    let values = outcomes.map { emitter.spread($0.value) }
    let kept = requirements.map { emitter.condition($0) }
    body += emitter.statements.dropFirst(known)
    for text in kept { body.append("if (!(\(text)) && m < *call->failed) *call->failed = m;") }
    // Both ends of a meeting see what was there before it acts.
    body += values.enumerated().map { "const double value_\($0) = \($1);" }
    for index in values.indices { body.append(Self.change(index, targets[index])) }
    self.name = name
    self.ends = ends
    self.targets = targets
    cleared = []
    columnsInTurn = all
    columns = Self.sorted(Set(all.filter { $0.end.isEmpty }.map(\.column)))
    row = Self.sorted(Set(all.filter { !$0.end.isEmpty }.map(\.column)))
    sums = []
    needs = KernelNeeds(emitter)
    text = Self.function(name, comment, ends, all, body)
  }

  private static func columns(
    of inputs: [Input], _ separations: Separations, _ targets: [Target], space: Int
  ) -> [EndColumn] {
    var found = Set(
      inputs.filter { $0.kind == .field && $0.name != "id" }.map { EndColumn($0.end, Column($0.name, $0.component)) })
    for end in separations.pairs.flatMap({ [$0.0, $0.1] }) {
      for axis in 0..<space { found.insert(EndColumn(end, Column("position", axis))) }
    }
    for target in targets {
      switch target {
      case .own(let column), .mark(let column): found.insert(EndColumn("", column))
      case .sum(let column): found.insert(column)
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
  private static func leaving(unless holds: String, _ targets: [Target], forgets: Bool) -> [String] {
    let forgotten = targets.compactMap { target -> String? in
      guard forgets, case .own(let column) = target else { return nil }
      return "  \(EndColumn("", column).text) = 0;"
    }
    return ["if (!(\(holds))) {"] + forgotten + ["  continue;", "}"]
  }

  /// Writes the value of a meeting that acts in its turn.
  private static func change(_ index: Int, _ target: Target) -> String {
    switch target {
    case .sum(let column):
      "mote_change(call, \(index), \(column.cName) + \(column.place), value_\(index));"
    case .own(let column): "\(EndColumn("", column).cName)[m] = value_\(index);"
    case .mark(let column):
      "if (value_\(index) != 0) \(EndColumn("", column).cName)[m] = 1, mote_report(call, \(index));"
    case .total, .least, .greatest: preconditionFailure("meetings that act in turn only add, remember and unlink")
    }
  }

  private static func function(
    _ name: String, _ comment: String, _ ends: [String], _ columns: [EndColumn], _ body: [String]
  ) -> String {
    let pointers = columns.enumerated().map { "  double *const \($1.cName) = call->columns[\($0)];" }
    let known = ends.enumerated().flatMap { index, end in
      [
        "  const int64_t *const ids_\(end) = call->ids[\(index)];",
        "  const int32_t *const species_\(end) = call->species[\(index)];",
      ]
    }
    let places = ends.enumerated().map { "    const int64_t at_\($1) = call->ends[\(ends.count) * m + \($0)];" }
    let unused = ends.map { "(void)ids_\($0), (void)species_\($0)" }.joined(separator: ", ")
    return """
      // \(comment.split(separator: "\n").joined(separator: " "))
      void \(name)(const mote_meeting_call *call, int64_t begin, int64_t end) {
        const double *const k = call->k;
        const double *const *const table = call->table;
      \((pointers + known).joined(separator: "\n"))
        (void)k, (void)table, \(unused);
        for (int64_t n = begin; n < end; n++) {
          const int64_t m = call->order[n];
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

  init(_ inputs: [Input]) {
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
