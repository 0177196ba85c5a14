/// A colour in linear light (red, green, blue; 1 is the white of the screen), so that mixing is what light does.
public struct Color: Sendable, Hashable {
  /// Red, green and blue in linear light.
  public var linear: SIMD3<Float>

  /// A colour of linear light.
  public init(linear: SIMD3<Float>) { self.linear = linear }

  /// A colour as web pages write it, such as `0x0072B2`, in sRGB.
  public init(hex: UInt32) {
    linear = SIMD3(
      SRGB.decoded[Int(hex >> 16 & 255)], SRGB.decoded[Int(hex >> 8 & 255)], SRGB.decoded[Int(hex & 255)])
  }

  /// Black ink.
  public static let black = Color(linear: .zero)
  /// The white of the screen.
  public static let white = Color(linear: .one)

  /// This colour with a share (0 to 1) of another mixed in, in linear light.
  public func mixed(with other: Color, share: Float) -> Color {
    Color(linear: linear + (other.linear - linear) * share)
  }

  /// Relative luminance (ITU-R BT.709): 0 black, 1 white.
  var luminance: Float { 0.2126 * linear.x + 0.7152 * linear.y + 0.0722 * linear.z }
}

/// The transfer curve of sRGB (IEC 61966-2-1) as tables made of + - * / alone: every machine rounds to the same bytes.
enum SRGB {
  /// Linear light of each byte.
  static let decoded: [Float] = (0..<256).map { Float(decode(Double($0) / 255)) }

  /// Linear light to bytes, as a value that loops can hold.
  struct Encoder: Sendable {
    fileprivate let table: [UInt8]

    /// The byte of a linear intensity, rounded to the nearest in sRGB; outside 0...1 is clipped.
    @inline(__always) func byte(_ linear: Float) -> UInt8 {
      table[Int(max(0, min(1, linear)) * Float(steps) + 0.5)]
    }
  }

  private static let steps = 8192
  static let encoder = Encoder(
    table: {
      let boundaries = (0..<255).map { decode((Double($0) + 0.5) / 255) }
      var byte = 0
      return (0...steps).map { step in
        while byte < 255, Double(step) / Double(steps) > boundaries[byte] { byte += 1 }
        return UInt8(byte)
      }
    }())

  /// The byte of a linear intensity; outside 0...1 is clipped.
  static func byte(_ linear: Float) -> UInt8 { encoder.byte(linear) }

  private static func decode(_ value: Double) -> Double {
    if value <= 0.04045 { return value / 12.92 }
    let x = (value + 0.055) / 1.055
    return x * x * fifthRoot(x * x)  // x^2.4
  }

  /// x^(1/5) for 0 < x <= 1, by Newton's iteration from above, where it falls monotonically.
  private static func fifthRoot(_ x: Double) -> Double {
    var root = 1.0
    for _ in 0..<60 { root = (4 * root + x / (root * root * root * root)) / 5 }
    return root
  }
}

/// Colours for kinds of things.
public enum Palette {
  /// Eight colours that colour-blind eyes tell apart: M. Okabe and K. Ito, Color Universal Design (2008), black left out for grey.
  public static let okabeIto: [Color] = [
    0x56B4E9, 0xD55E00, 0x009E73, 0xF0E442, 0x0072B2, 0xCC79A7, 0xE69F00, 0x8A8F98,
  ].map { Color(hex: $0) }

  /// The colour of the kind with this number, from 0; they repeat after eight.
  public static func color(_ index: Int) -> Color { okabeIto[((index % 8) + 8) % 8] }
}
