// The library's `pointwiseMax` and `max()` are calls that are not inlined; in loops over samples they would cost more than
// the geometry. These are the same in a few instructions.

extension SIMD where Scalar: Comparable {
  /// The greater of two vectors, lane by lane.
  @inline(__always) func raised(to other: Self) -> Self { replacing(with: other, where: self .< other) }
  /// The smaller of two vectors, lane by lane.
  @inline(__always) func lowered(to other: Self) -> Self { replacing(with: other, where: self .> other) }
}

extension SIMD8<Float> {
  /// The greatest lane.
  @inline(__always) var greatest: Float {
    let four = lowHalf.raised(to: highHalf)
    let two = four.lowHalf.raised(to: four.highHalf)
    return two.x < two.y ? two.y : two.x
  }
}
