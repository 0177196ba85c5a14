import Testing

@testable import Scenes

@Suite struct KeyPathTests {
  @Test("Paths lead to all values of a scene, and to the keys that it leaves out")
  func paths() {
    let paths = Scene.keyPaths(in: "dt: 1 fs\nlaws: {lj: {law: lennard-jones, sigma: 1}, verlet: {}}\n")
    #expect(paths.prefix(4) == ["dt", "laws.lj.law", "laws.lj.sigma", "laws.verlet"])
    #expect(paths.contains("seed") && !paths.contains("laws"))
  }

  @Test("A text that is no scene has the keys of any scene")
  func unreadable() { #expect(Scene.keyPaths(in: "a: [").contains("steps")) }
}
