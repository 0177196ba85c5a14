import Diagnostics
import Expressions
import World

/// Stanford PLY, binary little-endian: particles as vertices with their scalars and vectors.
public struct PLY: ExportFormat {
  /// As in `mote export --ply`.
  public static let name = "ply"
  /// Suffix of its files.
  public static let suffix = "ply"
  /// One frame per file.
  public static let holdsManyFrames = false

  /// The format, which has no options.
  public init() {}

  /// The frame as a PLY file.
  public func encode(_ frame: borrowing Frame) throws(Failure) -> [UInt8] {
    let fields = frame.fields.filter { $0.components > 0 }
    let columns = fields.map { frame.columns(of: $0) }
    let widths = fields.map { $0.shape == .vector ? 3 : $0.components }
    var header = "ply\nformat binary_little_endian 1.0\ncomment step \(frame.step) time \(frame.time)\n"
    for (code, name) in frame.speciesNames.enumerated() { header += "comment species \(code) \(name)\n" }
    header += "element vertex \(frame.count)\n"
    for (field, width) in zip(fields, widths) {
      for name in Self.names(field, width) { header += "property double \(name)\n" }
    }
    header += "property int species\nproperty double id\nend_header\n"
    var bytes = Array(header.utf8)
    bytes.reserveCapacity(bytes.count + frame.count * (8 * widths.reduce(1, +) + 4))
    for row in 0..<frame.count {
      for (values, width) in zip(columns, widths) {
        for value in values[row * width..<(row + 1) * width] { Self.append(value.bitPattern, to: &bytes) }
      }
      Self.append(UInt32(bitPattern: frame.species[row]), to: &bytes)
      Self.append(Double(frame.ids[row]).bitPattern, to: &bytes)
    }
    return bytes
  }

  /// Positions are x, y, z, as every reader of PLY asks.
  private static func names(_ field: FrameField, _ width: Int) -> [String] {
    let axes = ["x", "y", "z"]
    if field.name == "position" { return axes }
    if width == 1 { return [field.name] }
    return (0..<width).map { "\(field.name)_\(field.shape == .vector ? axes[$0] : "\($0)")" }
  }

  private static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
