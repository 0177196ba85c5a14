import Diagnostics
import Expressions

/// Values over time: an observable at the frames, or a series of the log.
public struct Series: Sendable, Equatable {
  /// As under /observables or /log.
  public var name: String
  /// Physical dimension of the values.
  public var dimension: Dimension
  /// Steps at which there is a value.
  public var steps: [Int]
  /// Units of the run.
  public var times: [Double]
  /// Numbers per step: 1, or the length of a histogram.
  public var width: Int
  /// `width` numbers for each step, one step after another.
  public var values: [Double]
}

extension SnapshotReader {
  /// Names of the observables, without the particle count.
  public var observableNames: [String] { parts[0].layout.observables.map(\.name) }

  /// An observable at all frames; throws `.failed` for one that is not there.
  public func observable(_ name: String) throws(Failure) -> Series {
    guard let observable = parts[0].layout.observables.first(where: { $0.name == name }) else {
      throw Failure(.failed, "\(path): there is no observable '\(name)'", hint: suggestion(for: name, among: observableNames))
    }
    var series = Series(
      name: name, dimension: observable.dimension, steps: steps, times: times, width: observable.width ?? 1, values: [])
    for part in parts {
      let axes = observable.width.map { [$0] } ?? []
      let slab = Slab(start: [0] + axes.map { _ in 0 }, count: [part.frames] + axes)
      series.values += try StoredFile.reading(part.path).read(observable.path, slab)
    }
    return series
  }

  /// The log, one series per name; NaN where a series has no value.
  public func log() throws(Failure) -> [Series] {
    var found: [String: Series] = [:]
    var steps: [Int] = [], times: [Double] = []
    for part in parts {
      let file = try StoredFile.reading(part.path)
      guard file.exists("/log/step") else { continue }
      let before = steps.count
      steps += try file.read("/log/step", as: Int64.self).map { Int($0) }
      times += try file.read("/log/time")
      for name in try file.children(of: "/log") where !["step", "time"].contains(name) {
        let dimension = try Dimension(ofValuesAt: "/log/\(name)", in: file)
        var series = found[name] ?? Series(name: name, dimension: dimension, steps: [], times: [], width: 1, values: [])
        series.values += [Double](repeating: .nan, count: before - series.values.count) + (try file.read("/log/\(name)"))
        found[name] = series
      }
    }
    return found.values.sorted { $0.name < $1.name }.map { series in
      var series = series
      series.values += [Double](repeating: .nan, count: steps.count - series.values.count)
      (series.steps, series.times) = (steps, times)
      return series
    }
  }
}
