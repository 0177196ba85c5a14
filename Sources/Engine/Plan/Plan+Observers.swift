import KernelCompiler

extension Plan {
  /// Operations at the end of the slot `forces`, by their places, that write what only frames and logs read, such as a damage that is
  /// looked at: they need not run in steps after which nobody looks.
  ///
  /// They give whole columns that follow from what stays as it is until the end of the step, so that it does not matter when they run.
  var observers: Set<Int> {
    guard creations.isEmpty, meetings.allSatisfy({ $0.reaction == nil }), cells.allSatisfy({ $0.reaction == nil }),
      forceGroups.count == 1, let slot = forceGroups[""],
      var later = writtenAfterForces
    else { return [] }
    var found: Set<Int> = [], hidden = Kernels(totals: Set(log.compactMap(\.kernel)))
    for place in slot.operations.indices.reversed() {
      guard let effect = effect(of: slot.operations[place]) else { break }
      let more = hidden.union(effect.kernels)
      if effect.isRepeatable, effect.writes.isDisjoint(with: usedFields(without: more)), effect.reads.isDisjoint(with: later) {
        found.insert(place)
        hidden = more
      } else if effect.removes {
        break
      } else {
        later.formUnion(effect.writes)
      }
    }
    return found
  }

  /// What an operation reads and writes; `isRepeatable` if running it once more changes nothing.
  private struct Effect {
    var reads: Set<String> = []
    var writes: Set<String> = []
    var kernels = Kernels()
    var isRepeatable = false
    var removes = false
  }

  /// Nil for operations that are not looked into.
  private func effect(of operation: ForceOperation) -> Effect? {
    switch operation {
    case .clear(let columns, _): return Effect(writes: Set(columns.map(\.field)))
    case .energy: return Effect()
    case .members(let call):
      let kernel = members[call.kernel]
      guard call.creation == nil, !call.removes, !call.movesParticles else { return nil }
      return Effect(
        reads: Set(kernel.columns.map(\.field)), writes: Set(kernel.written.map(\.field)),
        kernels: Kernels(members: [call.kernel]),
        isRepeatable: kernel.changed.isEmpty && call.requirement == nil && isTimeless(kernel.needs, kernel.text))
    case .meetings(let index):
      let pass = meetings[index]
      guard pass.joins.isEmpty, !pass.movesParticles else { return nil }
      let isSum = pass.kernel.targets.allSatisfy(\.isSum) && !pass.adds.contains(true) && pass.kernel.cleared.isEmpty
      return Effect(
        reads: pass.kernel.fields.union(["position"]), writes: pass.kernel.written, kernels: Kernels(meetings: [index]),
        isRepeatable: isSum && pass.removes.isEmpty && !pass.remembers && !pass.isInTurn && pass.requirement == nil
          && !pass.kernel.written.isEmpty && isTimeless(pass.kernel.needs, pass.kernel.text),
        removes: !pass.removes.isEmpty)
    case .pairs(let index, _): return effect(of: pairs[index].kernel)
    case .other(.everywhere(let index)): return effect(of: everywhere[index].kernel)
    case .lattice, .other: return nil
    }
  }

  private func effect(of kernel: PairKernel) -> Effect {
    let tops = kernel.extremes.map(\.column)
    return Effect(writes: Set((kernel.sums + tops).map(\.field) + ["force"]), removes: tops.contains(ChainBuilder.removal))
  }

  /// Whether a kernel reads neither the time nor anything else of the world, and draws no noise.
  private func isTimeless(_ needs: KernelNeeds, _ text: String) -> Bool {
    needs.functions.isEmpty && !text.contains("call->seed")
      && !needs.graph.inputs(of: needs.constants + needs.tables).contains { $0.kind == .world && $0.name != "dimensions" }
  }

  /// What a step writes after its forces; nil if it does more there than to change fields of members, or runs the slot elsewhere.
  private var writtenAfterForces: Set<String>? {
    let slots = step.indices.filter { if case .forces = step[$0] { true } else { false } }
    guard slots.count == 1 else { return nil }
    var written: Set<String> = []
    for operation in step[(slots[0] + 1)...] {
      switch operation {
      case .members(let call):
        guard call.creation == nil, !call.removes, !call.movesParticles else { return nil }
        written.formUnion(members[call.kernel].written.map(\.field))
      case .totals, .require: continue
      default: return nil
      }
    }
    return written
  }
}
