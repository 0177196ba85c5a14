import CHDF5
import Diagnostics

/// A rectangular part of a dataset: where it begins and how many along each axis.
struct Slab: Sendable {
  var start: [Int]
  var count: [Int]

  var size: Int { count.reduce(1, *) }
}

extension StoredFile {
  /// Lengths of a dataset's axes; empty for a scalar.
  func extent(of path: String) throws(Failure) -> [Int] {
    try axes(of: path).current.map { Int(clamping: $0) }
  }

  /// Whether the first axis can grow.
  func isExtendible(_ path: String) throws(Failure) -> Bool {
    try axes(of: path).maximum.first == mote_h5_unlimited()
  }

  private func axes(of path: String) throws(Failure) -> (current: [hsize_t], maximum: [hsize_t]) {
    let dataset = try dataset(path)
    let space = try Handle(place(path), "see the shape") { H5Dget_space(dataset.id) }
    let rank = try Library.call(place(path), "see the shape") { H5Sget_simple_extent_ndims(space.id) }
    var current = [hsize_t](repeating: 0, count: Int(rank)), maximum = current
    try Library.call(place(path), "see the shape") { H5Sget_simple_extent_dims(space.id, &current, &maximum) }
    return (current, maximum)
  }

  /// The number type of a dataset; nil for text and other types.
  func type(of path: String) throws(Failure) -> StoredType? {
    let dataset = try dataset(path)
    let type = try Handle(place(path), "see the type") { H5Dget_type(dataset.id) }
    return Library.locked { StoredType.allCases.first { H5Tequal(type.id, $0.id) > 0 } }
  }

  /// Numbers of a dataset, or of a part of it, converted to `Number` if they are stored otherwise.
  func read<Number: StoredNumber>(_ path: String, as: Number.Type = Number.self, _ slab: Slab? = nil) throws(Failure) -> [Number]
  {
    let lengths: [Int]
    if let slab { lengths = slab.count } else { lengths = try extent(of: path) }
    let count = lengths.reduce(1) { $0.multipliedReportingOverflow(by: $1).overflow ? .max : $0 * $1 }
    if count == 0 { return [] }
    try checkSize(count, of: MemoryLayout<Number>.stride, at: path)
    let dataset = try dataset(path)
    let spaces = try Selection(dataset, slab, place(path))
    var values = [Number](repeating: Number(), count: count)
    try Library.call(place(path), "read") {
      values.withUnsafeMutableBytes {
        H5Dread(dataset.id, Number.storedType.id, spaces.memory.id, spaces.file.id, mote_h5_default(), $0.baseAddress)
      }
    }
    return values
  }

  /// Refuses to read more than the file can hold: a damaged length would ask for all memory of the machine.
  func checkSize(_ count: Int, of width: Int, at path: String) throws(Failure) {
    var bytes: hsize_t = 0
    try Library.call(place(path), "see the size of the file") { H5Fget_filesize(handle.id, &bytes) }
    // Deflate makes data at most 1032 times smaller.
    let most = (1 << 20) + 1040 * Int(clamping: bytes)
    let (wanted, overflow) = count.multipliedReportingOverflow(by: max(1, width))
    guard !overflow, wanted <= most else {
      throw Failure(.unreadableFile, "\(place(path)): claims \(count) values, more than the file can hold: it is damaged")
    }
  }

  /// Writes numbers to a dataset, or to a part of it.
  func write<Number: StoredNumber>(_ values: [Number], to path: String, _ slab: Slab? = nil) throws(Failure) {
    if values.isEmpty { return }
    let dataset = try dataset(path)
    let spaces = try Selection(dataset, slab, place(path))
    precondition(slab.map { $0.size == values.count } ?? true, "as many numbers as the slab holds")
    try Library.call(place(path), "write") {
      values.withUnsafeBytes {
        H5Dwrite(dataset.id, Number.storedType.id, spaces.memory.id, spaces.file.id, mote_h5_default(), $0.baseAddress)
      }
    }
  }

  /// Makes the first axis this long, longer or shorter than it was.
  func resize(_ path: String, rows: Int) throws(Failure) {
    var size = try extent(of: path).map { hsize_t($0) }
    size[0] = hsize_t(rows)
    let dataset = try dataset(path)
    try Library.call(place(path), "resize") { H5Dset_extent(dataset.id, size) }
  }

  /// Adds whole rows after the first `start` rows, which must be there.
  func append<Number: StoredNumber>(_ values: [Number], to path: String, after start: Int) throws(Failure) {
    var count = try extent(of: path)
    count[0] = values.count / max(1, count.dropFirst().reduce(1, *))
    try resize(path, rows: start + count[0])
    try write(values, to: path, Slab(start: [start] + count.dropFirst().map { _ in 0 }, count: count))
  }
}

/// The spaces of one transfer: what is chosen in the file, and as much in memory.
private struct Selection: ~Copyable {
  let file: Handle
  let memory: Handle

  init(_ dataset: borrowing Handle, _ slab: Slab?, _ place: Place) throws(Failure) {
    let id = dataset.id
    let file = try Handle(place, "see the shape") { H5Dget_space(id) }
    let count = slab?.count.map { hsize_t($0) } ?? []
    let memory = try Handle(place, "select") { slab == nil ? H5Dget_space(id) : H5Screate_simple(Int32(count.count), count, nil) }
    if let slab {
      let start = slab.start.map { hsize_t($0) }
      try Library.call(place, "select") { H5Sselect_hyperslab(file.id, H5S_SELECT_SET, start, nil, count, nil) }
    }
    self.file = file
    self.memory = memory
  }
}
