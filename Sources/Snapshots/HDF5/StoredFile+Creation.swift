import CHDF5
import Diagnostics

/// How a dataset of numbers is laid out in the file.
struct DatasetPlan: Sendable {
  var type: StoredType
  /// Lengths of the axes at creation.
  var extent: [Int]
  /// Lengths of a chunk's axes; nil: one contiguous block that cannot grow.
  var chunk: [Int]?
  /// Whether the first axis can grow.
  var isExtendible = true
  /// shuffle and gzip; the checksum belongs to `isChecked`.
  var isCompressed = false
  var isChecked = false
  /// What readers see where nothing was written.
  var fill: Double?
  /// netCDF4 writes the scales of dimensions as big-endian f4.
  var isBigEndian = false
}

extension StoredFile {
  /// Creates a dataset of numbers, with the groups on the way.
  func create(_ path: String, _ plan: DatasetPlan) throws(Failure) {
    let space = try space(plan.extent, growing: plan.chunk != nil && plan.isExtendible, path)
    let list = try creationList(path)
    if let chunk = plan.chunk {
      let chunk = chunk.map { hsize_t($0) }
      try Library.call(place(path), "set chunks") { H5Pset_chunk(list.id, Int32(chunk.count), chunk) }
    }
    if plan.isCompressed {
      try Library.call(place(path), "set shuffle") { H5Pset_shuffle(list.id) }
      try Library.call(place(path), "set gzip") { H5Pset_deflate(list.id, 1) }
    }
    if plan.isChecked { try Library.call(place(path), "set the checksum") { H5Pset_fletcher32(list.id) } }
    if var fill = plan.fill {
      try Library.call(place(path), "set the fill value") { H5Pset_fill_value(list.id, StoredType.f8.id, &fill) }
    }
    _ = try createDataset(path, plan.isBigEndian ? mote_h5_f32_big() : plan.type.id, space, list)
  }

  /// Creates a flat view over all frames of `source`: row t*N + i of the view is row i of frame t, whenever it is written.
  func createView(_ path: String, of source: String, frames: Int) throws(Failure) {
    guard let type = try type(of: source) else { throw Failure(.unreadableFile, "\(place(source)): no numbers to view") }
    let shape = try extent(of: source)
    let width = shape.dropFirst(2).reduce(1, *)
    let flat = try space([frames * shape[1]] + (shape.count > 2 ? [width] : []), growing: false, path)
    let full = try space([frames] + shape.dropFirst(), growing: false, path)
    let list = try creationList(path)
    try Library.call(place(path), "map to \(source)") { H5Pset_virtual(list.id, flat.id, ".", source, full.id) }
    _ = try createDataset(path, type.id, flat, list)
  }

  /// Creates a dataset of texts: a scalar, or a list.
  func createText(_ path: String, _ texts: [String], isScalar: Bool) throws(Failure) {
    let space = try isScalar ? scalar(path) : space([texts.count], growing: false, path)
    let type = try textType(path)
    let list = try creationList(path)
    let dataset = try createDataset(path, type.id, space, list)
    try Library.call(place(path), "write") {
      withPointers(to: texts) { H5Dwrite(dataset.id, type.id, mote_h5_all(), mote_h5_all(), mote_h5_default(), $0) }
    }
  }

  private func createDataset(
    _ path: String, _ type: hid_t, _ space: borrowing Handle, _ list: borrowing Handle
  ) throws(Failure) -> Handle {
    let links = try intermediateGroups()
    let (space, list) = (space.id, list.id)
    return try Handle(place(path), "create the dataset") {
      H5Dcreate2(handle.id, path, type, space, links.id, list, mote_h5_default())
    }
  }

  private func creationList(_ path: String) throws(Failure) -> Handle {
    try Handle(place(path), "prepare the dataset") { H5Pcreate(mote_h5_class_dataset_create()) }
  }

  private func space(_ extent: [Int], growing: Bool, _ path: String) throws(Failure) -> Handle {
    let size = extent.map { hsize_t($0) }
    let maximum = growing ? [mote_h5_unlimited()] + size.dropFirst() : size
    return try Handle(place(path), "shape the dataset") { H5Screate_simple(Int32(size.count), size, maximum) }
  }

  private func scalar(_ path: String) throws(Failure) -> Handle {
    try Handle(place(path), "shape the dataset") { H5Screate(H5S_SCALAR) }
  }
}
