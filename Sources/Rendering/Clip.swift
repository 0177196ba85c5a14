import Diagnostics

/// A half-space: particles beyond it are not drawn, so that one can look into a scene.
public struct Clip: Sendable, Hashable {
  /// 0, 1 or 2: x, y or z.
  public var axis: Int
  /// True if the coordinate must be below the bound.
  public var isBelow: Bool
  /// Length, units of the run.
  public var bound: Double

  /// Reads `x<1.5` or `z>0` (length, units of the run); throws `Failure`.
  public init(parsing text: String) throws(Failure) {
    let parts = text.filter { $0 != " " }.split(omittingEmptySubsequences: false) { $0 == "<" || $0 == ">" }
    guard parts.count == 2, let axis = ["x", "y", "z"].firstIndex(of: parts[0]), let bound = Double(parts[1]), bound.isFinite
    else {
      throw Failure(.usage, "cannot clip by \(text)", hint: "a coordinate, < or >, and a length, such as x<1.5")
    }
    (self.axis, self.bound, isBelow) = (axis, bound, text.contains("<"))
  }

  func keeps(_ position: SIMD3<Double>) -> Bool { isBelow ? position[axis] < bound : position[axis] > bound }
}
