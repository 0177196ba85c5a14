import Expressions

/// Writes the loops of a transfer around what it computes.
struct TransferText {
  let name: String
  let comment: String
  let columns: [TransferKernel.EndColumn]
  let outcomes: [TransferKernel.Outcome]
  let reach: Int
  let swept: String?
  let space: Int
  let mask: UInt64
  /// What is computed once for each particle.
  private var before: [String] = []
  private var loops: [Loop] = []

  init(
    name: String, comment: String, columns: [TransferKernel.EndColumn], outcomes: [TransferKernel.Outcome], reach: Int,
    swept: String?, space: Int, mask: UInt64
  ) {
    self.name = name
    self.comment = comment
    self.columns = columns
    self.outcomes = outcomes
    self.reach = reach
    self.swept = swept
    self.space = space
    self.mask = mask
  }

  /// What is computed for each pair of a particle and a place beside a site.
  struct Loop {
    var place: [Int]
    var body: [String]
  }

  private static let letters = ["a", "b", "c"]

  /// The function over numbers of sites that lie side by side, and which these are.
  func withNodes(
    _ polynomials: [SharePolynomial], _ receiver: TransferKernel.Receiver, _ emitter: inout Emitter
  ) -> (String, [NodeGroup]) {
    let isToSites = receiver == .sites
    let transfer =
      isToSites
      ? NodeTransfer(toSites: outcomes, polynomials, &emitter) : NodeTransfer(toParticles: outcomes, polynomials, &emitter)
    let writer = NodeText(
      name: name, comment: comment, pointers: pointers(of: TransferKernel.particle) + (isToSites ? [] : targets), reach: reach,
      space: space, statements: emitter.statements, transfer: transfer)
    let stores = zip(outcomes.indices, transfer.values).map { number, value in
      "to_\(number)[p] \(outcomes[number].fold == .add ? "+=" : "=") \(value);"
    }
    return (isToSites ? writer.toSites : writer.toParticles(mask: mask, stores: stores), transfer.parts.map(\.group))
  }

  /// The function that goes through the sites of columns one by one, whatever the values are. `alone` belongs to the particle.
  func withColumns(
    _ emitter: inout Emitter, _ receiver: TransferKernel.Receiver, alone: [NodeID], condition: NodeID?, requirements: [NodeID]
  ) -> String {
    var writer = self
    for node in alone { _ = emitter.spread(node) }
    let before = emitter
    writer.before = before.statements
    let places = Set(outcomes.map(\.place)).sorted { $0.lexicographicallyPrecedes($1) }
    writer.loops = (places.isEmpty ? [[]] : places).map { place in
      emitter.goBack(to: before)
      let here = outcomes.enumerated().filter { $0.element.place == place }
      let values = here.map { emitter.spread($0.element.value) }
      let holds = condition.map { emitter.condition($0) }
      let kept = requirements.map { emitter.condition($0) }
      var body = Array(emitter.statements.dropFirst(before.statements.count))
      for text in kept { body.append("if (\(holds.map { "(\($0)) && " } ?? "")!(\(text)) && ids[p] < failed) failed = ids[p];") }
      for ((number, outcome), value) in zip(here, values) {
        let collected = Self.collect(value, outcome.fold, receiver == .sites ? "to_\(number)[g]" : "sum_\(number)")
        body.append(holds.map { "if (\($0)) \(collected)" } ?? collected)
      }
      return Loop(place: place, body: body)
    }
    return receiver == .sites ? writer.toSites : writer.toParticles
  }

  private static func collect(_ value: String, _ fold: TransferKernel.Fold, _ place: String) -> String {
    switch fold {
    case .sum, .add: "\(place) += \(value);"
    case .least: "\(place) = \(value) < \(place) ? \(value) : \(place);"
    case .greatest: "\(place) = \(value) > \(place) ? \(value) : \(place);"
    }
  }

  /// Pointers to columns of one end, or of both.
  private func pointers(of end: String? = nil) -> [String] {
    [
      "const double *const k = call->k;", "const double *const *const table = call->table;",
      "const int64_t *const ids = call->ids;", "const int32_t *const species = call->species;",
    ]
      + columns.enumerated().filter { end == nil || $0.element.end == end }.map {
        "const double *const \($0.element.cName) = call->columns[\($0.offset)];"
      } + ["(void)k, (void)table, (void)ids, (void)species;"]
  }

  private var targets: [String] {
    outcomes.indices.map { "double *const to_\($0) = call->next[\($0)];  // \(outcomes[$0].column.cName)" }
  }

  private var allPointers: [String] { pointers() + targets + ["int64_t failed = *call->failed;"] }

  private func indented(_ lines: [String], _ depth: Int) -> String {
    lines.map { String(repeating: "  ", count: depth) + $0 }.joined(separator: "\n")
  }

  /// The sites around a particle, axis by axis; `mid` for places half a cell beyond sites.
  private var supports: [String] {
    if let swept { return sweeps(from: swept) }
    let all = (0..<space).flatMap { axis in
      Set(loops.map { $0.place.contains(axis) }).sorted { !$0 && $1 }.map { (axis: axis, isMid: $0) }
    }
    return ["mote_support at[\(space)]\(all.contains(where: \.isMid) ? ", mid[\(space)]" : "");"]
      + all.map { axis, isMid in
        let x = "p_position_\(axis)[p]"
        return isMid
          ? "mote_find_support(call, \(axis), \(reach), \(x) - 0.5 * call->spacing, &mid[\(axis)]);"
          : "mote_find_support(call, \(axis), \(reach), \(x), &at[\(axis)]);"
      }
  }

  /// What crosses on the way of a particle, axis by axis.
  private func sweeps(from field: String) -> [String] {
    ["mote_sweep along[\(space)];", "int isShort = 1;"]
      + (0..<space).map { axis in
        let from = "\(TransferKernel.EndColumn(end: TransferKernel.particle, column: Column(field, axis)).cName)[p]"
        return "isShort &= mote_find_sweep(call, \(axis), \(reach), \(from), p_position_\(axis)[p], &along[\(axis)]);"
      } + ["if (!isShort) {", "  failed = ids[p] < failed ? ids[p] : failed;", "  continue;", "}"]
  }

  /// Loops over the sites of a support, the last axis outermost. `sense` is 1 if separations point to the site.
  private func sites(_ loop: Loop, sense: String, skip: String) -> [String] {
    let letters = Self.letters, last = space - 1
    var lines: [String] = []
    for axis in stride(from: last, through: 0, by: -1) {
      let letter = letters[axis], isLong = swept != nil && loop.place != [axis]
      lines += [
        "for (int \(letter) = 0; \(letter) <= \(isLong ? reach + 1 : reach); \(letter)++) {",
        "  const int64_t site_\(letter) = \(support(axis, loop)).site[\(letter)];",
        "  if (\(axis == last ? skip.replacing("SITE", with: "site_\(letter)") : "site_\(letter) < 0")) continue;",
      ]
    }
    let place = (0..<last).reversed().reduce("site_\(letters[last])") { "(\($0)) * call->counts[\($1)] + site_\(letters[$1])" }
    lines.append("const int64_t g = \(place);")
    lines += swept == nil ? shares(loop, sense: sense) : [crossed(loop), "(void)g, (void)w;"]
    return lines + loop.body + [String](repeating: "}", count: space)
  }

  private func support(_ axis: Int, _ loop: Loop) -> String {
    swept != nil ? "along[\(axis)]" : loop.place.contains(axis) ? "mid[\(axis)]" : "at[\(axis)]"
  }

  /// The share of a place, its slope, and the separation.
  private func shares(_ loop: Loop, sense: String) -> [String] {
    let letters = Self.letters
    func product(slopeOf slope: Int? = nil) -> String {
      (0..<space).map { "\(support($0, loop)).\($0 == slope ? "slope" : "share")[\(letters[$0])]" }.joined(separator: " * ")
    }
    let distances = (0..<space).map { "\(sense)\(support($0, loop)).distance[\(letters[$0])]" }.joined(separator: ", ")
    let slopes = (0..<space).map { sense + product(slopeOf: $0) }.joined(separator: ", ")
    return [
      "const double w = \(product());", "const double d[\(space)] = {\(distances)};", "const double dw[\(space)] = {\(slopes)};",
      "const double r2 = \((0..<space).map { "d[\($0)] * d[\($0)]" }.joined(separator: " + "));",
      "(void)g, (void)w, (void)dw, (void)r2;",
    ]
  }

  /// A cell times the share that crossed an edge: what crossed along its axis, times the mean share across the others on the way.
  private func crossed(_ loop: Loop) -> String {
    let axis = loop.place.first ?? 0, others = (0..<space).filter { $0 != axis }
    let mean = others.map { ", &along[\($0)], \(Self.letters[$0])" }.joined()
    let share = others.isEmpty ? "" : " * mote_mean_share_\(others.count)(\(mean.dropFirst(2)))"
    return "const double w = call->spacing * along[\(axis)].crossed[\(Self.letters[axis])]\(share);"
  }

  /// How far before the first and behind the last site of a support sites may get a share.
  private var margins: String { swept != nil ? "1, 1" : loops.contains { !$0.place.isEmpty } ? "1, 0" : "0, 0" }

  private var toSites: String {
    let cells = (0..<space - 1).map { "mote_cells_along(call, \($0), \(reach))" }.joined(separator: " * ")
    return """
      // \(comment)
      void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
      \(indented(allPointers, 1))
        const int64_t layers = mote_cells_along(call, \(space - 1), \(reach)), width = \(cells.isEmpty ? "1" : cells);
        for (int64_t layer = 0; layer < layers; layer++) {
          if (!mote_layer_gives(call, \(space - 1), \(reach), \(margins), layer, begin, end)) continue;
          for (int64_t n = call->starts[layer * width]; n < call->starts[(layer + 1) * width]; n++) {
            const int64_t p = call->order[n];
      \(indented(supports + before + loops.flatMap { sites($0, sense: "", skip: "SITE < begin || SITE >= end") }, 3))
          }
        }
        *call->failed = failed;
      }

      """
  }

  private var toParticles: String {
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
      \(indented(allPointers, 1))
        for (int64_t p = begin; p < end; p++) {
          if (!((0x\(String(mask, radix: 16))ull >> species[p]) & 1)) continue;
      \(indented(supports + before + starts + loops.flatMap { sites($0, sense: "-", skip: "SITE < 0") } + stores, 2))
        }
        *call->failed = failed;
      }

      """
  }
}
