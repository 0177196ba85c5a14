import Diagnostics
import Foundation
import Laws
import Scenes
import Snapshots
import Testing
import World

@testable import Running

/// The scenes here start from no file.
private struct NoFiles: FrameSource {
  func frame(of file: URL, _ selection: FileFill.Selection, format: String?) throws -> Frame {
    throw Failure(.unreadableFile, "\(file.path) is not asked for")
  }
  func surface(of file: URL) throws -> Surface { throw Failure(.unreadableFile, "\(file.path) is not asked for") }
}

@Suite("Going on with a run")
struct ContinuationTests {
  static let scene = """
    units: reduced
    box: {size: fit}
    species: {atom: {fill: {lattice: fcc, count: 256, density: 0.8}, velocities: {temperature: 1.2}}}
    laws:
      velocity-verlet: {}
      lennard-jones: {epsilon: 1, sigma: 1, cutoff: 2.5}
      THERMOSTAT
      diffusion: {}
    dt: 0.004
    steps: 100
    log: {every: 10}
    output: {every: 20, fields: [velocity], precision: double}
    checkpoint: {every: 20}
    """

  private func run(_ text: String, to path: String, steps: Int, continues: Bool = false) throws -> [Frame] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let library = LawLibrary(folders: [root.appending(path: "Scenes/laws")])
    let scene = try Scene.read(text: text, file: "test.yaml", access: FileAccess(folder: root), library: library)
    var settings = RunSettings()
    (settings.output, settings.steps, settings.continues, settings.isQuiet) = (path, steps, continues, true)
    var run = try Run(scene, settings, library: library, source: NoFiles())
    _ = try run.complete()
    let reader = try SnapshotReader(path)
    return try (0..<reader.frameCount).map { try reader.frame(at: $0) }
  }

  @Test(
    "A run that was left and continued gives the bits of one that was not",
    arguments: [
      "stochastic-rescaling: {kT: 1.2, relaxation: 0.1}", "berendsen: {kT: 1.2, relaxation: 0.1}",
      "stochastic-cell-rescaling: {kT: 1.2, target: 1, relaxation: 1, compressibility: 0.1}",
    ])
  func continued(thermostat: String) throws { try checkContinuation(of: Self.scene.replacing("THERMOSTAT", with: thermostat)) }

  @Test("So does one with rates, whose fields have names that snapshots do not know")
  func rates() throws {
    let text = Self.scene.replacing("THERMOSTAT", with: "newton: {}").replacing("velocity-verlet", with: "runge-kutta-4")
    try checkContinuation(of: text)
  }

  @Test("So does one of a lattice")
  func lattice() throws {
    try checkContinuation(
      of: """
        units: reduced
        box: {size: [8, 8]}
        species: {site: {kind: lattice, spacing: 1, fields: {phase: "sin(pi*position.x/4)^2 - 0.4"}}}
        laws: {runge-kutta-4: {for: site}, allen-cahn: {mobility: 1, epsilon: 1}}
        dt: 0.01
        steps: 100
        output: {every: 20, fields: [phase], precision: double}
        checkpoint: {every: 20}
        """)
  }

  private func checkContinuation(of text: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "mote-continuation-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let whole = try run(text, to: folder.appending(path: "whole.h5").path, steps: 100)
    let parts = folder.appending(path: "parts.h5").path
    _ = try run(text, to: parts, steps: 60)
    let continued = try run(text, to: parts, steps: 100, continues: true)
    #expect(continued.map(\.step) == whole.map(\.step))
    for (a, b) in zip(whole, continued) {
      // Compared field by field, as a message with all numbers helps nobody.
      let unequal = zip(a.fields, b.fields).filter { $0 != $1 }.map(\.0.name)
      #expect(unequal.isEmpty && a.fields.count == b.fields.count, "step \(a.step)")
      #expect(a.lattices == b.lattices)
      #expect(a.box == b.box)
      #expect(a.time == b.time)
    }
  }
}
