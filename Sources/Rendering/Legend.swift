import Diagnostics
import Expressions
import World

/// What stands beside the scene: a colour bar, the names of the species, the time. All sizes follow the height of the picture.
struct Legend {
  let options: RenderOptions

  /// Pixels per unit of the layout, which is made for 720 rows.
  private var unit: Double { Double(min(options.height, options.width)) / 720 }
  private var textSize: Float { Float(13 * unit) }

  private func hasSpecies(_ frame: Frame) -> Bool { options.color == .species && particleSpecies(of: frame).count > 1 }

  /// Codes and names of the species that are drawn as spheres: lattices and links are none.
  private func particleSpecies(of frame: Frame) -> [(code: Int, name: String)] {
    let others = Set(frame.lattices.map(\.name) + frame.links.map(\.name))
    return frame.speciesNames.enumerated().filter { !others.contains($0.element) }.map { ($0.offset, $0.element) }
  }

  /// Pixels that the legend needs on the right.
  private func side(for frame: Frame) -> Double {
    options.hasLegend && (options.color != .species || hasSpecies(frame)) ? 132 * unit : 0
  }

  /// Where the legend begins (pixels from the left).
  func left(for frame: Frame) -> Double { Double(options.width) - side(for: frame) }

  /// Where the scene goes: the picture less its margins and what the legend needs.
  ///
  /// A wide picture keeps its scene in the middle, which leaves room for the legend unless the scene is wide too: then it goes
  /// beside it, as in a narrow picture.
  func sceneArea(for frame: Frame, isBeside: Bool = false) -> Rectangle {
    let width = Double(options.width), height = Double(options.height), margin = 34 * unit
    let whole = side(for: frame)
    let side = isBeside ? whole : max(0, min(whole, (height - width) / 2 + 2 * whole))
    let bottom = options.hasTime ? 14 * unit : 0
    return Rectangle(x: margin, y: margin, width: width - 2 * margin - side, height: height - 2 * margin - bottom)
  }

  /// Draws the legend of a frame; throws `Failure` if the frame lacks the field that colours it.
  func draw(on picture: inout Picture, for frame: Frame, staging: Staging) throws(Failure) {
    if options.hasLegend {
      if let (_, title) = try options.color.shown(in: frame), let range = staging.range {
        drawBar(on: &picture, title: title, range: range)
      } else if hasSpecies(frame) {
        drawSpecies(on: &picture, frame)
      }
    }
    guard options.hasTime else { return }
    let timeUnit = unitLabel(of: Dimension(time: 1), in: frame.units)
    let text = "t = " + Ticks.text(of: frame.time) + (timeUnit.isEmpty ? "" : " " + timeUnit)
    let place = SIMD2(Float(26 * unit), Float(Double(options.height) - 24 * unit))
    picture.write(text, at: place, size: textSize, color: options.background.ink)
  }

  private func drawBar(on picture: inout Picture, title: String, range: ClosedRange<Double>) {
    let height = Double(options.height) * 0.52, width = 15 * unit
    let ticks = Ticks(in: range, about: 5), ink = options.background.ink
    let widest = ticks.labels.map { Double(StrokeFont(size: textSize * 0.92).width(of: $0)) }.max() ?? 0
    let left = (Double(options.width) - max(92 * unit, widest + 38 * unit)).rounded()
    let top = ((Double(options.height) - height) / 2).rounded()
    for row in 0..<Int(height) {
      let place = 1 - (Double(row) + 0.5) / height
      let line = Rectangle(x: left, y: top + Double(row), width: width.rounded(), height: 1)
      picture.fill(line, color: options.colorMap.color(at: place))
    }
    for (value, label) in zip(ticks.values, ticks.labels) {
      let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      let y = Float(top + height * (1 - share)), right = Float(left + width.rounded())
      let tick = Segment(from: SIMD2(right + Float(2 * unit), y), to: SIMD2(right + Float(6 * unit), y))
      picture.stroke([tick], width: Float(1.3 * unit), color: ink)
      picture.write(label, at: SIMD2(right + Float(11 * unit), y + textSize * 0.46), size: textSize * 0.92, color: ink)
    }
    if !ticks.factor.isEmpty {
      picture.write(ticks.factor, at: SIMD2(Float(left), Float(top - 12 * unit)), size: textSize * 0.92, color: ink)
    }
    let middle = SIMD2(Float(left - 12 * unit), Float(top + height / 2))
    picture.write(title, at: middle, size: textSize, color: ink, alignment: .center, isUpright: true)
  }

  private func drawSpecies(on picture: inout Picture, _ frame: Frame) {
    let species = particleSpecies(of: frame), step = Float(27 * unit)
    let widest = species.map { StrokeFont(size: textSize).width(of: $0.name) }.max() ?? 0
    let left = Float(options.width) - Float(28 * unit) - widest
    for (row, (index, name)) in species.enumerated() {
      let y = Float(34 * unit) + step * Float(row), center = SIMD2(left - Float(17 * unit), y)
      let dot = Segment(from: center, to: center)
      picture.stroke([dot], width: Float(16 * unit), color: Palette.color(index).mixed(with: .black, share: 0.45))
      picture.stroke([dot], width: Float(13.4 * unit), color: Palette.color(index))
      picture.write(name, at: SIMD2(left, y + textSize / 2), size: textSize, color: options.background.ink)
    }
  }
}
