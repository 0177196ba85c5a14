/// Ambient occlusion of spheres by spheres, computed from the scene itself and not from what the screen shows: no noise, nothing
/// that flickers in a movie, and cavities are dark from every side.
///
/// A sphere of radius R at distance D hides a share max(0, n·d)(R/D)² of the light that a surface with normal n receives from an
/// even sky (the form factor of a sphere wholly above the horizon). The 12 nearest count one by one at every pixel, so
/// contacts are sharp; those farther away are summed once per sphere, as a constant and a vector.
struct Occlusion {
  /// Four spheres, side by side.
  struct Neighbours {
    var x = SIMD4<Float>()
    var y = SIMD4<Float>()
    var z = SIMD4<Float>()
    /// Squared radii; zero where there is no neighbour.
    var square = SIMD4<Float>()
  }

  /// What stands around one sphere, in its own frame.
  struct Surroundings {
    var first = Neighbours()
    var second = Neighbours()
    var third = Neighbours()
    /// Sum of (R/D)² over those farther away, and of (R/D)² d.
    var far: Float = 0
    var farDirection = SIMD3<Float>()
  }

  private let surroundings: [Surroundings]
  private let places: [Int32]

  /// Gathers what surrounds the spheres that are marked as visible.
  init(of spheres: [SIMD4<Float>], visible: [Bool], typicalRadius: Float, threads: Int) {
    let grid = CellGrid(spheres, side: 4.5 * typicalRadius)
    let seen = visible.indices.filter { visible[$0] }
    var places = Array(repeating: Int32(-1), count: spheres.count)
    for (place, index) in seen.enumerated() { places[index] = Int32(truncatingIfNeeded: place) }
    self.places = places
    surroundings = Array(unsafeUninitializedCapacity: seen.count) { buffer, count in
      // Sound: every worker initialises pieces of its own.
      nonisolated(unsafe) let memory = buffer
      let piece = 256
      inParallel((seen.count + piece - 1) / piece, threads: threads) { part in
        for place in (part * piece)..<min((part + 1) * piece, seen.count) {
          memory.initializeElement(at: place, to: Self.gather(Int32(truncatingIfNeeded: seen[place]), spheres, grid))
        }
      }
      count = seen.count
    }
  }

  private static func gather(_ index: Int32, _ spheres: [SIMD4<Float>], _ grid: CellGrid) -> Surroundings {
    let own = spheres[Int(index)]
    var nearest = Nearest()
    var result = Surroundings()
    func addFar(_ d: SIMD4<Float>) {
      let offset = SIMD3(d.x, d.y, d.z), square = offset.dot(offset)
      guard square > 0 else { return }
      // A smooth end at the reach of the grid keeps the shade steady while things move.
      let window = max(0, 1 - square / (grid.side * grid.side))
      let weight = min(1, d.w * d.w / square) * window * window
      result.far += weight
      result.farDirection += offset * (weight / square.squareRoot())
    }
    grid.forEach(near: own) { other, sphere in
      guard other != index else { return }
      let d = SIMD4(sphere.x - own.x, sphere.y - own.y, sphere.z - own.z, sphere.w)
      let distance = (d.x * d.x + d.y * d.y + d.z * d.z).squareRoot()
      guard distance < grid.side + sphere.w else { return }
      if let pushedOut = nearest.insert(d, gap: distance - sphere.w) { addFar(pushedOut) }
    }
    nearest.store(into: &result)
    return result
  }

  /// The share of an even sky that a point of a sphere sees: `offset` from its centre, on the side of `normal`.
  @inline(__always) func openness(of sphere: Int32, at offset: SIMD3<Float>, normal: SIMD3<Float>) -> Float {
    let place = Int(places[Int(sphere)])
    guard place >= 0 else { return 1 }
    return surroundings.withUnsafeBufferPointer { all in
      let near =
        Self.open(all[place].first, offset, normal) * Self.open(all[place].second, offset, normal)
        * Self.open(all[place].third, offset, normal)
      let far = max(0, 0.25 * all[place].far + 0.5 * all[place].farDirection.dot(normal))
      return near.x * near.y * near.z * near.w / (1 + far + 0.5 * far * far)
    }
  }

  @inline(__always)
  private static func open(_ near: Neighbours, _ offset: SIMD3<Float>, _ normal: SIMD3<Float>) -> SIMD4<Float> {
    let x = near.x - offset.x, y = near.y - offset.y, z = near.z - offset.z
    let inverse = 1 / (x * x + y * y + z * z + 1e-30).squareRoot()
    let along = (x * normal.x + y * normal.y + z * normal.z) * inverse
    // Spheres that are partly below the horizon fade out over it instead of ending at it.
    let lit = (along * 0.8 + 0.2).raised(to: .zero)
    return 1 - (lit * near.square * inverse * inverse).lowered(to: SIMD4(repeating: 0.97))
  }
}

/// The twelve neighbours whose surfaces are nearest.
private struct Nearest {
  private var gaps = SIMD16<Float>(repeating: .infinity)
  private var found: [SIMD4<Float>] = []
  private static let count = 12

  init() { found.reserveCapacity(Self.count) }

  /// Takes a neighbour in; returns the one that had to leave for it, or itself.
  mutating func insert(_ offset: SIMD4<Float>, gap: Float) -> SIMD4<Float>? {
    if found.count < Self.count {
      gaps[found.count] = gap
      found.append(offset)
      return nil
    }
    var slot = 0
    for other in 1..<Self.count where gaps[other] > gaps[slot] { slot = other }
    guard gap < gaps[slot] else { return offset }
    let leaving = found[slot]
    (gaps[slot], found[slot]) = (gap, offset)
    return leaving
  }

  func store(into result: inout Occlusion.Surroundings) {
    for (slot, d) in found.enumerated() {
      switch slot / 4 {
      case 0: Self.store(d, slot & 3, into: &result.first)
      case 1: Self.store(d, slot & 3, into: &result.second)
      default: Self.store(d, slot & 3, into: &result.third)
      }
    }
  }

  private static func store(_ d: SIMD4<Float>, _ lane: Int, into group: inout Occlusion.Neighbours) {
    (group.x[lane], group.y[lane], group.z[lane], group.square[lane]) = (d.x, d.y, d.z, d.w * d.w)
  }
}
