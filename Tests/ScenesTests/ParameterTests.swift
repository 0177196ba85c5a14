import Diagnostics
import Foundation
import Laws
import Testing

@testable import Scenes

@Suite struct ParameterTests {
  static let laws = LawLibrary(texts: [
    "pairs": """
    law: pairs
    source: a test
    parameters:
      epsilon: {dimension: energy, per: pair, mix: geometric}
      sigma: {dimension: length, per: pair, mix: arithmetic}
      reduced: {dimension: mass, per: pair, mix: harmonic}
      other: {dimension: 1, per: pair, value: 1, mix: "max(a, b)"}
      cutoff: {dimension: length, per: pair, value: 2.5*sigma}
      rule: {choose: [hard, soft], value: soft}
    passes:
    - interact: {within: cutoff, energy: epsilon*(sigma/r)^12}
    """,
    "drag": """
    law: drag
    source: a test
    parameters: {gamma: {dimension: 1/time, per: species}}
    passes:
    - propagate: {force: -gamma*mass*velocity}
    """,
    "shaped": """
    law: shaped
    source: a test
    parameters: {wall: {of: vector length, dimension: length}, pair: {of: length, dimension: energy}, reach: {dimension: length, value: 1 nm}}
    passes:
    - interact: {within: reach, energy: pair(r)}
    """,
  ])

  private func read(_ laws: String, units: String = "molecular", folder: URL = URL(fileURLWithPath: "/")) throws -> Scene {
    let text = """
      units: \(units)
      box: {size: \(units == "reduced" ? "[10, 10, 10]" : "[10, 10, 10] nm")}
      species: {A: {}, B: {}}
      laws: {\(laws)}
      dt: \(units == "reduced" ? "1" : "1 fs")
      steps: 1
      """
    return try Scene.read(text: text, file: "test.yaml", access: FileAccess(folder: folder), library: Self.laws)
  }

  private func numbers(_ scene: Scene, _ name: String) -> [Double] {
    scene.laws[0][name]?.values.compactMap { if case .numbers(let numbers) = $0 { numbers[0] } else { nil } } ?? []
  }

  private func message(_ laws: String, units: String = "molecular") -> String {
    do {
      _ = try read(laws, units: units)
      return ""
    } catch { return "\(error)" }
  }

  @Test func `values of a pair are mixed by the rule of their parameter`() throws {
    let scene = try read(
      "pairs: {epsilon: {A: 1 kJ/mol, B: 4 kJ/mol}, sigma: {A: 0.3 nm, B: 0.5 nm}, reduced: {A: 2 u, B: 6 u}, other: {A: 3, B: 7}}"
    )
    for (name, mixed) in [("epsilon", 2.0), ("sigma", 0.4), ("reduced", 3), ("other", 7), ("cutoff", 1)] {
      let values = numbers(scene, name)
      #expect(values.count == 4)
      #expect(values[1].isApproximately(mixed), "\(name)")
      #expect(values[1] == values[2])
    }
    #expect(numbers(scene, "cutoff")[3].isApproximately(1.25))
    #expect(scene.laws[0]["rule"]?.values == [.word("soft")])
  }

  @Test func `a pair that is given is not mixed`() throws {
    let scene = try read(
      "pairs: {epsilon: {A: 1 kJ/mol, B: 4 kJ/mol, B A: 3 kJ/mol}, sigma: 0.3 nm, reduced: 1 u, cutoff: 3*sigma}")
    #expect(numbers(scene, "epsilon")[1].isApproximately(3))
    #expect(numbers(scene, "cutoff") == Array(repeating: 3 * numbers(scene, "sigma")[0], count: 4))
  }

  @Test func `a temperature times kB is an energy`() throws {
    let scene = try read("pairs: {epsilon: 119.8 kB K, sigma: 3.405 Å, reduced: 1 u}")
    #expect(abs(numbers(scene, "epsilon")[0] - 0.996071) < 1e-5)
    #expect(numbers(scene, "sigma")[0].isApproximately(0.3405))
  }

  @Test(arguments: [
    ("pairs: {epsilom: 1 kJ/mol, sigma: 1 nm, reduced: 1 u}", "pairs has no parameter epsilom", "did you mean epsilon?"),
    ("pairs: {epsilon: 1 kJ/mol, sigma: 1 nm}", "pairs: reduced is missing", "such as reduced: 39.948 u"),
    ("pairs: {epsilon: 94.4 K, sigma: 1 nm, reduced: 1 u}", "epsilon: expected energy, found temperature", "94.4 kB K"),
    (
      "pairs: {epsilon: 1.5, sigma: 1 nm, reduced: 1 u}", "epsilon: 1.5 has no unit, expected energy",
      "say units: {system: reduced}"
    ),
    ("pairs: {epsilon: 1 kJ/mol, sigma: 2*cutoff, cutoff: 2*sigma, reduced: 1 u}", "depends on itself", ""),
    (
      "pairs: {epsilon: {krypton: 1 kJ/mol}, sigma: 1 nm, reduced: 1 u}", "krypton is no species that pairs acts on",
      "known here: A, B"
    ),
    ("pairs: {epsilon: {A: 1 kJ/mol}, sigma: 1 nm, reduced: 1 u}", "epsilon: no value for pair (A, B)", ""),
    ("pairs: {epsilon: 1 kJ/mol, sigma: 1 nm, reduced: 1 u, rule: sofd}", "rule: expected hard, soft", "did you mean soft?"),
    ("pairs: {epsilon: 1 kJ/mol, sigma: 1 nm, reduced: 1 u, cutoff: epsilon*2}", "cutoff: expected length, found energy", ""),
    ("drag: {gamma: {A: 1 ps^-1}}", "gamma: no value for B", ""), ("drug: {}", "there is no law drug", "did you mean drag?"),
    ("drag: {gamma: 1 ps^-1, tail: true}", "tail is for laws with a pair energy", ""),
    ("shaped: {wall: x.z - 1, pair: 0}", "x.z - 1: cannot subtract a pure number from length", ""),
  ])
  func `mistakes in parameters are named`(laws: String, found: String, hint: String) {
    let text = message(laws)
    #expect(hint.isEmpty || text.contains(hint))
    #expect(text.contains(found))
  }

  @Test func `functions are formulas with constants, points, or tables`() throws {
    let folder = try TemporaryFolder(["pair.dat": "# r in Å, energy in kJ/mol\n1 4\n2 3\n3, 1\n4 0\n"])
    let scene = try read(
      "shaped: {wall: {formula: x.z - bottom, bottom: 5 Å}, pair: {table: pair.dat, units: [Å, kJ/mol]}}", folder: folder.url)
    guard case .function(.formula(let wall))? = scene.laws[0]["wall"]?.values.first,
      case .function(.points(let points))? = scene.laws[0]["pair"]?.values.first
    else {
      Issue.record("no functions")
      return
    }
    #expect(wall.constants["bottom"]?.numbers[0].isApproximately(0.5) == true)
    #expect(points.count == 4)
    #expect(points[2][0].isApproximately(0.3) && points[2][1].isApproximately(1))
  }

  @Test func `a scene with laws is equal to its resolved text read again`() throws {
    let scene = try read(
      "pairs: {epsilon: {A: 1 kJ/mol, B: 4 kJ/mol}, sigma: 0.3 nm, reduced: 1 u}, d: {law: drag, gamma: 2 ps^-1, for: B, every: 3}"
    )
    let again = try Scene.read(text: scene.resolvedText, file: "test.yaml", access: scene.access, library: Self.laws)
    #expect(again == scene)
    #expect(scene.resolvedText.contains("cutoff: 2.5*sigma"))
    #expect(scene.laws[1].species == ["B"])
    #expect(scene.laws[1].every == 3)
  }
}
