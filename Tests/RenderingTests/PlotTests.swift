import Diagnostics
import Expressions
import Testing

@testable import Rendering

@Suite("Text, ticks and plots")
struct PlotTests {
  @Test("Ticks are round numbers within their range, written with the digits that they need")
  func ticks() {
    #expect(Ticks(in: -0.2...1.1, about: 5).labels == ["-0.2", "0.0", "0.2", "0.4", "0.6", "0.8", "1.0"])
    #expect(Ticks(in: 0...97, about: 5).labels == ["0", "20", "40", "60", "80"])
    #expect(Ticks(in: 0...2.6e-9, about: 5).labels == ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"])
    #expect(Ticks(in: 0...2.6e-9, about: 5).factor == "×10^-9")
    #expect(Ticks(logarithmicIn: 0.01...1e5, about: 8).labels == ["0.01", "0.1", "1", "10", "100", "1000", "10^4", "10^5"])
  }

  @Test(
    "Ticks never leave their range and never end in a crash",
    arguments: [
      0...0, 1e300...1.0001e300, -1e-300...1e-300, 1...(1 + 1e-15), -5 ... -4.99999, 0 ... .greatestFiniteMagnitude,
    ] as [ClosedRange<Double>])
  func strangeRanges(range: ClosedRange<Double>) {
    let ticks = Ticks(in: range, about: 5)
    let room = (range.upperBound - range.lowerBound) * 1e-6
    #expect(ticks.values.allSatisfy { $0 >= range.lowerBound - room && $0 <= range.upperBound + room })
    #expect(ticks.values.count == ticks.labels.count && ticks.values.count < 20)
  }

  @Test("Numbers beside a picture have four digits")
  func numbers() {
    #expect(Ticks.text(of: 12.5) == "12.50")
    #expect(Ticks.text(of: -0.012345) == "-0.01235")
    #expect(Ticks.text(of: 0) == "0.000")
    #expect(Ticks.text(of: 1.5e-12) == "1.500×10^-12")
  }

  @Test("Units of labels are what people write")
  func units() {
    #expect(unitLabel(of: Dimension(length: 1, time: -1), in: .molecular) == "nm/ps")
    #expect(unitLabel(of: Dimension(length: 2, mass: 1, time: -2), in: .molecular) == "kJ/mol")
    #expect(unitLabel(of: Dimension(length: -3), in: .si) == "1/m^3")
    #expect(unitLabel(of: Dimension(length: 1), in: .reduced) == "")
  }

  @Test(
    "Letters stand between their baseline and the height of capitals, inside the width of the text",
    arguments: ["HEIGHT", "mass", "0123456789"])
  func letters(text: String) {
    let font = StrokeFont(size: 28), width = font.width(of: text)
    let strokes = font.strokes(of: text, at: SIMD2(0, 0))
    #expect(!strokes.isEmpty)
    #expect(strokes.allSatisfy { $0.from.x >= 0 && $0.to.x <= width && $0.from.y <= 0.01 && $0.from.y >= -28.01 })
  }

  @Test("Every printable sign that a title may hold has a drawing of its own")
  func alphabet() {
    let letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,:;-+=()[]/|_%*?!<>~'\"#×·°µÅσετ"
    let drawings = letters.map { GlyphTable.drawings[$0] }
    #expect(!drawings.contains(nil))
    #expect(Set(drawings.compactMap { $0 }).count == letters.count)
    #expect(drawings.compactMap { $0 }.map { StrokeFont.Glyph(drawing: $0) }.allSatisfy { $0.advance > 0 && !$0.lines.isEmpty })
  }

  @Test(
    "A stroke covers its length times its width, ends and all, at any slope, to two percent",
    arguments: [0, 17, 45, 90, 133] as [Double])
  func strokeArea(degrees: Double) {
    let (sine, cosine) = sineAndCosine(degrees: degrees)
    let half = SIMD2(Float(cosine), Float(sine)) * 30, middle = SIMD2<Float>(50.3, 49.8)
    let mask = CoverageMask([Segment(from: middle - half, to: middle + half)], width: 6, pictureWidth: 100, pictureHeight: 100)
    var area: Float = 0
    mask.forEach { _, _, coverage in area += coverage }
    #expect(abs(area / (60 * 6 + Float.pi * 9) - 1) < 0.02)
  }

  @Test("Strokes that leave the picture on any side are cut off")
  func strokesOutside() {
    var picture = Picture(width: 20, height: 10)
    picture.stroke(
      [Segment(from: SIMD2(-50, -80), to: SIMD2(70, 90)), Segment(from: SIMD2(-9, -9), to: SIMD2(-5, -5))], width: 3,
      color: .black)
    picture.stroke([Segment(from: SIMD2(400, 500), to: SIMD2(401, 500))], width: 3, color: .black)
    picture.stroke([], width: 3, color: .black)
    #expect(picture.pixels.contains { $0.x < 50 })
    #expect(picture[0, 9].x == 255 && picture[19, 0].x == 255)
  }

  @Test("A curve passes through its points, and is cut at the frame")
  func curve() {
    let line = LinePlot.Series("", x: [0, 10], y: [0, 10], color: .black)
    let plot = LinePlot(x: .init(range: 0...10), y: .init(range: 0...5), series: [line])
    let picture = plot.picture(width: 320, height: 320)
    let dark = picture.pixels.indices.filter { picture.pixels[$0].x < 40 }.map { SIMD2($0 % 320, $0 / 320) }
    let top = dark.min { $0.y < $1.y } ?? .zero, right = dark.map(\.x).max() ?? 0, left = dark.map(\.x).min() ?? 0
    // Half of the way along x the line leaves through the top.
    #expect(abs(Double(top.x - left) / Double(right - left) - 0.5) < 0.08)
  }

  @Test("Rings are hollow and larger than points, dots are smaller")
  func marks() {
    func ink(_ style: LinePlot.Series.Style) -> (dark: Int, middle: UInt8) {
      let one = LinePlot.Series("", x: [5.5], y: [5.5], style: style, color: .black)
      let axis = LinePlot.Axis(range: 0...11)
      let picture = LinePlot(x: axis, y: axis, series: [one]).picture(width: 640, height: 640)
      let dark = picture.pixels.indices.filter { picture.pixels[$0].x < 60 && picture.pixels[$0].x == picture.pixels[$0].z }
      let middle = dark.reduce(into: SIMD2(0, 0)) { $0 &+= SIMD2($1 % 640, $1 / 640) } / SIMD2(repeating: max(1, dark.count))
      return (dark.count, picture[middle.x, middle.y].x)
    }
    let (points, rings, dots) = (ink(.points), ink(.rings), ink(.dots))
    #expect(points.middle < 60 && dots.middle < 60 && rings.middle > 200)
    #expect(rings.dark > points.dark && points.dark > dots.dark)
  }

  @Test("A power law is straight on logarithmic axes")
  func powerLaw() {
    let x = AxisScale(.init(isLogarithmic: true), values: [1, 100], about: 5)
    let y = AxisScale(.init(isLogarithmic: true), values: [1, 1e6], about: 5)
    let slopes = [2.0, 7, 30, 90].map { (y.share(of: $0 * $0 * $0) - y.share(of: 1)) / (x.share(of: $0) - x.share(of: 1)) }
    #expect(slopes.allSatisfy { abs($0 / slopes[0] - 1) < 1e-9 })
    #expect(!x.share(of: -1).isFinite)
  }

  @Test("Values without a place do not stop a plot")
  func strangeValues() {
    let series = LinePlot.Series(
      "odd", x: [0, .nan, 2, 3], y: [1, 2, .infinity, -1], errors: [0.1, .nan, 1, 1], style: .linePoints)
    for isLogarithmic in [false, true] {
      let plot = LinePlot(
        x: .init("x", isLogarithmic: isLogarithmic), y: .init("y", isLogarithmic: isLogarithmic), series: [series])
      #expect(plot.picture(width: 160, height: 120).pixels.contains { $0.x < 128 })
    }
    #expect(LinePlot(x: .init(), y: .init(), series: []).picture(width: 80, height: 80).isOpaque)
  }
}
