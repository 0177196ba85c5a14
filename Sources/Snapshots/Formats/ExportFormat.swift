import Diagnostics
import Foundation
import World

/// A file format that other programs read; it sees one frame, never a file of Mote's.
public protocol ExportFormat: Sendable {
  /// As in `mote export --NAME`.
  static var name: String { get }
  /// Suffix of its files, without the dot.
  static var suffix: String { get }
  /// Whether frames may follow one another in one file.
  static var holdsManyFrames: Bool { get }
  init()
  /// The frame in this format.
  func encode(_ frame: borrowing Frame) throws(Failure) -> [UInt8]
}

/// A format that can be read back.
public protocol ImportFormat: Sendable {
  static var name: String { get }
  /// All frames of a file; throws a message with the line that is wrong.
  func decode(_ text: String, file: String) throws(Diagnostic) -> [Frame]
}

extension ExportFormat {
  /// Writes the frame to a new file; throws `.outOfSpace` for a full disk.
  public func write(_ frame: borrowing Frame, to path: String) throws(Failure) {
    try OutputFile.write(try encode(frame), to: path)
  }
}

extension ImportFormat {
  /// All frames of the file at `path`; throws `Failure` if it cannot be read, `Diagnostic` if its text is wrong.
  public func read(_ path: String) throws -> [Frame] {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw Failure(.unreadableFile, "\(path): cannot be read")
    }
    return try decode(String(decoding: bytes, as: UTF8.self), file: path)
  }
}

/// Every format that Mote exports; a new one is one file and one line here.
public enum ExportFormats {
  /// Formats in the order in which help lists them.
  public static let builtins: [any ExportFormat.Type] = [ExtendedXYZ.self, VTP.self, CSV.self, PLY.self]

  /// The format with this name; throws `.usage` with the nearest names.
  public static func named(_ name: String) throws(Failure) -> any ExportFormat.Type {
    let known = builtins.map { $0.name }
    guard let index = known.firstIndex(of: name) else {
      throw Failure(.usage, "there is no format '\(name)'", hint: suggestion(for: name, among: known))
    }
    return builtins[index]
  }
}

/// Plain files, written whole.
enum OutputFile {
  static func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if file < 0 { throw systemFailure(errno, path, "create") }
    defer { close(file) }
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count <= 0 { throw systemFailure(count < 0 ? errno : ENOSPC, path, "write") }
      done += count
    }
  }
}

extension Frame {
  /// Positions with three columns, zeros where the box has fewer dimensions.
  func columns(of field: FrameField) -> [Double] {
    let space = box.space
    guard field.shape == .vector, space < 3 else { return field.values }
    return (0..<count).flatMap { row in (0..<3).map { $0 < space ? field.values[row * space + $0] : 0 } }
  }
}
