import CHDF5
import Diagnostics

extension StoredFile {
  /// Variable-length UTF-8 text, as HDF5 type.
  func textType(_ path: String) throws(Failure) -> Handle {
    let type = try Handle(place(path), "prepare text") { H5Tcopy(mote_h5_c_string()) }
    try Library.call(place(path), "prepare text") { H5Tset_size(type.id, mote_h5_variable()) }
    try Library.call(place(path), "prepare text") { H5Tset_cset(type.id, H5T_CSET_UTF8) }
    return type
  }

  /// Fixed-length ASCII text of `length` bytes, as HDF5 type.
  func fixedTextType(_ path: String, length: Int) throws(Failure) -> Handle {
    let type = try Handle(place(path), "prepare text") { H5Tcopy(mote_h5_c_string()) }
    try Library.call(place(path), "prepare text") { H5Tset_size(type.id, max(1, length)) }
    try Library.call(place(path), "prepare text") { H5Tset_strpad(type.id, H5T_STR_NULLPAD) }
    return type
  }

  /// Texts of a dataset, one or many.
  func readText(_ path: String) throws(Failure) -> [String] {
    let dataset = try dataset(path)
    let type = try Handle(place(path), "see the type") { H5Dget_type(dataset.id) }
    let space = try Handle(place(path), "see the shape") { H5Dget_space(dataset.id) }
    return try texts(place(path), type, space) { type, buffer in
      H5Dread(dataset.id, type, mote_h5_all(), mote_h5_all(), mote_h5_default(), buffer)
    }
  }

  /// Decodes what `read` fills a buffer with, variable or fixed in length as the file has it.
  func texts(
    _ place: Place, _ type: borrowing Handle, _ space: borrowing Handle, _ read: (hid_t, UnsafeMutableRawPointer?) -> herr_t
  ) throws(Failure) -> [String] {
    let (typeID, spaceID) = (type.id, space.id)
    guard Library.locked({ H5Tget_class(typeID) }) == H5T_STRING else { throw Failure(.unreadableFile, "\(place): is no text") }
    let count = Int(try Library.call(place, "see the shape") { H5Sget_simple_extent_npoints(spaceID) })
    let width = Library.locked { H5Tget_size(typeID) }
    try checkSize(count, of: width, at: place.object)
    if Library.locked({ H5Tis_variable_str(typeID) }) > 0 {
      var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
      try Library.call(place, "read") { pointers.withUnsafeMutableBytes { read(typeID, $0.baseAddress) } }
      let texts = pointers.map { $0.map { String(cString: $0) } ?? "" }
      _ = Library.locked {
        pointers.withUnsafeMutableBytes { H5Dvlen_reclaim(typeID, spaceID, mote_h5_default(), $0.baseAddress) }
      }
      return texts
    }
    var bytes = [UInt8](repeating: 0, count: count * width)
    try Library.call(place, "read") { bytes.withUnsafeMutableBytes { read(typeID, $0.baseAddress) } }
    return (0..<count).map { String(decoding: bytes[$0 * width..<($0 + 1) * width].prefix { $0 != 0 }, as: UTF8.self) }
  }
}

/// Calls `body` with C strings of the texts, one after another.
func withPointers<R>(to texts: [String], _ body: (UnsafeMutableRawPointer?) -> R) -> R {
  let starts = texts.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.utf8.count + 1) }
  var bytes: [UInt8] = texts.flatMap { Array($0.utf8) + [0] }
  return bytes.withUnsafeMutableBytes { bytes in
    var pointers = starts.dropLast().map { start in bytes.baseAddress.map { $0 + start } }
    return pointers.withUnsafeMutableBytes { body($0.baseAddress) }
  }
}
