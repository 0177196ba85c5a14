import CKernel
import Diagnostics
import KernelCompiler

/// A tree of boxes over particles, with the points that stand for those inside a box.
final class FarTree {
  private typealias Build =
    @convention(c) (
      UnsafePointer<UnsafePointer<Double>?>, UnsafeMutablePointer<Int32>, Int32, UnsafeMutablePointer<mote_far_node>
    ) -> Int32
  private typealias Meet = @convention(c) (UnsafePointer<mote_far_meetings>) -> Int64
  private typealias Number = @convention(c) (UnsafeMutablePointer<mote_far_node>, Int32, Int32) -> Int64
  private typealias Fill =
    @convention(c) (
      UnsafePointer<mote_far_node>, Int32, UnsafePointer<UnsafePointer<Double>?>,
      UnsafePointer<UnsafeMutablePointer<Double>?>, Int32, Int32
    ) -> Void
  private typealias Collect = @convention(c) (UnsafePointer<mote_far_call>, Int32, Int32) -> Void

  /// Radii of two boxes over their distance below which points stand for a box.
  static let opening = 0.8
  private let build: Build, meet: Meet, number: Number, fill: Fill, collecting: Collect
  private let space: Int
  private let reception: FarReception
  private let nodes = AlignedArray<mote_far_node>()
  private var nodeCount: Int32 = 0
  // Which boxes meet.
  private let pairs = AlignedArray<Int32>(), met = AlignedArray<Int32>(), starts = AlignedArray<Int64>()
  // The points of boxes, and what they receive.
  private let proxies: FarPoints
  private var points: Int32 = 0
  private var received = FarSums(channels: 0, totals: 0, count: 0)

  /// - Parameter columns: positions and fields.
  init(_ library: KernelLibrary, space: Int, columns: Int, reception: FarReception) throws(Failure) {
    build = try library.function("mote_far_tree", as: Build.self)
    meet = try library.function("mote_far_meet_boxes", as: Meet.self)
    number = try library.function("mote_far_number", as: Number.self)
    fill = try library.function("mote_far_proxies", as: Fill.self)
    collecting = try library.function("mote_far_collect", as: Collect.self)
    self.space = space
    self.reception = reception
    proxies = FarPoints(columns: columns)
  }

  private var collects: Bool { if case .oneByOne = reception { false } else { true } }

  /// Points along an axis that should suffice for an accuracy: with this opening three err by 0.003 or less for 1/r, and each
  /// further one by a fifth of that.
  static func points(for accuracy: Double) -> Int32 {
    var points: Int32 = 3, error = 3e-3
    while error > accuracy, points < MOTE_FAR_POINTS {
      error /= 5
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
    findMeetings()
    return list
  }

  private func findMeetings() {
    starts.reserve(Int(nodeCount) + 1)
    func attempt() -> Int {
      var all = mote_far_meetings(
        nodes: nodes.base, node_count: nodeCount, collects: collects ? 1 : 0, opening: Self.opening,
        capacity: Int64(met.capacity),
        pairs: pairs.base, met: met.base, starts: starts.base)
      return Int(meet(&all))
    }
    let found = attempt()
    guard found > met.capacity else { return }
    met.reserve(found)
    pairs.reserve(2 * met.capacity)
    _ = attempt()
  }

  /// Makes the points of the boxes, so many along each axis, of particles in the order of the boxes.
  func interpolate(_ particles: FarPoints, points: Int32) {
    self.points = points
    proxies.reserve(Int(number(nodes.base, nodeCount, points)))
    fill(nodes.base, nodeCount, particles.inputs, proxies.outputs, Int32(particles.columns.count - space), points)
  }

  /// Tells a call of the boxes and their points, which have received nothing yet.
  func describe(in call: inout mote_far_call, _ sums: FarSums, _ particles: FarPoints, extras: [Column]) {
    call.nodes = UnsafePointer(nodes.base)
    call.node_count = nodeCount
    call.proxies = proxies.call
    call.proxy_count = (0..<space).reduce(1) { product, _ in product * points }
    (call.starts, call.met) = (UnsafePointer(starts.base), UnsafePointer(met.base))
    guard collects else { return }
    call.collects = 1
    received = FarSums(channels: sums.channels, totals: sums.totalCount, count: proxies.count)
    call.proxy_sums = received.bases
    if case .inProportion(let column) = reception, let place = extras.firstIndex(of: column) {
      call.strength = UnsafePointer(particles.columns[space + place].base)
    }
  }

  /// Interpolates what the points of the boxes received at the places of the particles.
  func collect(_ call: mote_far_call, wantsTotals: Bool) {
    guard collects else { return }
    withUnsafePointer(to: call) { collecting($0, points, wantsTotals ? 1 : 0) }
  }
}
