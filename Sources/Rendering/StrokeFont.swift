/// Text made of strokes: glyphs are lines and arcs on a grid where capitals are 14 high, so they stay sharp at any size.
struct StrokeFont {
  /// One glyph: polylines in grid units, the baseline at 0 and y upwards, and how far the next glyph stands.
  struct Glyph: Sendable {
    var lines: [[SIMD2<Float>]]
    var advance: Float
  }

  /// Height of capitals in pixels; strokes are a seventh of it.
  let size: Float

  private static let capital: Float = 14
  private static let glyphs: [Character: Glyph] = GlyphTable.drawings.mapValues { Glyph(drawing: $0) }

  /// Width of strokes in pixels.
  var strokeWidth: Float { max(1, size / 7.2) }

  /// Width of a text in pixels.
  func width(of text: String) -> Float {
    var width: Float = 0
    layout(text) { glyph, scale, _, _ in width += glyph.advance * scale }
    return width
  }

  /// The strokes of a text whose baseline begins at a place of the picture (pixels); after `^` digits and signs are raised.
  func strokes(of text: String, at origin: SIMD2<Float>) -> [Segment] {
    var segments: [Segment] = []
    layout(text) { glyph, scale, x, rise in
      for line in glyph.lines {
        let points = line.map { SIMD2(origin.x + x + $0.x * scale, origin.y - rise - $0.y * scale) }
        if points.count == 1 { segments.append(Segment(from: points[0], to: points[0])) }
        segments += zip(points, points.dropFirst()).map { Segment(from: $0, to: $1) }
      }
    }
    return segments
  }

  private func layout(_ text: String, _ body: (_ glyph: Glyph, _ scale: Float, _ x: Float, _ rise: Float) -> Void) {
    var x: Float = 0
    var isRaised = false
    for character in text {
      if character == "^" {
        isRaised = true
        continue
      }
      isRaised = isRaised && (character.isNumber || character == "-" || character == "+")
      guard let glyph = Self.glyphs[character] ?? Self.glyphs["?"] else { continue }
      let scale = size / Self.capital * (isRaised ? 0.68 : 1)
      body(glyph, scale, x, isRaised ? size * 0.55 : 0)
      x += glyph.advance * scale
    }
  }
}

extension StrokeFont.Glyph {
  /// Reads a drawing: `advance; path; path …`, where a path is a chain of points `x,y` and of arcs
  /// `@x,y,rx,ry,from,to` (centre, half axes, degrees anticlockwise from the right).
  init(drawing: String) {
    let parts = drawing.split(separator: ";").map { $0.split(separator: " ") }
    advance = parts.first?.first.flatMap { Float($0) } ?? 0
    lines = parts.dropFirst().map { path in path.flatMap { Self.points(of: $0) } }.filter { !$0.isEmpty }
  }

  private static func points(of word: Substring) -> [SIMD2<Float>] {
    let numbers = word.drop { $0 == "@" }.split(separator: ",").compactMap { Float($0) }
    guard word.hasPrefix("@"), numbers.count == 6 else { return numbers.count == 2 ? [SIMD2(numbers[0], numbers[1])] : [] }
    let steps = max(3, Int(abs(numbers[5] - numbers[4]) / 15))
    return (0...steps).map { step in
      let (sine, cosine) = sineAndCosine(
        degrees: Double(numbers[4]) + Double(numbers[5] - numbers[4]) * Double(step) / Double(steps))
      return SIMD2(numbers[0] + numbers[2] * Float(cosine), numbers[1] + numbers[3] * Float(sine))
    }
  }
}

/// Where a text stands relative to its place.
enum Alignment: Sendable { case left, center, right }

extension Picture {
  /// Writes text whose capitals are `size` pixels high; the place is on the baseline.
  mutating func write(
    _ text: String, at place: SIMD2<Float>, size: Float, color: Color, alignment: Alignment = .left, isUpright: Bool = false
  ) {
    let font = StrokeFont(size: size), width = font.width(of: text)
    let shift: Float = alignment == .left ? 0 : alignment == .center ? -width / 2 : -width
    var strokes = font.strokes(of: text, at: SIMD2(shift, 0))
    for index in strokes.indices {
      strokes[index].from = place + Self.turned(strokes[index].from, isUpright)
      strokes[index].to = place + Self.turned(strokes[index].to, isUpright)
    }
    stroke(strokes, width: font.strokeWidth, color: color)
  }

  /// A quarter turn to the left, for text that runs up.
  private static func turned(_ offset: SIMD2<Float>, _ isUpright: Bool) -> SIMD2<Float> {
    isUpright ? SIMD2(offset.y, -offset.x) : offset
  }
}
