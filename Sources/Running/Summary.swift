import Diagnostics
import Expressions
import Foundation
import Scenes
import World

/// What a run says at its end: totals, speed, what was expected, what to type next.
struct Summary {
  private let lines: [String]
  private let log: RunLog

  /// `overSeries` are the totals that are made of the whole log, `goOn` is what to type to continue.
  init(
    _ report: RunReport, _ recorder: Recorder, _ scene: Scene, _ log: RunLog, restart: String, overSeries: Set<String>,
    goOn: String
  ) {
    self.log = log
    var lines: [String] = []
    for name in recorder.names {
      let series = recorder.history[name] ?? []
      lines.append(Self.line(name, overSeries.contains(name) ? Array(series.suffix(1)) : series, scene.units))
    }
    lines.append(Self.speed(report))
    for result in report.expectations {
      let bounds = "\(shortNumber(result.range.lowerBound)) … \(shortNumber(result.range.upperBound))"
      lines.append(
        "\(result.holds ? "as expected" : "NOT as expected"): \(result.name) \(shortNumber(result.value)), expected \(bounds)")
    }
    for (text, count) in log.warnings.sorted(by: { $0.key < $1.key }) { lines.append("warning (\(count)×): \(text)") }
    switch report.ending {
    case .finished: lines.append("written: \(report.file)")
    case .stoppedByCondition: lines.append("the scene's condition to stop holds; written: \(report.file)")
    case .stoppedEarly(let reason):
      lines.append("stopped early, as \(reason); checkpoint \(restart)")
      lines.append("go on with:  \(goOn)")
    }
    let stem = URL(fileURLWithPath: report.file).deletingPathExtension().lastPathComponent
    lines += [
      "look at it:  mote render \(report.file) -o \(stem).mp4", "learn from it:  mote fit LAW \(report.file) -o \(stem)-law.yaml",
    ]
    self.lines = lines
  }

  func print() { for line in lines { log.say(line) } }

  private static func speed(_ report: RunReport) -> String {
    guard report.steps > 0 else { return "no steps were left to do; --steps says how many there are in all" }
    let rate = Double(report.steps) / max(report.seconds, 1e-9)
    let particleRate = shortNumber(rate * Double(report.particles))
    return
      "\(report.steps) steps in \(spelledTime(report.seconds)): \(shortNumber(rate)) steps/s, \(particleRate) particle-steps/s"
  }

  /// A total: mean over the second half with its standard error, or the shape of a list of numbers.
  private static func line(_ name: String, _ series: [Observable], _ units: UnitSystem) -> String {
    guard let last = series.last else { return name }
    let label = name.padding(toLength: max(name.count, 24), withPad: " ", startingAt: 0)
    if last.values.count > 6 { return label + " " + sparkline(last.values) }
    if last.values.count > 1 {
      let numbers = last.values.map(shortNumber).joined(separator: " ")
      let unit = DisplayUnit.coherent(last.dimension, units)
      return "\(label) [\(numbers)]\(unit.isEmpty ? "" : " " + unit)"
    }
    let late = series.suffix(max(1, (series.count + 1) / 2)).compactMap(\.values.first)
    let (mean, error) = meanAndError(late)
    return label + " " + DisplayUnit.spelled(mean, error: error, last.dimension, units)
  }

  /// The mean, and its standard error from blocks of a fifth of the series, which are long enough to be nearly independent; no
  /// error of fewer than four values.
  static func meanAndError(_ values: [Double]) -> (mean: Double, error: Double?) {
    let mean = values.reduce(0, +) / Double(max(1, values.count))
    guard values.count > 3 else { return (mean, nil) }
    let size = max(1, values.count / 5)
    let blocks = stride(from: 0, to: values.count - size + 1, by: size).map { start in
      values[start..<start + size].reduce(0, +) / Double(size)
    }
    let variance = blocks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(blocks.count - 1)
    return (mean, (variance / Double(blocks.count)).squareRoot())
  }

  /// A list of numbers as one line of blocks, with its greatest value.
  private static func sparkline(_ values: [Double]) -> String {
    let blocks = Array("▁▂▃▄▅▆▇█")
    let width = min(60, values.count)
    let finite = values.map { $0.isFinite ? $0 : 0 }
    let columns = (0..<width).map { column -> Double in
      let range = column * finite.count / width..<max((column + 1) * finite.count / width, column * finite.count / width + 1)
      return finite[range].reduce(0, +) / Double(range.count)
    }
    let low = min(0, columns.min() ?? 0), high = max(columns.max() ?? 1, low + 1e-300)
    let text = columns.map { String(blocks[min(7, Int(8 * ($0 - low) / (high - low)))]) }.joined()
    let peak = finite.indices.max { finite[$0] < finite[$1] } ?? 0
    return "\(text)  greatest \(shortNumber(finite[peak])) in bin \(peak) of \(finite.count)"
  }
}
