import World

/// Sites of a lattice as coloured cells behind the particles: all of a flat lattice, of a solid one the layer in the middle.
struct LatticePlane: Sendable {
  private let grid: Grid
  /// Linear colour of each site of the layer, the first axis running fastest.
  private let colors: [SIMD3<Float>]
  /// Height of the layer.
  private let height: Double

  /// The layer of a lattice whose sites have these colours.
  init(_ grid: Grid, colors: [SIMD3<Float>]) {
    self.grid = grid
    let layer = grid.counts.count == 3 ? grid.counts[2] / 2 : 0, area = grid.counts.prefix(2).reduce(1, *)
    self.colors = Array(colors[layer * area..<(layer + 1) * area])
    height = grid.counts.count == 3 ? grid.origin[2] + grid.spacing * Double(layer) : 0
  }

  /// Lays the cells over all pixels, as far as no particle covers them.
  func draw(on picture: inout Picture, behind buffer: SampleBuffer, projection: Projection, samples: Int) {
    for y in 0..<picture.height {
      for x in 0..<picture.width {
        guard let point = projection.point(at: SIMD2(Float(x) + 0.5, Float(y) + 0.5), height: height),
          let color = color(at: point)
        else { continue }
        var open = 0
        for row in 0..<samples {
          for column in 0..<samples where buffer.owner(x * samples + column, y * samples + row) == SampleBuffer.nobody {
            open += 1
          }
        }
        if open > 0 { picture.blend(color, x: x, y: y, coverage: Float(open) / Float(samples * samples)) }
      }
    }
  }

  /// The colour of the cell that holds a point; nil outside the lattice.
  private func color(at point: SIMD3<Double>) -> Color? {
    var site = 0, stride = 1
    for axis in 0..<2 {
      let count = axis < grid.counts.count ? grid.counts[axis] : 1, origin = axis < grid.counts.count ? grid.origin[axis] : 0
      let place = ((point[axis] - origin) / grid.spacing + 0.5).rounded(.down)
      guard place >= 0, place < Double(count) else { return nil }
      site += Int(place) * stride
      stride *= count
    }
    return Color(linear: colors[site])
  }
}

extension Projection {
  /// The point of a horizontal plane of the world that is seen at a pixel; nil if none is.
  func point(at pixel: SIMD2<Float>, height: Double) -> SIMD3<Double>? {
    let place = SIMD2<Double>((pixel - center) / scale) * SIMD2(1, -1)
    let across = axes.right * place.x + axes.up * place.y, wanted = (height - target.z) * unit
    if !isPerspective {
      guard abs(axes.toEye.z) > 1e-9 else { return nil }
      return target + (across + axes.toEye * ((wanted - across.z) / axes.toEye.z)) / unit
    }
    // An offset from the target is across z + toEye (distance - z), with depth z before the eye.
    let slope = across.z - axes.toEye.z
    guard abs(slope) > 1e-9 else { return nil }
    let depth = (wanted - axes.toEye.z * distance) / slope
    return depth > 0 ? target + (across * depth + axes.toEye * (distance - depth)) / unit : nil
  }
}
