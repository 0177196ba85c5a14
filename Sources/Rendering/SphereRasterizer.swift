/// Finds which sphere each sample sees.
struct SphereRasterizer {
  /// Centre (camera space) and radius of each sphere.
  let spheres: [SIMD4<Float>]
  /// From the world of the spheres to samples.
  let projection: Projection

  /// Draws all spheres; their index becomes the owner of the samples that see them.
  func draw(into buffer: SampleBuffer, threads: Int) {
    let bins = TileBins(of: spheres, frontToBack: order(), in: projection, over: buffer)
    let lanes = SIMD8<Float>(0, 1, 2, 3, 4, 5, 6, 7)
    inParallel(buffer.tilesAcross * buffer.tilesDown, threads: threads) { tile in
      let range = buffer.samples(ofTile: tile)
      for entry in bins.starts[tile]..<bins.starts[tile + 1] {
        let index = bins.entries[entry]
        guard let silhouette = Silhouette(spheres[Int(index)], in: projection) else { continue }
        draw(silhouette, owner: index, within: range, into: buffer, lanes: lanes)
      }
    }
  }

  @inline(__always)
  private func draw(
    _ silhouette: Silhouette, owner: Int32, within tile: SampleRange, into buffer: SampleBuffer, lanes: SIMD8<Float>
  ) {
    let range = silhouette.bounds(in: projection).clipped(to: tile)
    guard !range.isEmpty else { return }
    let step = 1 / projection.scale
    for blockY in (range.top >> 3)...(range.bottom >> 3) {
      for blockX in (range.left >> 3)...(range.right >> 3) {
        let block = blockY &* buffer.blocksAcross &+ blockX
        guard silhouette.nearest < buffer.farthest[block] else { continue }
        let left = silhouette.offset(x: (Float(blockX &* 8) + 0.5 - projection.center.x) * step)
        let offsets = left + lanes * step
        let top = max(range.top, blockY &* 8) & 7, bottom = min(range.bottom, blockY &* 8 &+ 7) & 7
        var covered = false
        for row in top...bottom {
          let y = (projection.center.y - Float(blockY &* 8 &+ row) - 0.5) * step
          covered = fill(silhouette.row(y: y), offsets, owner: owner, at: block &* 8 &+ row, of: buffer) || covered
        }
        if covered { buffer.farthest[block] = farthest(ofBlock: block, in: buffer) }
      }
    }
  }

  /// Gives eight samples side by side to the owner where it is nearer; true if any.
  @inline(__always)
  private func fill(_ row: Silhouette.Row, _ offsets: SIMD8<Float>, owner: Int32, at place: Int, of buffer: SampleBuffer) -> Bool
  {
    let discriminant = row.discriminant(offsets)
    guard discriminant.greatest > 0 else { return false }
    let hit = discriminant .> 0
    let depth = row.depth(offsets, discriminant.replacing(with: 0, where: .!hit))
    let old = buffer.depths[place]
    let nearer = hit .& (depth .< old)
    buffer.depths[place] = old.replacing(with: depth, where: nearer)
    buffer.owners[place].replace(with: owner, where: nearer)
    return true
  }

  @inline(__always) private func farthest(ofBlock block: Int, in buffer: SampleBuffer) -> Float {
    var most = buffer.depths[block &* 8]
    for row in 1..<8 { most = most.raised(to: buffer.depths[block &* 8 &+ row]) }
    return most.greatest
  }

  /// Indices from the nearest sphere to the farthest, to within 1/65536 of the depth of the scene; equal ones as they come.
  private func order() -> [Int32] {
    let (near, far) = depthRange(of: spheres)
    let levels = 65_535
    let steps = far > near ? Float(levels) / (far - near) : 0
    var starts = Array(repeating: 0, count: levels + 2)
    let keys = spheres.map { min(levels, Int(($0.z - near) * steps)) }
    for key in keys { starts[key + 1] += 1 }
    for level in 1..<starts.count { starts[level] += starts[level - 1] }
    var order = Array(repeating: Int32(0), count: spheres.count)
    for (index, key) in keys.enumerated() {
      order[starts[key]] = Int32(truncatingIfNeeded: index)
      starts[key] += 1
    }
    return order
  }
}

/// Depths of the nearest and the farthest centre; zeros without spheres.
func depthRange(of spheres: [SIMD4<Float>]) -> (near: Float, far: Float) {
  guard let first = spheres.first else { return (0, 0) }
  return spheres.reduce((first.z, first.z)) { (min($0.0, $1.z), max($0.1, $1.z)) }
}

/// Which spheres touch which tile of the picture, front to back.
private struct TileBins {
  var starts: [Int]
  var entries: [Int32]

  init(of spheres: [SIMD4<Float>], frontToBack order: [Int32], in projection: Projection, over buffer: SampleBuffer) {
    let whole = SampleRange(left: 0, right: buffer.width - 1, top: 0, bottom: buffer.height - 1)
    let tilesAcross = buffer.tilesAcross
    func forEachTile(of index: Int32, _ body: (Int) -> Void) {
      guard let range = Silhouette(spheres[Int(index)], in: projection)?.bounds(in: projection).clipped(to: whole), !range.isEmpty
      else { return }
      for row in (range.top / SampleBuffer.tileSide)...(range.bottom / SampleBuffer.tileSide) {
        for column in (range.left / SampleBuffer.tileSide)...(range.right / SampleBuffer.tileSide) {
          body(row * tilesAcross + column)
        }
      }
    }
    var starts = Array(repeating: 0, count: tilesAcross * buffer.tilesDown + 1)
    for index in order { forEachTile(of: index) { starts[$0 + 1] += 1 } }
    for tile in 1..<starts.count { starts[tile] += starts[tile - 1] }
    var entries = Array(repeating: Int32(0), count: starts.last ?? 0), next = starts
    for index in order {
      forEachTile(of: index) { tile in
        entries[next[tile]] = index
        next[tile] += 1
      }
    }
    (self.starts, self.entries) = (starts, entries)
  }
}
