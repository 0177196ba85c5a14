import CKernel
import Diagnostics
import KernelCompiler
import World

/// Runs passes over the Fourier amplitudes of periodic lattices.
final class WavesRunner {
  private typealias Kernel = @convention(c) (UnsafePointer<mote_member_call>, Int64, Int64) -> Void
  private typealias Numbers = AlignedArray<Double>

  private struct Loaded {
    let kernel: Kernel
    let pass: WavesPass
    var needs: BoundNeeds
    /// The factors, and the grid and the constants that they were computed for.
    var factors: [Numbers] = []
    var grid: Grid?
    var constants: [Double] = []
  }

  private let workers: Workers
  private let transform: WavesTransform
  private var passes: [Loaded] = []
  /// Amplitudes of the columns that are read, then of those that are written.
  private var parts: [WavesTransform.Amplitudes] = []
  /// Components of the wave vectors of a grid.
  private var waves: (grid: Grid, columns: [Numbers])?

  init(_ plan: Plan, _ library: KernelLibrary, workers: Workers) throws(Failure) {
    self.workers = workers
    transform = try WavesTransform(library, workers: workers)
    for pass in plan.waves {
      passes.append(
        Loaded(
          kernel: try library.function(pass.kernel.name, as: Kernel.self), pass: pass,
          needs: BoundNeeds(pass.kernel.needs, isPaired: false)))
    }
  }

  /// Runs a pass on the fields of a lattice.
  func run(_ index: Int, grid: Grid, on store: MemberStore, _ parameters: ParameterTable, _ world: WorldState) {
    bringFactorsUpToDate(index, grid, store, parameters, world)
    let pass = passes[index].pass, targets = pass.targets
    let sources = pass.sources.sorted { ($0.field, $0.component) < ($1.field, $1.component) }
    while parts.count < sources.count + targets.count { parts.append(WavesTransform.Amplitudes()) }
    for (number, column) in sources.enumerated() { transform.forward(store.existing(column), grid, parts[number]) }
    for (number, column) in targets.enumerated() {
      let sum = parts[sources.count + number]
      sum.reserve(grid.amplitudeCount)
      var isFirst = true
      for (term, factor) in zip(pass.terms, passes[index].factors) where term.target == column {
        guard let source = sources.firstIndex(of: term.source) else { continue }
        transform.weigh(factor.base, parts[source], to: sum, adds: !isFirst, count: grid.amplitudeCount)
        isFirst = false
      }
      if isFirst { sum.clear(grid.amplitudeCount) }
      transform.back(sum, grid, to: store.existing(column), adds: pass.adds)
    }
  }

  /// Factors depend on wave vectors and parameters alone, and are kept as long as these stay.
  private func bringFactorsUpToDate(
    _ index: Int, _ grid: Grid, _ store: MemberStore, _ parameters: ParameterTable, _ world: WorldState
  ) {
    let isNew = passes[index].needs.update(parameters, world), constants = passes[index].needs.constants
    if !isNew, passes[index].grid == grid, passes[index].constants == constants { return }
    (passes[index].grid, passes[index].constants) = (grid, constants)
    let waves = vectors(of: grid)
    passes[index].factors = passes[index].pass.terms.map { _ in Numbers(capacity: grid.amplitudeCount) }
    let columns = passes[index].pass.kernel.columns.map { column in
      column.field == WavesBuilder.wave ? waves[column.component].base : passes[index].factors[column.component].base
    }
    compute(passes[index], columns, grid, store, world)
  }

  private func compute(
    _ loaded: Loaded, _ columns: [UnsafeMutablePointer<Double>], _ grid: Grid, _ store: MemberStore, _ world: WorldState
  ) {
    var call = mote_member_call()
    (call.ids, call.species) = (UnsafePointer(store.idColumn), UnsafePointer(store.speciesColumn))
    (call.seed, call.step) = (world.seed, world.step)
    withColumns(columns) { columns in
      call.columns = columns
      loaded.needs.withTables { constants, tables, functions in
        (call.k, call.table, call.function) = (constants, tables, functions)
        workers.forRanges(of: grid.amplitudeCount) { _, range in
          var own = call
          loaded.kernel(&own, range.lowerBound, range.upperBound)
        }
      }
    }
  }

  /// The wave vector of each amplitude: 2π m/L with −n/2 < m <= n/2 along each axis of n sites.
  private func vectors(of grid: Grid) -> [Numbers] {
    if let waves, waves.grid == grid { return waves.columns }
    var stride = 1
    let columns = grid.counts.map { count in
      let column = Numbers(capacity: grid.amplitudeCount)
      for site in 0..<grid.amplitudeCount {
        let m = site / stride % count
        column.base[site] = 2 * .pi * Double(2 * m <= count ? m : m - count) / (grid.spacing * Double(count))
      }
      stride *= count
      return column
    }
    waves = (grid, columns)
    return columns
  }
}
