/// How frames are drawn; the defaults make a picture for a talk.
public struct RenderOptions: Sendable {
  /// Pixels across.
  public var width = 1280
  /// Pixels down.
  public var height = 720
  /// Where the picture is taken from; nil is a corner view, from above in two dimensions.
  public var view: View?
  /// Enlarges the scene that fits the picture at 1.
  public var zoom = 1.0
  /// The point in the middle of the picture (length, units of the run); nil is the middle of the box.
  public var center: [Double]?
  /// Parallel rays instead of perspective.
  public var isOrthographic = false
  /// What gives particles their colour.
  public var color = ColorSource.species
  /// Colours of a field from its least to its greatest value.
  public var colorMap = ColorMap.viridis
  /// Values at the ends of the colour map (units of the run); nil takes them from the frames.
  public var range: ClosedRange<Double>?
  /// Radius of all particles (length, units of the run); nil takes the field `radius`, else lets neighbours nearly touch.
  public var radius: Double?
  /// Half-spaces that particles must lie in to be drawn.
  public var clips: [Clip] = []
  /// What stands behind the scene.
  public var background = Background.light
  /// Draws the edges of the box.
  public var hasBox = true
  /// Writes the time.
  public var hasTime = true
  /// Draws the colour bar, or the names of the species if there are several.
  public var hasLegend = true
  /// Darkens cavities.
  public var hasOcclusion = true
  /// Lets the key light cast shadows.
  public var hasShadows = true
  /// Samples per pixel along each side: 1, 2 or 4.
  public var samples = 2
  /// Threads that draw one picture; the pixels are the same with any number.
  public var threads = 1

  /// The defaults.
  public init() {}
}
