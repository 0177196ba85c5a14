import Diagnostics
import Laws
import Testing

@testable import Fitting

private func message(_ interact: String, parameters: String = "") -> String {
  let text = "law: pair\nsource: test\nparameters: {reach: length, \(parameters)}\npasses:\n- interact: \(interact)\n"
  do {
    _ = try OpenLaw(text: text, file: "pair.yaml", space: 3)
    return ""
  } catch {
    return error.description
  }
}

@Suite("Laws that cannot be learned are refused with a reason")
struct MistakeTests {
  @Test("No holes") func none() {
    #expect(message("{within: reach, energy: w/r}", parameters: "w: energy*length").contains("no holes"))
  }

  @Test("A dimension that the place does not tell") func dimension() {
    #expect(message("{within: reach, energy: \"?a*?b\"}").contains("does not tell the dimension of ?a"))
  }

  @Test("The place tells the dimension where it can") func inference() throws {
    let text = """
      law: pair
      source: test
      parameters: {reach: length}
      passes:
      - interact: {within: reach, let: {x: r}, energy: "?(x)*exp(-?k*x)"}
      """
    let holes = try OpenLaw(text: text, file: "pair.yaml", space: 3).holes
    #expect(holes.map(\.name) == ["learned", "k"])
    #expect(holes[0].kind == .function(of: .init(length: 1)))
    #expect(holes[1].dimension == .init(length: -1))
  }

  @Test("A hole in the range") func range() {
    #expect(message("{within: \"?c\", energy: \"?e*exp(-r/?c)\"}", parameters: "c: length, e: energy").contains("who meets whom"))
  }

  @Test("One name for two things") func twoThings() {
    #expect(message("{within: reach, energy: \"?f(r) + ?f\"}", parameters: "f: energy").contains("two things"))
  }

  @Test("Functions of several numbers") func arguments() {
    #expect(message("{within: reach, energy: \"?f(r, r)\"}").contains("functions of one number"))
  }

  @Test("A range beyond half the box, and data without forces or velocities") func data() throws {
    try withTemporaryFolder { folder in
      let file = folder + "/run.h5", law = folder + "/law.yaml"
      let liquid = Liquid(push: { _ in 0 })
      try liquid.snapshot(file, frames: 1)
      try
        "law: law\nsource: test\nparameters: {reach: {dimension: length, value: 4}}\npasses:\n- interact: {within: reach, energy: \"?(r)\"}\n"
        .write(toFile: law, atomically: true, encoding: .utf8)
      func message(_ options: FitOptions) -> String {
        do {
          _ = try Fitter(library: LawLibrary(), options: options).fit(law: law, to: [file])
          return ""
        } catch {
          return "\(error)"
        }
      }
      #expect(message(FitOptions()).contains("exceeds half the periodic side"))
      #expect(message(FitOptions(targets: .accelerations)).contains("no field velocity"))
    }
  }
}
