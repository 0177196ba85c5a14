import Dispatch

/// The threads that share the work of a pass. What they share out never shows in a result.
public struct Workers: Sendable {
  /// Number of threads.
  public let count: Int

  /// So many threads, at least one.
  public init(_ count: Int = 1) { self.count = max(1, count) }

  /// Runs `body` for 0 ..< parts, at the same time where there are threads; returns when all are done.
  func forEach(_ parts: Int, _ body: (Int) -> Void) {
    if count == 1 || parts == 1 {
      for part in 0..<parts { body(part) }
    } else {
      // The parts write to disjoint memory and `body` outlives the call, which is synchronous.
      withoutActuallyEscaping(body) { escaping in
        let shared = Shared(body: escaping)
        DispatchQueue.concurrentPerform(iterations: parts) { shared.body($0) }
      }
    }
  }

  /// Cuts 0 ..< total into one range per thread, at multiples of `step`, and runs them.
  func forRanges(of total: Int, step: Int = 1, _ body: (Int, Range<Int64>) -> Void) {
    let ranges = ranges(of: total, step: step)
    forEach(ranges.count) { body($0, ranges[$0]) }
  }

  /// 0 ..< total in one range per thread, cut at multiples of `step`; a single one if there is little to do.
  func ranges(of total: Int, atLeast least: Int = 64, step: Int = 1) -> [Range<Int64>] {
    let parts = total < least * count ? 1 : count
    let cuts = (0..<parts).map { Int64(total * $0 / parts / step * step) } + [Int64(total)]
    return zip(cuts, cuts.dropFirst()).map { $0..<$1 }
  }

  /// A body that is known to write to memory of its own.
  private struct Shared: @unchecked Sendable {
    let body: (Int) -> Void
  }
}
