import Diagnostics

/// A text beside a snapshot through which ParaView before 5.12 opens it ("XDMF Reader"); no particle data are copied.
///
/// It is no `ExportFormat`, as it describes the files of a run and holds no frame.
public struct XDMF: Sendable {
  private let reader: SnapshotReader

  /// Describes the files of an open snapshot.
  public init(_ reader: SnapshotReader) { self.reader = reader }

  /// The text; it names the snapshot's files as lying in the same folder.
  public func encode() -> String {
    var text =
      "<?xml version=\"1.0\"?>\n<Xdmf Version=\"2.0\"><Domain><Grid GridType=\"Collection\" CollectionType=\"Temporal\">\n"
    for index in 0..<reader.frameCount { text += grid(index) }
    return text + "</Grid></Domain></Xdmf>\n"
  }

  /// Writes the text to `path`; throws `.outOfSpace` for a full disk.
  public func write(to path: String) throws(Failure) { try OutputFile.write(Array(encode().utf8), to: path) }

  private func grid(_ index: Int) -> String {
    let part = reader.part(of: index)
    let (count, row, space) = (reader.counts[index], index - part.first, part.layout.space)
    var text = "<Grid><Time Value=\"\(reader.times[index])\"/>"
    text += "<Topology TopologyType=\"Polyvertex\" NumberOfElements=\"\(count)\"/>\n"
    for field in part.layout.allFields {
      let item = item(field, part, row: row, count: count)
      if field.name == "position" {
        text += "<Geometry GeometryType=\"XYZ\">\(item)</Geometry>\n"
      } else if let kind = [[]: "Scalar", [3]: "Vector", [3, 3]: "Tensor"][field.axes(space: space)] {
        text += "<Attribute Name=\"\(field.name)\" Center=\"Node\" AttributeType=\"\(kind)\">\(item)</Attribute>\n"
      }
    }
    return text + "</Grid>\n"
  }

  /// The rows of one field in one frame, as a part of its dataset.
  private func item(_ field: StoredField, _ part: SnapshotReader.Part, row: Int, count: Int) -> String {
    func words(_ numbers: [Int]) -> String { numbers.map(String.init).joined(separator: " ") }
    let axes = field.axes(space: part.layout.space), time = field.isStatic ? [] : [1]
    let full = (field.isStatic ? [] : [part.frames]) + [part.layout.capacity] + axes
    let start = (field.isStatic ? [] : [row]) + [0] + axes.map { _ in 0 }
    let slab = words(start + full.map { _ in 1 } + time + [count] + axes)
    let file = part.path.split(separator: "/").last.map(String.init) ?? part.path
    return """
      <DataItem ItemType="HyperSlab" Dimensions="\(words([count] + axes))">\
      <DataItem Dimensions="3 \(full.count)" Format="XML">\(slab)</DataItem>\
      <DataItem Format="HDF" NumberType="\(field.type.isFloat ? "Float" : "Int")" Precision="\(field.type.bytes)" \
      Dimensions="\(words(full))">\(file.escaped):\(field.path)</DataItem></DataItem>
      """
  }
}

extension String {
  /// With the characters replaced that XML reserves.
  fileprivate var escaped: String {
    reduce(into: "") { text, character in
      switch character {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      default: text.append(character)
      }
    }
  }
}
