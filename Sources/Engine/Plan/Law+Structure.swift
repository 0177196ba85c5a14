import Diagnostics
import Expressions
import Laws

// What the plan needs to know of a law's structure.
extension Law {
  /// Items with the names of parts replaced by what they stand for.
  func flattened(_ items: [Item]) -> [Item] {
    items.flatMap { item -> [Item] in
      if case .part(let name) = item { return flattened(parts[name] ?? []) }
      return [item]
    }
  }

  /// The passes, cut after each item `forces`.
  func segments() -> [[Item]] {
    flattened(passes).reduce(into: [[Item]()]) { segments, item in
      segments[segments.count - 1].append(item)
      if case .forces = item { segments.append([]) }
    }
  }

  /// True if it runs in the slot `forces`: it gives energies, forces or rates, or adds to the force, and has no item `forces`.
  var isForceLaw: Bool {
    let items = flattened(passes)
    return !items.contains { if case .forces = $0 { true } else { false } } && items.contains(where: \.givesForce)
  }

  func givesRate(to field: String) -> Bool {
    flattened(passes).contains { item in
      switch item {
      case .propagate(let pass): pass.rates.contains { $0.name == field }
      case .interact(let pass): pass.rate.contains { $0.name == field }
      default: false
      }
    }
  }
}

extension Item {
  fileprivate var givesForce: Bool {
    switch self {
    case .propagate(let pass): pass.energy != nil || pass.force != nil || pass.torque != nil || !pass.rates.isEmpty
    case .interact(let pass):
      pass.energy != nil || pass.force != nil || pass.torque != nil || !pass.rate.isEmpty || pass.add.contains { $0.name == "force" }
    default: false
    }
  }
}

extension Pairing {
  /// The key of the file.
  var word: String {
    switch self {
    case .within: "within"
    case .linked: "linked"
    case .weight: "weight"
    case .neighbours: "neighbours"
    case .cell: "cell"
    case .everywhere: "everywhere"
    }
  }
}

extension Expression {
  /// All names that occur.
  var names: Set<String> {
    if case .name(let name) = node { return [name] }
    return parts.reduce(into: []) { $0.formUnion($1.names) }
  }
}

extension Propagate {
  /// All names that its expressions use.
  var names: Set<String> {
    let texts = [condition, energy, force, torque, remove, require].compactMap { $0 } + (lets + assignments + rates).map(\.value)
    return texts.reduce(into: []) { $0.formUnion($1.names) }
  }
}

extension Interact {
  /// All names that its expressions use.
  var names: Set<String> {
    let texts = [condition, energy, force, torque].compactMap { $0 } + (lets + sum + add + min + max + rate + memory).map(\.value)
    return texts.reduce(into: []) { $0.formUnion($1.names) }
  }
}
