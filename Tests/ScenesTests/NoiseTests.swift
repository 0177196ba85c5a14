import Testing

@testable import Scenes

@Suite struct NoiseTests {
  // Known answers of the Random123 distribution (kat_vectors, philox4x32 10).
  @Test(arguments: [
    (SIMD4<UInt32>(repeating: 0), SIMD2<UInt32>(repeating: 0), SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
    (SIMD4(repeating: UInt32.max), SIMD2(repeating: UInt32.max), SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
    (
      SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0),
      SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func `Philox gives the published answers`(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, answer: SIMD4<UInt32>) {
    #expect(Noise.philox(counter, key: key) == answer)
  }

  @Test func `normal numbers have mean 0, variance 1 and kurtosis 3`() {
    let noise = Noise(seed: 5, stream: .velocity)
    let numbers = (0..<50_000).flatMap { id in (0..<4).map { noise.normal(UInt64(id), 0)[$0] } }
    let count = Double(numbers.count)
    func moment(_ power: Int) -> Double {
      numbers.reduce(0) { sum, x in sum + (0..<power).reduce(1) { value, _ in value * x } } / count
    }
    // Four standard errors of each moment: √(1/n), √(2/n), √(96/n).
    #expect(abs(moment(1)) < 4 * (1 / count).squareRoot())
    #expect(abs(moment(2) - 1) < 4 * (2 / count).squareRoot())
    #expect(abs(moment(4) - 3) < 4 * (96 / count).squareRoot())
  }
}
