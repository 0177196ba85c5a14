import Expressions
import SampleFrames
import Testing

@testable import Snapshots

@Suite("Small parts of snapshots")
struct PartsTests {
  @Test(
    "Digests are SHA-256: the examples of FIPS 180-4",
    arguments: [
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ])
  func digests(_ text: String, _ expected: String) {
    var digest = Digest()
    for byte in text.utf8 { digest.add([byte]) }
    let hex = digest.finish().map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
    #expect(hex == expected)
  }

  @Test(
    "Units are written in exponent form",
    arguments: [
      (UnitSystem.molecular, Dimension(length: 1, mass: 1, time: -2), "kJ mol-1 nm-1"),
      (.molecular, Dimension(length: 2, mass: 1, time: -2), "kJ mol-1"),
      (.molecular, Dimension(length: 1, time: -1), "nm ps-1"), (.molecular, Dimension(time: 1, current: 1), "e"),
      (.molecular, Dimension(length: -3, mass: 1), "u nm-3"), (.si, Dimension(length: -3, mass: 1), "kg m-3"),
      (.si, Dimension(length: 1, mass: 1, time: -2), "N"), (.si, .one, "1"), (.reduced, Dimension(length: 1), "1"),
      (.si, Dimension(length: 1).power(Rational(1, 2)), "m0.5"),
    ])
  func units(_ system: UnitSystem, _ dimension: Dimension, _ expected: String) {
    #expect(system.unitName(of: dimension) == expected)
  }

  @Test(
    "Parts are numbered before the suffix",
    arguments: [
      ("run.h5", "run.0001.h5"), ("a.b/run", "a.b/run.0001"), ("x/run.v2.h5", "x/run.v2.0001.h5"), (".h5", ".h5.0001"),
    ])
  func parts(_ path: String, _ expected: String) {
    #expect(Parts.path(path, 1) == expected && Parts.path(path, 0) == path)
  }

  @Test(
    "Shapes are read from their descriptions",
    arguments: [
      Shape.scalar, .vector, .quaternion, .array(19, of: .scalar), .array(2, of: .vector),
      .array(3, of: .array(2, of: .symmetric)),
    ])
  func shapes(_ shape: Shape) {
    #expect(Shape(name: shape.description) == shape)
  }

  @Test("Rounding to bits keeps the nearest number and is its own fixed point")
  func rounding() {
    var random = Random(state: 11)
    for bits in 1..<30 {
      let value = (random.uniform() - 0.5) * 1e6
      let rounded = PackedValues.rounded([value], to: bits)[0]
      #expect(abs(rounded - value) <= value.ulp * 0x1p52 / Double(1 << (bits + 1)))
      #expect(PackedValues.rounded([rounded], to: bits)[0] == rounded)
      #expect(rounded.significand * Double(1 << bits) == (rounded.significand * Double(1 << bits)).rounded())
    }
  }
}
