import CKernel

/// What a loop over all pairs gives to each particle.
final class FarSums {
  let channels: Int
  let totalCount: Int
  private let count: Int
  private let columns: [AlignedArray<Double>]
  private let pointers = AlignedArray<UnsafeMutablePointer<Double>?>()

  init(channels: Int, totals: Int, count: Int) {
    (self.channels, totalCount, self.count) = (channels, totals, count)
    columns = (0..<channels + totals).map { _ in AlignedArray<Double>(capacity: count) }
    pointers.set(columns.map { $0.base })
  }

  /// Tells a call where to write.
  func describe(in call: inout mote_far_call) {
    call.sums = bases
    call.totals = bases + channels
  }

  /// The columns: sums, then totals.
  var bases: UnsafePointer<UnsafeMutablePointer<Double>?> { UnsafePointer(pointers.base) }

  /// Forgets everything.
  func clear() { for column in columns { column.base.update(repeating: 0, count: count) } }

  /// Adds other sums of the same particles.
  func add(_ others: FarSums, withTotals: Bool) {
    for index in 0..<channels + (withTotals ? totalCount : 0) {
      let to = columns[index].base, from = others.columns[index].base
      for place in 0..<count { to[place] += from[place] }
    }
  }

  /// Adds the sums to the columns of a store, particle by particle.
  func add(to outputs: [UnsafeMutablePointer<Double>], at order: [Int32]) {
    for (output, column) in zip(outputs, columns) {
      for (place, particle) in order.enumerated() { output[Int(particle)] += column.base[place] }
    }
  }

  /// Puts largest numbers, and the opposites of those that are wanted least, into the columns of a store, where pairs gave any.
  func store(least: [Bool], in outputs: [UnsafeMutablePointer<Double>], at order: [Int32]) {
    for (channel, isLeast) in least.enumerated() {
      for (place, particle) in order.enumerated() where columns[channel].base[place] != Self.lowest {
        let top = columns[channel].base[place]
        outputs[channel][Int(particle)] = isLeast ? -top : top
      }
    }
  }

  /// What stands where no pair gave a number: MOTE_LOWEST of the kernels.
  private static let lowest = -1.7e308

  var isFinite: Bool { columns.prefix(channels).allSatisfy { column in (0..<count).allSatisfy { column.base[$0].isFinite } } }

  /// Energy and virial, with both ends counted, summed in the order of the targets.
  var totals: [Double] { columns.dropFirst(channels).map { column in (0..<count).reduce(0) { $0 + column.base[$1] } } }

  /// Root mean square of the differences of the sums of some targets, relative to that of the sums; the worst of the channels, of
  /// which the first `vector` are the components of one vector.
  func error(against exact: FarSums, at targets: [Int], vector: Int) -> Double {
    let groups = (vector > 0 ? [0..<vector] : []) + (vector..<channels).map { $0..<$0 + 1 }
    return groups.map { group in
      var difference = 0.0, size = 0.0
      for channel in group {
        for target in targets {
          let right = exact.columns[channel].base[target], off = columns[channel].base[target] - right
          difference += off * off
          size += right * right
        }
      }
      return size > 0 ? (difference / size).squareRoot() : 0
    }.max() ?? 0
  }
}

extension AlignedArray {
  /// Holds these elements.
  func set(_ values: [Element]) {
    reserve(values.count)
    for (index, value) in values.enumerated() { base[index] = value }
  }
}
