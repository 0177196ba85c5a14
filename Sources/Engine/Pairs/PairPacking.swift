import CKernel

/// What the compiled law of a loop over pairs needs and gives.
public struct PairLayout: Sendable {
  /// Numbers packed for each particle beside its position.
  public var extras: Int
  /// The law gives a force: as many sums as there are dimensions.
  public var hasForce: Bool
  /// Scalar sums beside the force.
  public var sums: Int
  /// For each least or largest value that the law gives, whether it is the least.
  public var extremes: [Bool]
  /// The law reads the species of both ends.
  public var usesSpecies: Bool
  /// The law reads the ids of both ends, as pair noise does.
  public var usesIds: Bool
  /// Each pair once, for both ends; else from both ends, for one each.
  public var half: Bool
  /// For each species those that it meets, one bit for each; empty if all meet all.
  public var meets: [UInt64]

  /// A layout; by default a force and nothing else.
  public init(
    extras: Int = 0, hasForce: Bool = true, sums: Int = 0, usesSpecies: Bool = false, usesIds: Bool = false, half: Bool = true,
    extremes: [Bool] = [], meets: [UInt64] = []
  ) {
    self.meets = meets
    self.extremes = extremes
    self.extras = extras
    self.hasForce = hasForce
    self.sums = sums
    self.usesSpecies = usesSpecies
    self.usesIds = usesIds
    self.half = half
  }

  func channels(_ space: Int) -> Int { (hasForce ? space : 0) + sums }
  /// Force and sums have a scale each.
  var scales: Int { (hasForce ? 1 : 0) + sums }
}

/// What a loop over pairs reads besides the particles.
public struct PairInput {
  /// Columns to pack beside positions.
  public var extras: [UnsafeMutablePointer<Double>] = []
  /// What is the same for all pairs, as the law numbers it.
  public var constants: [Double] = []
  /// Rows of the tables.
  public var speciesCount = 1
  /// Time of the run.
  public var time = 0.0
  /// Time step.
  public var dt = 0.0
  /// Seed of the noise.
  public var seed: UInt64 = 0
  /// Number of the step, which noise depends on.
  public var step: Int64 = 0

  /// Nothing but positions.
  public init() {}
}

/// Where a loop over pairs writes.
public struct PairOutput {
  /// Columns of the force and of the sums.
  public var columns: [UnsafeMutablePointer<Double>]
  /// Columns of the least and the largest values.
  public var extremes: [UnsafeMutablePointer<Double>] = []
  /// Whether force and sums are added to what stands in their columns.
  public var isAdded = false
  /// Called when everything that the law reads was taken, before anything is written.
  public var prepare: () -> Void = {}

  /// Columns that are overwritten.
  public init(_ columns: [UnsafeMutablePointer<Double>] = []) { self.columns = columns }
}

/// What a law of pairs reads, packed beside the positions of a neighbourhood.
public final class PairPacking {
  private let layout: PairLayout
  private let neighbourhood: Neighbourhood
  private let list: ClusterList
  private let extras = AlignedArray<UInt8>(), species = AlignedArray<Int32>(), ids = AlignedArray<UInt32>()
  private let constants = AlignedArray<Double>()
  private var tables: [AlignedArray<UInt8>] = []
  private let tableBases = AlignedArray<UnsafeRawPointer?>()

  init(_ layout: PairLayout, _ neighbourhood: Neighbourhood, _ list: ClusterList) {
    self.layout = layout
    self.neighbourhood = neighbourhood
    self.list = list
  }

  private var order: ClusterOrder { neighbourhood.order }

  /// The law's tables: one number for each ordered pair of species, or the blocks of a function.
  public func setTables(_ values: [[Double]]) {
    tables = values.map { table in
      let bytes = AlignedArray<UInt8>(capacity: max(64, table.count * order.realSize)), base = UnsafeMutableRawPointer(bytes.base)
      for (index, value) in table.enumerated() {
        if order.kernels.precision == .double {
          base.storeBytes(of: value, toByteOffset: index * 8, as: Double.self)
        } else {
          base.storeBytes(of: Float(value), toByteOffset: index * 4, as: Float.self)
        }
      }
      return bytes
    }
    tableBases.reserve(tables.count)
    for (index, table) in tables.enumerated() { tableBases.base[index] = UnsafeRawPointer(table.base) }
  }

  private func pack(_ store: MemberStore, _ input: PairInput) {
    let slots = order.clusterCount * MOTE_CLUSTER, kernels = order.kernels, first = order.first
    if layout.extras > 0 { extras.reserve(slots * layout.extras * order.realSize) }
    if layout.usesSpecies { species.reserve(slots) }
    if layout.usesIds { ids.reserve(slots) }
    withColumns(input.extras) { columns in
      order.workers.forRanges(of: order.clusterCount) { _, range in
        for run in list.runs where run.overlaps(range) {
          let (begin, end) = (max(run.lowerBound, range.lowerBound), min(run.upperBound, range.upperBound))
          if layout.extras > 0 { kernels.packExtras(columns, Int64(layout.extras), first, extras.base, begin, end) }
          if layout.usesSpecies { kernels.packCodes(store.speciesColumn, first, species.base, begin, end) }
          if layout.usesIds { kernels.packIds(store.idColumn, first, ids.base, begin, end) }
        }
      }
    }
  }

  /// Packs what the law reads, and gives the call that is the same for all threads.
  func call(_ store: MemberStore, _ input: PairInput) -> mote_pair_call {
    pack(store, input)
    constants.reserve(input.constants.count)
    for (index, value) in input.constants.enumerated() { constants.base[index] = value }
    var call = mote_pair_call()
    call.positions = UnsafeRawPointer(order.positions.base)
    call.extras = UnsafeRawPointer(extras.base)
    call.species = UnsafePointer(species.base)
    call.ids = UnsafePointer(ids.base)
    call.cluster_first = UnsafePointer(order.first)
    call.grid = UnsafePointer(order.grid)
    call.constants = UnsafePointer(constants.base)
    call.tables = UnsafePointer(tableBases.base)
    call.species_count = Int32(input.speciesCount)
    (call.time, call.dt, call.seed, call.step) = (input.time, input.dt, input.seed, input.step)
    return call
  }
}
