import CKernel
import KernelCompiler
import World

/// Memory for numbers of sites that lie side by side, with copies beyond the sides of the box; kept from pass to pass.
final class NodeMemory {
  private let groups: [NodeGroup]
  private let numbers: [AlignedArray<Double>]
  private let isMet = AlignedArray<UInt8>()
  private let descriptions: UnsafeMutablePointer<mote_nodes>
  private let columns: UnsafeMutablePointer<UnsafeMutablePointer<Double>?>
  private let adds: UnsafeMutablePointer<UInt8>
  /// Sites of a support along an axis, less one.
  private(set) var reach: Int32 = 0
  /// Lines of sites along the first axis, with those beyond the sides.
  private(set) var lineCount = 0

  var nodes: UnsafePointer<mote_nodes> { UnsafePointer(descriptions) }
  var groupCount: Int64 { Int64(groups.count) }

  init(_ groups: [NodeGroup]) {
    self.groups = groups
    numbers = groups.map { _ in AlignedArray<Double>() }
    let all = groups.reduce(0) { $0 + $1.columns.count }
    descriptions = .allocate(capacity: groups.count)
    descriptions.initialize(repeating: mote_nodes(), count: groups.count)
    columns = .allocate(capacity: all)
    columns.initialize(repeating: nil, count: all)
    adds = .allocate(capacity: all)
    for (place, isAdded) in groups.flatMap(\.adds).enumerated() { (adds + place).initialize(to: isAdded ? 1 : 0) }
  }

  deinit {
    descriptions.deallocate()
    columns.deallocate()
    adds.deallocate()
  }

  /// Makes room for the sites of a grid and those that supports reach beyond it.
  func layOut(_ grid: Grid, reach: Int, _ sites: MemberStore) {
    self.reach = Int32(reach)
    func along<Value>(_ axis: Int, _ value: (Int) -> Value, else absent: Value) -> Value {
      grid.counts.indices.contains(axis) ? value(axis) : absent
    }
    let before = (0..<3).map { along($0, { grid.isPeriodic[$0] ? 0 : reach }, else: 0) }
    let counts = (0..<3).map { axis in along(axis, { grid.counts[$0] + before[$0] + reach }, else: 1) }
    lineCount = counts[1] * counts[2]
    isMet.reserve(lineCount)
    var place = 0
    for (index, group) in groups.enumerated() {
      numbers[index].reserve(counts.reduce(1, *) * group.width)
      let start = place
      for column in group.columns {
        columns[place] = sites.existing(column)
        place += 1
      }
      descriptions[index] = mote_nodes(
        numbers: numbers[index].base, columns: columns + start, adds: adds + start, width: Int64(group.width),
        used: Int64(group.columns.count), counts: (Int64(counts[0]), Int64(counts[1]), Int64(counts[2])),
        before: (Int64(before[0]), Int64(before[1]), Int64(before[2])), is_met: isMet.base)
    }
  }
}
