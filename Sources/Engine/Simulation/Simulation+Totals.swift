import Foundation

import Diagnostics
import Expressions
import World

extension Simulation {
  /// The totals of the log at this moment, which also lengthens the series that totals like `slope` look at.
  ///
  /// - Throws: `Failure` of status `blewUp` if a total is no number.
  public func measure() throws -> [Observable] {
    if !hasTotals, !plan.forceGroups.isEmpty { try evaluateForces(group: "", wantsTotals: true) }
    var observables: [Observable] = []
    for (index, pass) in plan.log.enumerated() {
      for (quantity, entry) in zip(pass.quantities, try evaluate(pass, series: index)) {
        world[entry.name] = entry.values
        guard !entry.values.contains(where: \.isInfinite) else {
          throw Failure(
            .blewUp, "step \(step): \(entry.name) is infinite",
            hint: "a smaller time step, or particles that overlap less at the start")
        }
        observables.append(Observable(name: entry.name, dimension: quantity.dimension, values: entry.values))
      }
    }
    return observables
  }

  /// True if the scene's condition to stop holds.
  public func shouldStop() -> Bool { plan.stop.map { number($0) != 0 } ?? false }

  /// The values of a pass of totals, by the name of each quantity.
  func evaluate(_ pass: TotalPass, series index: Int?) throws -> [(name: String, values: [Double])] {
    world.locals = [:]
    if let kernel = pass.kernel {
      for (term, values) in members.totals(kernel, on: stores[pass.population], parameters, world).enumerated() {
        let isHistogram: Bool = if case .histogram = plan.totals[kernel].terms[term] { true } else { false }
        for (bin, value) in values.enumerated() {
          let input =
            isHistogram
            ? Input(.local, "histogram", component: bin, end: "\(term)") : Input(.local, "term", component: term)
          world.locals[input] = value
        }
      }
    }
    for (number, measure) in pass.pairMeasures.enumerated() {
      for (bin, value) in try measures.values(measure, on: store, box: box, world).enumerated() {
        world.locals[Input(.local, "pair", component: bin, end: "\(number)")] = value
      }
    }
    if let index { addToSeries(index, pass) }
    let values = pass.tape.tape.run(in: parameters.context(world))
    var place = 0
    return pass.quantities.map { quantity in
      defer { place += quantity.components }
      return (quantity.name, Array(values[place..<place + quantity.components]))
    }
  }

  /// Appends the present values to the series of a pass, and evaluates the numbers over them.
  private func addToSeries(_ index: Int, _ pass: TotalPass) {
    guard !pass.series.isEmpty else { return }
    let values = pass.series.flatMap { $0.tape.tape.run(in: parameters.context(world)) }
    if let last = series[index].last, last.time == time { series[index].removeLast() }
    series[index].append((time, values))
    var place = 0
    for (number, item) in pass.series.enumerated() {
      let width = item.tape.tape.count
      let points = series[index].map { SeriesPoint(time: $0.time, values: Array($0.values[place..<place + width])) }
      world.locals[Input(.local, "series", component: number)] = item.kind.value(points)
      place += width
    }
  }
}

/// One row of a logged series: the time, and the arguments of the call.
struct SeriesPoint {
  var time: Double
  var values: [Double]
}

extension Series.Kind {
  /// The number that the call gives over the logged rows.
  func value(_ points: [SeriesPoint]) -> Double {
    guard let last = points.last else { return .nan }
    let y = points.map { $0.values[0] }, t = points.map(\.time)
    switch self {
    case .last: return last.values[0]
    case .slope: return Self.slope(t, y)
    case .growth: return Self.slope(t, y.map { log(abs($0)) })
    case .average:
      // Without a time the first half counts as settling.
      let from = last.values.count > 1 ? last.values[1] : (t[0] + last.time) / 2
      let kept = zip(t, y).filter { $0.0 >= from }.map(\.1)
      return kept.isEmpty ? .nan : kept.reduce(0, +) / Double(kept.count)
    case .when: return points.first { $0.values[0] != 0 }?.time ?? .nan
    case .period: return Self.period(t, y)
    case .crossing: return Self.crossing(t, y, value: last.values.count > 1 ? last.values[1] : 0)
    }
  }

  /// Least squares.
  private static func slope(_ t: [Double], _ y: [Double]) -> Double {
    guard t.count > 1 else { return 0 }
    let n = Double(t.count), meanT = t.reduce(0, +) / n, meanY = y.reduce(0, +) / n
    let covariance = zip(t, y).reduce(0) { $0 + ($1.0 - meanT) * ($1.1 - meanY) }
    return covariance / t.reduce(0) { $0 + ($1 - meanT) * ($1 - meanT) }
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
