import Expressions

// A pass that puts new values where old ones were read, in two calls: sites that read elsewhere than they write, at the ends of
// periodic sides or beside flags, come first and keep their new values aside; then follow all others, and what was kept is stored.
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

  /// The ends of rows that are rings, along the rows: lines of memory far apart, which are asked for ahead.
  private var rings: [String] {
    let across = steps.enumerated().filter { $0.element[0] != 0 }.map { number, step in
      "const int64_t across_\(number) = x + \(step[0]) < 0 ? count : x + \(step[0]) >= count ? -count : 0;"
    }
    return ["int64_t until = row;", "while (until < end && call->calm[until].is_ring) until++;"] + straightSteps
      + ["for (int64_t place = 0; place < \(before + after); place++) {"]
      + indentedOnce(["const int64_t x = place < \(before) ? place : count - \(before + after) + place;"] + across)
      + indentedOnce(["const int64_t slot = place * call->counts[1] * call->counts[2];"])
      + indentedOnce(["#pragma clang loop vectorize(disable)", "for (int64_t ring = row; ring < until; ring++) {"])
      + indentedOnce(indentedOnce(["const int64_t i = ring * count + x;"] + ahead + ring + stores { "aside_\($0)[slot + ring]" }))
      + ["  }", "}", "row = until - 1;", "continue;"]
  }

  private var ahead: [String] { nearby.map { "__builtin_prefetch(&\(StencilKernel.ring)\($0) + 8 * count);" } }

  private func indentedOnce(_ lines: [String]) -> [String] { lines.map { "  " + $0 } }

  /// The sites before the calm ones of a row, and those after them.
  private var others: [String] {
    let toAside = stores { "aside_\($0)[slot + x]" }
    return ["const int64_t y = row % call->counts[1], z = row / call->counts[1], first = row * count;"] + rowSteps + [
      "const int64_t from = all && count > \(before + after) ? \(before) : count, to = from < count ? count - \(after) : count;",
      "for (int32_t part = 0; part < 2; part++) {",
      "  const int64_t start = part ? calm.high : 0, stop = part ? count : calm.low;",
      "  const int64_t slot = calm.aside + (part ? calm.low - calm.high : 0);",
      "  const int64_t low = from > start ? from : start, high = to < stop ? to : stop;",
    ] + indentedOnce(loop("low; x < high; x++", inside + toAside)) + [
      "  for (int64_t x = start; x < stop; x++) {", "    if (x >= low && x < high) continue;", "    const int64_t i = first + x;",
    ] + indentedOnce(indentedOnce(single + edge + toAside)) + ["  }", "}"]
  }

  /// A row: its calm sites, and what was kept of the others. Vectors may take others along, whose places nobody else reads.
  private var calm: [String] {
    let own = written.indices.filter { !traded.contains(written[$0]) }
    let targets = own.map {
      "\(type(written[$0])) *const out_\($0) = is_large ? fresh_\($0) - first - part : to_\($0);"
    }
    func target(_ index: Int) -> String { own.contains(index) ? "out_\(index)" : "to_\(index)" }
    let bounds =
      readsOthers
      ? ["const int64_t low = calm.low, high = calm.high;"]
      : [
        "const int64_t low = calm.low & ~(int64_t)15, above = (calm.high + 15) & ~(int64_t)15;",
        "const int64_t high = calm.low == calm.high ? low : above < count ? above : count;",
      ]
    let part = [
      "const int64_t until = part + MOTE_SITES < count ? part + MOTE_SITES : count;",
      "const int64_t from = low > part ? low : part, to = high < until ? high : until;",
    ]
    let settling =
      [
        "for (int32_t side = 0; side < 2; side++) {",
        "  const int64_t start = side && calm.high > part ? calm.high : part, stop = side || until < calm.low ? until : calm.low;",
        "  for (int64_t x = start; x < stop; x++) {",
        "    const int64_t slot = mote_aside(call, row, x, \(before), \(after));",
      ] + written.indices.map { "    \(target($0))[first + x] = aside_\($0)[slot];" } + ["  }", "}"]
    let streams = own.map {
      "if (is_large) mote_stream(to_\($0) + first + part, fresh_\($0), (until - part) * (int64_t)sizeof *to_\($0));"
    }
    return bounds + ["for (int64_t part = 0; part < count; part += MOTE_SITES) {"]
      + indentedOnce(part + targets + loop("from; x < to; x++", plain + stores { "\(target($0))[i]" }) + settling + streams) + [
        "}"
      ]
  }

  /// The function, for both calls.
  var inPlace: String {
    let fresh = written.indices.filter { !traded.contains(written[$0]) }.map {
      "\(type(written[$0])) fresh_\($0)[MOTE_SITES + 16] __attribute__((aligned(64)));"
    }
    return """
      void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
        \(stepTable)
      \(indented(uniforms + pointers + asides + fresh, 1))
        const int32_t is_large = call->is_large;
        const int64_t count = call->counts[0];
        if (call->is_first) {
          for (int64_t row = begin; row < end; row++) {
            const mote_calm calm = call->calm[row];
            if (calm.is_ring) {
      \(indented(rings, 4))
            }
      \(indented(others, 3))
          }
          return;
        }
      \(indented(straightSteps, 1))
        for (int64_t row = begin; row < end; row++) {
          const mote_calm calm = call->calm[row];
          const int64_t first = row * count;
      \(indented(calm, 2))
        }
        mote_stream_end();
      }
      """
  }
}
