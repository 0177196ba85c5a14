import Expressions

/// Writes the loops over rows and sites around what a pass over sites and their neighbours computes.
struct StencilText {
  let source: StencilKernel.Source
  let columns: [Column]
  let written: [Column]
  /// The statements for a site, by where it lies, without the stores.
  let inside: [String], edge: [String], plain: [String]
  /// Columns of flags; if there are none, every row is plain.
  let flags: [String]
  /// How many numbers are the same everywhere.
  let constants: Int
  /// Columns whose new values go to where old ones were read: steps to there.
  let traded: [Column: [Int]]
  /// Whether plain sites read neighbours' columns that are not traded.
  let readsOthers: Bool

  var name: String { source.name }
  var steps: [[Int]] { source.steps }
  /// How many sites at the beginning of a row, and at its end, have neighbours beyond it.
  var before: Int { max(0, -(steps.map { $0[0] }.min() ?? 0)) }
  var after: Int { max(0, steps.map { $0[0] }.max() ?? 0) }

  /// The C text of the pass.
  var text: String {
    (sites + [readings.joined(separator: "\n"), "// \(source.comment)"] + (source.isInPlace ? [marks, inPlace] : [function])
      + [
        (steps.indices.map(String.init) + drawing.map { "site_\($0)" })
          .flatMap { ["#undef \(StencilKernel.near)\($0)", "#undef \(StencilKernel.ring)\($0)"] }.joined(separator: "\n") + "\n"
      ]).joined(separator: "\n")
  }

  // MARK: Pieces

  func indented(_ lines: [String], _ depth: Int) -> String {
    lines.map { String(repeating: "  ", count: depth) + $0 }.joined(separator: "\n")
  }

  func type(_ column: Column) -> String { source.floats.contains(column) ? "float" : "double" }

  /// What is read and where outcomes go, under the names that the statements use.
  var pointers: [String] {
    func cast(_ column: Column, _ type: String) -> String { source.floats.contains(column) ? "(\(type))" : "" }
    let read = columns.enumerated().map { index, column in
      "const \(type(column)) *const \(column.cName) = \(cast(column, "const float *"))call->columns[\(index)];"
    }
    let next = written.enumerated().map { index, column in
      "\(type(column)) *const to_\(index) = \(cast(column, "float *"))call->next[\(index)];  // \(column.cName)"
    }
    return read + next
  }

  /// What is the same everywhere, in the numbers that the pass computes with.
  var uniforms: [String] {
    let table = ["const double *const *const table = call->table;", "(void)table;"]
    guard source.isSingle else { return ["const double *const k = call->k;", "(void)k;"] + table }
    return [
      "float k[\(constants + 1)];", "for (int32_t place = 0; place < \(constants); place++) k[place] = (float)call->k[place];",
      "(void)k;",
    ] + table
  }

  var stepTable: String {
    let table = steps.map { "{\($0.map(String.init).joined(separator: ", "))}" }.joined(separator: ", ")
    return "static const int32_t step[\(steps.count)][3] = {\(table)};"
  }

  /// The stores of new values.
  func stores(_ target: (Int) -> String) -> [String] { written.indices.map { "\(target($0)) = new\($0);" } }

  /// How a neighbour's value is read: it lies at a constant distance, but in a ring not across its ends.
  private var readings: [String] {
    steps.enumerated().flatMap { number, step in
      let x = step[0], near = "column[i + at_\(number)]"
      let across = x < 0 ? "x < \(-x) ? column[i + at_\(number) + count]" : "x >= count - \(x) ? column[i + at_\(number) - count]"
      return [
        "#define \(StencilKernel.near)\(number)(column) \(near)",
        "#define \(StencilKernel.ring)\(number)(column) \(x == 0 ? near : "(\(across) : \(near))")",
      ]
    }
  }

  /// Neighbours whose numbers as sites are read.
  private var drawing: [Int] {
    steps.indices.filter { number in (inside + edge + plain).contains { $0.contains("\(StencilKernel.site(number)))") } }
  }

  /// The numbers of neighbours as sites.
  private var sites: [String] {
    drawing.map { number in
      let x = steps[number][0], near = "i + at_\(number)"
      let across = x < 0 ? " + (x < \(-x) ? count : 0)" : x > 0 ? " - (x >= count - \(x) ? count : 0)" : ""
      return "#define \(StencilKernel.near)site_\(number) \(near)\n#define \(StencilKernel.ring)site_\(number) \(near)\(across)"
    }
  }

  /// The statements of sites of rows that are rings.
  var ring: [String] { plain.map { $0.replacing(StencilKernel.near, with: StencilKernel.ring) } }

  /// A loop over sites whose neighbours lie at constant distances.
  func loop(_ range: String, _ body: [String]) -> [String] {
    ["#pragma clang loop vectorize(assume_safety)", "for (int64_t x = \(range)) {", "  const int64_t i = first + x;"]
      + body.map { "  " + $0 } + ["}"]
  }

  /// Looks the neighbours of a site up.
  var single: [String] {
    ["const int64_t site[3] = {x, y, z};"]
      + steps.indices.flatMap {
        ["int32_t has_\($0);", "const int64_t at_\($0) = mote_neighbour(call, site, step[\($0)], &has_\($0));"]
      }
  }

  /// The distances of the neighbours of a row.
  var rowSteps: [String] {
    ["int32_t all = 1;"] + steps.indices.map { "const int64_t at_\($0) = mote_neighbour_row(call, y, z, step[\($0)], &all);" }
  }
}
