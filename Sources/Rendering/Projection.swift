/// From the world to the plane of the picture: orthographic, or in perspective.
///
/// Camera space has x to the right, y up and z away from the eye. A ray through the picture at (X, Y) is (X, Y, z) in the
/// orthographic case and (X, Y, 1) z in perspective; so its parameter is the depth z in both. Its unit of length is the size of
/// the scene, so that squares of squares of nanometres in metres stay within the range of a float.
struct Projection: Sendable {
  /// Columns of the picture (pixels, from the left) and rows (from the top).
  let center: SIMD2<Float>
  /// Pixels per unit of X and Y.
  let scale: Float
  let isPerspective: Bool
  /// Lengths of camera space per length of the world.
  let unit: Double
  let target: SIMD3<Double>
  let axes: (right: SIMD3<Double>, up: SIMD3<Double>, toEye: SIMD3<Double>)
  let distance: Double

  /// A projection that is used in camera space only.
  init(center: SIMD2<Float>, scale: Float, isPerspective: Bool) {
    self.center = center
    self.scale = scale
    self.isPerspective = isPerspective
    target = .zero
    axes = View.top.axes
    distance = 0
    unit = 1
  }

  /// Fits the corners of a region, and `margin` around each (length), into a rectangle of the picture.
  init(of corners: [SIMD3<Double>], margin: Double, seenFrom view: View, into rectangle: Rectangle, options: Framing) {
    let low = corners.reduce(SIMD3(repeating: .infinity), pointwiseMin),
      high = corners.reduce(-SIMD3(repeating: .infinity), pointwiseMax)
    let middle = (low + high) / 2
    let unit = 1 / max((high - low).length / 2 + margin, .leastNormalMagnitude)
    let axes = view.axes, isPerspective = !options.isOrthographic
    let distance = 4.2  // about 27 degrees from end to end: depth is felt, spheres at the edge stay round
    func plane(_ point: SIMD3<Double>) -> SIMD2<Double> {
      let offset = (point - middle) * unit
      let depth = isPerspective ? distance - (offset * axes.toEye).sum() : 1
      return SIMD2((offset * axes.right).sum(), (offset * axes.up).sum()) / depth
    }
    let points = corners.map(plane)
    let border = margin * unit / (isPerspective ? distance - 1 : 1)
    let least = points.reduce(SIMD2(repeating: .infinity), pointwiseMin) - border
    let most = points.reduce(-SIMD2(repeating: .infinity), pointwiseMax) + border
    let extent = most - least
    let fitted = min(rectangle.width / max(extent.x, 1e-300), rectangle.height / max(extent.y, 1e-300)) * options.zoom
    let looked = options.center.map(plane) ?? (least + most) / 2
    center = SIMD2(
      Float(rectangle.x + rectangle.width / 2 - looked.x * fitted), Float(rectangle.y + rectangle.height / 2 + looked.y * fitted))
    scale = Float(fitted)
    (self.isPerspective, self.target, self.axes, self.distance, self.unit) = (isPerspective, middle, axes, distance, unit)
  }

  /// What the user may ask of the camera beyond its direction.
  struct Framing: Sendable {
    var isOrthographic = false
    var zoom = 1.0
    var center: SIMD3<Double>?
  }

  /// A point of the world in camera space.
  func camera(_ point: SIMD3<Double>) -> SIMD3<Float> {
    let offset = (point - target) * unit
    return SIMD3(
      Float((offset * axes.right).sum()), Float((offset * axes.up).sum()), Float(distance - (offset * axes.toEye).sum()))
  }

  /// Where a point of camera space falls on the picture (pixels).
  func pixel(_ point: SIMD3<Float>) -> SIMD2<Float> {
    let depth = isPerspective ? point.z : 1
    return SIMD2(center.x + point.x / depth * scale, center.y - point.y / depth * scale)
  }

  /// The same picture with so many samples per pixel along each side.
  func supersampled(by samples: Int) -> Projection {
    Projection(center: center * Float(samples), scale: scale * Float(samples), isPerspective: isPerspective)
  }
}

/// A rectangle of a picture (pixels, from the top left).
struct Rectangle: Sendable, Hashable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double
}

extension SIMD3 where Scalar: FloatingPoint {
  @inline(__always) func dot(_ other: Self) -> Scalar { x * other.x + y * other.y + z * other.z }
  @inline(__always) var length: Scalar { dot(self).squareRoot() }
  @inline(__always) var normalized: Self { self / length }
  @inline(__always) func cross(_ o: Self) -> Self { Self(y * o.z - z * o.y, z * o.x - x * o.z, x * o.y - y * o.x) }
}
