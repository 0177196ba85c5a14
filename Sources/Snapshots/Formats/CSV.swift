import Diagnostics
import World

/// Comma-separated values (RFC 4180): a line of names, then one line per particle.
public struct CSV: ExportFormat {
  /// As in `mote export --csv`.
  public static let name = "csv"
  /// Suffix of its files.
  public static let suffix = "csv"
  /// One frame per file.
  public static let holdsManyFrames = false

  /// The format, which has no options.
  public init() {}

  /// The frame as a table.
  public func encode(_ frame: borrowing Frame) throws(Failure) -> [UInt8] {
    let axes = ["x", "y", "z"]
    let names = frame.fields.flatMap { field -> [String] in
      if field.components == 1, field.shape != .vector { return [field.name] }
      return (0..<field.components).map { "\(field.name)_\(field.shape == .vector ? axes[$0] : "\($0)")" }
    }
    var text = (["id", "species"] + names).joined(separator: ",") + "\r\n"
    for row in 0..<frame.count {
      text += "\(frame.ids[row]),\(Self.quoted(frame.speciesNames[Int(frame.species[row])]))"
      for field in frame.fields {
        for value in field.values[row * field.components..<(row + 1) * field.components] { text += ",\(value)" }
      }
      text += "\r\n"
    }
    return Array(text.utf8)
  }

  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { ",\"\r\n".contains($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
