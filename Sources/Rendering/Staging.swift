import Diagnostics
import World

/// What stays the same through a movie, so that neither the camera nor the colours jump from frame to frame.
public struct Staging: Sendable, Hashable {
  /// Lower corner of the region in view (length, units of the run); what the box lacks of three dimensions is 0.
  public var low: SIMD3<Double>
  /// Upper corner of the region in view (length, units of the run).
  public var high: SIMD3<Double>
  /// Radius of particles that have none of their own, or of the largest (length, units of the run).
  public var radius: Double
  /// Values at the ends of the colour map (units of the run); nil if colours are those of species.
  public var range: ClosedRange<Double>?

  /// Widens the region and the range to hold those of another frame; the radius stays.
  public mutating func include(_ other: Staging) {
    low = pointwiseMin(low, other.low)
    high = pointwiseMax(high, other.high)
    guard let added = other.range else { return }
    range = range.map { min($0.lowerBound, added.lowerBound)...max($0.upperBound, added.upperBound) } ?? added
  }
}

extension Renderer {
  /// The staging that suits one frame; that of a movie is the first frame's with those of all others included. Throws `Failure`.
  public func staging(of frame: Frame) throws(Failure) -> Staging {
    let box = frame.box
    var low = SIMD3<Double>.zero, high = SIMD3<Double>.zero
    for axis in 0..<box.space { (low[axis], high[axis]) = (box.origin[axis], box.origin[axis] + box.lengths[axis]) }
    let positions = try positions(of: frame)
    let values = try options.color.shown(in: frame)?.numbers
    let largest = ownRadii(of: frame)?.filter(\.isFinite).max()
    return Staging(
      low: low, high: high,
      radius: options.radius ?? largest ?? (frame.count == 0 ? frame.lattices.first?.grid.spacing : nil)
        ?? min(touchingRadius(positions, volume: box.volume, space: box.space), largestRadius(of: frame)),
      range: options.range ?? robustRange(values))
  }

  /// A handful of bodies, far from each other, are drawn as dots.
  private func largestRadius(of frame: Frame) -> Double {
    (frame.box.lengths.max() ?? .infinity) / (frame.count < 16 ? 50 : 8)
  }

  /// A little more than half the median distance to the nearest neighbour, over up to 500 particles: pairs just touch.
  private func touchingRadius(_ positions: [SIMD3<Double>], volume: Double, space: Int) -> Double {
    let finite = positions.filter { max($0.x.magnitude, $0.y.magnitude, $0.z.magnitude) < .infinity }
    // The side of the volume that one particle has, by bisection: roots of the platform are no part of a picture.
    let share = volume / Double(max(1, finite.count))
    var low = 0.0, high = max(1, share)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if (0..<space).reduce(1.0, { product, _ in product * middle }) < share { low = middle } else { high = middle }
    }
    guard finite.count > 1, high > 0, high.isFinite else { return high / 4 }
    let first = finite[finite.count / 2]
    // Relative to one of them, and without those that flew off so far that the grid could not hold them.
    let spheres = finite.compactMap { position -> SIMD4<Float>? in
      let place = SIMD3<Float>((position - first) / high)
      guard max(place.x.magnitude, place.y.magnitude, place.z.magnitude) < 1e6 else { return nil }
      return SIMD4(place.x, place.y, place.z, 0)
    }
    let grid = CellGrid(spheres, side: 1.5)
    let nearest = stride(from: 0, to: spheres.count, by: max(1, spheres.count / 500)).map { index in
      var least = grid.side * grid.side
      grid.forEach(near: spheres[index]) { other, sphere in
        let d = sphere - spheres[index]
        if Int(other) != index { least = min(least, (d * d).sum()) }
      }
      return least.squareRoot()
    }
    return Double(nearest.sorted()[nearest.count / 2]) * high * 0.55
  }

  /// The range that holds all but the extreme half percent at each end; symmetric about zero for a diverging map.
  private func robustRange(_ values: [Double]?) -> ClosedRange<Double>? {
    guard let sorted = values?.filter(\.isFinite).sorted(), let first = sorted.first, let last = sorted.last else {
      return values.map { _ in 0...1 }
    }
    let cut = sorted.count / 200
    let low = sorted[cut], high = sorted[sorted.count - 1 - cut]
    if options.colorMap.isDiverging, low < 0, high > 0 { return -max(-low, high)...max(-low, high) }
    if low < high { return low...high }
    if first < last { return first...last }
    // One value for all stands in the middle of the bar.
    let half = low == 0 ? 1 : 0.1 * abs(low)
    return (low - half)...(low + half)
  }
}
