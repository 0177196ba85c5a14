import CKernel
import Diagnostics
import KernelCompiler
import World

/// Calls the kernels of passes over lattices.
final class LatticeRunner {
  typealias Kernel = @convention(c) (UnsafePointer<mote_lattice_call>, Int64, Int64) -> Void

  /// A loaded kernel.
  private struct Loaded<Pass> {
    let kernel: Kernel
    let pass: Pass
    var needs: BoundNeeds
  }

  private let library: KernelLibrary?
  private let workers: Workers
  let transfers: TransferRunner?
  let cells: CellRunner?
  let waves: WavesRunner?
  private var stencils: [Loaded<StencilPass>] = []
  /// For each of them what it needs if it runs in place.
  private var inPlace: [InPlaceRunner?] = []
  /// Memory for new values of columns that are still read, by the place of an outcome.
  private var spare: [AlignedArray<Double>] = []

  /// Bytes of new values above which caches are passed by.
  var cached = 16 << 20

  /// Loads, and if need be compiles, the kernels of all passes over lattices of a plan.
  init(_ plan: Plan, toolchain: Toolchain, workers: Workers) throws(Failure) {
    self.workers = workers
    guard plan.hasLatticePasses else {
      (library, transfers, cells, waves) = (nil, nil, nil, nil)
      return
    }
    let library = try KernelLibrary(plan.latticeText, with: toolchain)
    self.library = library
    transfers = plan.transfers.isEmpty ? nil : try TransferRunner(plan, library, workers: workers)
    cells = plan.cells.isEmpty ? nil : try CellRunner(plan, library, workers: workers)
    waves = plan.waves.isEmpty ? nil : try WavesRunner(plan, library, workers: workers)
    for pass in plan.stencils {
      stencils.append(
        Loaded(
          kernel: try library.function(pass.kernel.name, as: Kernel.self), pass: pass,
          needs: BoundNeeds(pass.kernel.needs, isPaired: false)))
      inPlace.append(
        pass.kernel.isInPlace
          ? try InPlaceRunner(pass.kernel, library, workers: workers, flagsStay: plan.flagsStay(in: pass.kernel)) : nil)
    }
  }

  /// Flags may be others than before.
  func forgetFlags() { for runner in inPlace { runner?.forgetFlags() } }

  /// Runs a pass over sites and neighbours; returns the first site for which its requirement fails.
  func run(
    stencil index: Int, grid: Grid, on store: MemberStore, _ parameters: ParameterTable, _ world: WorldState
  ) -> (site: Int64, requirement: String?)? {
    _ = stencils[index].needs.update(parameters, world)
    let kernel = stencils[index].pass.kernel
    if let runner = inPlace[index] {
      runner.run(stencils[index].kernel, stencils[index].needs, grid: grid, on: store, world, cached: cached)
      return nil
    }
    let isSpare = kernel.written.map(kernel.exchanged.contains)
    for (place, isSpare) in isSpare.enumerated() where isSpare {
      while spare.count <= place { spare.append(AlignedArray<Double>()) }
      spare[place].reserve(store.count)
    }
    let next = kernel.written.enumerated().map { place, column in
      isSpare[place] ? spare[place].base : store.existing(column)
    }
    var call = LatticeCall(stencils[index].needs, columns: kernel.columns.map(store.existing), next: next, world, grid: grid)
    call.isLarge = grid.count * kernel.written.count * MemoryLayout<Double>.stride > cached
    let rows = workers.ranges(of: grid.count / grid.counts[0], atLeast: grid.count < 1 << 12 ? .max / workers.count : 1)
    let failed = call.run(stencils[index].kernel, workers, ranges: rows)
    for (place, column) in kernel.written.enumerated() where isSpare[place] {
      store.exchange(column, with: &spare[place])
    }
    return failed.map { ($0, stencils[index].pass.requirement) }
  }
}

extension MemberStore {
  /// A column that the plan has asked for, so that it exists.
  func existing(_ column: Column) -> UnsafeMutablePointer<Double> {
    guard let found = self.column(column) else {
      preconditionFailure("the store has no column \(column.field) \(column.component)")
    }
    return found
  }
}
