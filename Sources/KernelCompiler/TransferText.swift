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
  let before: [String]
  let loops: [Loop]

  /// What is computed for each pair of a particle and a place beside a site.
  struct Loop {
    var place: [Int]
    var body: [String]
  }

  private static let letters = ["a", "b", "c"]

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

  var toSites: String {
    let cells = (0..<space - 1).map { "mote_cells_along(call, \($0), \(reach))" }.joined(separator: " * ")
    return """
      // \(comment)
      void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
      \(indented(pointers, 1))
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
      \(indented(supports + before + starts + loops.flatMap { sites($0, sense: "-", skip: "SITE < 0") } + stores, 2))
        }
        *call->failed = failed;
      }

      """
  }
}
