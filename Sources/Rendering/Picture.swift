/// A picture: rows of RGBA pixels from the top, 8 bits each, in sRGB with straight alpha.
public struct Picture: Sendable, Hashable {
  /// Pixels across.
  public let width: Int
  /// Pixels down.
  public let height: Int
  /// Row by row from the top left: red, green, blue, alpha.
  public var pixels: [SIMD4<UInt8>]

  /// A picture of one opaque colour; `width` and `height` are in pixels, at least 1.
  public init(width: Int, height: Int, fill: Color = .white) {
    precondition(width > 0 && height > 0, "a picture has pixels")
    self.width = width
    self.height = height
    pixels = Array(repeating: fill.pixel, count: width * height)
  }

  /// The pixel in column `x` and row `y`, from the top left.
  public subscript(x: Int, y: Int) -> SIMD4<UInt8> {
    get { pixels[y * width + x] }
    set { pixels[y * width + x] = newValue }
  }

  /// True if no pixel lets the background through.
  public var isOpaque: Bool { pixels.allSatisfy { $0.w == 255 } }

  /// Lays a colour over one pixel, covering a share (0 to 1) of it.
  mutating func blend(_ color: Color, x: Int, y: Int, coverage: Float) {
    let old = self[x, y]
    let oldAlpha = Float(old.w) / 255
    let alpha = coverage + oldAlpha * (1 - coverage)
    guard alpha > 0 else { return }
    let below = SIMD3(SRGB.decoded[Int(old.x)], SRGB.decoded[Int(old.y)], SRGB.decoded[Int(old.z)])
    let mixed = (color.linear * coverage + below * (oldAlpha * (1 - coverage))) / alpha
    self[x, y] = Color(linear: mixed).pixel(alpha: alpha)
  }
}

extension Picture: CustomStringConvertible {
  /// Its size, not its pixels.
  public var description: String { "picture of \(width) x \(height) pixels" }
}

extension Color {
  /// The opaque pixel of this colour.
  var pixel: SIMD4<UInt8> { pixel(alpha: 1) }

  func pixel(alpha: Float) -> SIMD4<UInt8> {
    SIMD4(SRGB.byte(linear.x), SRGB.byte(linear.y), SRGB.byte(linear.z), UInt8(max(0, min(1, alpha)) * 255 + 0.5))
  }
}
