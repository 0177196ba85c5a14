import CKernel
import Diagnostics
import KernelCompiler
import World

/// Calls the kernels of passes between particles and sites.
final class TransferRunner {
  /// What a pass found out.
  struct Result {
    /// Particles with part of their support where no site is.
    var lost: Int
    /// The particle for which a requirement fails.
    var failed: Int64?
  }

  private struct Loaded {
    let kernel: LatticeRunner.Kernel
    let pass: TransferPass
    var needs: BoundNeeds
    /// Memory of what the kernel has side by side; nil if it works on columns.
    let nodes: NodeMemory?
  }

  /// What is done with numbers of sites that lie side by side before and after they are used.
  private struct NodeFunctions {
    let mark, clear, read, write: LatticeRunner.Kernel

    init(_ library: KernelLibrary) throws(Failure) {
      mark = try library.function("mote_mark_lines", as: LatticeRunner.Kernel.self)
      clear = try library.function("mote_clear_nodes", as: LatticeRunner.Kernel.self)
      read = try library.function("mote_read_columns", as: LatticeRunner.Kernel.self)
      write = try library.function("mote_write_columns", as: LatticeRunner.Kernel.self)
    }
  }

  private let workers: Workers
  private let sort: CellOrder.Sort
  private let functions: NodeFunctions
  private var passes: [Loaded] = []
  private let order = CellOrder()
  /// Memory for what is received, where the old values are still read, by the place of an outcome.
  private var spare: [AlignedArray<Double>] = []

  init(_ plan: Plan, _ library: KernelLibrary, workers: Workers) throws(Failure) {
    self.workers = workers
    sort = try library.function("mote_sort_into_cells", as: CellOrder.Sort.self)
    functions = try NodeFunctions(library)
    for pass in plan.transfers {
      passes.append(
        Loaded(
          kernel: try library.function(pass.kernel.name, as: LatticeRunner.Kernel.self), pass: pass,
          needs: BoundNeeds(pass.kernel.needs, isPaired: false),
          nodes: pass.kernel.groups.isEmpty ? nil : NodeMemory(pass.kernel.groups)))
    }
  }

  /// Runs a pass.
  func run(
    _ index: Int, grid: Grid, particles: MemberStore, sites: MemberStore, _ parameters: ParameterTable, _ world: WorldState
  ) -> Result {
    _ = passes[index].needs.update(parameters, world)
    let loaded = passes[index], kernel = loaded.pass.kernel
    let offset = loaded.pass.offset.map { $0.tape.run(in: parameters.context(world)) } ?? []
    let receivers = kernel.receiver == .sites ? sites : particles
    let columns = kernel.columns.map { ($0.end == TransferKernel.site ? sites : particles).existing($0.column) }
    let isToSites = kernel.receiver == .sites
    let next =
      isToSites && loaded.nodes == nil ? prepare(kernel, sites) : kernel.outcomes.map { receivers.existing($0.column) }
    var call = LatticeCall(loaded.needs, columns: columns, next: next, world, grid: grid, offset: offset)
    call.setParticles(particles)
    var lost = 0
    if isToSites {
      lost = order.sort(
        particles, mask: loaded.pass.mask, grid: grid, offset: offset, reach: kernel.reach, isStaggered: kernel.isStaggered,
        with: sort)
      call.setCells(order)
    }
    if let nodes = loaded.nodes {
      nodes.layOut(grid, reach: kernel.reach, sites)
      call.setNodes(nodes)
      run(loaded, call, grid, particles: particles.count, extended: nodes.lineCount)
      return Result(lost: lost, failed: nil)
    }
    let ranges = isToSites ? order.ranges(of: grid.counts.last ?? 1, threads: workers.count) : workers.ranges(of: particles.count)
    let failed = call.run(loaded.kernel, workers, ranges: ranges)
    if isToSites { finish(kernel, sites) }
    return Result(lost: lost, failed: failed)
  }

  /// Runs a kernel on numbers of sites that lie side by side, between the copies from columns or to them.
  private func run(_ loaded: Loaded, _ call: LatticeCall, _ grid: Grid, particles: Int, extended lines: Int) {
    guard loaded.pass.kernel.receiver == .sites else {
      _ = call.run(functions.read, workers, ranges: workers.ranges(of: lines))
      _ = call.run(loaded.kernel, workers, ranges: workers.ranges(of: particles))
      return
    }
    _ = call.run(functions.mark, workers, ranges: [0..<1])
    _ = call.run(functions.clear, workers, ranges: workers.ranges(of: lines))
    for blocks in order.blocks(reach: loaded.pass.kernel.reach) { _ = call.run(loaded.kernel, workers, ranges: blocks) }
    _ = call.run(functions.write, workers, ranges: workers.ranges(of: grid.count / grid.counts[0]))
  }

  /// Where sites collect what they are given: their columns, or other memory where those are read or must be compared.
  private func prepare(_ kernel: TransferKernel, _ sites: MemberStore) -> [UnsafeMutablePointer<Double>] {
    kernel.outcomes.enumerated().map { number, outcome in
      let column = sites.existing(outcome.column)
      let place = isDirect(outcome, kernel) ? column : spare(number, sites.count)
      switch outcome.fold {
      case .sum: place.update(repeating: 0, count: sites.count)
      case .add: if place != column { place.update(from: column, count: sites.count) }
      case .least: place.update(repeating: .infinity, count: sites.count)
      case .greatest: place.update(repeating: -.infinity, count: sites.count)
      }
      return place
    }
  }

  private func isDirect(_ outcome: (column: Column, fold: TransferKernel.Fold), _ kernel: TransferKernel) -> Bool {
    (outcome.fold == .sum || outcome.fold == .add) && !kernel.read.contains(outcome.column)
  }

  private func spare(_ number: Int, _ count: Int) -> UnsafeMutablePointer<Double> {
    while spare.count <= number { spare.append(AlignedArray<Double>()) }
    spare[number].reserve(count)
    return spare[number].base
  }

  private func finish(_ kernel: TransferKernel, _ sites: MemberStore) {
    for (number, outcome) in kernel.outcomes.enumerated() where !isDirect(outcome, kernel) {
      switch outcome.fold {
      case .sum, .add: sites.exchange(outcome.column, with: &spare[number])
      case .least, .greatest:
        // A site without a particle keeps its value.
        let column = sites.existing(outcome.column), found = spare[number].base
        for site in 0..<sites.count where found[site].isFinite { column[site] = found[site] }
      }
    }
  }
}
