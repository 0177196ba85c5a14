import CKernel
import Diagnostics
import KernelCompiler
import World

/// Runs passes over the Fourier amplitudes of periodic lattices.
final class WavesRunner {
  private typealias Kernel = @convention(c) (UnsafePointer<mote_member_call>, Int64, Int64) -> Void
  private typealias Transform =
    @convention(c) (
      UnsafeMutablePointer<Double>, UnsafeMutablePointer<Double>, UnsafePointer<Int64>, Int32, Int32, Int64, Int64
    ) -> Void

  private struct Loaded {
    let kernel: Kernel
    let pass: WavesPass
    var needs: BoundNeeds
  }

  private let workers: Workers
  private let transform: Transform
  private var passes: [Loaded] = []
  /// Real and imaginary parts of each column of a pass.
  private var parts: [(re: AlignedArray<Double>, im: AlignedArray<Double>)] = []
  /// Components of the wave vectors of a grid.
  private var waves: (grid: Grid, columns: [AlignedArray<Double>])?

  init(_ plan: Plan, _ library: KernelLibrary, workers: Workers) throws(Failure) {
    self.workers = workers
    transform = try library.function("mote_transform_lines", as: Transform.self)
    for pass in plan.waves {
      passes.append(
        Loaded(
          kernel: try library.function(pass.kernel.name, as: Kernel.self), pass: pass,
          needs: BoundNeeds(pass.kernel.needs, isPaired: false)))
    }
  }

  /// Runs a pass on the fields of a lattice.
  func run(_ index: Int, grid: Grid, on store: MemberStore, _ parameters: ParameterTable, _ world: WorldState) {
    _ = passes[index].needs.update(parameters, world)
    let loaded = passes[index], kernel = loaded.pass.kernel
    let columns = kernel.columns.filter { $0.field != WavesBuilder.wave }
    while parts.count < columns.count { parts.append((AlignedArray<Double>(), AlignedArray<Double>())) }
    for (number, column) in columns.enumerated() {
      parts[number].re.reserve(store.count)
      parts[number].im.reserve(store.count)
      guard loaded.pass.read.contains(column) else { continue }
      parts[number].re.base.update(from: store.existing(column), count: store.count)
      parts[number].im.base.update(repeating: 0, count: store.count)
      turn(number, grid, sense: -1)
    }
    let waves = vectors(of: grid)
    for isReal in [true, false] {
      var next = 0
      let pointers = kernel.columns.map { column in
        guard column.field != WavesBuilder.wave else { return waves[column.component].base }
        defer { next += 1 }
        return isReal ? parts[next].re.base : parts[next].im.base
      }
      multiply(loaded, pointers, store, world)
    }
    let scale = 1 / Double(grid.count)
    for (number, column) in columns.enumerated() where kernel.written.contains(column) {
      turn(number, grid, sense: 1)
      let target = store.existing(column), found = parts[number].re.base
      for site in 0..<store.count { target[site] = (loaded.pass.adds ? target[site] : 0) + scale * found[site] }
    }
  }

  /// A transform of one column along all axes, lines shared among threads.
  private func turn(_ number: Int, _ grid: Grid, sense: Int32) {
    let counts = (0..<3).map { Int64($0 < grid.counts.count ? grid.counts[$0] : 1) }
    let (re, im) = (parts[number].re.base, parts[number].im.base)
    counts.withUnsafeBufferPointer { counts in
      guard let counts = counts.baseAddress else { return }
      for axis in grid.counts.indices {
        workers.forRanges(of: grid.count / grid.counts[axis]) { _, lines in
          transform(re, im, counts, Int32(axis), sense, lines.lowerBound, lines.upperBound)
        }
      }
    }
  }

  private func multiply(
    _ loaded: Loaded, _ columns: [UnsafeMutablePointer<Double>], _ store: MemberStore, _ world: WorldState
  ) {
    var call = mote_member_call()
    (call.ids, call.species) = (UnsafePointer(store.idColumn), UnsafePointer(store.speciesColumn))
    (call.seed, call.step) = (world.seed, world.step)
    withColumns(columns) { columns in
      call.columns = columns
      loaded.needs.withTables { constants, tables, functions in
        (call.k, call.table, call.function) = (constants, tables, functions)
        workers.forRanges(of: store.count) { _, range in
          var own = call
          loaded.kernel(&own, range.lowerBound, range.upperBound)
        }
      }
    }
  }

  /// The wave vector of each amplitude: 2π m/L with −n/2 < m <= n/2 along each axis of n sites.
  private func vectors(of grid: Grid) -> [AlignedArray<Double>] {
    if let waves, waves.grid == grid { return waves.columns }
    var stride = 1
    let columns = grid.counts.map { count in
      let column = AlignedArray<Double>(capacity: grid.count)
      for site in 0..<grid.count {
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
