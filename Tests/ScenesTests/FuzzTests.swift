import Foundation
import Testing

@testable import Scenes

@Suite struct FuzzTests {
  private static let seeds = [
    ReadingTests.argon,
    reduced("{lattice: fcc, count: 100, density: 0.5}", box: "{size: fit}", more: ", velocities: {temperature: 1}"),
    """
    include: []
    units: {system: molecular}
    box: {size: [10, 10, 20] nm, origin: [0, 0, -10] nm, sides: [periodic, periodic, wall]}
    species:
      A: {fields: {mass: 40 u, charge: "if(id < 5, 1 , 0)*0"}, fill: {random: 10, distance: 1 Å, region: {from: [0, 0, 0] nm}}}
      B: {fields: {mass: 2 u}, fill: {points: [[1, 1, 1] nm, [2, 2, 2] nm], velocities: [[1, 0, 0] m/s, [0, 1, 0] m/s]}}
    laws:
      p: {law: pairs, epsilon: {A: 1 kJ/mol, B: 2 kJ/mol, A B: 94.4 kB K}, sigma: 3.405 Å, reduced: 1 u, cutoff: 3*sigma, shift: energy}
      drag: {gamma: {A: 1 ps^-1, B: 2 ps^-1}, every: 2, for: [A, B]}
      shaped: {wall: {formula: x.z - bottom, bottom: 5 Å}, pair: [[1 Å, 4 kJ/mol], [2 Å, 3 kJ/mol], [3 Å, 1 kJ/mol], [4 Å, 0]]}
    dt: 2 fs
    steps: 100
    measure: {speed: "mean(norm(velocity))"}
    stop when: potential > 0
    expect: {temperature: {value: 94.4 kB K, within: 3 %}, speed: {between: [1 m/s, 2 m/s]}}
    """,
  ]

  private static let pieces = [
    "[", "]", "{", "}", ": ", ", ", "\n", "  ", "- ", "\"", "#", "*a", "&a ", "1e400", "-1", "0", "nan", "inf", "1e-320",
    "9223372036854775808",
    "nm", "kB", "(", ")", "^", "?", "<<: ", "!!int ", "| ", "fit", "none", "\u{0}", "\u{FEFF}", "é", "[1, 2] nm", "../x",
    "species", "laws",
  ]

  /// One to three random edits: a piece put in, a stretch cut out, or doubled.
  private func mutant(_ text: String, _ random: inout SplitMix) -> String {
    var bytes = Array(text.utf8)
    for _ in 0...random.below(3) {
      let place = random.below(bytes.count + 1), end = min(bytes.count, place + random.below(24))
      switch random.below(3) {
      case 0: bytes.insert(contentsOf: Array(Self.pieces[random.below(Self.pieces.count)].utf8), at: place)
      case 1: bytes.removeSubrange(place..<end)
      default: bytes.insert(contentsOf: bytes[place..<end], at: random.below(bytes.count + 1))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: seeds) func `the texts that are mutated are scenes themselves`(text: String) throws {
    _ = try Scene.read(text: text, file: "seed.yaml", access: FileAccess(folder: repository), library: ParameterTests.laws)
  }

  // MOTE_FUZZ=200000 runs the long form.
  @Test func `mutated scenes are read or refused, and the resolved text of those that are read is read again`() throws {
    let count = ProcessInfo.processInfo.environment["MOTE_FUZZ"].flatMap { Int($0) } ?? 2000
    var random = SplitMix(state: 1)
    var readable = 0
    let access = FileAccess(folder: FileManager.default.temporaryDirectory)
    for number in 0..<count {
      let text = mutant(Self.seeds[number % Self.seeds.count], &random)
      guard let scene = try? Scene.read(text: text, file: "fuzz.yaml", access: access, library: ParameterTests.laws) else {
        continue
      }
      readable += 1
      let again = try? Scene.read(text: scene.resolvedText, file: "fuzz.yaml", access: access, library: ParameterTests.laws)
      #expect(again == scene, "mutant \(number):\n\(text)\nresolved:\n\(scene.resolvedText)")
      _ = scene.estimate()
    }
    // If nothing were read, the mutants would test the first lines of the reader alone.
    #expect(readable > count / 50)
  }
}

/// A small generator of random numbers for tests (SplitMix64).
struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
