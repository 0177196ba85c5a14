/// The colour of each pixel, once it is known which surfaces its samples see.
struct SurfaceShading: Sendable {
  private let tableau: Tableau
  private let projection: Projection
  private let options: RenderOptions
  private let buffer: SampleBuffer
  private let occlusion: Occlusion?
  private let shadows: ShadowMap?
  private let haze: (near: Float, perLength: Float)
  private let step: Float
  /// Colour of the background in each row, and the bytes of linear light.
  private let rows: [SIMD3<Float>]
  private let bytes: SRGB.Encoder

  /// Prepares shadows and occlusion for what the buffer sees; `projection` is from camera space to samples.
  init(tableau: Tableau, projection: Projection, options: RenderOptions, seenBy buffer: SampleBuffer) {
    (self.tableau, self.projection, self.options, self.buffer) = (tableau, projection, options, buffer)
    step = 1 / projection.scale
    rows = (0..<options.height).map { options.background.color(row: $0, of: options.height).linear }
    bytes = SRGB.encoder
    let isLit = !tableau.isFlat && !tableau.spheres.isEmpty
    occlusion =
      isLit && options.hasOcclusion
      ? Occlusion(
        of: tableau.spheres, visible: buffer.visible(among: tableau.spheres.count), typicalRadius: tableau.typicalRadius,
        threads: options.threads) : nil
    shadows =
      isLit && options.hasShadows
      ? ShadowMap(
        of: tableau.spheres, toLight: Lighting.toKey, typicalRadius: tableau.typicalRadius, threads: options.threads) : nil
    let (near, far) = depthRange(of: tableau.spheres)
    // The farthest sphere loses a sixth of its contrast to the background.
    haze = (near, isLit && far > near && !options.background.isTransparent ? 0.16 / (far - near) : 0)
  }

  /// The finished pixel in column `x` and row `y`.
  func pixel(_ x: Int, _ y: Int) -> SIMD4<UInt8> {
    let samples = options.samples, left = x * samples, top = y * samples, count = samples * samples
    let background = rows[y]
    var light = SIMD3<Float>.zero
    var covered = 0
    for sample in 0..<count {
      let owner = buffer.owner(left + sample % samples, top + sample / samples)
      guard owner != SampleBuffer.nobody, isFirst(sample, of: owner, left, top) else { continue }
      var place = SIMD2<Float>.zero
      var share = 0
      for other in sample..<count where buffer.owner(left + other % samples, top + other / samples) == owner {
        place += SIMD2(Float(other % samples), Float(other / samples))
        share += 1
      }
      place = place / Float(share) + SIMD2(Float(left) + 0.5, Float(top) + 0.5)
      light += surface(of: owner, at: place, background: background) * Float(share)
      covered += share
    }
    let alpha = Float(covered) / Float(count)
    light /= Float(count)
    if options.background.isTransparent {
      return Color(linear: covered == 0 ? .zero : light / alpha).pixel(alpha: alpha)
    }
    let mixed = light + background * (1 - alpha)
    return SIMD4(bytes.byte(mixed.x), bytes.byte(mixed.y), bytes.byte(mixed.z), 255)
  }

  /// True if no sample of the pixel before this one sees the same owner.
  @inline(__always) private func isFirst(_ sample: Int, of owner: Int32, _ left: Int, _ top: Int) -> Bool {
    for earlier in 0..<sample
    where buffer.owner(left + earlier % options.samples, top + earlier / options.samples) == owner { return false }
    return true
  }

  /// Light from an owner at a place of the picture (samples).
  @inline(__always)
  private func surface(of owner: Int32, at place: SIMD2<Float>, background: SIMD3<Float>) -> SIMD3<Float> {
    let ray = SIMD2((place.x - projection.center.x) * step, (projection.center.y - place.y) * step)
    if Int(owner) >= tableau.spheres.count {
      return rod(tableau.rods[Int(owner) - tableau.spheres.count], ray: ray, background: background)
    }
    let sphere = tableau.spheres[Int(owner)]
    guard let silhouette = Silhouette(sphere, in: projection) else { return background }
    if tableau.isFlat { return disc(sphere, color: tableau.colors[Int(owner)], ray: ray) }
    let depth = silhouette.row(y: ray.y).depth(silhouette.offset(x: ray.x))
    let center = SIMD3(sphere.x, sphere.y, sphere.z)
    let point = along(ray, depth: depth)
    let normal = (point - center).normalized
    let offset = normal * sphere.w
    let lit = Lighting.Surface(
      color: tableau.colors[Int(owner)], normal: normal, toEye: toEye(ray),
      openness: occlusion?.openness(of: owner, at: offset, normal: normal) ?? 1,
      key: normal.dot(Lighting.toKey) > 0 ? shadows?.light(at: center + offset, owner: owner) ?? 1 : 0)
    return hazy(Lighting.shade(lit), depth: depth, background: background)
  }

  private func rod(_ rod: Tableau.Rod, ray: SIMD2<Float>, background: SIMD3<Float>) -> SIMD3<Float> {
    let first = tableau.spheres[Int(rod.first)], second = tableau.spheres[Int(rod.second)]
    let capsule = Capsule(from: first, to: second, radius: rod.radius)
    let start = along(ray, depth: first.z)
    let direction = projection.isPerspective ? SIMD3(ray.x, ray.y, 1) : SIMD3(0, 0, 1)
    guard let hit = capsule.nearestHit(from: start, direction: direction, grazing: true) else { return background }
    let point = start + direction * hit
    let (share, axis) = capsule.axisPoint(nearest: point)
    let nearer = share < 0.5 ? rod.first : rod.second
    let normal = (point - axis).normalized
    let lit = Lighting.Surface(
      color: tableau.colors[Int(nearer)], normal: normal, toEye: toEye(ray), openness: 0.85,
      key: normal.dot(Lighting.toKey) > 0 ? shadows?.light(at: point, owner: nearer) ?? 1 : 0)
    return hazy(Lighting.shade(lit), depth: point.z, background: background)
  }

  /// A disc with a thin dark rim, as figures of flat packings are printed.
  private func disc(_ sphere: SIMD4<Float>, color: SIMD3<Float>, ray: SIMD2<Float>) -> SIMD3<Float> {
    let distance = ((ray.x - sphere.x) * (ray.x - sphere.x) + (ray.y - sphere.y) * (ray.y - sphere.y)).squareRoot()
    let pixel = step * Float(options.samples)
    let rim = min(1.3 * pixel, 0.2 * sphere.w)
    let share = max(0, min(1, (distance - (sphere.w - rim)) / pixel + 0.5))
    return color * (1 - 0.65 * share)
  }

  @inline(__always) private func along(_ ray: SIMD2<Float>, depth: Float) -> SIMD3<Float> {
    projection.isPerspective ? SIMD3(ray.x * depth, ray.y * depth, depth) : SIMD3(ray.x, ray.y, depth)
  }

  @inline(__always) private func toEye(_ ray: SIMD2<Float>) -> SIMD3<Float> {
    projection.isPerspective ? SIMD3(-ray.x, -ray.y, -1).normalized : SIMD3(0, 0, -1)
  }

  @inline(__always) private func hazy(_ light: SIMD3<Float>, depth: Float, background: SIMD3<Float>) -> SIMD3<Float> {
    let share = max(0, min(0.16, (depth - haze.near) * haze.perLength))
    return light + (background - light) * share
  }
}

extension SampleBuffer {
  /// Which of so many owners are seen by any sample.
  func visible(among count: Int) -> [Bool] {
    var visible = Array(repeating: false, count: count)
    for row in 0..<(blocksAcross * blocksDown * Self.blockSide) {
      let eight = owners[row]
      for lane in 0..<8 where eight[lane] >= 0 && Int(eight[lane]) < count { visible[Int(eight[lane])] = true }
    }
    return visible
  }
}
