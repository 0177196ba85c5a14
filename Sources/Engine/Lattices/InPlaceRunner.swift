import CKernel
import Diagnostics
import KernelCompiler
import World

/// Calls the kernel of a pass over sites and neighbours that puts new values where it read old ones.
final class InPlaceRunner {
  private let pass: StencilKernel
  private let mark: LatticeRunner.Kernel?
  private let survey: LatticeRunner.Kernel
  private let workers: Workers
  private let flagsStay: Bool
  private let steps: [Int32]
  private let calm = AlignedArray<mote_calm>(), marks = AlignedArray<UInt8>(), aside = AlignedArray<Double>()
  /// New values that are kept aside, for each outcome, and the number of rows for which they were counted.
  private var asideCount = 0
  private var surveyed: Int?

  /// - Parameter flagsStay: whether flags change only before the first step.
  init(_ pass: StencilKernel, _ library: KernelLibrary, workers: Workers, flagsStay: Bool) throws(Failure) {
    self.pass = pass
    self.workers = workers
    self.flagsStay = flagsStay
    steps = pass.steps.joined().map(Int32.init)
    mark = !pass.flags.isEmpty ? try library.function(pass.name + "_marks", as: LatticeRunner.Kernel.self) : nil
    survey = try library.function("mote_survey_rows", as: LatticeRunner.Kernel.self)
  }

  /// Runs the pass; new values of more than `cached` bytes that are not read go past the caches.
  func run(
    _ kernel: LatticeRunner.Kernel, _ needs: BoundNeeds, grid: Grid, on store: MemberStore, _ world: WorldState, cached: Int
  ) {
    let trades = pass.trades.map { (column: $0.column, from: $0.from, way: grid.distance($0.step)) }
    if trades.contains(where: { store.existingNumbers($0.from).moved(by: $0.way) == nil }) { store.centre(trades.map(\.column)) }
    let next = pass.written.map { column in
      let trade = trades.first { $0.column == column }
      return store.existingNumbers(trade?.from ?? column).address(movedBy: trade?.way ?? 0)
    }
    var call = LatticeCall(
      needs, columns: pass.columns.map { store.existingNumbers($0).address() }, next: next, world, grid: grid)
    call.isLarge = grid.count * MemoryLayout<Double>.stride > cached
    let rows = grid.count / grid.counts[0]
    let ranges = workers.ranges(of: rows, atLeast: grid.count < 1 << 12 ? .max / workers.count : 1)
    steps.withUnsafeBufferPointer { steps in
      (call.start.steps, call.start.step_count) = (steps.baseAddress, Int64(pass.steps.count))
      prepare(&call, rows: rows, count: grid.counts[0], ranges)
    }
    for isFirst in [true, false] {
      call.start.is_first = isFirst ? 1 : 0
      _ = call.run(kernel, workers, ranges: ranges)
    }
    store.trade(trades)
  }

  /// Flags may be others than before.
  func forgetFlags() { surveyed = nil }

  /// Finds the sites that read where they write, and makes room for the new values of the others.
  private func prepare(_ call: inout LatticeCall, rows: Int, count: Int, _ ranges: [Range<Int64>]) {
    calm.reserve(rows)
    call.start.calm = calm.base
    call.start.has_rings = pass.readsOthers ? 0 : 1
    if !flagsStay || surveyed != rows {
      if let mark {
        marks.reserve(rows * count)
        call.start.marks = marks.base
        _ = call.run(mark, workers, ranges: ranges)
      }
      _ = call.run(survey, workers, ranges: ranges)
      makeRoom(rows: rows, count: count)
      surveyed = rows
    }
    (call.start.aside, call.start.aside_count) = (aside.base, Int64(asideCount))
  }

  private func makeRoom(rows: Int, count: Int) {
    let beyond = pass.steps.map { $0[0] }, ends = max(0, -(beyond.min() ?? 0)) + max(0, beyond.max() ?? 0)
    asideCount = ends * (rows + 1)
    for row in 0..<rows where calm.base[row].is_ring == 0 {
      calm.base[row].aside = Int64(asideCount)
      asideCount += count - Int(calm.base[row].high - calm.base[row].low)
    }
    // The outcomes shall not begin at the same place of a page: the cache would hold few of them at once.
    asideCount += (512 + 40 - asideCount % 512) % 512
    aside.reserve(asideCount * pass.written.count)
  }
}

extension Grid {
  /// How far a site lies from another one in memory that is some steps away.
  func distance(_ step: [Int]) -> Int {
    zip(step, [1] + counts.indices.map { counts[...$0].reduce(1, *) }).reduce(0) { $0 + $1.0 * $1.1 }
  }
}

extension MemberStore {
  /// A column that the plan has asked for, whatever it holds.
  func existingNumbers(_ column: Column) -> ColumnMemory {
    guard let found = numbers(column) else { preconditionFailure("the store has no column \(column.field) \(column.component)") }
    return found
  }
}
