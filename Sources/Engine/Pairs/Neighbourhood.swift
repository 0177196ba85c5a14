import Diagnostics
import World

/// Who is near whom: the order of the particles in memory and all lists of pairs over it.
///
/// Lists hold the pairs within their range and a buffer, and are made anew when a particle has moved half the buffer. The width
/// of the buffer changes the cost alone: neither sums nor their fixed point depend on which further pairs a list holds.
public final class Neighbourhood {
  /// The box; a change that is small against the buffer keeps the lists.
  public var box: Box
  /// Width of the buffer (length).
  public private(set) var skin: Double
  /// How often lists were made.
  public private(set) var rebuilds = 0
  /// What lists and laws over them have cost.
  public internal(set) var times = PairTimes()
  /// The lists that are kept up to date.
  public private(set) var lists: [ClusterList] = []
  let order: ClusterOrder
  private let fixedSkin: Double?
  private var listedBox: Box?
  private var listedOrder = -1
  private var updatesSinceRebuild = 0
  /// The longest range of a search outside the lists (length).
  private var prepared = 0.0

  /// - Parameter skin: width of the buffer (length); nil lets it follow from how fast particles move.
  public init(box: Box, kernels: ListKernels, workers: Workers = Workers(), skin: Double? = nil) {
    precondition(box.space == kernels.space, "kernels of \(kernels.space) dimensions for a box of \(box.space)")
    self.box = box
    fixedSkin = skin
    self.skin = skin ?? 0
    order = ClusterOrder(kernels: kernels, workers: workers)
  }

  /// The compiled functions that it works with.
  public var kernels: ListKernels { order.kernels }
  /// The threads that share its work.
  public var workers: Workers { order.workers }
  /// Number of clusters of 8 slots.
  public var clusterCount: Int { order.clusterCount }
  /// Bytes of all lists.
  public var listBytes: Int { lists.reduce(0) { $0 + $1.bytes } }

  /// The list of pairs within a range (length); laws of the same range share it.
  ///
  /// - Parameter meets: for each species those that it meets, one bit for each; empty if all meet all.
  /// - Throws: `Failure` if a periodic side is shorter than twice the range.
  public func list(within range: Double, half: Bool, meets: [UInt64] = []) throws(Failure) -> ClusterList {
    if let known = lists.first(where: { $0.range == range && $0.half == half && $0.meets == meets }) {
      known.users += 1
      return known
    }
    let list = ClusterList(range: range, half: half, meets: meets)
    list.users = 1
    lists.append(list)
    listedBox = nil
    try checkRanges()
    return list
  }

  /// Ends one use of a list; a list that nobody uses is no longer kept up to date.
  func release(_ list: ClusterList) {
    list.users -= 1
    lists.removeAll { $0.users == 0 }
  }

  /// The longest range of all lists and measures (length).
  private var longest: Double { lists.reduce(prepared) { max($0, $1.range) } }

  /// The longest range for which a particle meets no periodic image twice (length).
  var widestRange: Double {
    zip(box.lengths, box.sides).map { $1 == .periodic ? $0 / 2 : .infinity }.min() ?? .infinity
  }

  /// Brings packed positions up to date, and the order and the lists where something moved too far; true if they were made anew,
  /// so that the store is in another order.
  @discardableResult
  public func update(_ store: MemberStore) throws(Failure) -> Bool {
    guard store.count > 0 else { return false }
    let start = ContinuousClock.now
    defer { times.lists += ContinuousClock.now - start }
    updatesSinceRebuild += 1
    if try isStillGood(store) { return false }
    try checkRanges()
    try rebuild(store)
    return true
  }

  /// Makes room for a search of this range outside the lists.
  ///
  /// - Throws: `Failure` if a periodic side is shorter than twice the range.
  func prepare(for range: Double) throws(Failure) {
    guard range > longest else { return }
    prepared = range
    listedBox = nil
    try checkRanges()
  }

  /// Finds the pairs of a list of the present order that is not kept up to date: once, for a measure.
  func search(_ list: ClusterList, _ store: MemberStore) throws(Failure) {
    try list.search(order, store, box: box, reach: list.range + skin)
  }

  private func isStillGood(_ store: MemberStore) throws(Failure) -> Bool {
    guard let listed = listedBox, listed.sides == box.sides, listedOrder == store.arrangement else { return false }
    let stretched = zip(listed.lengths, box.lengths).map { abs($0 - $1) }.reduce(0, +)
    order.updateShifts(box)
    return try 2 * order.pack(store) + stretched <= skin
  }

  private func checkRanges() throws(Failure) {
    guard longest > widestRange else { return }
    throw Failure(
      .invalidScene, "range \(longest) exceeds half the periodic side of \(2 * widestRange)",
      hint: "a larger box or a shorter range")
  }

  private func rebuild(_ store: MemberStore) throws(Failure) {
    if rebuilds == 0 { skin = min(fixedSkin ?? longest / 8, longest) } else { tuneSkin() }
    try order.rebuild(store, box: box, range: longest, skin: skin)
    for list in lists { try list.search(order, store, box: box, reach: list.range + skin) }
    // Lists that leave out pairs of some species would make it too low: then it stays as it was found by samples.
    if let widest = lists.filter(\.meets.isEmpty).max(by: { $0.range < $1.range }) {
      let met = Double(widest.pairsWithin) * (widest.half ? 2 : 1) / Double(store.count)
      order.density = (met + 1) / ballVolume(widest.range + skin, space: box.space)
    }
    listedBox = box
    listedOrder = store.arrangement
    updatesSinceRebuild = 0
    rebuilds += 1
  }

  /// A pass over pairs takes a time of (range + skin)^D, and a search `searchCost` passes every skin / v steps, if v of the skin
  /// is used up in a step. The sum is least at skin = sqrt(searchCost · v · (range + skin) / D).
  private func tuneSkin() {
    guard fixedSkin == nil, updatesSinceRebuild > 0 else { return }
    let searchCost = 2.0, speed = skin / Double(updatesSinceRebuild)
    let best = (searchCost * speed * (longest + skin) / Double(box.space)).squareRoot()
    skin = min(max(best, skin / 2, longest / 100), skin * 2, longest)
  }
}
