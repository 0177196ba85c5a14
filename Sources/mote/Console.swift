import Diagnostics
import Foundation

/// What commands print and where they may write.
enum Console {
  /// A value as one JSON document on standard output; `isLine` leaves out line breaks.
  static func printJSON(_ value: some Encodable, isLine: Bool = false) throws(Failure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting =
      isLine ? [.sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      print(String(decoding: try encoder.encode(value), as: UTF8.self))
    } catch {
      throw Failure(.failed, "no JSON can be made: \(error.localizedDescription)")
    }
  }

  /// A line for people on standard error, so that standard output holds results alone.
  static func say(_ text: String) { FileHandle.standardError.write(Data((text + "\n").utf8)) }

  /// A line on a terminal that the next one replaces; nothing elsewhere.
  static func status(_ text: String) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    FileHandle.standardError.write(Data("\r\u{1B}[2K\(text)".utf8))
  }

  /// Refuses a file that exists, unless the user wants it replaced; `-` is standard output.
  static func refuseOverwriting(_ path: String, force: Bool) throws(Failure) {
    guard path != "-", !force, FileManager.default.fileExists(atPath: path) else { return }
    throw Failure(.failed, "\(path) exists", hint: "--force replaces it, -o names another file")
  }

  /// Writes a whole file, or to standard output for `-`.
  static func write(_ bytes: [UInt8], to path: String, force: Bool) throws(Failure) {
    try refuseOverwriting(path, force: force)
    if path == "-" {
      do { return try FileHandle.standardOutput.write(contentsOf: Data(bytes)) } catch {
        throw Failure(.outOfSpace, "cannot write to standard output: \(error.localizedDescription)")
      }
    }
    do {
      try Data(bytes).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Failure(.outOfSpace, "cannot write \(path): \(error.localizedDescription)")
    }
  }
}
