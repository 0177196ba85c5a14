import Foundation
import Testing

@testable import Rendering

@Suite("Colours")
struct ColorTests {
  @Test("Every byte of sRGB survives the way to linear light and back, along the standard's curve")
  func roundTrip() {
    for byte in 0..<256 {
      let value = Double(byte) / 255
      let exact = value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
      #expect(abs(Double(SRGB.decoded[byte]) - exact) < 1e-6)
      #expect(SRGB.byte(SRGB.decoded[byte]) == UInt8(byte))
    }
    #expect(SRGB.byte(-1) == 0 && SRGB.byte(7) == 255 && SRGB.byte(.nan) <= 255)
  }

  @Test(
    "Maps begin and end where they were published",
    arguments: [
      (ColorMap.viridis, 0x440154, 0xFDE725), (.inferno, 0x000004, 0xFCFFA4), (.plasma, 0x0D0887, 0xF0F921),
      (.magma, 0x000004, 0xFCFDBF), (.cividis, 0x00224E, 0xFEE838), (.turbo, 0x30123B, 0x7A0403), (.coolwarm, 0x3B4CC0, 0xB40426),
    ] as [(ColorMap, UInt32, UInt32)])
  func ends(map: ColorMap, first: UInt32, last: UInt32) {
    #expect(near(map.color(at: 0).pixel, Color(hex: first).pixel))
    #expect(near(map.color(at: 1).pixel, Color(hex: last).pixel))
    #expect(map.color(at: -3) == map.color(at: 0) && map.color(at: 9) == map.color(at: 1))
  }

  private func near(_ a: SIMD4<UInt8>, _ b: SIMD4<UInt8>) -> Bool { (0..<4).allSatisfy { abs(Int(a[$0]) - Int(b[$0])) <= 1 } }

  @Test("The sequential maps grow lighter all the way", arguments: [ColorMap.viridis, .plasma, .inferno, .magma, .cividis])
  func lightness(map: ColorMap) {
    let luminances = (0...64).map { map.color(at: Double($0) / 64).luminance }
    #expect(zip(luminances, luminances.dropFirst()).allSatisfy { $0 < $1 + 1e-4 })
  }

  @Test("The sine of a picture is the sine", arguments: [0, 30, -62, 90, 180, 359, 1234.5, -1000] as [Double])
  func sine(degrees: Double) {
    let (sine, cosine) = sineAndCosine(degrees: degrees)
    #expect(abs(sine - sin(degrees * .pi / 180)) < 1e-13 && abs(cosine - cos(degrees * .pi / 180)) < 1e-13)
    #expect(sineAndCosine(degrees: 90) == (1, 0) && sineAndCosine(degrees: -180) == (0, -1))
  }

  @Test("The logarithm of an axis is the logarithm", arguments: [1e-12, 0.3, 1, 2, 9.99, 1e5, 3e200])
  func logarithms(value: Double) {
    #expect(abs(logarithm(value) - log10(value)) < 1e-12 * max(1, abs(log10(value))))
  }
}
