import Foundation
import Testing

@testable import Scenes

@Suite struct ShippedSceneTests {
  static let folder = repository.appending(path: "Scenes")
  static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
    .filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }.sorted()

  private func read(_ name: String) throws -> Scene {
    try Scene.read(Self.folder.appending(path: "\(name).yaml").path, library: shippedLaws)
  }

  @Test func `there are scenes`() { #expect(Self.names.contains("argon")) }

  @Test(arguments: names) func `a scene is short, tells its story, and says what must come out`(name: String) throws {
    let text = try String(contentsOf: Self.folder.appending(path: "\(name).yaml"), encoding: .utf8)
    #expect(text.hasPrefix("# "))
    let scene = try read(name)
    // What couples many laws needs some lines more.
    #expect(text.split(separator: "\n").count <= 25 + max(0, scene.laws.count - 6) * 3)
    #expect(!scene.title.isEmpty)
    #expect(!scene.expectations.isEmpty)
    #expect(scene.output.file == "\(name).h5")
    #expect(scene.warnings.items.isEmpty)
  }

  @Test(arguments: names) func `a scene fills its box with the particles that it estimates`(name: String) throws {
    let scene = try read(name)
    let frame = try scene.initialFrame()
    #expect(frame.count == scene.estimate().particles)
    #expect(frame.fields.allSatisfy { $0.values.count == frame.count * $0.components })
  }

  @Test(arguments: names) func `the resolved text of a scene gives the scene`(name: String) throws {
    let scene = try read(name)
    #expect(try Scene.read(text: scene.resolvedText, file: "\(name).yaml", access: scene.access, library: shippedLaws) == scene)
  }

  // A. Rahman, Phys. Rev. 136 (1964) A405: a side of 10.229 σ, with σ = 3.4 Å and atoms of 39.95 × 1.6747e-24 g. That mass is
  // 0.9 % more than argon's, so that the shipped scene, with today's mass and σ = 3.405 Å, has a side of 10.185 σ.
  @Test func `argon's box has the side that Rahman gives`() throws {
    let mass = 39.95 * 1.6747e-27
    let overrides = ["species.argon.fields.mass=\(mass) kg", "laws.lennard-jones.sigma=3.4 Å"]
    let scene = try Scene.read(Self.folder.appending(path: "argon.yaml").path, overrides: overrides, library: shippedLaws)
    let sigma = try #require(scene.laws.first { $0.name == "lennard-jones" }?["sigma"]?.number)
    #expect(abs(scene.box.lengths[0] / sigma - 10.229) < 0.001)
    #expect(scene.estimate().particles == 864)
  }
}
