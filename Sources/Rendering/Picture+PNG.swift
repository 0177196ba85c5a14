import CPicture
import Diagnostics

extension Picture {
  /// Writes the picture as a PNG file (RGB, or RGBA if it is not opaque), replacing what is there; throws `Failure`.
  public func writePNG(to path: String) throws(Failure) {
    let opaque: Int32 = isOpaque ? 1 : 0
    let size = (Int32(width), Int32(height))
    let message = calling { message in
      pixels.withUnsafeBytes {
        cpicture_write_png(path, $0.bindMemory(to: UInt8.self).baseAddress, size.0, size.1, opaque, message)
      }
    }
    if let message {
      throw Failure(.outOfSpace, "cannot write \(path): \(message)", hint: "is the folder there, and the disk not full?")
    }
  }

  /// Reads a PNG file of any kind as 8-bit RGBA; throws `Failure`.
  public init(contentsOfPNG path: String) throws(Failure) {
    var across: Int32 = 0
    var down: Int32 = 0
    if let message = calling({ cpicture_png_size(path, &across, &down, $0) }) {
      throw Failure(.unreadableFile, "cannot read \(path): \(message)")
    }
    guard across > 0, down > 0, Int(across) * Int(down) <= 1 << 28 else {
      throw Failure(.unreadableFile, "cannot read \(path): \(across) x \(down) pixels")
    }
    self.init(width: Int(across), height: Int(down))
    let message = calling { message in
      pixels.withUnsafeMutableBytes {
        cpicture_read_png(path, $0.bindMemory(to: UInt8.self).baseAddress, across, down, message)
      }
    }
    if let message { throw Failure(.unreadableFile, "cannot read \(path): \(message)") }
  }
}

/// Calls a C function that leaves a message where it fails; nil if it succeeded.
private func calling(_ body: (UnsafeMutablePointer<CChar>) -> Int32) -> String? {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: CPICTURE_MESSAGE) { buffer in
    buffer.initialize(repeating: 0)
    guard let start = buffer.baseAddress, body(start) != 0 else { return nil }
    return String(cString: start)
  }
}
