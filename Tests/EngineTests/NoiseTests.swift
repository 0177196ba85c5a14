import Foundation
import KernelCompiler
import KernelTemplates
import Testing

@Suite("Counter-based noise")
struct NoiseTests {
  typealias Philox = @convention(c) (UnsafeMutablePointer<UInt32>, UInt32, UInt32) -> Void
  typealias Draws = @convention(c) (UnsafeMutablePointer<Double>, Int64, Double) -> Void
  typealias Pair = @convention(c) (UInt32, UInt32) -> Double

  static func library() throws -> KernelLibrary {
    let text =
      KernelTemplates.noise + """
        void philox(uint32_t *word, uint32_t key0, uint32_t key1) {
          const mote_block b = mote_philox((mote_block){{word[0], word[1], word[2], word[3]}}, key0, key1);
          for (int k = 0; k < 4; k++) word[k] = b.word[k];
        }
        void uniform(double *to, int64_t n, double x) { for (int64_t i = 0; i < n; i++) to[i] = mote_uniform(11, mote_counter(5, 1, i)) + 0 * x; }
        void normal(double *to, int64_t n, double x) { for (int64_t i = 0; i < n; i++) to[i] = mote_normal(11, mote_counter(5, 2, i)) + 0 * x; }
        void chi2(double *to, int64_t n, double x) { for (int64_t i = 0; i < n; i++) to[i] = mote_chi2(11, mote_counter(5, 3, i), x); }
        void poisson(double *to, int64_t n, double x) { for (int64_t i = 0; i < n; i++) to[i] = mote_poisson(11, mote_counter(5, 4, i), x); }
        double pair(uint32_t i, uint32_t j) { return mote_normal(11, mote_pair_counter(5, 1, i, j)); }
        """
    return try KernelLibrary(text, with: Toolchain())
  }

  /// Counter, key and result of `kat_vectors` of Random123 1.14, philox4x32 10.
  @Test(
    "Philox gives the known answers",
    arguments: [
      ([0, 0, 0, 0], [0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
      (
        [0xffff_ffff, 0xffff_ffff, 0xffff_ffff, 0xffff_ffff], [0xffff_ffff, 0xffff_ffff],
        [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
      ),
      (
        [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0],
        [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
      ),
    ] as [([UInt32], [UInt32], [UInt32])])
  func knownAnswers(_ counter: [UInt32], _ key: [UInt32], _ expected: [UInt32]) throws {
    var words = counter
    let library = try Self.library()
    try library.function("philox", as: Philox.self)(&words, key[0], key[1])
    #expect(words == expected)
  }

  @Test(
    "Means and variances are those of the distributions",
    arguments: [
      ("uniform", 0, 0.5, 1.0 / 12), ("normal", 0, 0, 1), ("chi2", 1, 1, 2), ("chi2", 7, 7, 14), ("poisson", 3.5, 3.5, 3.5),
      ("poisson", 100, 100, 100),
    ] as [(String, Double, Double, Double)])
  func moments(_ name: String, _ parameter: Double, _ mean: Double, _ variance: Double) throws {
    let count = 100_000
    var draws = [Double](repeating: 0, count: count)
    let library = try Self.library()
    try library.function(name, as: Draws.self)(&draws, Int64(count), parameter)
    let average = draws.reduce(0, +) / Double(count)
    let spread = draws.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(count)
    let error = (variance / Double(count)).squareRoot()
    #expect(abs(average - mean) < 4 * error)
    #expect(abs(spread / variance - 1) < 0.05)
  }

  @Test("Noise of a pair is the same from both ends and differs between pairs")
  func pairs() throws {
    let library = try Self.library(), pair = try library.function("pair", as: Pair.self)
    #expect(pair(3, 8) == pair(8, 3))
    #expect(pair(3, 8) != pair(3, 9))
  }

  @Test(
    "Pairs draw chi squared and Poisson numbers, in lanes and one by one", arguments: ["mixed", "double"],
    ["", ", memory: {seen: 1}"])
  func trials(precision: String, memory: String) throws {
    let law = """
      law: trials
      source: "none: a test"
      memory: {seen: 1}
      fields: {c: "1 = 0", p: "1 = 0", many: "1 = 0", square: "1 = 0"}
      passes:
      - interact:
          {within: 1.4*reach, let: {x: chi2(3), hits: poisson(2)}, sum: {c: x, p: hits, many: 1, square: "(hits - 2)^2"}\(memory)}
      parameters: {reach: length}
      measure: {average_c: sum(c)/sum(many), events: sum(p)/sum(many), spread: sum(square)/sum(many), pairs: sum(many)}
      """
    let simulation = try simulation(
      """
      units: reduced
      precision: \(precision)
      box: {size: [8, 8, 8]}
      species: {atom: {fill: {random: 1500, distance: 0.01}}}
      laws: {trials: {reach: 1}}
      dt: 1
      steps: 1
      """, laws: ["trials": law])
    let row = try simulation.run(steps: 1, sampling: 1)[0]
    func value(_ name: String) -> Double { row[name]?[0] ?? .nan }
    // Some 25000 pairs: means are known to a hundredth or so.
    #expect(value("pairs") > 40000)
    #expect(abs(value("average_c") - 3) < 0.06 && abs(value("events") - 2) < 0.04 && abs(value("spread") - 2) < 0.1)
  }
}
