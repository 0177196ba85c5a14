import Diagnostics
import KernelCompiler
import World

/// Measures over pairs: histograms and sums.
final class MeasureRunner {
  private let plans: [MeasuredPairs]
  private let libraries: [KernelLibrary]
  private let neighbourhood: Neighbourhood
  private let parameters: ParameterTable
  private var needs: [BoundNeeds]

  init(
    _ plans: [MeasuredPairs], in neighbourhood: Neighbourhood, toolchain: Toolchain, _ parameters: ParameterTable
  ) throws(Failure) {
    self.plans = plans
    self.neighbourhood = neighbourhood
    self.parameters = parameters
    needs = plans.map { BoundNeeds($0.kernel.needs, isPaired: true) }
    var libraries: [KernelLibrary] = []
    for plan in plans { libraries.append(try KernelLibrary(plan.kernel.text, with: toolchain)) }
    self.libraries = libraries
  }

  /// The counts of a histogram's bins, or one number.
  func values(_ index: Int, on store: MemberStore, box: Box, _ world: WorldState) throws(Failure) -> [Double] {
    let plan = plans[index], kernel = plan.kernel
    _ = needs[index].update(parameters, world)
    let layout = PairLayout(
      extras: kernel.extras.count, hasForce: false, sums: 0, usesSpecies: kernel.usesSpecies, usesIds: kernel.usesIds,
      extremes: kernel.extremes.map(\.isLeast))
    let range = plan.range.value(store, parameters, world)
    let input = input(for: kernel, needs[index], world)
    let tables = needs[index].tables + needs[index].splines.map(PairRunner.blocks)
    switch plan.kind {
    case .histogram(let bins):
      neighbourhood.box = box
      let measure = try PairMeasure(libraries[index], layout: layout, range: range, bins: bins, in: neighbourhood)
      try neighbourhood.update(store)
      measure.packing.setTables(tables)
      return try measure.sums(store, input(store))
    case .sum, .least, .greatest:
      // On a copy of the particles, as the list of an evaluation is kept up to date as long as its neighbourhood lives.
      let copy = store.copy(of: Set(kernel.extras.map(\.field)))
      let own = Neighbourhood(box: box, kernels: neighbourhood.kernels, workers: neighbourhood.workers, skin: 0)
      let evaluation = try PairEvaluation(libraries[index], layout: layout, range: range, in: own, hasTotals: kernel.hasEnergy)
      evaluation.packing.setTables(tables)
      try own.update(copy)
      guard let extreme = kernel.extremes.first else {
        return [try evaluation.evaluate(copy, input(copy), into: PairOutput(), totals: true)?.energy ?? 0]
      }
      let found = AlignedArray<Double>(capacity: copy.count), none = extreme.isLeast ? Double.infinity : -.infinity
      var output = PairOutput()
      found.base.update(repeating: none, count: copy.count)
      output.extremes = [found.base]
      _ = try evaluation.evaluate(copy, input(copy), into: output, totals: false)
      return [(0..<copy.count).reduce(none) { extreme.isLeast ? min($0, found.base[$1]) : max($0, found.base[$1]) }]
    }
  }

  private func input(for kernel: PairKernel, _ needs: BoundNeeds, _ world: WorldState) -> (MemberStore) -> PairInput {
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

extension MemberStore {
  /// A store of the same particles with their positions and these fields alone.
  func copy(of names: Set<String>) -> MemberStore {
    let copy = MemberStore(space: space)
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
