import Engine
import Foundation
import Laws
import Scenes
import World

/// The repository's top folder.
let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()

/// The folder of the laws that Mote ships.
let lawFolder = repository.appending(path: "Scenes/laws")

/// The laws that Mote ships, and others given as texts.
func lawLibrary(texts: [String: String] = [:]) -> LawLibrary { LawLibrary(folders: [lawFolder], texts: texts) }

/// Reads a scene's text and makes it ready to run.
func simulation(_ text: String, laws: [String: String] = [:], threads: Int = 1) throws -> Simulation {
  let scene = try scene(text, laws: laws)
  return try Simulation(
    scene, from: SimulationState(frame: scene.initialFrame()), library: lawLibrary(texts: laws), threads: threads)
}

/// Reads a scene's text.
func scene(_ text: String, laws: [String: String] = [:]) throws -> Scene {
  let access = FileAccess(folder: repository.appending(path: "Scenes"))
  return try Scene.read(text: text, file: "test.yaml", access: access, library: lawLibrary(texts: laws))
}

extension Simulation {
  /// Does so many steps; the totals of the log after each of every `sampling` of them.
  @discardableResult
  func run(steps: Int, sampling: Int = .max) throws -> [[String: [Double]]] {
    var rows: [[String: [Double]]] = []
    for step in 1...steps {
      try advance(wantsTotals: step % sampling == 0)
      if step % sampling == 0 {
        rows.append(Dictionary(uniqueKeysWithValues: try measure().map { ($0.name, $0.values) }))
      }
    }
    return rows
  }

  /// The numbers of a field, particle by particle in the order of their ids.
  func values(of field: String) -> [Double] { frame(fields: [field])[field: field]?.values ?? [] }
}

/// The largest difference of two lists of numbers.
func distance(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).map { abs($0 - $1) }.max() ?? .infinity }

/// A cluster of twelve atoms held together by Morse bonds in open space, slowly shaking and turning; laws that
/// read the force stand after the one that gives it.
///
/// `fields` are further ones of the atoms, `species` further species.
func cluster(_ laws: String, dt: Double = 0.005, fields: String = "", species: [String] = []) -> String {
  """
  units: reduced
  precision: double
  box: {size: [40, 40, 40], origin: [-20, -20, -20], sides: open}
  species:
    atom:
      fields: {radius: 0.55, inertia: 0.4, spin: [0.1, 0.2, -0.3], orientation: [1, 0, 0, 0]\(fields)}
      velocities: {temperature: 0.2}
      fill:
        points: [[0, 0, 0], [1.1, 0, 0], [0.5, 1, 0], [0.5, 0.3, 0.95], [-0.5, 0.9, 0.2], [1.6, 0.9, 0.1], [0.1, -0.9, 0.4],
          [-0.9, 0, -0.1], [0.6, 0.4, -0.9], [1.2, -0.5, 0.8], [0.4, 1.3, 0.9], [-0.5, -0.2, 0.9]]
  \(species.joined(separator: "\n  "))
  laws:
    morse: {depth: 1, width: 2, rest: 1.1, cutoff: 12}
    \(laws)
  dt: \(dt)
  steps: 1
  measure:
    kinetic: sum(mass*dot(velocity, velocity)/2)
    energy: kinetic + potential
    momentum: sum(mass*velocity)
    spin: sum(mass*cross(position, velocity))
    turning: "sum(mass*cross(position, velocity) + inertia*spin)"
  """
}
