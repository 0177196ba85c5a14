import Diagnostics
import Expressions
import Foundation
import Testing
import World

@testable import Scenes

/// Gives one frame for every file.
private struct OneFrame: FrameSource {
  var frame: Frame
  func frame(of file: URL, _ selection: FileFill.Selection, format: String?) throws -> Frame { frame }
}

@Suite struct FileFillTests {
  private func frame(units: UnitSystem, position: [Double], velocity: [Double]) -> Frame {
    Frame(
      step: 0, time: 0, box: Box(origin: [0, 0, 0], lengths: [1, 1, 1], sides: [.periodic, .periodic, .periodic]),
      speciesNames: ["Ar", "Kr"], ids: [1, 2], species: [0, 1],
      fields: [
        FrameField(name: "position", shape: .vector, components: 3, dimension: Dimension(length: 1), values: position),
        FrameField(name: "velocity", shape: .vector, components: 3, dimension: Dimension(length: 1, time: -1), values: velocity),
      ], units: units)
  }

  private func scene(_ fill: String) throws -> (Scene, TemporaryFolder) {
    let folder = try TemporaryFolder(["start.xyz": ""])
    let text = "box: {size: [2, 2, 2] nm}\nspecies: {A: {fill: \(fill)}}\nlaws: {}\ndt: 1 fs\nsteps: 1\n"
    return (try readScene(text, folder: folder.url), folder)
  }

  @Test func `a frame of metres becomes one of nanometres, inside the periodic box`() throws {
    let (scene, folder) = try scene("{file: start.xyz, from: Kr}")
    let source = OneFrame(
      frame: frame(units: .si, position: [0, 0, 0, 0.5e-9, 2.5e-9, -0.5e-9], velocity: [0, 0, 0, 100, 0, 0]))
    let start = try withExtendedLifetime(folder) { try scene.initialFrame(from: source) }
    let position = try #require(start[field: "position"]?.values), velocity = try #require(start[field: "velocity"]?.values)
    #expect(zip(position, [0.5, 0.5, 1.5]).allSatisfy { $0.isApproximately($1) })
    // 100 m/s is 0.1 nm/ps.
    #expect(zip(velocity, [0.1, 0, 0]).allSatisfy { $0.isApproximately($1) })
  }

  @Test func `a species that the file lacks is refused with those that it has`() throws {
    let (scene, folder) = try scene("{file: start.xyz}")
    let source = OneFrame(frame: frame(units: .si, position: [0, 0, 0, 0, 0, 0], velocity: [0, 0, 0, 0, 0, 0]))
    do {
      _ = try withExtendedLifetime(folder) { try scene.initialFrame(from: source) }
      Issue.record("no error")
    } catch let failure as Failure {
      #expect(failure.hint == "say from: Ar | Kr")
    }
  }

  @Test func `reduced numbers are not taken for nanometres`() throws {
    let (scene, folder) = try scene("{file: start.xyz, from: Ar}")
    let source = OneFrame(frame: frame(units: .reduced, position: [0, 0, 0, 0, 0, 0], velocity: [0, 0, 0, 0, 0, 0]))
    #expect(throws: Failure.self) { try withExtendedLifetime(folder) { try scene.initialFrame(from: source) } }
  }
}
