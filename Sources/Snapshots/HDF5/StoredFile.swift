import CHDF5
import Diagnostics

/// An open HDF5 file, in which everything is named by its path.
struct StoredFile: ~Copyable, Sendable {
  let path: String
  let handle: Handle

  private init(path: String, handle: consuming Handle) {
    self.path = path
    self.handle = handle
  }

  func place(_ object: String) -> Place { Place(file: path, object: object) }

  /// Opens a file to read it; throws `.unreadableFile` for what is missing, truncated or no HDF5 file.
  static func reading(_ path: String) throws(Failure) -> StoredFile {
    let place = Place(file: path)
    let access = try access(place)
    Library.locked { mote_h5_opening(path) }
    return StoredFile(
      path: path,
      handle: try Handle(place, "open as an HDF5 file") { H5Fopen(path, mote_h5_read_only(), access.id) })
  }

  /// Opens for changes, or creates, a file that reports to `append`; it must be closed by `close`.
  static func appending(
    _ path: String, creates: Bool, reportingTo append: UnsafeMutablePointer<mote_h5_append>
  ) throws(Failure) -> StoredFile {
    let place = Place(file: path)
    let access = try access(place)
    try Library.call(place, "prepare to append") { mote_h5_use_append(access.id, append) }
    let handle = try Handle(place, creates ? "create" : "open to append") {
      creates
        ? H5Fcreate(path, mote_h5_exclusive(), mote_h5_default(), access.id)
        : H5Fopen(path, mote_h5_read_write(), access.id)
    }
    return StoredFile(path: path, handle: handle)
  }

  /// Format bounds that every reader knows, no file locks (HDF5's own would keep readers out), room for a few large chunks.
  private static func access(_ place: Place) throws(Failure) -> Handle {
    let list = try Handle(place, "prepare to open") { H5Pcreate(mote_h5_class_file_access()) }
    try Library.call(place, "set the format") { H5Pset_libver_bounds(list.id, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110) }
    try Library.call(place, "switch file locks off") { H5Pset_file_locking(list.id, false, true) }
    try Library.call(place, "size the cache") { H5Pset_cache(list.id, 0, 521, 8 << 20, 1) }
    return list
  }

  /// Whether something is at this path, all groups on the way included.
  func exists(_ path: String) -> Bool {
    Library.locked {
      var partial = ""
      for part in path.split(separator: "/") {
        partial += "/" + part
        guard H5Lexists(handle.id, partial, mote_h5_default()) > 0 else { return false }
      }
      return true
    }
  }

  func createGroup(_ path: String) throws(Failure) {
    let links = try intermediateGroups()
    _ = try Handle(place(path), "create the group") {
      H5Gcreate2(handle.id, path, links.id, mote_h5_default(), mote_h5_default())
    }
  }

  /// Gives what is at `existing` a second name.
  func link(_ existing: String, as path: String) throws(Failure) {
    let links = try intermediateGroups()
    try Library.call(place(path), "link to \(existing)") {
      H5Lcreate_hard(handle.id, existing, handle.id, path, links.id, mote_h5_default())
    }
  }

  /// Takes the name away; what other names still show stays.
  func remove(_ path: String) throws(Failure) {
    try Library.call(place(path), "remove") { H5Ldelete(handle.id, path, mote_h5_default()) }
  }

  func intermediateGroups() throws(Failure) -> Handle {
    let list = try Handle(Place(file: path), "prepare groups") { H5Pcreate(mote_h5_class_link_create()) }
    try Library.call(Place(file: path), "prepare groups") { H5Pset_create_intermediate_group(list.id, 1) }
    return list
  }

  func dataset(_ path: String) throws(Failure) -> Handle {
    try Handle(place(path), "open the dataset") { H5Dopen2(handle.id, path, mote_h5_default()) }
  }
}

extension StoredFile {
  /// Names in a group, sorted; empty if there is no such group.
  func children(of path: String) throws(Failure) -> [String] {
    guard path == "/" || exists(path) else { return [] }
    let group = try Handle(place(path), "open the group") { H5Gopen2(handle.id, path, mote_h5_default()) }
    var names: [String] = []
    try Library.call(place(path), "list the group") {
      withUnsafeMutablePointer(to: &names) { names in
        H5Literate(
          group.id, H5_INDEX_NAME, H5_ITER_INC, nil,
          { _, name, _, context in
            if let name { context?.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name)) }
            return 0
          }, names)
      }
    }
    return names
  }

  func isDataset(_ path: String) -> Bool { information(path)?.type == H5O_TYPE_DATASET }

  /// Whether two paths name the same thing: one is a hard link of the other.
  func isSame(_ first: String, _ second: String) -> Bool {
    guard let a = information(first), let b = information(second) else { return false }
    return a.addr == b.addr
  }

  private func information(_ path: String) -> H5O_info_t? {
    guard exists(path) else { return nil }
    return Library.locked {
      var info = H5O_info_t()
      return H5Oget_info_by_name2(handle.id, path, &info, H5O_INFO_BASIC, mote_h5_default()) < 0 ? nil : info
    }
  }
}
