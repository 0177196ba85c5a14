import Diagnostics
import Laws
import Scenes

/// Laws of the slot `forces` that read a force, torque or rate before a later law of the scene has added to it.
struct SlotOrder {
  private(set) var mistakes: [Diagnostic] = []

  /// `accesses` are what the passes of each use of a law read and write.
  init(_ scene: Scene, _ accesses: [String: [PassAccess]]) {
    let slot = scene.laws.filter(\.law.isForceLaw)
    for (place, reader) in slot.enumerated() {
      let read = Self.collected(reader, accesses, \.reads)
      for writer in slot[(place + 1)...] {
        let shared = read.intersection(Self.collected(writer, accesses, \.writes)).map(\.name)
        guard let name = shared.min() else { continue }
        mistakes.append(
          Diagnostic(
            "\(reader.name) reads \(name) before \(writer.name) has added to it: move \(reader.name) below \(writer.name)",
            hint: "laws of the slot forces run in the order of the scene"))
      }
    }
  }

  private struct Column: Hashable {
    var species: String
    var name: String
  }

  /// What the slot collects, among the fields that a law reads or writes, species by species.
  private static func collected(
    _ use: LawUse, _ accesses: [String: [PassAccess]], _ side: KeyPath<PassAccess, Set<Access>>
  ) -> Set<Column> {
    let touched = (accesses[use.name] ?? []).flatMap { $0[keyPath: side] }
    let kept = touched.filter { ["force", "torque"].contains($0.name) || $0.name.hasPrefix("rate of ") }
    return Set(kept.flatMap { access in (use.roles[access.role] ?? []).map { Column(species: $0, name: access.name) } })
  }
}
