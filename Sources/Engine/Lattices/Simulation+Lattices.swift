import Diagnostics

extension Simulation {
  /// Runs a pass over a lattice.
  func run(_ pass: LatticePass) throws {
    switch pass {
    case .stencil(let index):
      let population = plan.stencils[index].population
      guard let grid = plan.populations[population].grid else { return }
      if let failed = lattices.run(stencil: index, grid: grid, on: stores[population], parameters, world) {
        throw Failure(
          .blewUp, "step \(step): site \(failed.site) breaks what a law requires: \(failed.requirement ?? "")")
      }
    case .transfer(let index): try run(transfer: index)
    case .cell(let index): try run(cell: index)
    case .waves(let index):
      let pass = plan.waves[index]
      guard let grid = plan.populations[pass.lattice].grid else { return }
      lattices.waves?.run(index, grid: grid, on: stores[pass.lattice], parameters, world)
    }
  }

  private func run(cell index: Int) throws {
    let pass = plan.cells[index]
    guard let grid = plan.populations[pass.lattice].grid else { return }
    if let failed = lattices.cells?.run(index, grid: grid, on: store, parameters, world) {
      throw Failure(
        .blewUp, "step \(step): a pair of particle \(failed) breaks what a law requires: \(pass.requirement ?? "")")
    }
    if let partner = store.column(CellBuilder.partner) {
      let wishing = WishingMeetings(own: store) { [$0, Int(partner[$0])] }
      for joining in pass.joins { join(joining, of: wishing) }
      if let reaction = pass.reaction { try react(reaction, of: wishing) }
    }
    if pass.removes { removeMarked(of: Population.particles) }
  }

  private func run(transfer index: Int) throws {
    let pass = plan.transfers[index]
    guard let grid = plan.populations[pass.lattice].grid, let runner = lattices.transfers else { return }
    let found = runner.run(
      index, grid: grid, particles: stores[Population.particles], sites: stores[pass.lattice], parameters, world)
    if let failed = found.failed {
      throw Failure(.blewUp, "step \(step): particle \(failed) breaks what a law requires: \(pass.requirement ?? "")")
    }
    if pass.removes { removeMarked(of: Population.particles) }
    if found.lost > 0 {
      let lattice = plan.populations[pass.lattice].species[0]
      warnings["particles gave to where \(lattice) has no sites (\(pass.name))", default: 0] += found.lost
    }
  }
}
