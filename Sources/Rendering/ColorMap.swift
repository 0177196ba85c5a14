import Diagnostics

/// A perceptual colour map: a way from 0 to 1 through colours whose order and steps the eye can read.
public enum ColorMap: String, Sendable, CaseIterable {
  /// S. van der Walt and N. Smith (2015), CC0: dark blue to yellow, evenly in lightness.
  case viridis
  /// S. van der Walt and N. Smith (2015), CC0: blue over red to yellow.
  case plasma
  /// S. van der Walt and N. Smith (2015), CC0: black over red to pale yellow.
  case inferno
  /// S. van der Walt and N. Smith (2015), CC0: black over purple to cream.
  case magma
  /// J. R. Nuñez et al., PLOS ONE 13 (2018) e0199239: made for colour-blind eyes.
  case cividis
  /// A. Mikhailov, Google (2019), Apache-2.0: a rainbow with smooth lightness.
  case turbo
  /// K. Moreland, Diverging Color Maps for Scientific Visualization (2009): blue, grey, red.
  case coolwarm
  /// B. Bechtold (2017), CC0: cyclic, for angles and phases.
  case twilight

  /// A map by its name; throws a `Failure` that lists the near ones.
  public init(named name: String) throws(Failure) {
    guard let map = ColorMap(rawValue: name) else {
      let names = ColorMap.allCases.map(\.rawValue)
      throw Failure(.usage, "no colour map is called \(name)", hint: suggestion(for: name, among: names))
    }
    self = map
  }

  /// True where the middle means something: the range is then chosen symmetric about zero.
  public var isDiverging: Bool { self == .coolwarm }

  /// The colour at a place between 0 and 1, outside clipped; not a number is grey.
  public func color(at place: Double) -> Color {
    guard place == place else { return Color(hex: 0x808080) }
    let knots = ColorMap.knots[self, default: []]
    let position = max(0, min(1, place)) * Double(knots.count - 1)
    let index = min(Int(position), knots.count - 2)
    return ColorMap.mix(knots[index], knots[index + 1], share: Float(position - Double(index)))
  }

  /// Between two knots in sRGB, where the maps are defined and even to the eye.
  private static func mix(_ from: UInt32, _ to: UInt32, share: Float) -> Color {
    func channel(_ shift: UInt32) -> Float {
      let start = Float(from >> shift & 255), end = Float(to >> shift & 255)
      let value = start + (end - start) * share
      let byte = min(Int(value), 254)
      return SRGB.decoded[byte] + (SRGB.decoded[byte + 1] - SRGB.decoded[byte]) * (value - Float(byte))
    }
    return Color(linear: SIMD3(channel(16), channel(8), channel(0)))
  }

  /// 33 evenly spaced colours of each published table, which lines between them meet within 1 to 2 % of full scale.
  private static let knots: [ColorMap: [UInt32]] = [
    .viridis: [
      0x440154, 0x470D60, 0x48186A, 0x482374, 0x472D7B, 0x453681, 0x424086, 0x3F4989, 0x3B528B, 0x375A8D, 0x33638D,
      0x2F6A8E, 0x2C728E, 0x297A8E, 0x26818E, 0x23898E, 0x21908C, 0x1F988B, 0x1F9F88, 0x21A685, 0x28AE80, 0x31B57B,
      0x3EBC74, 0x4CC26C, 0x5DC963, 0x6ECE58, 0x82D34C, 0x96D83F, 0xABDC32, 0xC0DF24, 0xD5E21A, 0xEAE51A, 0xFDE725,
    ],
    .plasma: [
      0x0D0887, 0x220690, 0x310596, 0x3F049C, 0x4C02A1, 0x5901A5, 0x6600A7, 0x7201A8, 0x7E03A8, 0x8909A6, 0x9511A2,
      0x9F1A9C, 0xA92396, 0xB22C8E, 0xBB3587, 0xC33E80, 0xCB4778, 0xD25071, 0xD9596A, 0xE06263, 0xE66C5C, 0xEB7555,
      0xF07F4F, 0xF48A48, 0xF89441, 0xFB9F3A, 0xFDAB33, 0xFEB72D, 0xFDC328, 0xFCD025, 0xF9DD25, 0xF5EB27, 0xF0F921,
    ],
    .inferno: [
      0x000004, 0x040312, 0x0B0724, 0x150B37, 0x210C4A, 0x2E0A5A, 0x3C0965, 0x4A0C6B, 0x57106D, 0x63146E, 0x70196E,
      0x7D1E6D, 0x89226A, 0x962766, 0xA32B61, 0xAF315C, 0xBB3755, 0xC63E4D, 0xD14644, 0xDB4F3B, 0xE35932, 0xEB6528,
      0xF1711E, 0xF67F14, 0xF98D0A, 0xFB9C06, 0xFCAB0F, 0xFBBA1F, 0xF9CA32, 0xF5D949, 0xF2E865, 0xF3F586, 0xFCFFA4,
    ],
    .magma: [
      0x000004, 0x030311, 0x0A0822, 0x130D33, 0x1D1146, 0x28115A, 0x36106A, 0x430F76, 0x50127C, 0x5D177F, 0x691C81,
      0x762181, 0x822681, 0x8F2A81, 0x9C2E7F, 0xA9327D, 0xB63779, 0xC33B75, 0xCF4170, 0xDB486A, 0xE65163, 0xEE5C5E,
      0xF5695C, 0xF9785D, 0xFB8761, 0xFD9668, 0xFEA571, 0xFEB47B, 0xFEC387, 0xFED194, 0xFDE0A2, 0xFCEEB0, 0xFCFDBF,
    ],
    .cividis: [
      0x00224E, 0x00285B, 0x002E6A, 0x043371, 0x1A386F, 0x273E6E, 0x32436D, 0x3B496C, 0x434E6C, 0x4B546C, 0x52596D,
      0x5A5F6E, 0x61656F, 0x686A71, 0x6F7073, 0x757676, 0x7C7B78, 0x848179, 0x8B8778, 0x938D78, 0x9B9376, 0xA39A75,
      0xABA072, 0xB3A670, 0xBBAD6C, 0xC3B469, 0xCCBA64, 0xD4C15F, 0xDDC958, 0xE6D051, 0xEFD748, 0xF8DF3C, 0xFEE838,
    ],
    .turbo: [
      0x30123B, 0x392A73, 0x4040A1, 0x4456C7, 0x466BE3, 0x467FF6, 0x4293FF, 0x37A7FA, 0x29BBEC, 0x1DCDD8, 0x18DCC3,
      0x1EE8B0, 0x31F299, 0x4CF97E, 0x6BFD64, 0x8AFF4D, 0xA3FD3C, 0xB8F735, 0xCCED34, 0xDEE037, 0xEDD03A, 0xF8C03A,
      0xFDAE35, 0xFE982C, 0xFB8022, 0xF56817, 0xEC520F, 0xE04009, 0xD23105, 0xC02302, 0xAC1701, 0x950D01, 0x7A0403,
    ],
    .coolwarm: [
      0x3B4CC0, 0x445ACC, 0x4D68D7, 0x5775E1, 0x6282EA, 0x6C8EF1, 0x779AF7, 0x82A5FB, 0x8DB0FE, 0x98B9FF, 0xA3C2FE,
      0xAEC9FC, 0xB8D0F9, 0xC2D5F4, 0xCCD9EE, 0xD5DBE6, 0xDDDDDD, 0xE5D8D1, 0xECD3C5, 0xF1CCB9, 0xF4C4AD, 0xF7BBA0,
      0xF7B194, 0xF7A687, 0xF49A7B, 0xF18D6F, 0xEC7F63, 0xE57058, 0xDE604D, 0xD55042, 0xCB3E38, 0xC0282F, 0xB40426,
    ],
    .twilight: [
      0xE2D9E2, 0xDDD9E0, 0xD6D7DD, 0xCDD3D8, 0xC2CED4, 0xB7C8CF, 0xAAC2CC, 0x9FBBC9, 0x94B4C7, 0x8AADC5, 0x81A6C3,
      0x799EC2, 0x7296C1, 0x6C8EBF, 0x6886BE, 0x647EBC, 0x6275BA, 0x606CB8, 0x5F63B5, 0x5F5AB1, 0x5E50AC, 0x5E47A7,
      0x5D3DA0, 0x5C3398, 0x592A8F, 0x562284, 0x511B77, 0x4B1669, 0x45135C, 0x3E114F, 0x381145, 0x33113D, 0x2F1436,
    ],
  ]
}
