import Diagnostics

/// What stands behind a scene, and the ink that is read on it.
public enum Background: String, Sendable, CaseIterable {
  case light, dark, white, black, transparent

  /// A background by its name; throws a `Failure` that lists the near ones.
  public init(named name: String) throws(Failure) {
    guard let background = Background(rawValue: name) else {
      throw Failure(
        .usage, "no background is called \(name)", hint: suggestion(for: name, among: Background.allCases.map(\.rawValue)))
    }
    self = background
  }

  var isTransparent: Bool { self == .transparent }

  /// The colour of one row of pixels: a quiet gradient where there is one.
  func color(row: Int, of height: Int) -> Color {
    let place = (Float(row) + 0.5) / Float(height)
    switch self {
    case .light: return Color(hex: 0xFBFCFD).mixed(with: Color(hex: 0xD3DBE5), share: place)
    case .dark: return Color(hex: 0x14171C).mixed(with: Color(hex: 0x343B47), share: place)
    case .white, .transparent: return .white
    case .black: return .black
    }
  }

  /// The colour of text and axes.
  var ink: Color {
    switch self {
    case .light, .white, .transparent: Color(hex: 0x1C2430)
    case .dark, .black: Color(hex: 0xE8ECF1)
    }
  }

  /// The colour of the box.
  var edge: Color {
    switch self {
    case .light, .white, .transparent: Color(hex: 0x3C4654)
    case .dark, .black: Color(hex: 0x9AA5B4)
    }
  }
}
