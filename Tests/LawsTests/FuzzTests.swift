import Diagnostics
import Foundation
import Testing

@testable import Laws

/// Laws with mistakes made by chance, the same on every machine.
struct Mutator {
  private var generator: SeededGenerator
  private let texts: [[UInt8]]

  init(seed: UInt64, texts: [String]) {
    generator = SeededGenerator(seed: seed)
    self.texts = texts.map { Array($0.utf8) }
  }

  /// Pieces that hurt parsers: signs of the language, of YAML, long numbers, deep nesting.
  private static let pieces: [[UInt8]] = [
    "(", ")", "[", "]", "{", "}", ",", ":", ": ", "\n", "\n- ", "  ", "\"", "'", "#", "?", "*", "&a", "*a", "^", "..<", "1e999",
    "-", "not ",
    "sum(q in 0..<9: ", "c[q]", "[i]", "dot(", "grad(", "0", "9999999999999999999", "0.1e-400", "any", "/0", "^-1^999", "|", ">",
    "%", "\t",
    "\u{0}", "é", "\u{2028}", "use: poisson", "state", "world", "let: {a: b, b: a}", "dimensions", "links[3]", "array[4096]",
    String(repeating: "(", count: 300), String(repeating: "[", count: 300), String(repeating: "-", count: 300),
    String(repeating: "r^", count: 300),
  ].map { Array($0.utf8) }

  mutating func next() -> String {
    var text = pick(texts)
    for _ in 0..<Int.random(in: 1...4, using: &generator) { mutate(&text) }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func pick<Element>(_ items: [Element]) -> Element { items[Int.random(in: 0..<items.count, using: &generator)] }

  private mutating func range(in text: [UInt8], upTo longest: Int) -> Range<Int> {
    let start = Int.random(in: 0...text.count, using: &generator)
    return start..<min(text.count, start + Int.random(in: 0...longest, using: &generator))
  }

  private mutating func mutate(_ text: inout [UInt8]) {
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: text.removeSubrange(range(in: text, upTo: 20))
    case 1: text.insert(contentsOf: pick(Mutator.pieces), at: range(in: text, upTo: 0).lowerBound)
    case 2: text.replaceSubrange(range(in: text, upTo: 6), with: pick(Mutator.pieces))
    case 3:
      let copy = Array(text[range(in: text, upTo: 80)])
      text.insert(contentsOf: copy, at: range(in: text, upTo: 0).lowerBound)
    case 4:
      let other = pick(texts)
      var copy = self
      let piece = other[copy.range(in: other, upTo: 80)]
      self = copy
      text.replaceSubrange(range(in: text, upTo: 40), with: piece)
    default:
      let place = range(in: text, upTo: 1)
      if !place.isEmpty { text[place.lowerBound] = UInt8.random(in: 0...255, using: &generator) }
    }
  }
}

/// A small generator of pseudo-random numbers (SplitMix64), the same on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Seconds that the processor has worked for this thread; what else the machine does is not counted.
private func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
}

@Suite("Bad input")
struct FuzzTests {
  static var texts: [String] {
    [LawFiles.examples, LawFiles.shipped, LawFiles.mistakes].flatMap { folder in
      LawLibrary(folders: [folder]).names.compactMap { try? LawLibrary.text(of: folder.appendingPathComponent($0 + ".yaml")) }
    }
  }

  /// `MOTE_FUZZ=200000` runs that many mutants; a few are run always.
  static let count = ProcessInfo.processInfo.environment["MOTE_FUZZ"].flatMap { Int($0) } ?? 400

  @Test("no mutated law crashes or holds up reading and checking", arguments: 0..<4)
  func mutants(seed: Int) {
    var mutator = Mutator(seed: UInt64(seed), texts: FuzzTests.texts)
    for number in 0..<(FuzzTests.count / 4) {
      let text = mutator.next()
      let start = processorSeconds()
      _ = Law.problems(inText: text, file: "mutant.yaml", library: LawFiles.exampleLibrary)
      let seconds = processorSeconds() - start
      #expect(seconds < 2, "mutant \(number) of seed \(seed) took \(seconds) s:\n\(text)")
    }
  }

  @Test("a text that grows by sharing is refused at once")
  func aliasBomb() {
    let lines = (1...20).map { "a\($0): &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ", "))]" }
    let text = "law: bomb\nsource: x\na0: &a0 [lol]\n" + lines.joined(separator: "\n")
    let problems = Law.problems(inText: text, file: "bomb.yaml")
    #expect(problems.items.map(\.message).contains { $0.hasPrefix("anchors and aliases") })
  }

  @Test("abbreviations that double in each line are checked in time that grows with their number")
  func doubling() {
    let lets = (1...60).map { "      a\($0): a\($0 - 1)*a\($0 - 1)" }
    let head = ["law: doubling", "source: x", "parameters: {x0: length}", "passes:", "- propagate:", "    let:", "      a0: x0"]
    let text = (head + lets + ["    velocity: a60"]).joined(separator: "\n")
    let problems = Law.problems(inText: text, file: "doubling.yaml")
    #expect(problems.hasErrors)
  }

  @Test("parts that run parts twice are walked once")
  func parts() {
    let parts = (0..<60).map { "  p\($0): [p\($0 + 1), p\($0 + 1)]" }.joined(separator: "\n")
    let text = "law: parts\nsource: x\nparts:\n\(parts)\n  p60: [propagate: {velocity: velocity}]\npasses: [p0]\n"
    #expect(Law.problems(inText: text, file: "parts.yaml").items.isEmpty)
  }

  @Test(
    "hostile sizes are refused",
    arguments: [
      String(repeating: "[", count: 100_000), "law: " + String(repeating: "x", count: 300_000), "", "\u{0}", "- - - - - - - -",
      "law: [",
      "{", "? a", String(repeating: "- ", count: 5000), "passes:\n" + String(repeating: " -", count: 900),
    ])
  func sizes(text: String) {
    #expect(Law.problems(inText: text, file: "hostile.yaml").hasErrors)
  }
}
