extension Law {
  /// Every list of items of the law: what is run at the start, the parts in order of their names, and the passes.
  var itemLists: [[Item]] { [start] + parts.sorted { $0.key < $1.key }.map(\.value) + [passes] }

  /// All items, those in parts and loops included, each once.
  public var allItems: [Item] {
    func unrolled(_ items: [Item]) -> [Item] {
      items.flatMap { item in
        if case .repeat(let loop) = item { [item] + unrolled(loop.passes) } else { [item] }
      }
    }
    return itemLists.flatMap(unrolled)
  }

  /// Items in the order in which they run, with the names of parts replaced by what they stand for, in loops too; what runs itself
  /// is left out, as the check of the law reports it.
  public func flattened(_ items: [Item]) -> [Item] {
    func flat(_ items: [Item], _ running: [String]) -> [Item] {
      items.flatMap { item -> [Item] in
        switch item {
        case .part(let name): return running.contains(name) || running.count > 8 ? [] : flat(parts[name] ?? [], running + [name])
        case .repeat(var loop):
          loop.passes = flat(loop.passes, running)
          return [.repeat(loop)]
        default: return [item]
        }
      }
    }
    return flat(items, [])
  }

  /// Names of the totals that passes measure.
  var measuredNames: Set<String> {
    Set(allItems.flatMap { item in if case .measure(let measure) = item { measure.totals.map(\.name) } else { [String]() } })
  }

  /// Whether the law has a place for force laws.
  public var runsForces: Bool { allItems.contains { if case .forces = $0 { true } else { false } } }

  /// Whether the law runs where integrators say `forces`, since it gives energies, forces, torques or rates.
  public var isForceLaw: Bool {
    guard !runsForces else { return false }
    return allItems.contains { item in
      switch item {
      case .propagate(let pass): pass.energy != nil || pass.force != nil || pass.torque != nil || !pass.rates.isEmpty
      case .interact(let pass):
        pass.energy != nil || pass.force != nil || pass.torque != nil || !pass.rate.isEmpty
          || pass.add.contains { $0.name == "force" }
      default: false
      }
    }
  }
}
