import Foundation
import Testing

@testable import Engine

@Suite("Numbers over logged series")
struct LoggedSeriesTests {
  /// A noisy sine on a slope, with rows that are replaced now and then, as when a total is asked for twice in a step.
  private static let rows: [(time: Double, value: Double)] = (0..<200).map { index in
    let time = 0.1 * Double(index)
    return (time, 0.3 * time + sin(2.5 * time) + 0.1 * cos(77 * time))
  }

  private func number(_ kind: Series.Kind, argument: Double? = nil) -> Double {
    var series = LoggedSeries(kind)
    for row in Self.rows {
      series.note(SeriesPoint(time: row.time, values: [1e3] + (argument.map { [$0] } ?? [])))
      series.note(SeriesPoint(time: row.time, values: [row.value] + (argument.map { [$0] } ?? [])))
    }
    return series.number
  }

  /// Least squares by the normal equations.
  private func slope(_ y: [Double]) -> Double {
    let t = Self.rows.map(\.time), n = Double(t.count)
    let (st, sy) = (t.reduce(0, +), y.reduce(0, +))
    let products = zip(t, y).reduce(0) { $0 + $1.0 * $1.1 }, squares = t.reduce(0) { $0 + $1 * $1 }
    return (n * products - st * sy) / (n * squares - st * st)
  }

  @Test("are those of the formula over all rows")
  func formulas() {
    let y = Self.rows.map(\.value)
    #expect(abs(number(.slope) - slope(y)) < 1e-9)
    let late = Self.rows.filter { $0.time >= 5 }.map(\.value), half = Self.rows.filter { $0.time >= 9.95 }.map(\.value)
    #expect(abs(number(.average, argument: 5) - late.reduce(0, +) / Double(late.count)) < 1e-12)
    #expect(abs(number(.average) - half.reduce(0, +) / Double(half.count)) < 1e-12)
    #expect(number(.last) == y.last)
    let first = y.firstIndex { $0 > 3 } ?? 0
    let share = (3 - y[first - 1]) / (y[first] - y[first - 1])
    #expect(abs(number(.crossing, argument: 3) - (Self.rows[first - 1].time + 0.1 * share)) < 1e-12)
    #expect(number(.when) == 0)
  }

  /// A number over a series with time steps of 0.1 up to 20.
  private func number(_ kind: Series.Kind, about level: Double? = nil, of series: (Double) -> Double) -> Double {
    var logged = LoggedSeries(kind)
    for time in stride(from: 0, through: 20, by: 0.1) {
      logged.note(SeriesPoint(time: time, values: [series(time)] + (level.map { [$0] } ?? [])))
    }
    return logged.number
  }

  @Test("growth is the slope of the logarithm, and of the tops of what swings")
  func growth() {
    #expect(abs(number(.growth) { 3 * exp(0.2 * $0) } - 0.2) < 1e-12)
    let ring = number(.growth) { exp(-0.15 * $0) * cos(1.4 * $0) }
    #expect(abs(ring + 0.15) < 1e-3)
    // Where it crosses zero the logarithm has dips: a line through all rows would miss the same bound.
    #expect(abs(number(.growth) { exp(-0.15 * $0) * abs(cos(1.4 * $0)) } + 0.15) > 1e-3)
  }

  @Test("a period about zero is that of what fades, one about the mean is not")
  func period() {
    let fading: (Double) -> Double = { exp(-0.15 * $0) * cos(1.4 * $0) }
    #expect(abs(number(.period, about: 0, of: fading) / (2 * .pi / 1.4) - 1) < 1e-3)
    #expect(abs(number(.period, of: fading) / (2 * .pi / 1.4) - 1) > 1e-3)
  }

  @Test("an average forgets rows that are no numbers once they lie before its start")
  func infinite() {
    var series = LoggedSeries(.average)
    for (index, value) in [.nan, 1, 2, 3].enumerated() {
      series.note(SeriesPoint(time: Double(index), values: [value]))
      #expect(series.number.isNaN == (index == 0))
    }
    #expect(series.number == 2.5)
  }

  @Test("a row costs the same however many stand before it")
  func cost() {
    let time = ContinuousClock().measure {
      for kind in [Series.Kind.slope, .average, .crossing] {
        var series = LoggedSeries(kind)
        for index in 0..<40_000 {
          series.note(SeriesPoint(time: Double(index), values: [sin(Double(index))]))
          _ = series.number
        }
      }
    }
    // Were all rows looked at again for each, this would be billions of them.
    #expect(time < .seconds(10))
  }
}
