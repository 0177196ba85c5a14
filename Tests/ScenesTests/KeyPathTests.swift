import Testing

@testable import Scenes

@Suite struct KeyPathTests {
  @Test("Paths lead to all values of a scene, and to the keys that it leaves out")
  func paths() {
    let paths = Scene.keyPaths(in: "dt: 1 fs\nlaws: {lj: {law: lennard-jones, sigma: 1}, verlet: {}}\n")
    #expect(paths.prefix(4) == ["dt", "laws.lj.law", "laws.lj.sigma", "laws.verlet"])
    #expect(paths.contains("seed") && !paths.contains("laws"))
  }

  @Test("A quantity is found at its path, also under keys that hold dots; what is none is none")
  func quantities() {
    let text = "dt: 1 fs\nlaws: {lj: {law: lennard-jones, sigma: 2}}\nmeasure: {a.b: 3}\n"
    #expect(Scene.quantity(at: "dt", in: text)?.value == 1e-15)
    #expect(Scene.quantity(at: "laws.lj.sigma", in: text)?.value == 2)
    #expect(Scene.quantity(at: "measure.a.b", in: text)?.value == 3)
    for path in ["laws.lj.law", "laws.lj", "laws.lj.sigmas", "law", "", "dt."] {
      #expect(Scene.quantity(at: path, in: text) == nil, "\(path)")
    }
  }

  @Test("A text that is no scene has the keys of any scene")
  func unreadable() { #expect(Scene.keyPaths(in: "a: [").contains("steps")) }
}
