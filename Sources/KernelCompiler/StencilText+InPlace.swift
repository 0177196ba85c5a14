import Expressions

// A pass that puts new values where old ones were read, in two calls: sites that read elsewhere than they write, on rows beside sides
// or flags, come first and keep their new values aside; then follow all others, and what was kept is stored.
//
// A row that is a ring needs no more than to have a few numbers moved. Its first sites read those at its end, where the first sites of
// the next row write; they read where the row before ended, if what they want is put there, which nobody wants any more. Its last sites
// read those at its beginning, where the last sites of the row before have written: so these are carried along from row to row.
extension StencilText {
  /// Marks sites with a flag.
  var marks: String {
    guard !flags.isEmpty else { return "" }
    let pointers = columns.indices.filter { flags.contains(columns[$0].cName) }.map { index in
      let type = type(columns[index])
      return "const \(type) *const \(columns[index].cName) = (const \(type) *)call->columns[\(index)];"
    }
    return """
      void \(name)_marks(const mote_lattice_call *call, int64_t begin, int64_t end) {
      \(indented(pointers, 1))
        for (int64_t i = begin * call->counts[0]; i < end * call->counts[0]; i++) {
          call->marks[i] = \(flags.map { "\($0)[i] != 0" }.joined(separator: " | "));
        }
      }

      """
  }

  private var asides: [String] {
    written.enumerated().map { index, column in
      "\(type(column)) *const aside_\(index) = (\(type(column)) *)(call->aside + \(index) * call->aside_count);"
    }
  }

  /// Where the neighbours of sites lie whose rows cross no side.
  private var straightSteps: [String] {
    steps.enumerated().map { number, step in
      "const int64_t at_\(number) = \(step[0]) + (\(step[1]) + \(step[2]) * call->counts[1]) * count;"
    }
  }

  /// The outcomes whose sites read across the ends of a ring: how far, and where they write.
  private var crossing: [(by: Int, to: String, aside: String, carried: String, type: String)] {
    written.enumerated().compactMap { index, column in
      guard let step = traded[column], step[0] != 0 else { return nil }
      return (step[0], "to_\(index)", "aside_\(index)", "carried_\(index)", type(column))
    }
  }

  /// Keeps what others would overwrite at both ends of the rows of a call.
  private var saved: [String] {
    ["if (call->is_first && begin < end) {"]
      + crossing.map { by, to, aside, _, _ in
        by > 0
          ? "  if (call->calm[begin].is_ring) mote_save(\(aside) + begin, \(to) + begin * count - \(by), \(by), rows);"
          : "  if (call->calm[end - 1].is_ring) mote_save(\(aside) + end, \(to) + end * count, \(-by), rows);"
      } + ["}"]
  }

  /// What is carried from row to row.
  private var carried: [String] {
    crossing.filter { $0.by > 0 }.map { by, _, aside, carried, type in
      let values = (0..<by).map { "\(aside)[\($0) * rows + begin]" }.joined(separator: ", ")
      return "\(type) \(carried)[\(by)] = {\(values)};"
    }
  }

  /// Puts what sites of a ring read across its ends to where they read it.
  private var turned: [String] {
    crossing.flatMap { by, to, aside, carried, type in
      (0..<abs(by)).flatMap { site -> [String] in
        let there = by > 0 ? "\(to)[first + count - \(by - site)]" : "\(to)[first + \(site)]"
        guard by > 0 else {
          return ["if (calm.is_ring) \(there) = one + 1 < end ? \(to)[first + count + \(site)] : \(aside)[\(site) * rows + end];"]
        }
        return [
          "const \(type) next_\(carried)_\(site) = \(there);", "if (calm.is_ring) \(there) = \(carried)[\(site)];",
          "\(carried)[\(site)] = next_\(carried)_\(site);",
        ]
      }
    }
  }

  private func indentedOnce(_ lines: [String]) -> [String] { lines.map { "  " + $0 } }

  /// The sites before the calm ones of a row, and those after them.
  private var others: [String] {
    let toAside = stores { "aside_\($0)[slot + x]" }
    let all = loop("low; x < high; x++", inside + toAside)
    let unflagged = loop("low; x < high; x++", plain + toAside)
    let most = flags.isEmpty ? all : ["if (calm.is_plain) {"] + indentedOnce(unflagged) + ["} else {"] + indentedOnce(all) + ["}"]
    return ["const int64_t y = row % call->counts[1], z = row / call->counts[1], first = row * count;"] + rowSteps + [
      "const int64_t from = all && count > \(before + after) ? \(before) : count, to = from < count ? count - \(after) : count;",
      "for (int32_t part = 0; part < 2; part++) {",
      "  const int64_t start = part ? calm.high : 0, stop = part ? count : calm.low;",
      "  const int64_t slot = calm.aside + (part ? calm.low - calm.high : 0);",
      "  const int64_t low = from > start ? from : start, high = to < stop ? to : stop;",
    ] + indentedOnce(most) + [
      "  for (int64_t x = start; x < stop; x++) {", "    if (x >= low && x < high) continue;", "    const int64_t i = first + x;",
    ] + indentedOnce(indentedOnce(single + edge + toAside)) + ["  }", "}"]
  }

  /// Rings that follow one another are one row of calm sites.
  private static let rowsAtOnce = 16

  /// Some rows: their calm sites, and what was kept of the others. Vectors may take others along, whose places nobody else reads.
  private var calm: [String] {
    let own = written.indices.filter { traded[written[$0]] == nil }
    let targets = own.map {
      "\(type(written[$0])) *const out_\($0) = is_large ? fresh_\($0) - first - part : to_\($0);"
    }
    func target(_ index: Int) -> String { own.contains(index) ? "out_\(index)" : "to_\(index)" }
    let bounds =
      readsOthers
      ? ["const int64_t low = calm.low, high = calm.high;"]
      : [
        "const int64_t low = calm.low & ~(int64_t)15, above = (calm.high + 15) & ~(int64_t)15;",
        "const int64_t high = calm.is_ring ? total : calm.low == calm.high ? low : above < count ? above : count;",
      ]
    let part = [
      "const int64_t until = part + MOTE_SITES < total ? part + MOTE_SITES : total;",
      "const int64_t from = low > part ? low : part, to = high < until ? high : until;",
    ]
    let settling =
      [
        "for (int32_t side = 0; side < 2 && !calm.is_ring; side++) {",
        "  const int64_t start = side && calm.high > part ? calm.high : part, stop = side || until < calm.low ? until : calm.low;",
        "  const int64_t slot = calm.aside + (side ? calm.low - calm.high : 0);",
      ]
      + written.indices.map { "  for (int64_t x = start; x < stop; x++) \(target($0))[first + x] = aside_\($0)[slot + x];" } + [
        "}"
      ]
    let streams = own.map {
      "if (is_large) mote_stream(to_\($0) + first + part, fresh_\($0), (until - part) * (int64_t)sizeof *to_\($0));"
    }
    return bounds + ["for (int64_t part = 0; part < total; part += MOTE_SITES) {"]
      + indentedOnce(part + targets + loop("from; x < to; x++", plain + stores { "\(target($0))[i]" }) + settling + streams) + [
        "}"
      ]
  }

  /// The function, for both calls.
  var inPlace: String {
    let fresh = written.indices.filter { traded[written[$0]] == nil }.map {
      "\(type(written[$0])) fresh_\($0)[MOTE_SITES + 16] __attribute__((aligned(64)));"
    }
    return """
      void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
        \(stepTable)
      \(indented(uniforms + pointers + asides + fresh, 1))
        const int32_t is_large = call->is_large;
        const int64_t count = call->counts[0], rows = call->counts[1] * call->counts[2] + 1;
      \(indented(saved, 1))
        if (call->is_first) {
          for (int64_t row = begin; row < end; row++) {
            while (row < end && call->calm[row].is_ring) row++;
            if (row == end) break;
            const mote_calm calm = call->calm[row];
      \(indented(others, 3))
          }
          return;
        }
      \(indented(straightSteps + carried, 1))
        for (int64_t row = begin, next; row < end; row = next) {
          const mote_calm calm = call->calm[row];
          for (next = row + 1; calm.is_ring && next < end && next < row + \(Self.rowsAtOnce) && call->calm[next].is_ring;) next++;
          for (int64_t one = row; one < next; one++) {
            const int64_t first = one * count;
      \(indented(turned, 3))
          }
          const int64_t first = row * count, total = (next - row) * count;
      \(indented(calm, 2))
        }
        mote_stream_end();
      }
      """
  }
}
