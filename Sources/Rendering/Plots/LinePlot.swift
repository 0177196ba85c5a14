/// A figure of curves and points over two axes, as a report shows it.
public struct LinePlot: Sendable {
  /// One set of points, drawn as a line, as marks, or both.
  public struct Series: Sendable {
    /// How the points are drawn.
    public enum Style: String, CaseIterable, Sendable, Hashable {
      case line, dashed, points, linePoints
      /// Small points without a rim, for thousands of them.
      case dots
      /// Hollow points, which leave what is under or over them to be seen.
      case rings

      /// Whether lines join the points.
      public var hasLine: Bool { self == .line || self == .dashed || self == .linePoints }
    }

    /// What the legend calls it; empty leaves it out.
    public var name: String
    /// Places along the x axis.
    public var x: [Double]
    /// Places along the y axis.
    public var y: [Double]
    /// Half lengths of error bars; empty for none.
    public var errors: [Double]
    /// How the points are drawn.
    public var style: Style
    /// nil takes the next colour of the palette.
    public var color: Color?

    /// A series of points; `x` and `y` (and `errors`, if any) must be of one length.
    public init(
      _ name: String, x: [Double], y: [Double], errors: [Double] = [], style: Style = .line, color: Color? = nil
    ) {
      precondition(x.count == y.count && (errors.isEmpty || errors.count == x.count), "one x and one y for each point")
      (self.name, self.x, self.y, self.errors, self.style, self.color) = (name, x, y, errors, style, color)
    }
  }

  /// One axis of a plot.
  public struct Axis: Sendable {
    /// What it shows, with its unit, such as `r (nm)`.
    public var title: String
    /// nil fits the points.
    public var range: ClosedRange<Double>?
    /// Equal steps for equal factors; what is not positive has no place.
    public var isLogarithmic: Bool

    /// An axis.
    public init(_ title: String = "", range: ClosedRange<Double>? = nil, isLogarithmic: Bool = false) {
      (self.title, self.range, self.isLogarithmic) = (title, range, isLogarithmic)
    }
  }

  /// Stands above the plot; may be empty.
  public var title: String
  /// The axis along the bottom.
  public var x: Axis
  /// The axis up the left side.
  public var y: Axis
  /// What is drawn, later ones over earlier ones.
  public var series: [Series]

  /// A plot of the given series.
  public init(title: String = "", x: Axis, y: Axis, series: [Series]) {
    (self.title, self.x, self.y, self.series) = (title, x, y, series)
  }

  /// The plot as a picture of its own (pixels).
  public func picture(width: Int = 960, height: Int = 640) -> Picture {
    var picture = Picture(width: width, height: height)
    draw(on: &picture, in: (x: 0, y: 0, width: Double(width), height: Double(height)))
    return picture
  }

  /// Draws the plot into a rectangle of a picture (pixels, from the top left).
  public func draw(on picture: inout Picture, in area: (x: Double, y: Double, width: Double, height: Double)) {
    let layout = PlotLayout(of: self, in: Rectangle(x: area.x, y: area.y, width: area.width, height: area.height))
    layout.drawGrid(on: &picture)
    for (index, one) in series.enumerated() {
      layout.draw(one, color: one.color ?? PlotLayout.color(index), on: &picture)
    }
    layout.drawFrame(on: &picture)
    layout.drawLegend(on: &picture)
  }
}

/// One axis, laid out: its range, its ticks, and where its values stand between 0 and 1.
struct AxisScale {
  let range: ClosedRange<Double>
  let ticks: Ticks
  private let isLogarithmic: Bool

  init(_ axis: LinePlot.Axis, values: [Double], about count: Int) {
    isLogarithmic = axis.isLogarithmic
    range = axis.range ?? Self.fitted(values.filter { $0.isFinite && (!axis.isLogarithmic || $0 > 0) }, axis.isLogarithmic)
    let powers = isLogarithmic && range.lowerBound > 0 ? Ticks(logarithmicIn: range, about: count) : nil
    // Less than a decade holds no two powers of ten: then round numbers in between are of more use.
    ticks = powers.flatMap { $0.values.count > 1 ? $0 : nil } ?? Ticks(in: range, about: count)
  }

  private static func fitted(_ values: [Double], _ isLogarithmic: Bool) -> ClosedRange<Double> {
    guard let least = values.min(), let most = values.max() else { return isLogarithmic ? 1...10 : 0...1 }
    if isLogarithmic { return least < most ? least / 1.3...most * 1.3 : least / 2...least * 2 }
    let room = most > least ? (most - least) * 0.05 : max(1e-12, most.magnitude) * 0.5
    return least - room...most + room
  }

  /// 0 at the lower and 1 at the upper end; not finite where the axis has no place for the value.
  func share(of value: Double) -> Double {
    guard isLogarithmic else { return (value - range.lowerBound) / (range.upperBound - range.lowerBound) }
    guard value > 0, range.lowerBound > 0 else { return -.infinity }
    return logarithm(value / range.lowerBound) / logarithm(range.upperBound / range.lowerBound)
  }
}

/// The logarithm to base 10 of a positive number, from + * / alone: with powers of ten taken off, by the series of artanh.
func logarithm(_ value: Double) -> Double {
  let (power, rest) = Ticks.decompose(value)
  guard rest > 0 else { return -.infinity }
  func natural(_ x: Double) -> Double {
    let z = (x - 1) / (x + 1)
    var sum = 0.0
    for n in (0..<60).reversed() { sum = sum * z * z + 1 / Double(2 * n + 1) }
    return 2 * z * sum
  }
  return Double(power) + natural(rest) / natural(10)
}
