import CKernel
import Diagnostics
import KernelCompiler

/// A tree of boxes over particles, with the points that stand for those inside a box.
final class FarTree {
  private typealias Build =
    @convention(c) (
      UnsafePointer<UnsafePointer<Double>?>, UnsafeMutablePointer<Int32>, Int32, UnsafeMutablePointer<mote_far_node>
    ) -> Int32
  private typealias Fill =
    @convention(c) (
      UnsafeMutablePointer<mote_far_node>, Int32, UnsafePointer<UnsafePointer<Double>?>,
      UnsafePointer<UnsafeMutablePointer<Double>?>, Int32, Int32
    ) -> Void

  /// Radii of two boxes over their distance below which points stand for a box.
  static let opening = 0.7
  private let build: Build
  private let fill: Fill
  private let space: Int
  private let nodes = AlignedArray<mote_far_node>()
  private let proxies: FarPoints
  private var nodeCount: Int32 = 0
  private var points: Int32 = 0

  /// - Parameter columns: positions and fields.
  init(_ library: KernelLibrary, space: Int, columns: Int) throws(Failure) {
    build = try library.function("mote_far_tree", as: Build.self)
    fill = try library.function("mote_far_proxies", as: Fill.self)
    self.space = space
    proxies = FarPoints(columns: columns)
  }

  /// Points along an axis that should suffice for an accuracy: with this opening three err by 0.002 or less for 1/r, and each
  /// further one by an eighth of that.
  static func points(for accuracy: Double) -> Int32 {
    var points: Int32 = 3, error = 2e-3
    while error > accuracy, points < MOTE_FAR_POINTS {
      error /= 8
      points += 1
    }
    return points
  }

  /// The order in which the boxes hold particles that stand in columns one after another.
  func order(_ particles: FarPoints) -> [Int32] {
    var list = (0..<Int32(particles.count)).map { $0 }
    nodes.reserve(4 * (particles.count / Int(MOTE_FAR_LEAF) + 2))
    nodeCount = list.withUnsafeMutableBufferPointer { list in
      list.baseAddress.map { build(particles.inputs, $0, Int32(list.count), nodes.base) } ?? 0
    }
    return list
  }

  /// Makes the points of the boxes, so many along each axis, of particles in the order of the boxes.
  func interpolate(_ particles: FarPoints, points: Int32) {
    self.points = points
    let all = (0..<space).reduce(1) { product, _ in product * Int(points) }
    let boxes = (0..<Int(nodeCount)).filter { nodes.base[$0].end - nodes.base[$0].begin > Int32(all) }.count
    proxies.reserve(boxes * all)
    fill(nodes.base, nodeCount, particles.inputs, proxies.outputs, Int32(particles.columns.count - space), points)
  }

  /// Tells a call of the boxes and their points.
  func describe(in call: inout mote_far_call) {
    call.nodes = UnsafePointer(nodes.base)
    call.node_count = nodeCount
    call.proxies = proxies.call
    call.proxy_count = (0..<space).reduce(1) { product, _ in product * points }
    call.opening = Self.opening
  }
}
