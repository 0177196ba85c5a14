import Diagnostics
import Testing

@testable import Expressions

@Suite("Units and dimensions")
struct UnitsTests {
  /// Text, value in SI, dimension.
  static let quantities: [(String, Double, String)] = [
    ("3.405 Å", 3.405e-10, "length"), ("0.238 kcal/mol", 995.792 / 6.02214076e23, "energy"),
    ("1.374 g/cm^3", 1374, "mass/volume"), ("1.2e-3 Pa s", 1.2e-3, "mass/(length*time)"),
    ("119.8 kB K", 119.8 * 1.380649e-23, "energy"), ("8.98e9 N m^2/C^2", 8.98e9, "energy*length/charge^2"),
    ("2 fs", 2e-15, "time"), ("-0.1 e", -1.602176634e-20, "charge"), ("180 degree", Double.pi, "1"),
    ("5 min", 300, "time"), ("1 nm^-1", 1e9, "1/length"), ("997 kg m-3", 997, "density"), ("3 %", 0.03, "1"),
    ("6.67430e-11 m^3/(kg s^2)", 6.67430e-11, "length^3/(mass*time^2)"), ("1 D", 3.33564095198152e-30, "charge*length"),
    ("39.948 u", 39.948 * 1.66053906892e-27, "mass"), ("1e-5", 1e-5, "1"), ("1 atm", 101325, "pressure"),
    ("2 eV/Å", 2 * 1.602176634e-9, "force"), ("1 mol", 6.02214076e23, "1"), ("1 A\u{30A}", 1e-10, "length"),
    ("4 m²", 4, "area"), ("1 m^(1/2)", 1, "length^(1/2)"), ("1 µs", 1e-6, "time"), ("1 cd", 1, "luminosity"),
    ("8.8541878188e-12 F/m", 8.8541878188e-12, "charge^2/(energy*length)"), ("10 kJ/mol", 1e4 / 6.02214076e23, "energy"),
  ]

  @Test("a quantity is read in SI", arguments: quantities)
  func values(text: String, value: Double, dimension: String) throws {
    let quantity = try Units.parse(text)
    #expect(abs(quantity.value - value) <= 1e-14 * abs(value))
    #expect(try quantity.dimension == DimensionExpression(SourceText(dimension)).dimension(space: 3).fixed)
  }

  @Test(
    "a wrong unit is refused with what to write",
    arguments: [
      ("3 Angstrom", "Angstrom is no known unit", "did you mean angstrom?"),
      ("3 us", "us is no known unit", "micro is written µ: µs"),
      ("2 J/kg K", "a factor after a / is ambiguous", "write a/(b c), or a c/b"),
      ("nm", "expected a number, found n", "a quantity is written 0.34 nm"),
      ("3 m^x", "expected a whole number as exponent, found x", ""),
      ("3 (m", "the ( before it is not closed", ""),
      ("1 ((m^99)^99)^99", "the exponents of this unit are too large", ""),
    ])
  func mistakes(text: String, message: String, hint: String) {
    #expect {
      try Units.parse(text)
    } throws: { error in
      (error as? Diagnostic)?.message == message && (error as? Diagnostic)?.hint == hint
    }
  }

  @Test(
    "a number with a unit is told from an expression",
    arguments: [
      ("3 nm", true), ("1e-3 Pa s", true), ("3 %", true), ("2*a", false), ("3", false), ("a", false), ("3.5/alpha", false),
      ("-2 nm", true),
    ])
  func beginnings(text: String, isQuantity: Bool) { #expect(Quantity.begins(text) == isQuantity) }

  @Test("volume, face, density and pressure follow the box, area does not", arguments: 1...3)
  func boxes(space: Int) throws {
    func dimension(_ text: String) throws -> Dimension {
      try DimensionExpression(SourceText(text)).dimension(space: space).fixed
    }
    #expect(try dimension("volume") == dimension("length^\(space)"))
    #expect(try dimension("face*length") == dimension("volume"))
    #expect(try dimension("density*volume") == dimension("mass"))
    #expect(try dimension("pressure*volume") == dimension("energy"))
    #expect(try dimension("area") == dimension("length^2"))
  }

  @Test("any stays open until it is bound")
  func openDimension() throws {
    let open = try DimensionExpression(SourceText("any/area")).dimension(space: 2)
    #expect(open.described(space: 2) == "any/area")
    let voltage = Dimension.named("voltage", space: 2) ?? .one
    #expect(open.resolved(any: voltage) == voltage / Dimension(length: 2))
  }

  @Test("a word that is no dimension gets the nearest")
  func unknownDimension() {
    #expect {
      try DimensionExpression(SourceText("lenght^2"))
    } throws: { error in
      (error as? Diagnostic)?.hint == "did you mean length?"
    }
  }
}
