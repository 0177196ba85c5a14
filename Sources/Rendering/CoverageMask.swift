/// A straight stroke, places in pixels from the top left corner of the picture.
struct Segment: Sendable {
  var from: SIMD2<Float>
  var to: SIMD2<Float>
}

/// How much of each pixel a drawing of strokes covers: strokes that cross count once, so ends and joints do not show.
struct CoverageMask {
  private let left: Int
  private let top: Int
  private let width: Int
  private let height: Int
  private var coverage: [Float]
  /// Columns touched in each row, empty where they are crossed.
  private var spans: [(first: Int, last: Int)]

  /// Strokes with round ends of the given width (pixels), over a picture of that size.
  init(_ strokes: [Segment], width stroke: Float, pictureWidth: Int, pictureHeight: Int) {
    let reach = stroke / 2 + 0.5
    var low = SIMD2<Float>(repeating: .infinity), high = SIMD2<Float>(repeating: -.infinity)
    for line in strokes {
      low = pointwiseMin(low, pointwiseMin(line.from, line.to))
      high = pointwiseMax(high, pointwiseMax(line.from, line.to))
    }
    func bounded(_ value: Float, _ most: Int) -> Int { Int(max(0, min(Float(most), value))) }
    left = bounded(low.x - reach, pictureWidth)
    top = bounded(low.y - reach, pictureHeight)
    width = strokes.isEmpty ? 0 : bounded(high.x + reach + 1, pictureWidth) - left
    height = strokes.isEmpty ? 0 : bounded(high.y + reach + 1, pictureHeight) - top
    coverage = Array(repeating: 0, count: max(0, width * height))
    spans = Array(repeating: (Int.max, -1), count: max(0, height))
    for line in strokes { add(line, reach: reach, most: min(1, stroke)) }
  }

  private mutating func add(_ line: Segment, reach: Float, most: Float) {
    // Relative to the middle of the first pixel, so that pixels stand at whole numbers.
    let corner = SIMD2(Float(left), Float(top)) + 0.5
    let from = line.from - corner, along = line.to - line.from, square = (along * along).sum()
    let first = max(0, Int(min(from.y, from.y + along.y) - reach)),
      last = min(height - 1, Int(max(0, max(from.y, from.y + along.y) + reach)))
    guard width > 0, first <= last else { return }
    for y in first...last {
      guard let span = span(at: Float(y), from, along, reach: reach) else { continue }
      spans[y] = (min(spans[y].first, span.lowerBound), max(spans[y].last, span.upperBound))
      for x in span {
        let point = SIMD2(Float(x), Float(y)) - from
        let share = square > 0 ? max(0, min(1, (point * along).sum() / square)) : 0
        let away = point - along * share
        let covered = min(most, reach - (away * away).sum().squareRoot())
        if covered > coverage[y * width + x] { coverage[y * width + x] = covered }
      }
    }
  }

  /// Columns that a stroke can touch in one row.
  private func span(at y: Float, _ from: SIMD2<Float>, _ along: SIMD2<Float>, reach: Float) -> ClosedRange<Int>? {
    var low = min(from.x, from.x + along.x) - reach, high = max(from.x, from.x + along.x) + reach
    if abs(along.y) > 1e-3 {
      // Half of the row's cut through a band of half width `reach`, with room for the ends.
      let middle = from.x + (y - from.y) * along.x / along.y
      let half = reach * (along * along).sum().squareRoot() / abs(along.y) + reach
      (low, high) = (max(low, middle - half), min(high, middle + half))
    }
    low = max(0, low)
    high = min(Float(width - 1), high)
    return low <= high ? Int(low)...Int(high) : nil
  }

  /// Visits each pixel that is touched, from the top.
  func forEach(_ body: (_ x: Int, _ y: Int, _ coverage: Float) -> Void) {
    for (y, span) in spans.enumerated() where span.first <= span.last {
      for x in span.first...span.last where coverage[y * width + x] > 0 { body(left + x, top + y, coverage[y * width + x]) }
    }
  }
}

extension Picture {
  /// Draws strokes with round ends in one colour; `width` and places are in pixels.
  mutating func stroke(_ lines: [Segment], width stroke: Float, color: Color, opacity: Float = 1) {
    let mask = CoverageMask(lines, width: stroke, pictureWidth: width, pictureHeight: height)
    mask.forEach { x, y, coverage in blend(color, x: x, y: y, coverage: coverage * opacity) }
  }

  /// Fills a rectangle, its rim blended where it cuts through pixels.
  mutating func fill(_ area: Rectangle, color: Color, opacity: Float = 1) {
    func share(_ index: Int, _ low: Double, _ length: Double) -> Float {
      Float(max(0, min(Double(index) + 1, low + length) - max(Double(index), low)))
    }
    let top = max(0, Int(area.y)), bottom = min(Double(height), area.y + area.height)
    let left = max(0, Int(area.x)), right = min(Double(width), area.x + area.width)
    for y in top..<max(top, Int(bottom.rounded(.up))) {
      for x in left..<max(left, Int(right.rounded(.up))) {
        let coverage = share(x, area.x, area.width) * share(y, area.y, area.height) * opacity
        if coverage > 0 { blend(color, x: x, y: y, coverage: coverage) }
      }
    }
  }
}
