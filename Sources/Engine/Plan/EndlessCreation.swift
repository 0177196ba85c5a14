import Diagnostics
import Laws
import Scenes

/// Passes by which every member makes another one in every step: their number would double each time.
struct EndlessCreation {
  private(set) var mistakes: [Diagnostic] = []

  init(_ scene: Scene) {
    for use in scene.laws {
      for case .propagate(let pass) in use.law.flattened(use.law.passes) where pass.condition == nil && pass.remove == nil {
        let parents = Set(pass.roles.flatMap { use.roles[$0] ?? [] })
        for item in pass.create where (item.number?.constantNumber ?? (item.number == nil ? 1 : 0)) >= 1 {
          guard let child = use.roles[item.species]?.first, parents.contains(child) else { continue }
          mistakes.append(
            Diagnostic(
              "creation without end: every \(child) makes another one in every step",
              hint: "say `where:` which ones do, or a `number:` below 1, which is a chance", at: item.location ?? pass.location))
        }
      }
    }
  }
}
