import ArgumentParser
import Diagnostics
import Rendering

/// How pictures look.
struct PictureOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Seen from: iso, x, -x, y, -y, z, -z, or azimuth,elevation in degrees.", valueName: "view"))
  var view: String?

  @Option(help: ArgumentHelp("Colour by species, or by a field such as velocity, velocity.x, stress[4].", valueName: "field"))
  var color = "species"

  @Option(
    help: ArgumentHelp("Colours of a field: \(ColorMap.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
  var map = "viridis"

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Values at the ends of the colour map (units of the run).", valueName: "a:b"))
  var range: String?

  @Option(help: ArgumentHelp("Pixels.", valueName: "width x height"))
  var size = "1280x720"

  @Option(help: ArgumentHelp("Radius of all particles (units of the run).", valueName: "length"))
  var radius: Double?

  @Option(
    help: ArgumentHelp("What stands behind: \(Background.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
  var background = "light"

  @Option(help: "Enlarges the scene, which fits the picture at 1.")
  var zoom = 1.0

  @Option(parsing: .unconditional, help: ArgumentHelp("The point in the middle (units of the run).", valueName: "x,y,z"))
  var center: String?

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp("Draw only particles with x<1.5, z>0 … (units of the run); may be repeated.", valueName: "bound"))
  var clip: [String] = []

  @Flag(help: "Parallel rays instead of perspective.")
  var orthographic = false

  @Flag(inversion: .prefixedNo, help: "Draw the edges of the box.")
  var box = true

  @Flag(inversion: .prefixedNo, help: "Draw the colour bar or the names of the species, and the time.")
  var legend = true

  /// The options as the renderer takes them; throws which of them makes no sense.
  func options(threads: Int) throws -> RenderOptions {
    var options = RenderOptions()
    options.view = try view.map { try View(parsing: $0) }
    options.color = try ColorSource(parsing: color)
    options.colorMap = try ColorMap(named: map)
    options.background = try Background(named: background)
    options.clips = try clip.map { try Clip(parsing: $0) }
    let sides = try Self.numbers(size, separator: "x", count: 2, example: "--size 1280x720").map { Int(exactly: $0) ?? 0 }
    (options.width, options.height) = (sides[0], sides[1])
    options.range = try range.map {
      let ends = try Self.numbers($0, separator: ":", count: 2, example: "--range 0:1.5")
      guard ends[0] < ends[1] else { throw ValidationError("--range \($0): the first value must be the smaller") }
      return ends[0]...ends[1]
    }
    options.center = try center.map { try Self.numbers($0, separator: ",", count: nil, example: "--center 1,2,3") }
    (options.radius, options.zoom, options.isOrthographic) = (radius, zoom, orthographic)
    (options.hasBox, options.hasLegend, options.hasTime) = (box, legend, legend)
    options.threads = threads
    return options
  }

  private static func numbers(_ text: String, separator: Character, count: Int?, example: String) throws -> [Double] {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0) }.filter(\.isFinite)
    guard numbers.count == parts.count, count.map({ $0 == numbers.count }) ?? true else {
      throw ValidationError("\(text): expected something like \(example)")
    }
    return numbers
  }
}
