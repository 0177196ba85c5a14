import Diagnostics
import Foundation
import Testing
import World

@testable import Scenes

@Suite struct ReadingTests {
  static let argon = """
    title: Liquid argon
    box: {size: fit}
    species:
      argon:
        fields: {mass: 39.948 u}
        fill: {lattice: fcc, count: 864, density: 1.374 g/cm^3}
        velocities: {temperature: 94.4 K}
    laws: {}
    dt: 2 fs
    steps: 2e4
    """

  @Test func `argon at 1.374 g/cm³ has the box and speed that physics says`() throws {
    let scene = try readScene(Self.argon)
    #expect(scene.units == .molecular)
    // 864 atoms of 39.948 u at 1.374 g/cm³: 864·39.948/6.02214e23/1.374 cm³ = 41.713 nm³, a side of 3.4680 nm.
    #expect(abs(scene.box.lengths[0] - 3.46804) < 1e-4)
    #expect(scene.timeStep.isApproximately(0.002))
    #expect(scene.steps == 20_000)
    // kT of 94.4 K is 0.78490 kJ/mol.
    #expect(abs((scene.species[0].velocities?.energy ?? 0) - 0.784892) < 1e-5)
  }

  @Test func `a box of metres is in SI, one of nanometres in molecular units`() throws {
    let text = "box: {size: [1, 1] SIZE}\nspecies: {A: {}}\nlaws: {}\ndt: 1 fs\nsteps: 1\n"
    #expect(try readScene(text.replacing("SIZE", with: "m")).units == .si)
    #expect(try readScene(text.replacing("SIZE", with: "nm")).units == .molecular)
    #expect(try readScene(text.replacing("SIZE", with: "nm"), overrides: ["units=cgs"]).box.lengths[0].isApproximately(1e-7))
  }

  @Test(arguments: [
    argon, reduced("{random: 10, distance: 0.5}"),
    reduced("{lattice: square, spacing: 1}", box: "{size: [10, 10], sides: [wall, open]}"),
  ])
  func `the resolved text read again gives an equal scene`(text: String) throws {
    let scene = try readScene(text)
    let again = try readScene(scene.resolvedText)
    #expect(again == scene)
    #expect(again.resolvedText == scene.resolvedText)
  }

  @Test func `overrides are typed by the schema, and lists are reached by index`() throws {
    let scene = try readScene(
      Self.argon, overrides: ["dt=1 fs", "species.argon.fields.mass=40 u", "output.every=7", "title=Other"])
    #expect(scene.timeStep.isApproximately(0.001))
    #expect(scene.species[0].mass == 40)
    #expect(scene.output.every == 7)
    #expect(scene.title == "Other")
    let moved = try readScene(reduced("{points: [[1, 1, 1]]}"), overrides: ["species.A.fill.points[0][2]=3"])
    #expect(moved.species[0].fill == .points([[1, 1, 3]], velocities: []))
  }

  @Test func `an override of the wrong kind points into the command line`() {
    let text = mistakes(Self.argon, overrides: ["seed=3", "dt=2 nm"])
    #expect(text.contains("--set:2:4: error: dt: expected time, found length\n  dt=2 nm\n     ^^^^"))
  }

  @Test func `includes are merged under the scene, and lists replaced`() throws {
    let folder = try TemporaryFolder(["base.yaml": Self.argon, "more.yaml": "seed: 5\noutput: {fields: [velocity, force]}\n"])
    let text =
      "include: [base.yaml, more.yaml]\nspecies: {argon: {velocities: {temperature: 100 K}}}\noutput: {fields: [force]}\n"
    let scene = try readScene(text, folder: folder.url)
    #expect(scene.seed == 5)
    #expect(scene.output.fields == ["force"])
    #expect(scene.species[0].mass == 39.948)
    #expect(scene.species[0].velocities.map { $0.energy > 0.8 } == true)
  }

  @Test func `includes in a circle are refused`() throws {
    let folder = try TemporaryFolder(["a.yaml": "include: b.yaml", "b.yaml": "include: a.yaml"])
    #expect(throws: Diagnostics.self) { try readScene("include: a.yaml", folder: folder.url) }
  }

  @Test(arguments: ["../secret.yaml", "/etc/passwd", "link.yaml"])
  func `files outside the scene's folder are refused`(path: String) throws {
    let folder = try TemporaryFolder(["inside/base.yaml": "seed: 1", "secret.yaml": "seed: 2"])
    let inside = folder.url.appending(path: "inside")
    try FileManager.default.createSymbolicLink(
      at: inside.appending(path: "link.yaml"), withDestinationURL: folder.url.appending(path: "secret.yaml"))
    do {
      _ = try readScene("include: [\(path)]", folder: inside)
      Issue.record("no error")
    } catch let error as Diagnostics {
      #expect("\(error)".contains("is outside the scene's folder"))
    }
  }

  @Test(arguments: [
    "a: &a [1, 1, 1, 1]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]\n",
    String(repeating: "[", count: 100_000), String(repeating: "- ", count: 10_000), "a: " + String(repeating: "{b: ", count: 200),
  ])
  func `texts made to exhaust the reader are refused`(text: String) {
    #expect(!mistakes(text).isEmpty)
  }
}

extension Double {
  /// Equal but for rounding, and for kJ/mol against u nm²/ps², which differ by 1e-9 since the mole is a number.
  func isApproximately(_ other: Double) -> Bool { abs(self - other) <= 1e-8 * Swift.max(abs(self), abs(other)) }
}

/// A folder with files that goes when nothing holds it any more.
final class TemporaryFolder {
  let url: URL

  init(_ files: [String: String]) throws {
    url = FileManager.default.temporaryDirectory.appending(path: "mote-\(UUID().uuidString)").resolvingSymlinksInPath()
    for (name, text) in files {
      let file = url.appending(path: name)
      try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}

@Suite struct PlanTests {
  @Test func `totals of a scene are over all species where they do not say which`() throws {
    let text = """
      units: reduced
      box: {size: [5, 5, 5]}
      species: {A: {}, B: {}}
      laws: {}
      dt: 1
      steps: 1
      measure: [{speed: mean(norm(velocity))}, {for: B, where: position.x > 1, right: sum(1)}]
      """
    let totals = try #require(try readScene(text).totals)
    #expect(totals.law.measures.map(\.roles) == [["A", "B"], ["B"]])
    #expect(totals.law.measures.flatMap(\.totals).map(\.name) == ["speed", "right"])
  }

  @Test func `expectations are ranges in units of the run`() throws {
    let scene = try readScene(
      ReadingTests.argon
        + "\nexpect: {t: {value: 100 kB K, within: 2 %}, p: {value: 1 bar, within: 0.5 bar}, x: {between: [1, 2]}}")
    let ranges = Dictionary(uniqueKeysWithValues: scene.expectations.map { ($0.total, $0.range) })
    // 100 K is 0.831446 kJ/mol; a bar is 0.0602214 kJ/mol/nm³.
    #expect(ranges["t"].map { abs($0.lowerBound - 0.98 * 0.8314463) < 1e-6 } == true)
    #expect(ranges["p"].map { abs($0.upperBound - 1.5 * 0.06022141) < 1e-7 } == true)
    #expect(ranges["x"] == 1...2)
  }

  @Test func `an estimate counts particles, frames and bytes`() throws {
    let estimate = try readScene(ReadingTests.argon, overrides: ["output={every: 100, fields: [velocity]}"]).estimate()
    #expect(estimate.particles == 864)
    #expect(estimate.frames == 201)
    // Three doubles of position, an id, three floats of velocity.
    #expect(estimate.storedBytesPerParticle == 24 + 8 + 12)
  }
}
