/// A sphere as the rays of a picture meet it.
///
/// For the ray v = v0 + s, where v0 = c/c.z points at the centre c, the sphere of radius R is met at depth
/// t = (v·c - √D)/v·v with D = R² v·v - |v × c|² and |v × c|² = c.z² (sx² + sy² + (sx v0.y - sy v0.x)²). Written with the small
/// offset s nothing cancels, however far the sphere is. An orthographic picture has v·v = 1, v·c = c.z, |v × c|² = sx² + sy².
struct Silhouette {
  /// Depth of the point nearest to the eye.
  let nearest: Float
  /// v0.x, v0.y: where the centre is seen.
  private let seen: SIMD2<Float>
  private let depth: Float
  private let square: Float
  private let isPerspective: Bool
  private let halfWidth: SIMD2<Float>
  private let middle: SIMD2<Float>

  /// The sphere with centre `x, y, z` and radius `w`, made no smaller than a sample; nil if it is not wholly before the eye.
  @inline(__always) init?(_ sphere: SIMD4<Float>, in projection: Projection) {
    isPerspective = projection.isPerspective
    depth = sphere.z
    let unit = (isPerspective ? sphere.z : 1) / projection.scale  // size of a sample at the sphere
    let radius = max(sphere.w, 0.71 * unit)
    square = radius * radius
    nearest = sphere.z - radius
    let center = SIMD2(sphere.x, sphere.y)
    guard isPerspective else {
      (seen, middle, halfWidth) = (center, center, SIMD2(repeating: radius))
      return
    }
    guard nearest > 0 else { return nil }
    seen = center / sphere.z
    // Tangents to the sphere in the planes of x and z, and of y and z.
    let away = sphere.z * sphere.z - square
    middle = center * sphere.z / away
    halfWidth = ((center * center + away) * square).squareRoot() / away
  }

  /// The samples that the sphere may cover.
  @inline(__always) func bounds(in projection: Projection) -> SampleRange {
    let x = projection.center.x + middle.x * projection.scale, y = projection.center.y - middle.y * projection.scale
    let half = halfWidth * projection.scale
    return SampleRange(
      left: Self.index(x - half.x + 0.5), right: Self.index(x + half.x - 0.5), top: Self.index(y - half.y + 0.5),
      bottom: Self.index(y + half.y - 0.5))
  }

  /// Rounds down, far values clipped before they leave the integers.
  @inline(__always) private static func index(_ value: Float) -> Int {
    let bounded = max(-1e6, min(1e6, value))
    let whole = Int(bounded)
    return Float(whole) > bounded ? whole &- 1 : whole
  }

  /// Depth along one row of rays: X - v0.x is the variable, Y is fixed.
  @inline(__always) func row(y: Float) -> Row {
    let s = y - seen.y
    guard isPerspective else { return Row(disc: SIMD3(square - s * s, 0, -1), along: SIMD2(depth, 0), norm: SIMD3(1, 0, 0)) }
    let norm = SIMD3(1 + seen.x * seen.x + y * y, 2 * seen.x, 1)
    let z2 = depth * depth
    let off = SIMD3(s * s * (1 + seen.x * seen.x), -2 * s * seen.x * seen.y, 1 + seen.y * seen.y)
    return Row(
      disc: square * norm - z2 * off, along: SIMD2(depth * (1 + seen.x * seen.x + seen.y * y), depth * seen.x), norm: norm)
  }

  /// X - v0.x of a ray.
  @inline(__always) func offset(x: Float) -> Float { x - seen.x }

  /// D, v·c and v·v as polynomials of the offset.
  struct Row {
    let disc: SIMD3<Float>
    let along: SIMD2<Float>
    let norm: SIMD3<Float>

    @inline(__always) func discriminant(_ s: SIMD8<Float>) -> SIMD8<Float> { disc.x + s * (disc.y + s * disc.z) }
    @inline(__always) func depth(_ s: SIMD8<Float>, _ discriminant: SIMD8<Float>) -> SIMD8<Float> {
      (along.x + s * along.y - discriminant.squareRoot()) / (norm.x + s * (norm.y + s * norm.z))
    }
    /// Depth of one ray; that of the rim if it passes by.
    @inline(__always) func depth(_ s: Float) -> Float {
      let discriminant = max(0, disc.x + s * (disc.y + s * disc.z))
      return (along.x + s * along.y - discriminant.squareRoot()) / (norm.x + s * (norm.y + s * norm.z))
    }
  }
}
