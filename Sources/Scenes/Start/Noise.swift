import Foundation

/// Random numbers that depend on a key and a counter alone, never on order: Philox4x32-10 of
/// J. K. Salmon et al., Proc. SC11 (2011), doi:10.1145/2063384.2063405.
struct Noise {
  /// What numbers are drawn for; equal counters of different streams have nothing in common.
  enum Stream: UInt32 { case velocity = 1, insertion, replacement, field, walk }

  var seed: UInt64
  var stream: Stream

  /// Four numbers, uniform in the open interval (0, 1).
  func uniform(_ first: UInt64, _ second: UInt32) -> SIMD4<Double> {
    let counter = SIMD4(UInt32(truncatingIfNeeded: first), UInt32(truncatingIfNeeded: first >> 32), second, stream.rawValue)
    let bits = Noise.philox(counter, key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
    return (SIMD4<Double>(bits) + 0.5) * 0x1p-32
  }

  /// Four independent normal numbers (Box and Muller).
  func normal(_ first: UInt64, _ second: UInt32) -> SIMD4<Double> {
    let u = uniform(first, second)
    let a = (-2 * log(u[0])).squareRoot(), b = (-2 * log(u[1])).squareRoot()
    return SIMD4(a * cos(2 * .pi * u[2]), a * sin(2 * .pi * u[2]), b * cos(2 * .pi * u[3]), b * sin(2 * .pi * u[3]))
  }

  static func philox(_ counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var c = counter, k = key
    for _ in 0..<10 {
      let first = c[0].multipliedFullWidth(by: 0xD251_1F53), second = c[2].multipliedFullWidth(by: 0xCD9E_8D57)
      c = SIMD4(second.high ^ c[1] ^ k[0], second.low, first.high ^ c[3] ^ k[1], first.low)
      k &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return c
  }
}
