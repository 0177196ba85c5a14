import Diagnostics
import Expressions
import Foundation
import Laws
import Testing

@testable import Fitting

@Suite("A fitted law is a law")
struct ClosingTests {
  private let text = """
    law: pair                 # a remark
    source: "somebody"
    parameters:
      epsilon: energy
      range: {dimension: length, value: 1.2 nm}
    holes: {phi: {like: spline}}
    passes:
    - interact: {within: range, energy: "?epsilon*exp(-r/range) + ?phi(r)"}   # another
    """

  private func closed(_ units: UnitSystem) throws -> String {
    let spline = Spline(knots: [0.25, 0.5, 1, 1.2], values: [3, 1, 0.5, 0])
    let fillings = [Filling.number(2), .function(spline)]
    let open = try OpenLaw(text: text, file: "pair.yaml", space: 3)
    return try open.closed(by: fillings, errors: fillings, in: units, name: "fitted", remark: "learned\nfrom tests")
  }

  @Test("Holes become parameters with value and error, in units that the law reader takes")
  func parameters() throws {
    let law = try Law.read(text: try closed(.molecular), file: "fitted.yaml")
    _ = try law.checked(space: 3)
    #expect(law.name == "fitted" && law.holeNames.isEmpty && law.holes.isEmpty)
    let epsilon = try #require(law.parameter("epsilon"))
    guard case .quantity(let value, let dimension) = epsilon.value else { return #expect(Bool(false), "no quantity") }
    #expect(abs(value - 2e3 / 6.02214076e23) < 1e-9 * value && dimension == Dimension(length: 2, mass: 1, time: -2))
    #expect(epsilon.error == epsilon.value)
    let learned = try #require(law.parameter("phi"))
    guard case .points(let points) = learned.value else { return #expect(Bool(false), "no points") }
    #expect(points.count == 4 && learned.isFunction)
  }

  @Test("What was not open stays as it was, remarks included")
  func rest() throws {
    let new = try closed(.molecular)
    #expect(new.hasPrefix("# learned\n# from tests\nlaw: fitted\n"))
    #expect(new.contains("# another") && new.contains("epsilon*exp(-r/range) + phi(r)") && new.contains("1.2 nm"))
  }

  @Test("In reduced units numbers stand alone")
  func reduced() throws {
    #expect(try closed(.reduced).contains("value: 2,"))
  }

  @Test("A unit is written so that reading it gives the number back", arguments: [UnitSystem.molecular, .si, .cgs])
  func units(system: UnitSystem) throws {
    for dimension in [
      Dimension(length: 1), Dimension(length: 2, mass: 1, time: -2), Dimension(length: 1, mass: 1, time: -2), Dimension(time: -1),
      Dimension(length: 3, mass: 1, time: -2), Dimension(time: 1, current: 1),
    ] {
      let unit = UnitText(system, dimension)
      let read = try Units.parse("\(3 * unit.factor) \(unit.name)")
      #expect(abs(read.value / (3 * system.scale(of: dimension)) - 1) < 1e-8 && read.dimension == dimension)
    }
  }
}
