/// Which spheres the key light reaches: the scene as the light sees it, orthographic.
struct ShadowMap: Sendable {
  private let axes: (right: SIMD3<Float>, up: SIMD3<Float>, toLight: SIMD3<Float>)
  private let projection: Projection
  private let buffer: SampleBuffer
  private let bias: Float

  /// Casts the shadows of spheres (camera space) for light that comes from a direction.
  init(of spheres: [SIMD4<Float>], toLight: SIMD3<Float>, typicalRadius: Float, threads: Int) {
    let right = SIMD3<Float>(0, 1, 0).cross(toLight).normalized
    let up = toLight.cross(right)
    axes = (right, up, toLight)
    var low = SIMD2<Float>(repeating: .infinity), high = SIMD2<Float>(repeating: -.infinity)
    let turned = spheres.map { sphere in
      let center = SIMD3(sphere.x, sphere.y, sphere.z)
      let place = SIMD4(center.dot(right), center.dot(up), -center.dot(toLight), sphere.w)
      low = low.lowered(to: SIMD2(place.x, place.y) - place.w)
      high = high.raised(to: SIMD2(place.x, place.y) + place.w)
      return place
    }
    let extent = max((high - low).max(), .leastNormalMagnitude)
    // Five cells per radius make the penumbra about a third of a sphere wide; the bound keeps the map in the cache.
    let size = max(16, min(2048, 5 * extent / typicalRadius))
    let scale = size / extent
    projection = Projection(center: SIMD2(3 - low.x * scale, 3 + high.y * scale), scale: scale, isPerspective: false)
    buffer = SampleBuffer(width: Int((high.x - low.x) * scale) + 7, height: Int((high.y - low.y) * scale) + 7)
    bias = 0.1 * typicalRadius
    SphereRasterizer(spheres: turned, projection: projection).draw(into: buffer, threads: threads)
  }

  /// The share of the key light, 0 to 1, that reaches a point on a sphere: the mean over 3 x 3 cells, interpolated.
  @inline(__always) func light(at point: SIMD3<Float>, owner: Int32) -> Float {
    let x = projection.center.x + point.dot(axes.right) * projection.scale - 1.5
    let y = projection.center.y - point.dot(axes.up) * projection.scale - 1.5
    let column = Int(x), row = Int(y)
    guard column >= 0, row >= 0, column + 3 < buffer.width, row + 3 < buffer.height else { return 1 }
    let limit = -point.dot(axes.toLight) - bias
    let alongX = x - Float(column), alongY = y - Float(row)
    let weights = SIMD4<Float>(1 - alongX, 1, 1, alongX)
    var sum = weightedRow(column, row, limit, owner, weights) * (1 - alongY)
    sum += weightedRow(column, row + 1, limit, owner, weights)
    sum += weightedRow(column, row + 2, limit, owner, weights)
    sum += weightedRow(column, row + 3, limit, owner, weights) * alongY
    return sum * (1.0 / 9)
  }

  @inline(__always)
  private func weightedRow(_ column: Int, _ row: Int, _ limit: Float, _ owner: Int32, _ weights: SIMD4<Float>) -> Float {
    var sum: Float = 0
    for step in 0..<4 where buffer.depth(column &+ step, row) >= limit || buffer.owner(column &+ step, row) == owner {
      sum += weights[step]
    }
    return sum
  }
}
