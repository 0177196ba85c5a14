import CKernel
import KernelCompiler
import World

/// Everything that a pass over a lattice reads, in memory that C can see while the call lasts.
struct LatticeCall {
  private let columns: [UnsafeMutablePointer<Double>]
  private let next: [UnsafeMutablePointer<Double>]
  private let needs: BoundNeeds
  /// The call as every thread gets it.
  var start = mote_lattice_call()

  /// `columns` are read, outcomes go to `next`, in the order of the kernel.
  init(
    _ needs: BoundNeeds, columns: [UnsafeMutablePointer<Double>], next: [UnsafeMutablePointer<Double>], _ world: WorldState,
    grid: Grid, offset: [Double] = []
  ) {
    self.needs = needs
    start.species_count = Int64(needs.speciesCount)
    self.columns = columns
    self.next = next
    (start.seed, start.step) = (world.seed, world.step)
    func value<Number>(_ list: [Number], _ axis: Int, _ absent: Number) -> Number {
      list.indices.contains(axis) ? list[axis] : absent
    }
    let counts = (0..<3).map { Int64(value(grid.counts, $0, 1)) }
    let periodic = (0..<3).map { Int32(value(grid.isPeriodic, $0, true) ? 1 : 0) }
    let origin = (0..<3).map { value(grid.origin, $0, 0) + value(offset, $0, 0) }
    start.counts = (counts[0], counts[1], counts[2])
    start.is_periodic = (periodic[0], periodic[1], periodic[2])
    start.origin = (origin[0], origin[1], origin[2])
    (start.spacing, start.inverse_spacing) = (grid.spacing, 1 / grid.spacing)
  }

  /// The same for columns of which the kernel knows what they hold.
  init(
    _ needs: BoundNeeds, columns: [UnsafeMutableRawPointer], next: [UnsafeMutableRawPointer], _ world: WorldState, grid: Grid
  ) {
    // Only addresses are handed on; the kernel reads them as what they are.
    self.init(
      needs, columns: columns.map { $0.assumingMemoryBound(to: Double.self) },
      next: next.map { $0.assumingMemoryBound(to: Double.self) }, world, grid: grid)
  }

  /// Whether new values do not stay in the caches.
  var isLarge: Bool {
    get { start.is_large != 0 }
    set { start.is_large = newValue ? 1 : 0 }
  }

  /// Ids and species of the particles that take part.
  mutating func setParticles(_ store: MemberStore) {
    (start.ids, start.species) = (UnsafePointer(store.idColumn), UnsafePointer(store.speciesColumn))
  }

  /// Particles by cell.
  mutating func setCells(_ order: CellOrder) { (start.order, start.starts) = (order.places, order.beginnings) }

  /// Numbers of sites side by side, laid out for the supports of a pass.
  mutating func setNodes(_ memory: NodeMemory) {
    (start.nodes, start.node_groups, start.reach) = (memory.nodes, memory.groupCount, memory.reach)
  }

  /// Runs a kernel over ranges, one for each thread; returns the least id for which a requirement fails.
  func run(
    _ kernel: (UnsafePointer<mote_lattice_call>, Int64, Int64) -> Void, _ workers: Workers, ranges: [Range<Int64>]
  ) -> Int64? {
    var failed = [Int64](repeating: .max, count: ranges.count)
    withCall { call in
      failed.withUnsafeMutableBufferPointer { failed in
        workers.forEach(ranges.count) { part in
          var own = call
          own.failed = failed.baseAddress.map { $0 + part }
          kernel(&own, ranges[part].lowerBound, ranges[part].upperBound)
        }
      }
    }
    return failed.min().flatMap { $0 == .max ? nil : $0 }
  }

  private func withCall(_ body: (mote_lattice_call) -> Void) {
    var call = start
    withColumns(columns) { columns in
      withColumns(next) { next in
        (call.columns, call.next) = (columns, next)
        needs.withTables { constants, tables, functions in
          (call.k, call.table, call.function) = (constants, tables, functions)
          body(call)
        }
      }
    }
  }
}
