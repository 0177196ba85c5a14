import Expressions

extension StencilKernel {
  /// A column that gets its new values in the memory of another one, or in its own, moved by a step.
  ///
  /// Where a pass reads each number at one neighbour only, it may put a new one there: nobody else reads that place. The column
  /// with the opposite step does, one pass later and from the site itself. So both trade their memory, each beginning where the
  /// other one was read; after two passes all is where it was. One copy of the numbers is enough, and a store finds its line in
  /// the cache (P. Bailey et al., ICPP 2009, 550; by pointers: M. Geier, M. Schönherr, Computation 5 (2017) 19).
  public struct Trade: Sendable {
    /// The column that gets new values.
    public let column: Column
    /// The column whose memory it takes.
    public let from: Column
    /// Where that was read: steps along x, y, z.
    public let step: [Int]

    /// The trades of a pass; none if some column can't.
    ///
    /// - Parameters:
    ///   - exchanged: columns that it writes and reads of neighbours.
    ///   - fields: what it reads where no flag is near.
    static func all(of exchanged: Set<Column>, reading fields: [Input], steps: [[Int]]) -> [Trade] {
      let places = Dictionary(grouping: fields) { Column($0.name, $0.component) }
      var ways: [(column: Column, step: [Int])] = []
      for column in exchanged.sorted(by: { ($0.field, $0.component) < ($1.field, $1.component) }) {
        let inputs = places[column] ?? []
        // A column that only sites near a flag read of neighbours gets its new values in its own place.
        if inputs.allSatisfy(StencilKernel.isOwn) { continue }
        guard inputs.count == 1, let number = Int(inputs[0].end.dropFirst()), steps.indices.contains(number) else { return [] }
        ways.append((column, steps[number]))
      }
      return paired(ways)
    }

    private static func paired(_ ways: [(column: Column, step: [Int])]) -> [Trade] {
      var trades: [Trade] = [], open = ways
      while let first = open.first {
        let opposite = first.step.map { -$0 }
        if first.step == opposite {
          trades.append(Trade(column: first.column, from: first.column, step: first.step))
          open.removeFirst()
          continue
        }
        guard let other = open.firstIndex(where: { $0.step == opposite && $0.column.field == first.column.field }) else {
          return []
        }
        trades.append(Trade(column: first.column, from: open[other].column, step: opposite))
        trades.append(Trade(column: open[other].column, from: first.column, step: first.step))
        open.remove(at: other)
        open.removeFirst()
      }
      return trades
    }
  }
}
