import Diagnostics

/// The direction from which a picture is taken.
public struct View: Sendable, Hashable {
  /// Degrees from the x axis towards the y axis.
  public var azimuth: Double
  /// Degrees above the plane of x and y.
  public var elevation: Double

  /// A view from the given direction, in degrees.
  public init(azimuth: Double, elevation: Double) {
    self.azimuth = azimuth
    self.elevation = elevation
  }

  /// From in front of a corner and a little above it: x runs to the right, z up.
  public static let iso = View(azimuth: -62, elevation: 24)
  /// From above, x to the right and y up, as maps and two-dimensional worlds are drawn.
  public static let top = View(azimuth: -90, elevation: 90)

  private static let named: [String: View] = [
    "iso": .iso, "x": View(azimuth: 0, elevation: 0), "-x": View(azimuth: 180, elevation: 0),
    "y": View(azimuth: 90, elevation: 0), "-y": View(azimuth: -90, elevation: 0),
    "z": .top, "-z": View(azimuth: -90, elevation: -90),
  ]

  /// A view by its name (`iso`, `x`, `-z`, …: the side it is seen from) or by `azimuth,elevation` in degrees; throws `Failure`.
  public init(parsing text: String) throws(Failure) {
    if let view = View.named[text] {
      self = view
      return
    }
    let angles = text.split(separator: ",", omittingEmptySubsequences: false).map { Double($0.filter { $0 != " " }) }
    guard angles.count == 2, let azimuth = angles[0], let elevation = angles[1], azimuth.isFinite, abs(elevation) <= 90 else {
      throw Failure(
        .usage, "no view is called \(text)",
        hint: "one of iso, x, -x, y, -y, z, -z, or azimuth,elevation in degrees such as 30,20")
    }
    self.init(azimuth: azimuth, elevation: elevation)
  }

  /// Unit vectors to the right, up, and from the scene to the eye.
  var axes: (right: SIMD3<Double>, up: SIMD3<Double>, toEye: SIMD3<Double>) {
    let (sinA, cosA) = sineAndCosine(degrees: azimuth)
    let (sinE, cosE) = sineAndCosine(degrees: elevation)
    return (SIMD3(-sinA, cosA, 0), SIMD3(-sinE * cosA, -sinE * sinA, cosE), SIMD3(cosE * cosA, cosE * sinA, sinE))
  }
}

/// Sine and cosine from + and * alone (no platform library in what decides about pixels), exact for right angles.
func sineAndCosine(degrees: Double) -> (sine: Double, cosine: Double) {
  let quarter = (degrees / 90).rounded()
  let angle = (degrees - 90 * quarter) * (Double.pi / 180)
  var sine = 0.0, cosine = 0.0, term = 1.0
  for n in 1...20 {  // term = angle^(n-1) / (n-1)!
    if n % 2 == 1 { cosine += (n % 4 == 1 ? term : -term) } else { sine += (n % 4 == 2 ? term : -term) }
    term *= angle / Double(n)
  }
  switch Int(quarter.truncatingRemainder(dividingBy: 4) + 4) % 4 {
  case 0: return (sine, cosine)
  case 1: return (cosine, -sine)
  case 2: return (-sine, -cosine)
  default: return (-cosine, sine)
  }
}
