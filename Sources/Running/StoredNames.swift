import World

/// Names of fields as restart files hold them: snapshots know lower-case letters, digits and underscores only, laws and the engine more.
enum StoredNames {
  private static let prefix = "encoded_"

  /// The name itself where it is one of a snapshot, else one that says all its characters.
  static func stored(_ name: String) -> String {
    let isPlain = name.first?.isLowercaseASCII == true && name.allSatisfy { $0.isLowercaseASCII || $0.isDigit || $0 == "_" }
    if isPlain && !name.hasPrefix(prefix) { return name }
    return prefix
      + name.utf8.map { byte in
        let character = Character(Unicode.Scalar(byte))
        return character.isLowercaseASCII || character.isDigit ? String(character) : "_" + hexadecimal(byte)
      }.joined()
  }

  /// The name that was stored.
  static func original(_ stored: String) -> String {
    guard stored.hasPrefix(prefix) else { return stored }
    var bytes: [UInt8] = [], rest = stored.dropFirst(prefix.count)
    while let first = rest.utf8.first {
      if rest.hasPrefix("_"), let byte = UInt8(rest.dropFirst().prefix(2), radix: 16) {
        bytes.append(byte)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(first)
        rest = rest.dropFirst()
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    let digits = String(byte, radix: 16)
    return digits.count < 2 ? "0" + digits : digits
  }
}

extension Character {
  fileprivate var isLowercaseASCII: Bool { ("a"..."z").contains(self) }
  fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
}

extension Frame {
  /// The same frame with the names of all its fields changed.
  func renamingFields(_ change: (String) -> String) -> Frame {
    func renamed(_ fields: [FrameField]) -> [FrameField] {
      fields.map { field in
        var field = field
        field.name = change(field.name)
        return field
      }
    }
    var frame = self
    frame.fields = renamed(frame.fields)
    for index in frame.lattices.indices { frame.lattices[index].fields = renamed(frame.lattices[index].fields) }
    for index in frame.links.indices { frame.links[index].fields = renamed(frame.links[index].fields) }
    return frame
  }
}
