import CVTK
import Diagnostics
import World

extension Surface {
  /// Reads an STL file, binary or text; throws `.unreadableFile` if it is missing, broken or empty.
  public init(stl path: String) throws(Failure) {
    guard let surface = mote_vtk_stl_read(path) else {
      throw Failure(.unreadableFile, "\(path): is no STL file with triangles")
    }
    defer { mote_vtk_stl_free(surface) }
    let corners = Array(UnsafeBufferPointer(start: mote_vtk_stl_corners(surface), count: 9 * mote_vtk_stl_count(surface)))
    guard corners.allSatisfy(\.isFinite) else { throw Failure(.unreadableFile, "\(path): a corner is not finite") }
    self.init(corners: corners)
  }
}
