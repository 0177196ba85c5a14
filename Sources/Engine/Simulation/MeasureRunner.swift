import Diagnostics
import KernelCompiler
import World

/// Measures over pairs: histograms and sums, on a copy of the particles so that the lists of the forces stay good.
final class MeasureRunner {
  private let plans: [MeasuredPairs]
  private let libraries: [KernelLibrary]
  private let kernels: ListKernels
  private let workers: Workers
  private let parameters: ParameterTable
  private var needs: [BoundNeeds]

  init(
    _ plans: [MeasuredPairs], kernels: ListKernels, workers: Workers, toolchain: Toolchain, _ parameters: ParameterTable
  ) throws(Failure) {
    self.plans = plans
    self.kernels = kernels
    self.workers = workers
    self.parameters = parameters
    needs = plans.map { BoundNeeds($0.kernel.needs, isPaired: true) }
    var libraries: [KernelLibrary] = []
    for plan in plans { libraries.append(try KernelLibrary(plan.kernel.text, with: toolchain)) }
    self.libraries = libraries
  }

  /// The counts of a histogram's bins, or one sum.
  func values(_ index: Int, on store: ParticleStore, box: Box, _ world: WorldState) throws(Failure) -> [Double] {
    let plan = plans[index], kernel = plan.kernel
    _ = needs[index].update(parameters, world)
    let copy = store.copy(of: Set(kernel.extras.map(\.field)))
    let layout = PairLayout(
      extras: kernel.extras.count, hasForce: false, sums: 0, usesSpecies: kernel.usesSpecies, usesIds: kernel.usesIds)
    let range = plan.range.value(copy, parameters, world)
    let input = input(for: kernel, needs[index], world)
    let tables = needs[index].tables + needs[index].splines.map(PairRunner.blocks)
    switch plan.kind {
    case .histogram(let bins):
      let measure = try PairMeasure(
        libraries[index], layout: layout, range: range, bins: bins, box: box, kernels: kernels, workers: workers)
      measure.setTables(tables)
      return try measure.counts(copy, box: box, input).map { Double($0) }
    case .sum:
      let neighbourhood = Neighbourhood(box: box, kernels: kernels, workers: workers, skin: 0)
      let evaluation = try PairEvaluation(libraries[index], layout: layout, range: range, in: neighbourhood, hasTotals: true)
      evaluation.setTables(tables)
      try neighbourhood.update(copy)
      return [try evaluation.evaluate(copy, input(copy), into: [], adding: false, totals: true)?.energy ?? 0]
    }
  }

  private func input(for kernel: PairKernel, _ needs: BoundNeeds, _ world: WorldState) -> (ParticleStore) -> PairInput {
    { store in
      var input = PairInput()
      input.extras = kernel.extras.map { column in
        guard let field = store.columns(of: column.field) else { preconditionFailure("the store has no field \(column.field)") }
        return field[column.component]
      }
      input.constants = needs.constants
      input.speciesCount = self.parameters.speciesCount
      (input.seed, input.step) = (world.seed, world.step)
      return input
    }
  }
}

extension ParticleStore {
  /// A store of the same particles with their positions and these fields alone.
  func copy(of names: Set<String>) -> ParticleStore {
    let copy = ParticleStore(space: space)
    for name in names.sorted() where name != "position" {
      copy.addField(name, components: columns(of: name)?.count ?? 0)
    }
    copy.append(species: 0, ids: UnsafeBufferPointer(start: idColumn, count: count))
    copy.speciesColumn.update(from: speciesColumn, count: count)
    for name in copy.fieldNames {
      for (to, from) in zip(copy.columns(of: name) ?? [], columns(of: name) ?? []) { to.update(from: from, count: count) }
    }
    return copy
  }
}
