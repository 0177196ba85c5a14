/// Draws a tableau: finds what each sample sees, then lights each surface once per pixel that it touches.
struct SphereRenderer {
  let tableau: Tableau
  /// From camera space to pixels.
  let projection: Projection
  let options: RenderOptions

  /// The picture, with the background and the box behind and between the spheres.
  func picture() -> Picture {
    let samples = options.samples, threads = options.threads
    let buffer = SampleBuffer(width: options.width * samples, height: options.height * samples)
    let fine = projection.supersampled(by: samples)
    SphereRasterizer(spheres: tableau.spheres, projection: fine).draw(into: buffer, threads: threads)
    RodRasterizer(tableau: tableau, projection: fine).draw(into: buffer, threads: threads)
    let shading = SurfaceShading(tableau: tableau, projection: fine, options: options, seenBy: buffer)
    var picture = Picture(width: options.width, height: options.height)
    picture.pixels = Array(unsafeUninitializedCapacity: options.width * options.height) { memory, count in
      // Sound: tiles are disjoint, and together they are the whole picture.
      nonisolated(unsafe) let pixels = memory
      inParallel(buffer.tilesAcross * buffer.tilesDown, threads: threads) { tile in
        let range = buffer.samples(ofTile: tile)
        for y in (range.top / samples)...(range.bottom / samples) {
          for x in (range.left / samples)...(range.right / samples) {
            pixels.initializeElement(at: y * options.width + x, to: shading.pixel(x, y))
          }
        }
      }
      count = options.width * options.height
    }
    tableau.plane?.draw(on: &picture, behind: buffer, projection: projection, samples: samples)
    drawEdges(on: &picture, behind: buffer)
    return picture
  }

  /// Draws the edges of the box as lines one and a half pixels wide, each hidden where spheres are before it.
  private func drawEdges(on picture: inout Picture, behind buffer: SampleBuffer) {
    let samples = options.samples
    for edge in tableau.edges where !projection.isPerspective || min(edge.from.z, edge.to.z) > 0 {
      let from = projection.pixel(edge.from), to = projection.pixel(edge.to)
      let mask = CoverageMask(
        [Segment(from: from, to: to)], width: Float(picture.height) / 480, pictureWidth: picture.width,
        pictureHeight: picture.height)
      let along = to - from, square = max((along * along).sum(), 1e-12)
      mask.forEach { x, y, coverage in
        let share = max(0, min(1, ((SIMD2(Float(x) + 0.5, Float(y) + 0.5) - from) * along).sum() / square))
        // Depth is linear along the picture in an orthographic view, its inverse in perspective.
        let depth =
          projection.isPerspective
          ? 1 / ((1 - share) / edge.from.z + share / edge.to.z) : (1 - share) * edge.from.z + share * edge.to.z
        var open = 0
        for row in 0..<samples {
          for column in 0..<samples where buffer.depth(x * samples + column, y * samples + row) > depth { open += 1 }
        }
        let seen = coverage * Float(open) / Float(samples * samples)
        picture.blend(options.background.edge, x: x, y: y, coverage: seen * 0.8)
      }
    }
  }
}
