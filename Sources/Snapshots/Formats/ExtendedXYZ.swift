import Diagnostics
import Expressions
import World

/// Extended XYZ, as OVITO and ASE read it (https://github.com/libAtoms/extxyz); numbers in the units of the run.
///
/// Besides the usual keys it has `step`, `time`, `units`, `space` and `sides`, from which Mote makes the same frame again.
public struct ExtendedXYZ: ExportFormat, ImportFormat {
  /// As in `mote export --xyz`.
  public static let name = "xyz"
  /// Suffix of its files.
  public static let suffix = "xyz"
  /// Frames follow one another.
  public static let holdsManyFrames = true

  /// The format, which has no options.
  public init() {}

  /// The frame as lines of text; throws `.failed` for species names with spaces.
  public func encode(_ frame: borrowing Frame) throws(Failure) -> [UInt8] {
    for name in frame.speciesNames where name.isEmpty || name.contains(where: \.isWhitespace) {
      throw Failure(.failed, "species '\(name)': extended XYZ holds no names with spaces")
    }
    let columns = Self.columns(of: frame)
    var text = "\(frame.count)\n\(Self.header(of: frame, columns))\n"
    for row in 0..<frame.count {
      text += frame.speciesNames[Int(frame.species[row])]
      for column in columns { column.write(row, to: &text) }
      text += " \(frame.ids[row])\n"
    }
    return Array(text.utf8)
  }

  /// A field as text: R for reals, I for integers.
  struct Column {
    var name: String
    var kind: String
    var width: Int
    var values: [Double]

    func write(_ row: Int, to text: inout String) {
      for value in values[row * width..<(row + 1) * width] {
        text += kind == "I" ? " \(Int64(value))" : " \(value)"
      }
    }
  }

  /// Names of columns that other programs know.
  static let foreignNames = ["position": "pos", "velocity": "velo"]

  private static func columns(of frame: borrowing Frame) -> [Column] {
    frame.fields.filter { $0.components > 0 }.map { field in
      let isInteger = [.integer, .boolean].contains(field.shape) || field.name == "image"
      let values = frame.columns(of: field)
      return Column(
        name: foreignNames[field.name] ?? field.name, kind: isInteger ? "I" : "R",
        width: field.shape == .vector ? 3 : field.components, values: values)
    }
  }

  private static func header(of frame: borrowing Frame, _ columns: [Column]) -> String {
    let (space, box) = (frame.box.space, frame.box)
    let lengths = box.lengths + Array(repeating: 1, count: 3 - space)
    let lattice = "\(lengths[0]) 0.0 0.0 0.0 \(lengths[1]) 0.0 0.0 0.0 \(lengths[2])"
    let origin = (0..<3).map { $0 < space ? "\(box.origin[$0])" : "-0.5" }.joined(separator: " ")
    let periodic = (0..<3).map { $0 < space && box.sides[$0] == .periodic ? "T" : "F" }.joined(separator: " ")
    let properties = (["species:S:1"] + columns.map { "\($0.name):\($0.kind):\($0.width)" } + ["id:I:1"]).joined(separator: ":")
    let statics = frame.fields.filter(\.isStatic).map(\.name).joined(separator: " ")
    var header = "Lattice=\"\(lattice)\" Origin=\"\(origin)\" pbc=\"\(periodic)\" Properties=\(properties)"
    header += " step=\(frame.step) Time=\(frame.time) units=\(frame.units.name) space=\(space)"
    header += " sides=\"\(box.sides.map(\.rawValue).joined(separator: " "))\""
    header += " names=\"\(frame.speciesNames.joined(separator: " "))\""
    return statics.isEmpty ? header : header + " static=\"\(statics)\""
  }
}
