import Diagnostics
import Expressions
import Testing

@testable import Laws

@Suite("What the names of a law are")
struct TypesTests {
  static func law(_ lines: String...) throws -> Law {
    try Law.read(text: (["law: test", "source: test"] + lines).joined(separator: "\n"), file: "test.yaml")
  }

  static func dimension(_ text: String, space: Int = 3) throws -> Dimension {
    try DimensionExpression(SourceText(text)).dimension(space: space).fixed
  }

  @Test("known fields need no declaration, and follow the box", arguments: 1...3)
  func knownFields(space: Int) throws {
    let law = try TypesTests.law("fields: {density: density}", "passes: [propagate: {density: density}]")
    #expect(try law.fieldType("density", role: "", space: space)?.dimension == TypesTests.dimension("mass/length^\(space)"))
    #expect(law.fieldType("spin", role: "", space: space)?.shape.components(space: space) == [0, 1, 3][space - 1])
    #expect(law.fieldType("colour", role: "", space: space) == nil)
    #expect(Law.knownFields(space: space).contains { $0.name == "position" && $0.shape == .vector })
  }

  @Test(
    "laws with an energy, force, torque or rate run in the slot, others in the step",
    arguments: [
      ("lennard-jones", true), ("newton", true), ("velocity-damping", true), ("pic-electrostatic", true),
      ("velocity-verlet", false),
      ("brownian", false), ("mls-mpm", false), ("xpbd", false),
    ])
  func forceLaws(name: String, isForceLaw: Bool) throws {
    #expect(try LawFiles.exampleLibrary.law(named: name).isForceLaw == isForceLaw)
  }

  @Test("a law that is used is put in place, and its any becomes what it is bound to")
  func use() throws {
    let checked = try LawFiles.exampleLibrary.law(named: "pic-electrostatic").checked(space: 3, library: LawFiles.exampleLibrary)
    let residual = try #require(checked.types.field("res", role: "g"))
    #expect(try residual.dimension.fixed == TypesTests.dimension("voltage/area"))
    #expect(checked.law.parameter("tolerance") != nil)
    #expect(!checked.law.passes.contains { if case .use = $0 { true } else { false } })
    #expect(checked.law.passes.contains { if case .repeat = $0 { true } else { false } })
  }

  @Test("a law that is used knows its fields by the names they are bound to")
  func renamedUse() throws {
    let text = [
      "law: test", "source: test", "species: {mesh: lattice}",
      "fields: {pressure: pressure, push: pressure/area, fixed: boolean}",
      "passes: [{use: poisson, g: mesh, phi: pressure, source: push}]",
    ]
    let law = try Law.read(text: text.joined(separator: "\n"), file: "test.yaml")
    let checked = try law.checked(space: 2, library: LawFiles.exampleLibrary)
    #expect(try checked.types.field("dir", role: "mesh")?.dimension.fixed == TypesTests.dimension("pressure/area", space: 2))
    #expect(checked.types.field("phi", role: "mesh") == nil)
  }

  @Test("a pass knows what it reads, through abbreviations too, and what it writes")
  func accesses() throws {
    let law = try TypesTests.law(
      "parameters: {gamma: 1/time, range: length}", "let: {drag: gamma*mass}", "passes:",
      "- propagate: {velocity: velocity - dt*drag*velocity/mass}",
      "- interact: {within: range, let: {v: \"dot(u, n)\"}, force: \"-gamma*(mass[i] + mass[j])*v*n\"}")
    let checked = try law.checked(space: 3)
    let accesses = checked.accesses.sorted { ($0.key.line) < ($1.key.line) }.map(\.value)
    #expect(
      accesses[0].reads == [
        Access(role: "", name: "velocity", end: ""), Access(role: "", name: "mass", end: ""),
        Access(role: "world", name: "dt", end: ""),
      ])
    #expect(accesses[0].writes == [Access(role: "", name: "velocity", end: "")])
    #expect(
      Set(accesses[1].reads.map { $0.name + $0.end }) == ["massi", "massj", "positioni", "positionj", "velocityi", "velocityj"])
    #expect(Set(accesses[1].writes.map { $0.name + $0.end }) == ["forcei", "forcej"])
  }

  @Test("totals have the dimension of what is summed")
  func totals() throws {
    let checked = try LawFiles.shippedLibrary.law(named: "thermodynamics").checked(space: 2)
    #expect(try checked.totals["pressure"]?.dimension?.fixed == TypesTests.dimension("energy/area", space: 2))
    #expect(try checked.totals["temperature"]?.dimension?.fixed == TypesTests.dimension("energy"))
    #expect(checked.totals["momentum"]?.kind == .vector)
    let histogram = try LawFiles.shippedLibrary.law(named: "radial-distribution").checked(space: 3).totals["g"]
    #expect(histogram?.kind == .array(nil, .scalar))
    #expect(histogram?.dimension == .one)
  }

  @Test(
    "the place of a hole decides what it is",
    arguments: [
      ("energy: \"?(r)\"", "energy"), ("force: \"-?gamma*u\"", "mass/time"), ("force: \"-?k*(r - range)*n\"", "force/length"),
      ("energy: \"mass[i]*?a/r\"", "energy*length/mass"), ("energy: \"?a*exp(-r/range)\"", "energy"),
      ("energy: \"mass[i]*range^2/dt^2*exp(-r/?b)\"", "length"), ("force: \"if(r < range, ?c, 0)*n\"", "force"),
      ("energy: \"mass[i]*range^2/dt^2*(1 - r/(range + ?s))\"", "length"),
    ])
  func holes(outcome: String, dimension: String) throws {
    let law = try TypesTests.law("parameters: {range: length}", "passes:", "- interact: {within: range, \(outcome)}")
    let hole = try #require(try law.checked(space: 3).holes.first)
    #expect(try hole.type.dimension?.fixed == TypesTests.dimension(dimension))
    #expect(hole.arguments.count == (outcome.contains("?(r)") ? 1 : 0))
  }

  @Test("one hole cannot be two things")
  func unlikeHoles() throws {
    let law = try TypesTests.law(
      "parameters: {range: length}", "passes:", "- interact: {within: range, energy: \"?a\", force: \"?a*n\"}")
    #expect(law.check().items.map(\.message) == ["?a is energy elsewhere and force here"])
  }
}
