import CHDF5
import Diagnostics

/// Filters of a dataset, as their HDF5 registrations.
struct Filters: Sendable {
  var numbers: [Int32]

  var isPortable: Bool { numbers.allSatisfy { [H5Z_FILTER_DEFLATE, H5Z_FILTER_SHUFFLE, H5Z_FILTER_FLETCHER32].contains($0) } }
  var isChecked: Bool { numbers.contains(H5Z_FILTER_FLETCHER32) }
  var isCompressed: Bool { numbers.contains(H5Z_FILTER_DEFLATE) }
}

extension StoredFile {
  func filters(of path: String) throws(Failure) -> Filters {
    let list = try creationProperties(path)
    let count = try Library.call(place(path), "see the filters") { H5Pget_nfilters(list.id) }
    return Filters(
      numbers: Library.locked {
        (0..<UInt32(count)).map { index in
          var (flags, values) = (UInt32(0), 0)
          return H5Pget_filter2(list.id, index, &flags, &values, nil, 0, nil, nil)
        }
      })
  }

  /// Lengths of a chunk; nil if the dataset is in one piece.
  func chunk(of path: String) throws(Failure) -> [Int]? {
    let list = try creationProperties(path)
    guard Library.locked({ H5Pget_layout(list.id) }) == H5D_CHUNKED else { return nil }
    var sizes = [hsize_t](repeating: 0, count: Int(H5S_MAX_RANK))
    let rank = try Library.call(place(path), "see the chunks") { H5Pget_chunk(list.id, Int32(sizes.count), &sizes) }
    return sizes.prefix(Int(rank)).map { Int($0) }
  }

  func fillValue(of path: String) throws(Failure) -> Double {
    let list = try creationProperties(path)
    var value = 0.0
    try Library.call(place(path), "see the fill value") { H5Pget_fill_value(list.id, StoredType.f8.id, &value) }
    return value
  }

  /// Files that a virtual dataset maps; empty if it holds its own data.
  func sources(of path: String) throws(Failure) -> [String] {
    let list = try creationProperties(path)
    guard Library.locked({ H5Pget_layout(list.id) }) == H5D_VIRTUAL else { return [] }
    var count = 0
    try Library.call(place(path), "see the mappings") { H5Pget_virtual_count(list.id, &count) }
    return Library.locked {
      (0..<count).map { index in
        var name = [CChar](repeating: 0, count: 256)
        let length = H5Pget_virtual_filename(list.id, index, &name, name.count)
        return String(decoding: name.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
      }
    }
  }

  private func creationProperties(_ path: String) throws(Failure) -> Handle {
    let dataset = try dataset(path)
    return try Handle(place(path), "see how it was created") { H5Dget_create_plist(dataset.id) }
  }
}

extension StoredFile {
  /// Creates a dimension scale as netCDF4 does for a dimension without a variable.
  func createScale(_ path: String, length: Int?, number: Int32) throws(Failure) {
    let size = length ?? 0
    var plan = DatasetPlan(type: .f4, extent: [size], chunk: length == nil ? [1024] : nil)
    plan.isBigEndian = true
    try create(path, plan)
    let digits = String(size)
    let name = String(cString: mote_h5_scale_prefix()) + String(repeating: " ", count: max(0, 10 - digits.count)) + digits
    let dataset = try dataset(path)
    try Library.call(place(path), "make a dimension scale") { H5DSset_scale(dataset.id, name) }
    try set("_Netcdf4Dimid", of: path, to: .integer32(number))
  }

  /// Labels the axes of a dataset with scales, the first with the first.
  func attachScales(_ scales: [String], to path: String) throws(Failure) {
    let target = try dataset(path)
    for (axis, name) in scales.enumerated() {
      let scale = try dataset(name)
      try Library.call(place(path), "attach the scale \(name)") { H5DSattach_scale(target.id, scale.id, UInt32(axis)) }
    }
  }

  /// Paths of the scales on one axis of a dataset.
  func scales(of path: String, axis: Int) throws(Failure) -> [String] {
    let dataset = try dataset(path)
    var names: [String] = []
    try Library.call(place(path), "see the scales") {
      withUnsafeMutablePointer(to: &names) { names in
        H5DSiterate_scales(
          dataset.id, UInt32(axis), nil,
          { _, _, scale, context in
            var name = [CChar](repeating: 0, count: 256)
            let length = H5Iget_name(scale, &name, name.count)
            let text = String(decoding: name.prefix(max(0, length)).map(UInt8.init(bitPattern:)), as: UTF8.self)
            context?.assumingMemoryBound(to: [String].self).pointee.append(text)
            return 0
          }, names)
      }
    }
    return names
  }

  func isScale(_ path: String) throws(Failure) -> Bool {
    guard exists(path) else { return false }
    let dataset = try dataset(path)
    return Library.locked { H5DSis_scale(dataset.id) > 0 }
  }
}
