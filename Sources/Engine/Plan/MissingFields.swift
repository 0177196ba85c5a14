import Diagnostics
import Laws
import Scenes

/// Fields that laws read although nothing gives them a value: neither the scene, nor a default, nor a pass that writes them.
struct MissingFields {
  private(set) var mistakes: [Diagnostic] = []

  /// `accesses` are what the passes of each use of a law read and write.
  init(_ scene: Scene, _ accesses: [String: [PassAccess]]) {
    var given: Set<String> = ["position", "velocity", "force", "torque", "id"]
    for pass in accesses.values.joined() { given.formUnion(pass.writes.map(\.name)) }
    for use in scene.laws {
      given.formUnion(use.law.fields.filter { $0.initial != nil }.map(\.name))
      given.formUnion(use.law.allItems.flatMap(\.givenNames))
    }
    for use in scene.laws + (scene.totals.map { [$0] } ?? []) {
      let reads = Set((accesses[use.name] ?? []).flatMap { $0.reads.map { Read(role: $0.role, name: $0.name) } })
      for read in reads.sorted(by: { $0.name < $1.name }) where !given.contains(read.name) {
        guard let players = use.roles[read.role] else { continue }
        for species in scene.species
        where players.contains(species.name) && !species.fields.contains(where: { $0.name == read.name }) {
          mistakes.append(
            Diagnostic(
              "\(read.name) is read by \(use.law.name), but nothing gives it to \(species.name)",
              hint: "species: {\(species.name): {fields: {\(read.name): …}}}"))
        }
      }
    }
  }

  private struct Read: Hashable {
    var role: String
    var name: String
  }
}

extension Item {
  /// Fields that a pass gives to the links and members that it makes.
  fileprivate var givenNames: [String] {
    switch self {
    case .propagate(let pass): pass.create.flatMap(\.fields).map(\.name)
    case .interact(let pass): (pass.link.flatMap(\.fields) + (pass.react?.create.flatMap(\.fields) ?? [])).map(\.name)
    default: []
    }
  }
}
