import Diagnostics
import Expressions

extension LawChecker {
  /// Components of `edges` and `faces` sit in different places of a cell: they can be added and scaled, or be in a curl.
  mutating func checkPlaces(_ bindings: [Binding], role: String, _ scope: Scope) {
    let roles = scope.ends.isEmpty ? [role] : scope.ends.values.map(\.role)
    let staggered = Set(roles.flatMap { types.fields(of: $0) }.filter(\.isStaggered).map(\.name))
    guard !staggered.isEmpty else { return }
    for binding in bindings { checkPlaces(binding.value, staggered) }
  }

  private static let mixing: Set<String> = ["dot", "norm", "outer", "unit", "angle", "rotate"]

  private mutating func checkPlaces(_ term: Expression, _ staggered: Set<String>) {
    switch term.node {
    case .member(let base, _):
      if let name = readsStaggered(base, staggered) { refuse(term, name) }
    case .call(let callee, let arguments):
      guard case .name(let function) = callee.node, let name = arguments.compactMap({ readsStaggered($0, staggered) }).first
      else { break }
      let isCurl = function == "cross" && arguments.count == 2 && arguments[0].node == .name("d") && isDifference(arguments[1])
      if LawChecker.mixing.contains(function) || function == "cross" && !isCurl { refuse(term, name) }
    default: break
    }
    for part in term.terms { checkPlaces(part, staggered) }
  }

  private mutating func refuse(_ term: Expression, _ name: String) {
    problems.add(
      term.diagnostic(
        "\(term.written): components of \(name) sit in different places",
        hint: "they can be added, scaled, or be in cross(d, \(name)[i] - \(name)[j])/dx^2"))
  }

  /// The staggered field that a term reads as a vector.
  private func readsStaggered(_ term: Expression, _ staggered: Set<String>) -> String? {
    switch term.node {
    case .name(let name): staggered.contains(name) ? name : nil
    case .index(let base, _): readsStaggered(base, staggered)
    case .prefix, .binary: term.terms.compactMap { readsStaggered($0, staggered) }.first
    default: nil
    }
  }

  private func isDifference(_ term: Expression) -> Bool {
    guard case .binary(.subtract, let a, let b) = term.node, case .index(let x, _) = a.node, case .index(let y, _) = b.node else {
      return false
    }
    return x == y
  }
}
