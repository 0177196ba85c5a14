import KernelCompiler
import Scenes

// How the columns of lattices are kept.
extension Plan {
  /// Lets passes over neighbours run in place where they can, and decides which columns hold floats.
  ///
  /// A pass can run in place if it reads each number at one neighbour, and no pass but those that run in place and those over
  /// single sites and totals knows the fields that it moves. In mixed precision these fields are floats, and so are those that it
  /// makes of them anew, and flags: numbers that are replaced, not added to, in each step, so that rounding does not add up.
  mutating func settleLayouts(_ precision: Scene.Precision) {
    layouts = populations.map { _ in [:] }
    for population in populations.indices where populations[population].grid != nil {
      var inPlace = stencils.indices.filter { stencils[$0].population == population && !stencils[$0].kernel.trades.isEmpty }
      var others = touchedOtherwise(than: inPlace)
      // One that cannot takes its fields from the others.
      while let left = inPlace.first(where: { stencils[$0].kernel.trades.contains { others.contains($0.column.field) } }) {
        inPlace.removeAll { $0 == left }
        others = touchedOtherwise(than: inPlace)
      }
      guard !inPlace.isEmpty else { continue }
      settle(population, inPlace, others: others, isMixed: precision == .mixed)
    }
  }

  private mutating func settle(_ population: Int, _ inPlace: [Int], others: Set<String>, isMixed: Bool) {
    let kernels = inPlace.map { stencils[$0].kernel }
    let moved = Set(kernels.flatMap(\.trades).map(\.column.field))
    let remade = Set(kernels.flatMap(\.written).map(\.field)).subtracting(kernels.flatMap(\.kept))
      .subtracting(fieldsChanged(in: population))
    let flags = Set(fields[population].filter { $0.shape == .boolean }.map(\.name))
    let known = Set(kernels.flatMap { $0.columns + $0.written }.map(\.field))
    let narrow = isMixed ? moved.union(remade.union(flags).intersection(known)).subtracting(others) : []
    let margin = kernels.flatMap(\.trades).map { abs(populations[population].grid?.distance($0.step) ?? 0) }.max() ?? 0
    for field in moved.union(narrow) {
      layouts[population][field] = ColumnLayout(isNarrow: narrow.contains(field), margin: moved.contains(field) ? margin : 0)
    }
    let floats = Set(
      fields[population].filter { narrow.contains($0.name) }.flatMap { field in
        (0..<field.components).map { Column(field.name, $0) }
      })
    for index in inPlace { stencils[index].kernel = stencils[index].kernel.withFloats(floats, inPlace: true) }
    for index in members.indices where memberPopulations[index] == population {
      members[index] = members[index].withFloats(floats)
    }
    for index in totals.indices where totalPopulations[index] == population { totals[index] = totals[index].withFloats(floats) }
  }

  /// Fields that others know than passes over single members, totals, and these over neighbours.
  private func touchedOtherwise(than inPlace: [Int]) -> Set<String> {
    var rest = self
    rest.stencils = stencils.indices.filter { !inPlace.contains($0) }.map { stencils[$0] }
    (rest.members, rest.totals) = ([], [])
    return rest.usedFields()
  }

  /// Fields of a population of which passes over single members make new values of old ones.
  private func fieldsChanged(in population: Int) -> Set<String> {
    Set(members.indices.filter { memberPopulations[$0] == population }.flatMap { members[$0].changed.map(\.field) })
  }

  /// Whether the flags that a pass heeds change only before the first step.
  func flagsStay(in kernel: StencilKernel) -> Bool {
    var rest = self
    let called = step.flatMap(\.memberKernels) + forceGroups.values.flatMap(\.operations).flatMap(\.memberKernels)
    rest.members = Set(called).map { members[$0] }
    return rest.writtenFields.isDisjoint(with: kernel.flags)
  }
}

extension ForceOperation {
  fileprivate var memberKernels: [Int] {
    switch self {
    case .members(let call): [call.kernel]
    case .other(let operation): operation.memberKernels
    default: []
    }
  }
}
