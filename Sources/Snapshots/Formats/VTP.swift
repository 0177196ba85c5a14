import CVTK
import Diagnostics
import World

/// VTK XML PolyData, written by VTK itself: particles as vertices with all their fields, for ParaView, PyVista and VTK.
public struct VTP: ExportFormat {
  /// As in `mote export --vtp`.
  public static let name = "vtp"
  /// Suffix of its files.
  public static let suffix = "vtp"
  /// One frame per file.
  public static let holdsManyFrames = false

  /// The format, which has no options.
  public init() {}

  /// The frame as a VTP file; throws `.failed` if VTK cannot write it.
  public func encode(_ frame: borrowing Frame) throws(Failure) -> [UInt8] {
    guard let position = frame[field: "position"] else { throw Failure(.failed, "a frame without positions has no points") }
    let points = frame.columns(of: position)
    guard let data = mote_vtk_points_create(frame.count, points) else {
      throw Failure(.failed, "VTK has no memory for the points")
    }
    defer { mote_vtk_points_free(data) }
    for field in frame.fields where field.name != "position" && field.components > 0 {
      let values = frame.columns(of: field)
      mote_vtk_points_add(data, field.name, field.shape == .vector ? 3 : Int32(field.components), values)
    }
    mote_vtk_points_add_integers(data, "id", frame.ids)
    mote_vtk_points_add_integers(data, "species", frame.species.map(Int64.init))
    mote_vtk_points_set_time(data, frame.time)
    var length = 0
    guard let text = mote_vtk_points_encode(data, &length) else { throw Failure(.failed, "VTK could not write the points") }
    return Array(UnsafeRawBufferPointer(start: text, count: length))
  }
}
