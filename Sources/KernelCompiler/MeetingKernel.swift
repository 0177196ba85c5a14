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
    /// A column of the meeting itself becomes 1 where the value is not 0, and else stays.
    case mark(Column)
    /// Summed over all meetings: the energy, and the virial row by row (xx, xy, xz, yy, yz, zz of the space).
    case total(Int)

    /// True for what is summed into this column of any end.
    public func isSum(of column: Column) -> Bool { if case .sum(let one) = self { one.column == column } else { false } }

    /// The column of the meeting itself that it writes.
    var ownColumn: Column? {
      switch self {
      case .own(let column), .mark(let column): column
      case .sum, .least, .greatest, .total: nil
      }
    }

    /// True for sums over all meetings.
    var isTotal: Bool { if case .total = self { true } else { false } }

    /// True for what is summed in fixed point.
    public var isSum: Bool {
      switch self {
      case .sum, .total: true
      case .least, .greatest, .own, .mark: false
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

    /// The meeting's own column, if its new value is always zero.
    func clearedColumn(_ graph: Graph) -> Column? {
      if case .own(let column) = target, graph.constant(value) == 0 { column } else { nil }
    }
  }

  /// Name of the C function.
  public let name: String
  /// The C function.
  public let text: String
  /// Names of the ends, in order.
  public let ends: [String]
  /// Columns of the meeting itself, in the order of the call.
  public let columns: [Column]
  /// What is read of each member that is an end: a row of so many numbers, padded to `rowWidth`.
  public let row: [Column]
  /// What is summed for each member: a row of so many numbers, padded to `sumWidth`.
  public let sums: [Column]
  /// Numbers in a row as it lies in memory.
  public var rowWidth: Int { Self.padded(row.count) }
  /// Numbers in a row of sums as it lies in memory.
  public var sumWidth: Int { Self.padded(sums.count) }
  /// Numbers of a meeting that lie in lanes while a block is worked on.
  public var numbersOfMeeting: Int {
    ends.count * (rowWidth + sumWidth) + columns.count + targets.count { !$0.isTotal }
  }
  /// Of meetings that act in turn: columns of the ends and of the meeting itself in the order of the call; else none.
  public let columnsInTurn: [EndColumn]
  /// Where its values go, in order.
  public let targets: [Target]
  /// Columns of the meeting itself that become zero whatever is read.
  public let cleared: [Column]
  /// What must be computed before the kernel is called.
  public let needs: KernelNeeds

  /// The loop over meetings of these ends; outcomes count where `condition` holds.
  ///
  /// - Parameters:
  ///   - space: dimensions of the box.
  ///   - forgets: where `condition` does not hold, the meeting's own columns become zero; else they keep their values.
  ///   - requirements: conditions that must hold for every meeting.
  ///   - areLinks: noise is keyed by the ids of links, else by those of the ends.
  public init(
    name: String, comment: String, graph: Graph, ends: [String], outcomes all: [Outcome], condition: NodeID?,
    forgets: Bool = false, requirements: [NodeID] = [], areLinks: Bool = false, space: Int, rate: @escaping (Input) -> Rate
  ) {
    let clears = condition == nil || forgets
    cleared = clears ? all.compactMap { $0.clearedColumn(graph) } : []
    let outcomes = all.filter { !clears || $0.clearedColumn(graph) == nil }
    let values = outcomes.map(\.value) + requirements
    let roots = values + (condition.map { [$0] } ?? [])
    let targets = outcomes.map(\.target)
    self.targets = targets
    columnsInTurn = []
    let ownTargets = targets.compactMap(\.ownColumn)
    let read = MeetingText.columns(of: graph.inputs(of: roots), space: space)
    columns = Self.sorted(Set(read.filter { $0.end.isEmpty }.map(\.column) + ownTargets))
    // What the condition reads comes first, so that it needs no more than the first numbers of a row.
    let early = Set(
      MeetingText.columns(of: graph.inputs(of: condition.map { [$0] } ?? []), space: space).filter { !$0.end.isEmpty }.map(
        \.column))
    row = Self.sorted(early) + Self.sorted(Set(read.filter { !$0.end.isEmpty }.map(\.column)).subtracting(early))
    sums = Self.sorted(Set(targets.compactMap { if case .sum(let column) = $0 { column.column } else { nil } }))
    let names = MeetingText.names(areLinks: areLinks)
    var emitter = Emitter(
      graph: graph, dialect: .scalar, inputRate: rate, inputText: names.text, noiseText: names.noise,
      speciesPlace: names.speciesPlace(of: ends))
    var text = MeetingText(
      name: name, comment: comment, ends: ends, columns: columns, row: row, sums: sums, targets: targets,
      opposites: Self.opposites(outcomes, of: ends, graph), space: space)
    if let condition {
      let holds = emitter.condition(condition)
      text.addChoice(where: holds, after: emitter.statements, reading: graph.inputs(of: [condition]), forgets: forgets)
      emitter.restart()
    }
    for withTotals in targets.contains(where: \.isTotal) ? [false, true] : [false] {
      let given = outcomes.indices.filter { withTotals || !targets[$0].isTotal }
        .map { (outcome: $0, value: emitter.spread(outcomes[$0].value)) }
      let kept = requirements.map { emitter.condition($0) }
      text.addBlock(
        giving: given, requiring: kept, after: emitter.statements, reading: graph.inputs(of: values), withTotals: withTotals)
      emitter.restart()
    }
    text.addLoop()
    self.name = name
    self.ends = ends
    needs = KernelNeeds(emitter)
    self.text = text.lines.joined(separator: "\n") + "\n"
  }

  /// Sums of which an earlier one, alone in its column of another end, is the opposite: by outcome, the earlier one.
  private static func opposites(_ outcomes: [Outcome], of ends: [String], _ graph: Graph) -> [Int: Int] {
    var graph = graph, found: [Int: Int] = [:]
    func isBefore(_ end: String, _ other: String) -> Bool { ends.prefix { $0 != other }.contains(end) }
    for (index, outcome) in outcomes.enumerated() {
      guard case .sum(let column) = outcome.target else { continue }
      let opposite = graph.negate(outcome.value)
      found[index] = outcomes.prefix(index).indices.first { earlier in
        guard outcomes[earlier].value == opposite, case .sum(let other) = outcomes[earlier].target else { return false }
        return other.column == column.column && isBefore(other.end, column.end)
          && outcomes.count { $0.target == outcomes[earlier].target } == 1
      }
    }
    return found
  }

  /// Fields that it reads or writes.
  public var fields: Set<String> { Set((columns + row).map(\.field)).union(written) }

  /// Fields that it writes.
  public var written: Set<String> {
    Set(
      targets.compactMap { target in
        switch target {
        case .sum(let column), .least(let column), .greatest(let column): column.column.field
        case .own(let column), .mark(let column): column.field
        case .total: nil
        }
      } + cleared.map(\.field))
  }

  static func padded(_ count: Int) -> Int { (count + 7) / 8 * 8 }

  static func sorted(_ columns: Set<Column>) -> [Column] {
    columns.sorted { ($0.field, $0.component) < ($1.field, $1.component) }
  }
}
