import Diagnostics
import Engine
import Foundation
import Laws
import Scenes
import Snapshots
import World

/// Keeps what a run gives: frames, the log, and the totals for the summary.
final class Recorder {
  let path: String
  let provenance: Provenance
  /// Every total that was logged, by name, in the order of the log.
  private(set) var names: [String] = []
  private(set) var history: [String: [Observable]] = [:]
  private(set) var lastFrameStep = -1
  private var writer: SnapshotWriter?
  private let fields: [String]

  /// Refuses a place that is taken before anything is computed.
  static func checkPlace(_ path: String, _ settings: RunSettings) throws(Failure) {
    let exists = FileManager.default.fileExists(atPath: path)
    if exists && !settings.continues && !settings.overwrites {
      throw Failure(.failed, "\(path) exists", hint: "--continue goes on with it, --force replaces it, -o names another file")
    }
    if !exists && settings.continues {
      throw Failure(.unreadableFile, "there is no \(path) to continue", hint: "run without --continue first")
    }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(.outOfSpace, "cannot make the folder \(folder.path): \(error.localizedDescription)")
    }
  }

  /// Creates the file, or goes on with it after a step.
  init(
    _ path: String, _ scene: Scene, _ simulation: Simulation, _ settings: RunSettings, _ library: LawLibrary,
    continuesAfter step: Int?
  ) throws {
    self.path = path
    fields = Self.fields(scene, simulation)
    provenance = Provenance(
      scene: scene.resolvedText, sceneSource: settings.sceneSource,
      laws: Dictionary(grouping: scene.laws, by: \.law.name).sorted { $0.key < $1.key }
        .map { Provenance.Law(name: $0.key, text: $0.value[0].law.text) },
      command: settings.command, version: settings.version, git: settings.git, created: Date.now.formatted(.iso8601),
      precision: scene.precision.rawValue, seed: scene.seed)
    if let step {
      writer = try SnapshotWriter(continuing: path, after: step)
      lastFrameStep = step
    } else {
      let single = scene.output.isDouble ? [] : Set(fields)
      let totals = try simulation.measure()
      writer = try SnapshotWriter(
        creating: path, like: simulation.frame(fields: fields, observables: totals), provenance: provenance,
        // Where particles are made the file has room for twice as many; beyond that it goes on in a part of its own.
        options: SnapshotOptions(
          capacity: simulation.plan.makesParticles ? 2 * simulation.store.count + 64 : nil, overwrites: settings.overwrites,
          isCompressed: scene.output.compression > 0, singlePrecision: single))
    }
  }

  /// The fields of a frame: those that the scene asks for, and those that stay as they are.
  private static func fields(_ scene: Scene, _ simulation: Simulation) -> [String] {
    let given = scene.species.flatMap { $0.fields.map(\.name) }
    let fixed = given.filter { !scene.output.fields.contains($0) && !simulation.plan.writtenFields.contains($0) }
    return scene.output.fields + Set(fixed).sorted().filter { !scene.output.fields.contains($0) }
  }

  /// Takes totals into the log.
  func note(_ totals: [Observable], _ simulation: Simulation, _ log: RunLog, isLogged: Bool) {
    for total in totals {
      if history[total.name] == nil { names.append(total.name) }
      history[total.name, default: []].append(total)
    }
    guard isLogged else { return }
    writer?.log(step: simulation.step, time: simulation.time, totals)
    var line: [String: RunLog.Field] = ["step": .integer(simulation.step), "time": .number(simulation.time)]
    for total in totals { line[total.name] = total.values.count == 1 ? .number(total.values[0]) : .numbers(total.values) }
    log.event("totals", line)
  }

  /// Writes a frame; warns of particles that no law keeps inside the walls of the box.
  func append(_ simulation: Simulation, _ totals: [Observable], _ log: RunLog) throws(Failure) {
    if simulation.step <= lastFrameStep { return }
    let frame = simulation.frame(fields: fields, observables: totals)
    if frame.hasParticlesBeyondWalls {
      log.warn("particles are beyond a wall of the box: a law such as wall-reflect has to keep them inside")
    }
    try writer?.append(frame)
    lastFrameStep = simulation.step
  }

  /// Writes what waits.
  func close(_ simulation: Simulation) throws(Failure) {
    let open = writer.take()
    if let open { try open.close() }
  }

  /// Bytes of the file.
  var size: Int? { (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int }

  /// Relative change of the total called `energy` since the first row.
  var energyDrift: Double? {
    guard let series = history["energy"], let first = series.first?.values.first, let last = series.last?.values.first, first != 0
    else {
      return nil
    }
    return (last - first) / abs(first)
  }

  /// Each total that the scene expects, as it is at the end.
  func expectations(of scene: Scene) -> [ExpectationResult] {
    scene.expectations.map { expected in
      let value = history[expected.total]?.last?.values.first ?? .nan
      return ExpectationResult(
        name: expected.total, value: value, range: expected.range, holds: expected.range.contains(value))
    }
  }
}

extension Frame {
  /// Whether a particle is outside the box along a side that is a wall.
  fileprivate var hasParticlesBeyondWalls: Bool {
    let walls = box.sides.indices.filter { box.sides[$0] == .wall }
    guard !walls.isEmpty, let positions = self[field: "position"]?.values else { return false }
    return stride(from: 0, to: positions.count, by: box.space).contains { first in
      walls.contains { axis in
        let place = positions[first + axis] - box.origin[axis]
        return place < 0 || place > box.lengths[axis]
      }
    }
  }
}
