import Diagnostics
import Expressions
import Laws

// What the plan needs to know of a law's structure.
extension Law {
  /// The passes, cut after each item `forces`.
  func segments() -> [[Item]] {
    flattened(passes).reduce(into: [[Item]()]) { segments, item in
      segments[segments.count - 1].append(item)
      if case .forces = item { segments.append([]) }
    }
  }

  func givesRate(to field: String) -> Bool {
    allItems.contains { item in
      switch item {
      case .propagate(let pass): pass.rates.contains { $0.name == field }
      case .interact(let pass): pass.rate.contains { $0.name == field }
      default: false
      }
    }
  }
}

extension Propagate {
  /// All names that its expressions use.
  var names: Set<String> { expressions.reduce(into: []) { $0.formUnion($1.names) } }
}

extension Interact {
  /// All names that its expressions use.
  var names: Set<String> { expressions.reduce(into: []) { $0.formUnion($1.names) } }
}
