/// Where the parts of a plot stand, and how they are drawn. All sizes follow the height of the plot.
struct PlotLayout {
  private let plot: LinePlot
  private let area: Rectangle
  private let inner: Rectangle
  private let x: AxisScale
  private let y: AxisScale
  private let unit: Double

  private static let ink = Color(hex: 0x222A35)
  private static let grid = Color(hex: 0xE3E7EC)
  // The palette's order is made for spheres; lines on white start with its dark colours.
  private static let colors = [0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x5A6270].map { Color(hex: $0) }

  static func color(_ index: Int) -> Color { colors[index % colors.count] }

  init(of plot: LinePlot, in area: Rectangle) {
    (self.plot, self.area) = (plot, area)
    unit = min(area.height, area.width) / 640
    x = AxisScale(plot.x, values: plot.series.flatMap(\.x), about: 6)
    let bars = plot.series.flatMap { one in
      one.errors.indices.flatMap { [one.y[$0] - one.errors[$0], one.y[$0] + one.errors[$0]] }
    }
    y = AxisScale(plot.y, values: plot.series.flatMap(\.y) + bars, about: 6)
    let text = StrokeFont(size: Float(13 * unit))
    let widest = Double(y.ticks.labels.map { text.width(of: $0) }.max() ?? 0)
    let left = widest + (plot.y.title.isEmpty ? 30 : 58) * unit, top = (plot.title.isEmpty ? 28 : 58) * unit
    let bottom = (plot.x.title.isEmpty ? 46 : 78) * unit
    inner = Rectangle(
      x: area.x + left, y: area.y + top, width: max(1, area.width - left - 28 * unit), height: max(1, area.height - top - bottom))
  }

  private var textSize: Float { Float(13 * unit) }

  private func place(_ shareX: Double, _ shareY: Double) -> SIMD2<Float> {
    SIMD2(Float(inner.x + inner.width * shareX), Float(inner.y + inner.height * (1 - shareY)))
  }

  /// Pale lines at the ticks.
  func drawGrid(on picture: inout Picture) {
    let lines =
      x.ticks.values.map { Segment(from: place(x.share(of: $0), 0), to: place(x.share(of: $0), 1)) }
      + y.ticks.values.map { Segment(from: place(0, y.share(of: $0)), to: place(1, y.share(of: $0))) }
    picture.stroke(lines, width: Float(1.1 * unit), color: Self.grid)
  }

  /// The axes with ticks, labels and titles.
  func drawFrame(on picture: inout Picture) {
    let tick = Float(6 * unit)
    var lines = [Segment(from: place(0, 1), to: place(0, 0)), Segment(from: place(0, 0), to: place(1, 0))]
    for (value, label) in zip(x.ticks.values, x.ticks.labels) {
      let foot = place(x.share(of: value), 0)
      lines.append(Segment(from: foot, to: foot + SIMD2(0, tick)))
      picture.write(label, at: foot + SIMD2(0, tick + textSize * 1.6), size: textSize, color: Self.ink, alignment: .center)
    }
    for (value, label) in zip(y.ticks.values, y.ticks.labels) {
      let foot = place(0, y.share(of: value))
      lines.append(Segment(from: foot, to: foot - SIMD2(tick, 0)))
      picture.write(label, at: foot + SIMD2(-tick * 1.8, textSize / 2), size: textSize, color: Self.ink, alignment: .right)
    }
    picture.stroke(lines, width: Float(1.5 * unit), color: Self.ink)
    drawTitles(on: &picture)
  }

  private func drawTitles(on picture: inout Picture) {
    let size = textSize * 1.12
    func titled(_ axis: LinePlot.Axis, _ ticks: Ticks) -> String {
      ticks.factor.isEmpty ? axis.title : axis.title + " [\(ticks.factor)]"
    }
    let below = SIMD2(place(0.5, 0).x, Float(area.y + area.height - 20 * unit))
    picture.write(titled(plot.x, x.ticks), at: below, size: size, color: Self.ink, alignment: .center)
    let beside = SIMD2(Float(area.x + 28 * unit), place(0, 0.5).y)
    picture.write(titled(plot.y, y.ticks), at: beside, size: size, color: Self.ink, alignment: .center, isUpright: true)
    let above = SIMD2(place(0.5, 0).x, Float(area.y + 36 * unit))
    picture.write(plot.title, at: above, size: size * 1.12, color: Self.ink, alignment: .center)
  }

  /// One series, cut off at the frame.
  func draw(_ series: LinePlot.Series, color: Color, on picture: inout Picture) {
    let shares = zip(series.x, series.y).map { SIMD2(x.share(of: $0), y.share(of: $1)) }
    if series.style.hasLine {
      var lines = zip(shares, shares.dropFirst()).compactMap { cut($0, $1) }
      if series.style == .dashed { lines = dashes(of: lines) }
      picture.stroke(lines, width: Float(2.4 * unit), color: color)
    }
    let bars = series.errors.indices.compactMap { index -> Segment? in
      let middle = series.y[index], reach = series.errors[index], at = shares[index].x
      return cut(SIMD2(at, y.share(of: middle - reach)), SIMD2(at, y.share(of: middle + reach)))
    }
    picture.stroke(bars, width: Float(1.4 * unit), color: color)
    if series.style != .line, series.style != .dashed {
      let inside = shares.filter { (0...1).contains($0.x) && (0...1).contains($0.y) }.map { place($0.x, $0.y) }
      mark(inside, as: series.style, color: color, on: &picture)
    }
  }

  private func mark(_ places: [SIMD2<Float>], as style: LinePlot.Series.Style, color: Color, on picture: inout Picture) {
    let dots = places.map { Segment(from: $0, to: $0) }
    let layers: [(width: Double, color: Color)] =
      switch style {
      case .dots: [(2.4, color)]
      case .rings: [(13, color), (9.5, .white)]
      default: [(9.5, .white), (7, color)]
      }
    for layer in layers { picture.stroke(dots, width: Float(layer.width * unit), color: layer.color) }
  }

  /// What the legend says, in the corner of the four where the fewest points are.
  func drawLegend(on picture: inout Picture) {
    let named = plot.series.enumerated().filter { !$1.name.isEmpty }
    guard !named.isEmpty else { return }
    let step = Double(textSize) * 1.9, sample = 34 * unit, pad = 14 * unit
    let widest = Double(named.map { StrokeFont(size: textSize).width(of: $1.name) }.max() ?? 0)
    let size = SIMD2(sample + widest + 3.2 * pad, step * Double(named.count) + pad)
    let corner = emptiestCorner(of: size / SIMD2(inner.width, inner.height))
    let left = inner.x + (corner.x == 0 ? pad : inner.width - size.x - pad)
    let top = inner.y + (corner.y == 1 ? pad : inner.height - size.y - pad)
    picture.fill(Rectangle(x: left, y: top, width: size.x, height: size.y), color: .white, opacity: 0.85)
    for (row, (index, one)) in named.enumerated() {
      let middle = Float(top + pad / 2 + step * (Double(row) + 0.5)), start = Float(left + pad)
      let line = Segment(from: SIMD2(start, middle), to: SIMD2(start + Float(sample), middle)),
        color = one.color ?? Self.color(index)
      if one.style.hasLine {
        picture.stroke(one.style == .dashed ? dashes(of: [line]) : [line], width: Float(2.4 * unit), color: color)
      }
      if one.style != .line, one.style != .dashed {
        mark([(line.from + line.to) / 2], as: one.style == .dots ? .points : one.style, color: color, on: &picture)
      }
      picture.write(one.name, at: SIMD2(start + Float(sample + pad), middle + textSize / 2), size: textSize, color: Self.ink)
    }
  }

  private func emptiestCorner(of size: SIMD2<Double>) -> SIMD2<Int> {
    let points = plot.series.flatMap { zip($0.x, $0.y).map { SIMD2(x.share(of: $0), y.share(of: $1)) } }
    func crowd(_ corner: SIMD2<Int>) -> Int {
      points.count { point in
        (corner.x == 0 ? point.x < size.x + 0.04 : point.x > 0.96 - size.x)
          && (corner.y == 0 ? point.y < size.y + 0.04 : point.y > 0.96 - size.y)
      }
    }
    let corners = [SIMD2(1, 1), SIMD2(0, 1), SIMD2(1, 0), SIMD2(0, 0)]
    return corners.map { ($0, crowd($0)) }.reduce((corners[0], Int.max)) { $1.1 < $0.1 ? $1 : $0 }.0
  }

  /// The part of a line within the frame (Liang and Barsky), in pixels; nil if there is none.
  private func cut(_ from: SIMD2<Double>, _ to: SIMD2<Double>) -> Segment? {
    guard (from + to).x.isFinite, (from + to).y.isFinite else { return nil }
    var enter = 0.0, leave = 1.0
    for axis in 0..<2 {
      let along = to[axis] - from[axis]
      if along == 0, !(0...1).contains(from[axis]) { return nil }
      guard along != 0 else { continue }
      let first = -from[axis] / along, second = (1 - from[axis]) / along
      enter = max(enter, min(first, second))
      leave = min(leave, max(first, second))
    }
    guard enter <= leave else { return nil }
    let start = from + (to - from) * enter, end = from + (to - from) * leave
    return Segment(from: place(start.x, start.y), to: place(end.x, end.y))
  }

  /// Lines as dashes that run on from one line to the next.
  private func dashes(of lines: [Segment]) -> [Segment] {
    let dash = Float(9 * unit), period = Float(16 * unit)
    var travelled: Float = 0
    var result: [Segment] = []
    for line in lines {
      let along = line.to - line.from, length = (along * along).sum().squareRoot()
      guard length > 0 else { continue }
      for number in Int(travelled / period)...Int((travelled + length) / period) {
        let start = max(0, Float(number) * period - travelled), end = min(length, Float(number) * period + dash - travelled)
        if start < end {
          result.append(Segment(from: line.from + along * (start / length), to: line.from + along * (end / length)))
        }
      }
      travelled += length
    }
    return result
  }
}
