import Expressions

// A pass whose new values go to memory of their own.
extension StencilText {
  private var rowFlags: [String] {
    flags.isEmpty
      ? []
      : [
        "const double *const flags[\(flags.count)] = {\(flags.joined(separator: ", "))};",
        "uint8_t *const seen = calloc((size_t)(call->counts[1] * call->counts[2]), 1);",
      ]
  }

  /// Whether the row and those of its neighbours exist and are without flags.
  private var isPlain: [String] {
    if flags.isEmpty { return ["const int32_t plain = all;"] }
    let rows = Set(steps.map { [$0[1], $0[2]] } + [[0, 0]]).sorted { ($0[1], $0[0]) < ($1[1], $1[0]) }
    let clear = rows.map { "mote_row_is_clear(call, y, z, \($0[0]), \($0[1]), flags, \(flags.count), seen)" }
    return ["const int32_t plain = all && seen != NULL && \(clear.joined(separator: "\n      && "));"]
  }

  /// The sites of a row before and after those whose neighbours lie at constant distances, one by one.
  private func ends(_ body: [String]) -> [String] {
    ["for (int64_t x = part < low ? part : high; x < until; x = x + 1 == low ? high : x + 1) {"]
      + (["const int64_t i = first + x;"] + body + stores { "to_\($0)[i]" }).map { "  " + $0 } + ["}"]
  }

  /// Part of a row without flags: large lattices get their new values a part at a time, past the caches.
  private var calm: [String] {
    let targets = written.indices.map { "double *const out_\($0) = is_large ? fresh[\($0)] - first - part : to_\($0);" }
    let copies = written.indices.map {
      "  mote_stream(to_\($0) + first + part, fresh[\($0)], (until - part) * (int64_t)sizeof(double));"
    }
    let edges = ["if (call->is_periodic[0]) {"] + redirected(ends(ring)) + ["} else {"] + redirected(ends(single + edge)) + ["}"]
    return targets + loop("low; x < high; x++", plain + stores { "out_\($0)[i]" }) + edges + ["if (is_large) {"] + copies + ["}"]
  }

  private func redirected(_ lines: [String]) -> [String] {
    lines.map { $0.hasPrefix("  to_") ? "  out_" + $0.dropFirst(5) : $0 }
  }

  /// The loops over the sites of part of a row.
  private var loops: [String] {
    let parted = [
      "for (int64_t part = 0; part < count; part += MOTE_SITES) {",
      "  const int64_t until = part + MOTE_SITES < count ? part + MOTE_SITES : count, low = from > part ? from : part;",
      "  const int64_t high = to < low ? low : to < until ? to : until;",
    ]
    let other = (flags.isEmpty ? [] : loop("low; x < high; x++", inside + stores { "to_\($0)[i]" })) + ends(single + edge)
    return parted + (["if (plain && from < to) {"] + calm + ["  continue;", "}"] + other).map { "  " + $0 } + ["}"]
  }

  /// The function: rows one after another.
  var function: String {
    """
    void \(name)(const mote_lattice_call *call, int64_t begin, int64_t end) {
      \(stepTable)
    \(indented(uniforms + pointers + rowFlags, 1))
      double fresh[\(written.count)][MOTE_SITES + 8] __attribute__((aligned(64)));
      const int32_t is_large = call->is_large;
      const int64_t count = call->counts[0];
      int64_t failed = *call->failed;
      for (int64_t row = begin; row < end; row++) {
        const int64_t y = row % call->counts[1], z = row / call->counts[1], first = row * count;
    \(indented(rowSteps + isPlain, 2))
        const int64_t from = all && count > \(before + after) ? \(before) : count, to = from < count ? count - \(after) : count;
    \(indented(loops, 2))
      }
      *call->failed = failed;
      \(flags.isEmpty ? "" : "free(seen);")
      mote_stream_end();
    }
    """
  }
}
