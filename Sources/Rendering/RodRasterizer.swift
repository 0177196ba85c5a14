/// Finds which samples see a rod before any sphere.
struct RodRasterizer {
  let tableau: Tableau
  /// From camera space to samples.
  let projection: Projection

  /// Draws all rods; they own samples under the numbers after the last sphere.
  func draw(into buffer: SampleBuffer, threads: Int) {
    guard !tableau.rods.isEmpty else { return }
    // Bands of rows are independent of each other.
    let bands = buffer.tilesDown
    inParallel(bands, threads: threads) { band in
      let rows = SampleRange(
        left: 0, right: buffer.width - 1, top: band * SampleBuffer.tileSide,
        bottom: min((band + 1) * SampleBuffer.tileSide, buffer.height) - 1)
      for (index, rod) in tableau.rods.enumerated() {
        draw(rod, owner: Int32(truncatingIfNeeded: tableau.spheres.count + index), within: rows, into: buffer)
      }
    }
  }

  private func draw(_ rod: Tableau.Rod, owner: Int32, within rows: SampleRange, into buffer: SampleBuffer) {
    let first = tableau.spheres[Int(rod.first)], second = tableau.spheres[Int(rod.second)]
    guard let start = Silhouette(SIMD4(first.x, first.y, first.z, rod.radius), in: projection)?.bounds(in: projection),
      let end = Silhouette(SIMD4(second.x, second.y, second.z, rod.radius), in: projection)?.bounds(in: projection)
    else { return }
    let range = SampleRange(
      left: min(start.left, end.left), right: max(start.right, end.right), top: min(start.top, end.top),
      bottom: max(start.bottom, end.bottom)
    ).clipped(to: rows)
    guard !range.isEmpty else { return }
    let capsule = Capsule(from: first, to: second, radius: rod.radius)
    let step = 1 / projection.scale
    for y in range.top...range.bottom {
      for x in range.left...range.right {
        let ray = SIMD2((Float(x) + 0.5 - projection.center.x) * step, (projection.center.y - Float(y) - 0.5) * step)
        let direction = projection.isPerspective ? SIMD3(ray.x, ray.y, 1) : SIMD3<Float>(0, 0, 1)
        let origin = projection.isPerspective ? direction * first.z : SIMD3(ray.x, ray.y, first.z)
        guard let hit = capsule.nearestHit(from: origin, direction: direction), first.z + hit < buffer.depth(x, y) else {
          continue
        }
        buffer.put(depth: first.z + hit, owner: owner, x: x, y: y)
      }
    }
  }
}

/// All points within a radius of a line from one point to another.
struct Capsule {
  let from: SIMD3<Float>
  let axis: SIMD3<Float>
  let radius: Float

  init(from: SIMD4<Float>, to: SIMD4<Float>, radius: Float) {
    self.from = SIMD3(from.x, from.y, from.z)
    axis = SIMD3(to.x - from.x, to.y - from.y, to.z - from.z)
    self.radius = radius
  }

  /// The point of the axis nearest to a point, and its share of the way along.
  func axisPoint(nearest point: SIMD3<Float>) -> (share: Float, point: SIMD3<Float>) {
    let share = max(0, min(1, (point - from).dot(axis) / max(axis.dot(axis), 1e-30)))
    return (share, from + axis * share)
  }

  /// Where along `direction` (any length) a ray first meets the capsule; rays that just miss it count if `grazing`.
  func nearestHit(from origin: SIMD3<Float>, direction: SIMD3<Float>, grazing: Bool = false) -> Float? {
    let offset = origin - from
    let square = max(axis.dot(axis), 1e-30), axisRay = axis.dot(direction), axisOffset = axis.dot(offset)
    // |offset + t direction - its part along the axis|² = radius², times the square of the axis.
    let a = square * direction.dot(direction) - axisRay * axisRay
    let b = square * offset.dot(direction) - axisRay * axisOffset
    let c = square * (offset.dot(offset) - radius * radius) - axisOffset * axisOffset
    var discriminant = b * b - a * c
    if grazing { discriminant = max(0, discriminant) }
    guard discriminant >= 0 else { return nil }
    if a > 0 {
      let hit = (-b - discriminant.squareRoot()) / a
      let height = axisOffset + hit * axisRay
      if height >= 0, height <= square { return hit }
    }
    let ends = [offset, offset - axis], norm = direction.dot(direction)
    if let hit = ends.compactMap({ hitBall($0, direction) }).min() { return hit }
    guard grazing else { return nil }
    // Where the ray passes nearest to the nearer end.
    let approaches = ends.map { end -> (hit: Float, away: Float) in
      let hit = -end.dot(direction) / norm
      return (hit, (end + direction * hit).length)
    }
    return approaches.min { $0.away < $1.away }?.hit
  }

  /// Where the ray first meets the ball around one end, `offset` from which it starts.
  private func hitBall(_ offset: SIMD3<Float>, _ direction: SIMD3<Float>) -> Float? {
    let a = direction.dot(direction), b = offset.dot(direction), c = offset.dot(offset) - radius * radius
    let discriminant = b * b - a * c
    return discriminant >= 0 ? (-b - discriminant.squareRoot()) / a : nil
  }
}
