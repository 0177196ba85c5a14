import ArgumentParser
import Diagnostics
import Rendering

/// What stands beside the data of a plot, and how all is drawn.
struct PlotLooks: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp("Draw a formula of x, both in the units of the axes; may be repeated.", valueName: "formula"))
  var curve: [String] = []

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Draw the points of a file, two numbers a line; may be repeated.", valueName: "file"))
  var points: [String] = []

  @Option(help: ArgumentHelp("How the data are drawn: line, dashed, points, linePoints, dots or rings.", valueName: "style"))
  var style: LinePlot.Series.Style?

  @Option(help: "Stands above the plot.")
  var title = ""

  @Option(help: ArgumentHelp("Stands at the axis instead of the expression.", valueName: "text"))
  var xTitle: String?

  @Option(help: ArgumentHelp("Stands at the axis instead of the expression.", valueName: "text"))
  var yTitle: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Ends of the axis.", valueName: "a:b"))
  var xRange: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Ends of the axis.", valueName: "a:b"))
  var yRange: String?

  @Option(help: ArgumentHelp("Axes with equal steps for equal factors: x, y or xy.", valueName: "axes"))
  var logarithmic = ""

  @Option(help: ArgumentHelp("Pixels.", valueName: "width x height"))
  var size = "960x640"

  /// `name: text` taken apart at the first colon that is in no brackets, as an expression holds a colon in brackets only.
  static func label(of text: String) -> (name: String?, text: String) {
    var depth = 0
    let colon = text.indices.first { place in
      if "([{".contains(text[place]) { depth += 1 }
      if ")]}".contains(text[place]) { depth -= 1 }
      return text[place] == ":" && depth == 0
    }
    guard let colon else { return (nil, text) }
    return (String(text[..<colon]), String(text[text.index(after: colon)...].drop { $0 == " " }))
  }

  /// The data beside formulas and published points, which lie over lines of data and under points of data.
  func plot(of data: PlotData.Curves) throws -> LinePlot {
    guard logarithmic.allSatisfy({ "xy".contains($0) }) else {
      throw ValidationError("--logarithmic \(logarithmic): x, y or xy")
    }
    var x = try axis(xTitle ?? data.x, xRange, isLogarithmic: logarithmic.contains("x"))
    let y = try axis(yTitle ?? data.y, yRange, isLogarithmic: logarithmic.contains("y"))
    var series = data.series
    if let style { for index in series.indices { series[index].style = style } }
    let published = try points.map { text throws(Failure) in
      let label = Self.label(of: text)
      return try LinePlot.Series(label.name ?? "", pointsIn: label.text)
    }
    var whole = x
    whole.range = x.range ?? (series + published).range(isLogarithmic: x.isLogarithmic)
    let hasLines = series.contains { $0.style.hasLine }
    let formulas = try curve.map { text in
      let label = Self.label(of: text)
      return try LinePlot.Series(label.name ?? "", formula: label.text, over: whole, style: hasLines ? .dashed : .line)
    }
    if x.range == nil, !formulas.isEmpty { x.range = whole.range }
    let all = hasLines ? series + formulas + published : formulas + published + series
    return LinePlot(title: title, x: x, y: y, series: all)
  }

  /// Width and height of the picture; throws what is wrong with `--size`.
  func pixels() throws -> (width: Int, height: Int) {
    let sides = size.split(separator: "x").compactMap { Int($0) }
    guard sides.count == 2, sides.allSatisfy({ (64...8192).contains($0) }) else {
      throw ValidationError("--size \(size): expected something like 960x640")
    }
    return (sides[0], sides[1])
  }

  private func axis(_ title: String, _ range: String?, isLogarithmic: Bool) throws -> LinePlot.Axis {
    let ends = try range.map { text in
      let ends = text.split(separator: ":").compactMap { Double($0) }
      guard ends.count == 2, ends[0] < ends[1], ends.allSatisfy(\.isFinite) else {
        throw ValidationError("\(text): expected something like 0:1.5")
      }
      return ends[0]...ends[1]
    }
    return LinePlot.Axis(title, range: ends, isLogarithmic: isLogarithmic)
  }
}

extension [LinePlot.Series] {
  /// From the least to the greatest place along the x axis; nil without points.
  fileprivate func range(isLogarithmic: Bool) -> ClosedRange<Double>? {
    let places = flatMap(\.x).filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    guard let least = places.min(), let most = places.max(), least < most else { return nil }
    return least...most
  }
}
