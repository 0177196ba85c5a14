import Foundation

/// One row of a logged series: the time, what is logged, and the further number of the call if it has one.
struct SeriesPoint: Sendable {
  var time: Double
  var value: Double
  var argument: Double?

  /// `values` are those of the call's arguments.
  init(time: Double, values: some Sequence<Double>) {
    var values = values.makeIterator()
    self.time = time
    value = values.next() ?? .nan
    argument = values.next()
  }

  var values: [Double] { [value] + (argument.map { [$0] } ?? []) }
}

/// The logged rows of a call such as `slope(energy)`, with what makes its number cheap to renew at every row.
struct LoggedSeries: Sendable {
  let kind: Series.Kind
  private(set) var points: [SeriesPoint] = []
  /// Of all rows but the latest, which may still be replaced.
  private var settled = RunningFit()
  /// The same rows as swings to either side of zero.
  private var swings = Swings()
  /// The sum of all finite values before each row, and the last row before the latest that is not finite.
  private var sums: [Double] = []
  private var lastInfinite = -1
  /// When a condition first held, or a value was first crossed.
  private var firstTime: Double?

  init(_ kind: Series.Kind) { self.kind = kind }

  /// Takes in a row; another of the same time replaces the latest.
  mutating func note(_ point: SeriesPoint) {
    if points.last?.time == point.time { points.removeLast() } else { settle() }
    points.append(point)
  }

  private mutating func settle() {
    guard let last = points.last else { return sums.append(0) }
    settled.add(last.time, fitted(last))
    swings.add(last)
    if firstTime == nil { firstTime = timeOfLatest }
    if !last.value.isFinite { lastInfinite = points.count - 1 }
    sums.append((sums.last ?? 0) + (last.value.isFinite ? last.value : 0))
  }

  private func fitted(_ point: SeriesPoint) -> Double { kind == .growth ? log(abs(point.value)) : point.value }

  /// The number that the call gives over all rows.
  var number: Double {
    guard let last = points.last else { return .nan }
    switch kind {
    case .last: return last.value
    case .slope: return fit(with: last).slope
    case .growth:
      var swings = swings
      swings.add(last)
      return swings.count > 1 ? swings.growth : fit(with: last).slope
    case .average: return average(from: last)
    case .when, .crossing: return firstTime ?? timeOfLatest ?? .nan
    case .period: return Self.period(points, about: last.argument)
    }
  }

  private func fit(with last: SeriesPoint) -> RunningFit {
    var fit = settled
    fit.add(last.time, fitted(last))
    return fit
  }

  /// The time at which the latest row makes a condition hold, or crosses the value; nil if it does not.
  private var timeOfLatest: Double? {
    guard let last = points.last else { return nil }
    if kind == .when { return last.value != 0 ? last.time : nil }
    guard kind == .crossing, let before = points.dropLast().last, before.value != last.value else { return nil }
    let wanted = last.argument ?? 0
    guard (before.value - wanted) * (last.value - wanted) <= 0 else { return nil }
    return before.time + (last.time - before.time) * (wanted - before.value) / (last.value - before.value)
  }

  /// The mean of the rows from a time on; without one, the first half counts as settling.
  private func average(from last: SeriesPoint) -> Double {
    let from = last.argument ?? (points[0].time + last.time) / 2
    // Times grow, so the first row that counts is found by halving.
    var low = 0, high = points.count
    while low < high {
      let middle = (low + high) / 2
      if points[middle].time < from { low = middle + 1 } else { high = middle }
    }
    guard low < points.count, low > lastInfinite else { return .nan }
    return (sums[points.count - 1] + last.value - sums[low]) / Double(points.count - low)
  }

  /// Mean distance of upward crossings of a value, or else of the mean; as that moves with each row, all are looked at.
  private static func period(_ points: [SeriesPoint], about value: Double?) -> Double {
    let level = value ?? points.reduce(0) { $0 + $1.value } / Double(points.count)
    let ups = zip(points, points.dropFirst()).filter { $0.value < level && $1.value >= level }.map { a, b in
      a.time + (b.time - a.time) * (level - a.value) / (b.value - a.value)
    }
    guard let first = ups.first, let last = ups.last, ups.count > 1 else { return .nan }
    return (last - first) / Double(ups.count - 1)
  }
}

/// The tops of a series between its changes of sign; the first stretch and the latest, which may be torn, do not count.
struct Swings: Sendable {
  private var top: SeriesPoint?
  private var changes = 0
  private var fit = RunningFit()

  mutating func add(_ point: SeriesPoint) {
    guard let top, top.value * point.value < 0 else {
      if top.map({ abs($0.value) < abs(point.value) }) ?? true { top = point }
      return
    }
    if changes > 0 { fit.add(top.time, log(abs(top.value))) }
    changes += 1
    self.top = point
  }

  /// Whole stretches between changes of sign.
  var count: Int { max(0, changes - 1) }
  /// The slope of the logarithm of the tops.
  var growth: Double { fit.slope }
}

/// A straight line fitted by least squares to points that come one by one.
///
/// Means and central moments are kept (B. P. Welford, Technometrics 4 (1962) 419), as differences of large sums would cancel.
struct RunningFit: Sendable {
  private var count = 0.0
  private var meanX = 0.0
  private var meanY = 0.0
  /// Σ (x − ⟨x⟩)² and Σ (x − ⟨x⟩)(y − ⟨y⟩).
  private var squares = 0.0
  private var products = 0.0

  mutating func add(_ x: Double, _ y: Double) {
    count += 1
    let fromOldMean = x - meanX
    meanX += fromOldMean / count
    meanY += (y - meanY) / count
    squares += fromOldMean * (x - meanX)
    products += fromOldMean * (y - meanY)
  }

  /// The slope; 0 of a single point.
  var slope: Double { count > 1 ? products / squares : 0 }
}
