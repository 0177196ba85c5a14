import Diagnostics
import Engine
import Expressions
import Foundation
import Laws
import Scenes
import World

/// A law in the world of a frame: what the engine would make of it.
struct Candidate: Sendable {
  let model: PairModel

  /// The pair forces of a law with holes, in the box and with the species of a frame.
  ///
  /// The holes are closed by placeholders and the scene is read as any other, so that names, defaults and mixing rules mean here
  /// what they mean in a run.
  init(_ open: OpenLaw, like frame: Frame, library: LawLibrary) throws {
    let name = open.law.name
    let text = try open.closed(by: open.holes.map { $0.placeholder }, errors: nil, in: frame.units, name: name)
    try self.init(text: text, name: name, holes: open.holes, like: frame, library: library)
  }

  /// The pair forces of a law without holes, by its text.
  init(text: String, name: String, holes: [Hole] = [], like frame: Frame, library: LawLibrary) throws {
    let scene = try Self.scene(text, name, frame, library)
    guard let use = scene.laws.first else { throw Failure(.failed, "law \(name) does not act in this box") }
    for hole in holes where use[hole.name]?.per != nil && frame.speciesNames.count > 1 {
      throw Failure(
        .failed,
        "\(hole.name) has a value per \(use[hole.name]?.per?.rawValue ?? ""), and there are \(frame.speciesNames.count) species",
        hint: "name one hole for each pair of roles, or fit a run of one species")
    }
    let forces = try PairForces(of: use, in: scene)
    guard !forces.parts.isEmpty else { throw Failure(.failed, "law \(name) has no pass within a range that gives forces") }
    model = try PairModel(
      forces, holes: holes, prefix: use.name, space: frame.box.space, speciesCount: max(1, frame.speciesNames.count))
  }

  private static func scene(_ text: String, _ name: String, _ frame: Frame, _ library: LawLibrary) throws -> Scene {
    var library = library
    library.texts[name] = text
    let unit = UnitText(frame.units, Dimension(length: 1)), time = UnitText(frame.units, Dimension(time: 1))
    let mass = UnitText(frame.units, Dimension(mass: 1))
    func list(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }
    let species = frame.speciesNames.map { "\"\($0)\": {fields: {mass: 1 \(mass.name)}}" }.joined(separator: ", ")
    let scene = """
      units: {system: \(frame.units.name)}
      box:
        size: \(list(frame.box.lengths.map { "\($0 * unit.factor)" })) \(unit.name)
        sides: \(list(frame.box.sides.map(\.rawValue)))
      species: {\(species)}
      laws: {\(name): {}}
      dt: 1 \(time.name)
      steps: 0
      """
    do {
      let folder = FileManager.default.temporaryDirectory
      return try Scene.read(text: scene, file: "scene of the snapshot", access: FileAccess(folder: folder), library: library)
    } catch let problems {
      // Places in a scene that nobody wrote help nobody.
      throw Diagnostics(problems.items.map { Diagnostic("\(name): \($0.message)", hint: $0.hint) })
    }
  }
}

extension Hole {
  /// Stands in the place of the hole while nothing is known of it: no whole number, as a pure one would become part of the formula.
  fileprivate var placeholder: Filling {
    isFunction ? .function(Spline(knots: [1, 2, 3, 4], values: [0, 0, 0, 0])) : .number(0.75)
  }
}
