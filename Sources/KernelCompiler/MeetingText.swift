import Expressions

/// Writes the C text of a loop over meetings, which works on blocks of them: what a block reads is gathered first, then the law
/// computes all its meetings in lanes, and last what each gives is added to its ends.
///
/// A block is always full, so that the numbers of a meeting are the same wherever it stands.
struct MeetingText {
  let name: String
  let comment: String
  let ends: [String]
  let columns: [Column]
  let row: [Column]
  let sums: [Column]
  let targets: [MeetingKernel.Target]
  /// Outcomes that give to one end the opposite of what an earlier one gives to the same column of another end.
  let opposites: [Int: Int]
  let space: Int
  /// The statements that choose the meetings for which a condition holds; nil if all meet.
  private var choice: [String]?
  /// The functions.
  private(set) var lines: [String] = []

  init(
    name: String, comment: String, ends: [String], columns: [Column], row: [Column], sums: [Column],
    targets: [MeetingKernel.Target], opposites: [Int: Int], space: Int
  ) {
    (self.name, self.comment, self.ends, self.columns) = (name, comment, ends, columns)
    (self.row, self.sums, self.targets, self.opposites, self.space) = (row, sums, targets, opposites, space)
  }

  // MARK: Inputs

  /// What a block reads stands in lanes.
  static func names(areLinks: Bool) -> MeetingNames { MeetingNames(place: { _ in "n" }, areLinks: areLinks) }

  /// The columns that inputs stand for, with the positions behind separations.
  static func columns(of inputs: [Input], space: Int) -> Set<MeetingKernel.EndColumn> {
    let fields = inputs.filter { $0.kind == .field && $0.name != "id" }
    let places = MeetingNames.pairs(of: inputs).flatMap { [$0.0, $0.1] }.flatMap { end in
      (0..<space).map { MeetingKernel.EndColumn(end, Column("position", $0)) }
    }
    return Set(fields.map { MeetingKernel.EndColumn($0.end, Column($0.name, $0.component)) } + places)
  }

  /// The statements that put what meetings read into lanes.
  ///
  /// - Parameter follow: C text that holds where the meetings of a block follow one another.
  private func gathering(_ inputs: [Input], for statements: [String], follow: String) -> [String] {
    let read = Self.columns(of: inputs, space: space)
    var text = ["const int follow = \(follow);", "(void)follow;"]
    for (number, end) in ends.enumerated() {
      text.append("int64_t at_\(end)[MOTE_MEETINGS];")
      text.append("mote_take_ends(call, \(number), \(ends.count), meeting, follow, at_\(end));")
      for (what, type) in [("id", "int64_t"), ("species", "int32_t")] where uses("\(end)_\(what)[n]", in: statements) {
        text.append("\(type) \(end)_\(what)[MOTE_MEETINGS];")
        let source = what == "id" ? "ids" : "species"
        text.append("for (int n = 0; n < MOTE_MEETINGS; n++) \(end)_\(what)[n] = call->\(source)[\(number)][at_\(end)[n]];")
      }
    }
    if uses("own_id[n]", in: statements) {
      text.append("int64_t own_id[MOTE_MEETINGS];")
      text.append("for (int n = 0; n < MOTE_MEETINGS; n++) own_id[n] = call->own_ids[meeting[n]];")
    }
    for (number, column) in columns.enumerated() where read.contains(.init("", column)) {
      let name = column.meetingName(of: "")
      text += [
        "double gathered_\(name)[MOTE_MEETINGS];",
        "const double *const \(name) = mote_take_own(call, \(number), meeting, follow, gathered_\(name));",
      ]
    }
    for end in ends { text += gatheringRows(of: end, read.filter { $0.end == end }.map(\.column)) }
    return text
  }

  private func gatheringRows(of end: String, _ read: [Column]) -> [String] {
    let width = MeetingKernel.padded(row.count), places = read.compactMap { row.firstIndex(of: $0) }
    guard !places.isEmpty else { return [] }
    var parts: [String] = []
    for (first, wanted) in Dictionary(grouping: places, by: { $0 / 8 * 8 }).sorted(by: { $0.key < $1.key }) {
      // Up to two numbers are quicker taken one by one.
      let several = wanted.allSatisfy { $0 < first + 4 } ? "half_rows" : "rows"
      parts +=
        wanted.count > 2
        ? ["mote_take_\(several)(call, at_\(end), \(width), \(first), row_\(end));"]
        : wanted.sorted().map { "mote_take_number(call, at_\(end), \(width), \($0), row_\(end)[\($0)]);" }
    }
    let names = zip(read, places).sorted { $0.1 < $1.1 }
      .map { "const double *const \($0.meetingName(of: end)) = row_\(end)[\($1)];" }
    return ["double row_\(end)[\(width)][MOTE_MEETINGS];"] + parts + names
  }

  private func uses(_ text: String, in statements: [String]) -> Bool { statements.contains { $0.contains(text) } }

  private func loop(_ body: [String]) -> [String] {
    ["MOTE_IN_LANES for (int n = 0; n < MOTE_MEETINGS; n++) {"] + body.map { "  " + $0 } + ["}"]
  }

  /// That a block has no repetitions, in C.
  private let full = "count == MOTE_MEETINGS"

  private let constants = [
    "const double *const k = call->k;", "const double *const *const table = call->table;",
    "const double side[3] = {call->side[0], call->side[1], call->side[2]};", "(void)k, (void)table, (void)side;",
  ]

  // MARK: Functions

  /// The meetings for which a condition holds are chosen first; the own columns of the others become zero, or keep their values.
  mutating func addChoice(where holds: String, after statements: [String], reading inputs: [Input], forgets: Bool) {
    let body = Self.names(areLinks: false).separations(of: inputs, space: space) + statements + ["holds[n] = \(holds);"]
    let left = targets.enumerated().compactMap { index, target -> String? in
      guard case .own(let column) = target, let number = columns.firstIndex(of: column) else { return nil }
      return "mote_leave(call, \(ownPlace(index)), \(number), \(forgets ? 1 : 0), meeting[0], count);"
    }
    // Without a branch, which nobody could predict; what is written beyond the chosen is overwritten.
    choice =
      ["int32_t holds[MOTE_MEETINGS];"] + gathering(inputs, for: body, follow: full) + loop(body) + left
      + ["for (int n = 0; n < count; n++) chosen[many] = meeting[n], many += holds[n] != 0;"]
  }

  /// What a block of meetings gives, with or without the totals over all of them.
  mutating func addBlock(
    giving given: [(outcome: Int, value: String)], requiring kept: [String], after statements: [String], reading inputs: [Input],
    withTotals: Bool
  ) {
    let own = given.filter { opposites[$0.outcome] == nil }
    let results =
      own.map { "given_\($0.outcome)[n] = \($0.value);" } + kept.enumerated().map { "kept_\($0)[n] = \($1);" }
    let body = Self.names(areLinks: false).separations(of: inputs, space: space) + statements + results
    let found =
      own.map { "double given_\($0.outcome)[MOTE_MEETINGS];" } + kept.indices.map { "int32_t kept_\($0)[MOTE_MEETINGS];" }
    let stored =
      kept.indices.map { "mote_require(call, meeting, kept_\($0), count);" } + given.compactMap { store($0.outcome) }
      + ends.flatMap { storeSums(of: $0) }
    add(
      "static void \(name)_block\(withTotals ? "_with_totals" : "")(const mote_meeting_call *call, const int64_t *meeting, int count)",
      constants + gathering(inputs, for: body, follow: choice == nil ? full : "0") + found + loop(body) + stored)
  }

  /// The function that runs over all blocks.
  mutating func addLoop() {
    if let choice {
      add(
        "static int \(name)_choice(const mote_meeting_call *call, const int64_t *meeting, int count, int64_t *chosen)",
        constants + ["int many = 0;"] + choice + ["return many;"])
    }
    let width = MeetingKernel.padded(row.count), sumWidth = MeetingKernel.padded(sums.count)
    let next = targets.count { if case .own = $0 { true } else { false } }
    let extent =
      "const mote_extent extent = {\(ends.count), .width = \(width), .sums = \(sumWidth), .columns = \(columns.count), .next = \(next)};"
    let step = choice == nil ? "0" : "\(name)_choice"
    let totals =
      targets.contains(where: \.isTotal)
      ? ["if (call->wants_totals) mote_blocks(call, begin, end, extent, \(step), \(name)_block_with_totals);", "else"] : []
    add(
      "void \(name)(const mote_meeting_call *call, int64_t begin, int64_t end)",
      [extent] + totals + ["mote_blocks(call, begin, end, extent, \(step), \(name)_block);"])
    lines.insert("// \(comment.split(separator: "\n").joined(separator: " "))", at: 0)
  }

  private mutating func add(_ head: String, _ body: [String]) {
    lines += [head + " {"] + body.map { "  " + $0 } + ["}", ""]
  }

  /// Which of the meeting's own columns a target is.
  private func ownPlace(_ index: Int) -> Int {
    targets.prefix(index).count { if case .own = $0 { true } else { false } }
  }

  /// All sums of an end at once.
  private func storeSums(of end: String) -> [String] {
    var begun: Set<Int> = []
    let parts = targets.enumerated().compactMap { index, target -> String? in
      guard case .sum(let column) = target, column.end == end, let place = sums.firstIndex(of: column.column) else { return nil }
      let adds = begun.insert(place).inserted ? 0 : 1, whole = "whole_\(end)[\(place)]"
      if let other = opposites[index], case .sum(let column) = targets[other] {
        return "mote_opposite_parts(whole_\(column.end)[\(place)], \(adds), \(whole));"
      }
      return "mote_whole_parts(call, \(index), given_\(index), \(adds), \(whole));"
    }
    if parts.isEmpty { return [] }
    let width = MeetingKernel.padded(sums.count), filled = sums.count <= 2 ? sums.count : sums.count <= 4 ? 4 : width
    let rest = (0..<filled).filter { !begun.contains($0) }
    return ["int64_t whole_\(end)[\(width)][MOTE_MEETINGS];"] + parts
      + rest.map { "for (int n = 0; n < MOTE_MEETINGS; n++) whole_\(end)[\($0)][n] = 0;" }
      + ["mote_contribute(call, at_\(end), \(width), \(sums.count), whole_\(end), count);"]
  }

  private func store(_ index: Int) -> String? {
    switch targets[index] {
    case .sum: nil
    case .total: "mote_add_up(call, \(index), given_\(index), count);"
    case .own(let column):
      "for (int n = 0; n < count; n++) call->next[\(ownPlace(index))][meeting[n]] = given_\(index)[n];  // \(column.meetingName(of: ""))"
    case .mark(let column):
      columns.firstIndex(of: column).map { "mote_mark(call, \(index), \($0), meeting, given_\(index), count);" }
    case .least(let column): "mote_raise(call, \(index), at_\(column.end), given_\(index), -1, count);"
    case .greatest(let column): "mote_raise(call, \(index), at_\(column.end), given_\(index), 1, count);"
    }
  }
}
