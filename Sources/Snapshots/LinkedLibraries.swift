import CHDF5
import CVTK

/// Versions of the libraries that read and write files, as they were found when the program started.
public struct LinkedLibraries: Sendable {
  /// HDF5, such as `1.10.8`.
  public let hdf5: String?
  /// VTK, such as `9.1.0`.
  public let vtk: String?

  /// Asks the libraries.
  public init() {
    var version: (UInt32, UInt32, UInt32) = (0, 0, 0)
    let status = Library.locked { H5get_libversion(&version.0, &version.1, &version.2) }
    hdf5 = status < 0 ? nil : "\(version.0).\(version.1).\(version.2)"
    vtk = String(cString: mote_vtk_version())
  }
}
