import ArgumentParser
import Diagnostics
import Rendering
import Snapshots

/// What a plot shows.
struct PlotData: ParsableArguments {
  @Option(name: .customShort("x"), parsing: .unconditional, help: ArgumentHelp("Along the axis.", valueName: "expression"))
  var x: String

  @Option(
    name: .customShort("y"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Up the axis; may be repeated.", valueName: "expression"))
  var y: [String]

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Whose: log, runs, a histogram, or species, several with commas; may be repeated. (default: log)", valueName: "name"))
  var of: [String] = []

  @Option(name: .customLong("where"), help: ArgumentHelp("Draw only points that meet this condition.", valueName: "condition"))
  var condition: String?

  @Option(help: ArgumentHelp("Which frames: first, last, a number, or from:below:step. (default: last)", valueName: "frames"))
  var frames: FrameSelection?

  @Flag(help: "One curve: the mean over the frames, member by member or bin by bin.")
  var average = false

  /// The curves with the titles of the axes.
  struct Curves {
    var series: [LinePlot.Series] = []
    var x = ""
    var y = ""
  }

  /// Beyond so many points each is a dot.
  private static let crowd = 1000

  /// A curve for each of `y`, of each file, of each frame.
  func curves(in files: [String]) throws -> Curves {
    var curves = Curves()
    let readers = try files.map { file throws(Failure) in try SnapshotReader(file) }
    for source in of.isEmpty ? ["log"] : of {
      for (names, table) in try tables(of: source, readers) {
        let labels = y.map { PlotLooks.label(of: $0) }
        let values = try table.values(of: [x] + labels.map(\.text), where: condition)
        (curves.x, curves.y) = (values[0].title, labels.count == 1 ? values[1].title : "")
        let points: LinePlot.Series.Style = values[0].numbers.count > Self.crowd ? .dots : .points
        for (label, numbers) in zip(labels, values.dropFirst()) {
          let own = label.name ?? (labels.count > 1 ? label.text : nil)
          let name = ([own].compactMap { $0 } + (of.count > 1 ? [source] : []) + names).joined(separator: ", ")
          let style = source == "log" ? .line : points
          curves.series.append(LinePlot.Series(name, x: values[0].numbers, y: numbers.numbers, style: style))
        }
      }
    }
    return curves
  }

  /// Tables with what tells each from the others.
  private func tables(of source: String, _ readers: [SnapshotReader]) throws -> [(names: [String], table: PlotTable)] {
    if source == "runs" {
      return [([], try PlotTable(endsOf: readers, paths: [x] + y.map { PlotLooks.label(of: $0).text }))]
    }
    return try readers.flatMap { reader in
      let file = readers.count > 1 ? [reader.path] : []
      if source == "log" { return [(file, try PlotTable(logOf: reader))] }
      let chosen = try (frames ?? .last).indices(of: reader.frameCount, in: reader.path)
      if average {
        return [(file, try PlotTable(meanOf: try chosen.map { try PlotTable(of: source, in: try reader.frame(at: $0)) }))]
      }
      return try chosen.map { index in
        let time = chosen.count > 1 ? ["t = \(reader.times[index])"] : []
        return (file + time, try PlotTable(of: source, in: try reader.frame(at: index)))
      }
    }
  }
}
