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
  func surface(of file: URL) throws -> Surface { unitCube }
}

/// The cube from 0 to 1, two triangles a face.
private let unitCube = Surface(
  corners: (0..<3).flatMap { axis in
    [0.0, 1.0].flatMap { at in
      [[(0.0, 0.0), (1, 0), (1, 1)], [(0, 0), (1, 1), (0, 1)]].flatMap { triangle in
        triangle.flatMap { a, b in
          var corner = [0.0, 0, 0]
          (corner[axis], corner[(axis + 1) % 3], corner[(axis + 2) % 3]) = (at, a, b)
          return corner
        }
      }
    }
  })

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

  @Test func `a solid holds the particles that its volume says, where it was put`() throws {
    let (scene, folder) = try scene(
      "{random: 4000, region: {solid: {file: start.xyz, unit: 0.5 nm, at: [1, 0.25, 1] nm}, where: {formula: position.x < h, h: 1.25 nm}}}"
    )
    let source = OneFrame(frame: frame(units: .si, position: [0, 0, 0, 0, 0, 0], velocity: [0, 0, 0, 0, 0, 0]))
    let start = try withExtendedLifetime(folder) { try scene.initialFrame(from: source) }
    let position = try #require(start[field: "position"]?.values)
    let ranges = (0..<3).map { axis in
      let values = stride(from: axis, to: position.count, by: 3).map { position[$0] }
      return [values.min() ?? 0, values.max() ?? 0]
    }
    for (found, wanted) in zip(ranges, [[1, 1.25], [0.25, 0.75], [1, 1.5]]) {
      #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 0.002 } && found[0] >= wanted[0] && found[1] <= wanted[1])
    }
  }

  @Test func `points on the shadow of an edge or corner are inside once`() {
    let cube = unitCube
    #expect(cube.contains([0.5, 0.5, 0.5]) && cube.contains([0.5, 0.25, 0.25]) && cube.contains([0.9, 0.75, 0.25]))
    #expect(!cube.contains([1.5, 0.5, 0.5]) && !cube.contains([-0.5, 0.25, 0.25]) && !cube.contains([0.5, 1.5, 0.5]))
  }
}
