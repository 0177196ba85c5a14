import CVTK
import Diagnostics

/// A surface of triangles, such as a solid that particles meet.
public struct Triangles: Sendable, Equatable {
  /// Corners in three dimensions, 9 numbers for each triangle, in the units of the file.
  public var corners: [Double]

  /// Triangles by their corners, 9 numbers each.
  public init(corners: [Double]) {
    precondition(corners.count % 9 == 0, "three corners of three numbers")
    self.corners = corners
  }

  /// Number of triangles.
  public var count: Int { corners.count / 9 }

  /// Reads an STL file, binary or text; throws `.unreadableFile` if it is missing, broken or empty.
  public init(stl path: String) throws(Failure) {
    guard let surface = mote_vtk_stl_read(path) else {
      throw Failure(.unreadableFile, "\(path): is no STL file with triangles")
    }
    defer { mote_vtk_stl_free(surface) }
    corners = Array(UnsafeBufferPointer(start: mote_vtk_stl_corners(surface), count: 9 * mote_vtk_stl_count(surface)))
    guard corners.allSatisfy(\.isFinite) else { throw Failure(.unreadableFile, "\(path): a corner is not finite") }
  }
}
