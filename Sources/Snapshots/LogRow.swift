import Diagnostics
import World

/// One row of the log: single numbers at a step, which need not be one of a frame.
struct LogRow: Sendable {
  var step: Int
  var time: Double
  /// Those with one number are kept.
  var values: [Observable]
}

extension LogRow {
  /// Adds rows to `/log`; a series that begins late or pauses has NaN in between.
  static func append(_ rows: [LogRow], to file: borrowing StoredFile, _ layout: Layout) throws(Failure) {
    if rows.isEmpty { return }
    let names = Set(rows.flatMap { $0.values.map(\.name) }).sorted()
    if !file.exists("/log/step") { try createSteps(in: file, layout) }
    let start = try file.extent(of: "/log/step")[0]
    for name in names where !file.exists("/log/\(name)") {
      guard let first = rows.lazy.flatMap(\.values).first(where: { $0.name == name }) else { continue }
      try layout.createRows("/log/\(name)", .f8, in: file)
      try layout.setUnits(of: "/log/\(name)", first.dimension, in: file, isReaderKind: false)
      try file.append([Double](repeating: .nan, count: start), to: "/log/\(name)", after: 0)
    }
    try file.append(rows.map { Int64($0.step) }, to: "/log/step", after: start)
    try file.append(rows.map(\.time), to: "/log/time", after: start)
    for name in try file.children(of: "/log") where !["step", "time"].contains(name) {
      let series = rows.map { row in row.values.first { $0.name == name && $0.values.count == 1 }?.values[0] ?? .nan }
      try file.append(series, to: "/log/\(name)", after: start)
    }
  }

  private static func createSteps(in file: borrowing StoredFile, _ layout: Layout) throws(Failure) {
    try layout.createRows("/log/step", .i8, in: file)
    try layout.createRows("/log/time", .f8, in: file)
    try layout.setUnits(of: "/log/step", .one, in: file)
    try layout.setUnits(of: "/log/time", .init(time: 1), in: file, isReaderKind: false)
  }
}
