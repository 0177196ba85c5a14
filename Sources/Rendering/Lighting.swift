/// How surfaces answer light: a key light that casts shadows, a fill light, and an even sky that cavities see less of.
struct Lighting: Sendable {
  /// From the scene to the key light, in camera space (z away from the eye).
  static let toKey = SIMD3<Float>(-0.42, 0.68, -0.6).normalized
  private static let toFill = SIMD3<Float>(0.85, 0.1, -0.5).normalized

  /// One point of a surface, all directions in camera space.
  struct Surface {
    var color: SIMD3<Float>
    var normal: SIMD3<Float>
    var toEye: SIMD3<Float>
    /// Share of the sky that the point sees.
    var openness: Float
    /// Share of the key light that reaches it.
    var key: Float
  }

  /// Light (linear) that leaves the surface towards the eye.
  @inline(__always) static func shade(_ surface: Surface) -> SIMD3<Float> {
    let n = surface.normal
    // The key light is wide as well: where little sky is seen, part of it is hidden too.
    let key = max(0, n.dot(toKey)) * surface.key * (0.4 + 0.6 * surface.openness)
    let fill = max(0, n.dot(toFill) * 0.7 + 0.3) * surface.openness
    let sky = (0.5 + 0.5 * n.y) * 0.2 + 0.32
    let albedo = surface.color
    let diffuse = albedo * (key * 0.95 + fill * 0.22) + albedo * bounced(surface.openness, albedo) * sky
    // Blinn and Phong: a soft sheen (exponent 32) of the white light.
    let half = max(0, n.dot((toKey + surface.toEye).normalized))
    let h2 = half * half, h4 = h2 * h2, h8 = h4 * h4, h16 = h8 * h8
    let sheen = h16 * h16 * 0.22 * surface.key
    // Grazing surfaces darken a little, which sets spheres of one colour off from each other.
    let facing = max(0, n.dot(surface.toEye))
    let edge = 0.72 + 0.28 * min(1, facing * 2.2)
    return (diffuse + sheen) * edge
  }

  /// Occlusion per colour, with half of the light that bounces between surfaces of that colour by the fit of J. Jimenez et al.,
  /// Practical realtime strategies for accurate indirect occlusion, SIGGRAPH course (2016), eq. 10; the other half is
  /// deepened, because a picture with all of it looks flat.
  @inline(__always) private static func bounced(_ openness: Float, _ albedo: SIMD3<Float>) -> SIMD3<Float> {
    let a = albedo * 2.0404 - 0.3324, b = albedo * -4.7951 + 0.6417, c = albedo * 2.7552 + 0.6903
    let x = SIMD3(repeating: openness)
    return 0.5 * x * x.squareRoot() + 0.5 * x.raised(to: ((x * a + b) * x + c) * x)
  }
}
