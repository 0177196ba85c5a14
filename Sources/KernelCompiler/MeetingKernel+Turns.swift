import Expressions

// Meetings that act one after another, each on what the ones before wrote.
extension MeetingKernel {
  /// The loop over meetings in an order that the call gives: each writes its outcomes at once, which are sums and own values.
  ///
  /// - Parameters:
  ///   - space: dimensions of the box.
  ///   - forgets: where `condition` does not hold, the meeting's own columns become zero; else they keep their values.
  ///   - requirements: conditions that must hold for every meeting.
  ///   - areLinks: noise is keyed by the ids of links, else by those of the ends.
  public init(
    inTurn name: String, comment: String, graph: Graph, ends: [String], outcomes: [Outcome], condition: NodeID?, forgets: Bool,
    requirements: [NodeID], areLinks: Bool = false, space: Int, rate: @escaping (Input) -> Rate
  ) {
    let roots = outcomes.map(\.value) + requirements + (condition.map { [$0] } ?? [])
    let inputs = graph.inputs(of: roots), targets = outcomes.map(\.target)
    let all = Self.columns(of: inputs, targets, space: space)
    let names = MeetingNames(place: { $0.isEmpty ? "m" : "at_\($0)" }, areLinks: areLinks)
    var emitter = Emitter(
      graph: graph, dialect: .scalar, inputRate: rate, inputText: names.text, noiseText: names.noise,
      speciesPlace: names.speciesPlace(of: ends))
    var body = names.separations(of: inputs, space: space)
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

  private static func columns(of inputs: [Input], _ targets: [Target], space: Int) -> [EndColumn] {
    var found = MeetingText.columns(of: inputs, space: space)
    for target in targets {
      switch target {
      case .own(let column), .mark(let column): found.insert(EndColumn("", column))
      case .sum(let column): found.insert(column)
      case .total, .least, .greatest: continue
      }
    }
    return found.sorted { ($0.end, $0.column.field, $0.column.component) < ($1.end, $1.column.field, $1.column.component) }
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
        "  const int64_t *const \(end)_id = call->ids[\(index)];",
        "  const int32_t *const \(end)_species = call->species[\(index)];",
      ]
    }
    let places = ends.enumerated().map { "    const int64_t at_\($1) = call->ends[\(ends.count) * m + \($0)];" }
    let unused = ends.map { "(void)\($0)_id, (void)\($0)_species" }.joined(separator: ", ")
    return """
      // \(comment.split(separator: "\n").joined(separator: " "))
      void \(name)(const mote_meeting_call *call, int64_t begin, int64_t end) {
        const double *const k = call->k;
        const double *const *const table = call->table;
      \((pointers + known).joined(separator: "\n"))
        const double side[3] = {call->side[0], call->side[1], call->side[2]};
        const int64_t *const own_id = call->own_ids;
        (void)k, (void)table, (void)side, (void)own_id, \(unused);
        for (int64_t n = begin; n < end; n++) {
          const int64_t m = call->order[n];
      \(places.joined(separator: "\n"))
      \(body.map { "    " + $0 }.joined(separator: "\n"))
        }
      }

      """
  }
}
