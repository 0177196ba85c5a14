import Foundation

/// The rows of the log that totals like `slope` look at: times, and a column for each argument of their calls.
struct LoggedSeries {
  private(set) var times: [Double] = []
  private(set) var columns: [[Double]] = []

  /// Adds a row; one of the same time is replaced.
  mutating func append(_ row: [Double], at time: Double) {
    if columns.isEmpty { columns = row.map { _ in [] } }
    if times.last == time {
      times.removeLast()
      for index in columns.indices { columns[index].removeLast() }
    }
    times.append(time)
    for (index, value) in row.enumerated() { columns[index].append(value) }
  }

  /// All rows, one after the other.
  var rows: [Double] { times.indices.flatMap { row in columns.map { $0[row] } } }
}

extension Series {
  /// The number that the call gives over the logged rows; its arguments are the columns from `place` on.
  func value(_ rows: LoggedSeries, at place: Int) -> Double {
    let t = rows.times, y = rows.columns[place], second = tape.tape.count > 1 ? rows.columns[place + 1].last : nil
    guard let end = t.last, let last = y.last else { return .nan }
    switch kind {
    case .last: return last
    case .slope: return Self.slope(t, y)
    case .growth: return Self.slope(t, y.map { log(abs($0)) })
    case .average:
      // Without a time the first half counts as settling.
      let from = second ?? (t[0] + end) / 2
      guard let first = t.firstIndex(where: { $0 >= from }) else { return .nan }
      return y[first...].reduce(0, +) / Double(y.count - first)
    case .when: return zip(t, y).first { $0.1 != 0 }?.0 ?? .nan
    case .period: return Self.period(t, y)
    case .crossing: return Self.crossing(t, y, value: second ?? 0)
    }
  }

  /// Least squares.
  private static func slope(_ t: [Double], _ y: [Double]) -> Double {
    guard t.count > 1 else { return 0 }
    let n = Double(t.count), meanT = t.reduce(0, +) / n, meanY = y.reduce(0, +) / n
    var covariance = 0.0, variance = 0.0
    for row in t.indices {
      covariance += (t[row] - meanT) * (y[row] - meanY)
      variance += (t[row] - meanT) * (t[row] - meanT)
    }
    return covariance / variance
  }

  /// Mean distance of upward crossings of the mean.
  private static func period(_ t: [Double], _ y: [Double]) -> Double {
    let mean = y.reduce(0, +) / Double(y.count)
    let ups = (1..<max(1, y.count)).filter { y[$0 - 1] < mean && y[$0] >= mean }.map { index in
      t[index - 1] + (t[index] - t[index - 1]) * (mean - y[index - 1]) / (y[index] - y[index - 1])
    }
    guard let first = ups.first, let last = ups.last, ups.count > 1 else { return .nan }
    return (last - first) / Double(ups.count - 1)
  }

  /// When the series first crosses a value.
  private static func crossing(_ t: [Double], _ y: [Double], value: Double) -> Double {
    for index in y.indices.dropFirst() where (y[index - 1] - value) * (y[index] - value) <= 0 && y[index] != y[index - 1] {
      return t[index - 1] + (t[index] - t[index - 1]) * (value - y[index - 1]) / (y[index] - y[index - 1])
    }
    return .nan
  }
}
