import CKernel
import Diagnostics
import KernelCompiler
import World

/// Calls the kernels of passes over random pairs in cells.
final class CellRunner {
  private struct Loaded {
    let kernel: LatticeRunner.Kernel
    let pass: CellPass
    var needs: BoundNeeds
  }

  private let workers: Workers
  private let sort: CellOrder.Sort
  private var passes: [Loaded] = []
  private let order = CellOrder()

  init(_ plan: Plan, _ library: KernelLibrary, workers: Workers) throws(Failure) {
    self.workers = workers
    sort = try library.function("mote_sort_into_cells", as: CellOrder.Sort.self)
    for pass in plan.cells {
      passes.append(
        Loaded(
          kernel: try library.function(pass.kernel.name, as: LatticeRunner.Kernel.self), pass: pass,
          needs: BoundNeeds(pass.kernel.needs, isPaired: true)))
    }
  }

  /// Runs a pass; returns the least id of a particle in a pair for which a requirement fails.
  func run(_ index: Int, grid: Grid, on store: MemberStore, _ parameters: ParameterTable, _ world: WorldState) -> Int64? {
    _ = passes[index].needs.update(parameters, world)
    let loaded = passes[index], kernel = loaded.pass.kernel
    _ = order.sort(store, mask: loaded.pass.mask, grid: grid, offset: [], reach: 0, with: sort)
    for (column, way) in kernel.outcomes where way == .replaced { clear(store.existing(column), of: loaded.pass.mask, store) }
    var call = LatticeCall(loaded.needs, columns: kernel.columns.map(store.existing), next: [], world, grid: grid)
    call.setParticles(store)
    call.setCells(order)
    return call.run(loaded.kernel, workers, ranges: workers.ranges(of: grid.count, atLeast: 16))
  }

  /// Sets a column to zero where the species is one of these.
  private func clear(_ column: UnsafeMutablePointer<Double>, of species: UInt64, _ store: MemberStore) {
    for place in 0..<store.count where species >> UInt64(store.speciesColumn[place]) & 1 == 1 { column[place] = 0 }
  }
}
