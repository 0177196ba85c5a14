import CHDF5
import Diagnostics

/// What an attribute is set to.
enum AttributeValue: Sendable {
  case text(String)
  case texts([String])
  /// ASCII of fixed length, where readers insist on that.
  case fixedText(String)
  case integer(Int)
  case integer32(Int32)
  case integers32([Int32])
  case integers([Int64])
  case seed(UInt64)
  case number(Double)
  case numbers([Double])
}

extension StoredFile {
  /// Creates the attribute, or overwrites it in place if it is there.
  func set(_ name: String, of object: String, to value: AttributeValue) throws(Failure) {
    switch value {
    case .text(let text):
      try setText(name, object, [text], isScalar: true)
    case .texts(let texts):
      try setText(name, object, texts, isScalar: false)
    case .fixedText(let text):
      var bytes = text.isEmpty ? [0] : Array(text.utf8)
      let type = try fixedTextType(object, length: bytes.count)
      try write(name, object, type.id, extent: nil) { attribute in H5Awrite(attribute, type.id, &bytes) }
    case .integer(let value): try setNumbers([Int64(value)], name, object, isScalar: true)
    case .integer32(let value): try setNumbers([value], name, object, isScalar: true)
    case .integers32(let values): try setNumbers(values, name, object, isScalar: false)
    case .integers(let values): try setNumbers(values, name, object, isScalar: false)
    case .seed(let value): try setNumbers([value], name, object, isScalar: true)
    case .number(let value): try setNumbers([value], name, object, isScalar: true)
    case .numbers(let values): try setNumbers(values, name, object, isScalar: false)
    }
  }

  private func setText(_ name: String, _ object: String, _ texts: [String], isScalar: Bool) throws(Failure) {
    let type = try textType(object)
    try write(name, object, type.id, extent: isScalar ? nil : texts.count) { attribute in
      withPointers(to: texts) { H5Awrite(attribute, type.id, $0) }
    }
  }

  private func setNumbers<Number: StoredNumber>(
    _ values: [Number], _ name: String, _ object: String, isScalar: Bool
  ) throws(Failure) {
    let type = Number.storedType.id
    try write(name, object, type, extent: isScalar ? nil : values.count) { attribute in
      values.withUnsafeBytes { H5Awrite(attribute, type, $0.baseAddress) }
    }
  }

  private func write(
    _ name: String, _ object: String, _ type: hid_t, extent: Int?, _ body: (hid_t) -> herr_t
  ) throws(Failure) {
    let attribute = try has(name, of: object) ? open(name, of: object) : create(name, of: object, type, extent: extent)
    try Library.call(place("\(object)@\(name)"), "write the attribute") { body(attribute.id) }
  }

  private func create(_ name: String, of object: String, _ type: hid_t, extent: Int?) throws(Failure) -> Handle {
    let place = place("\(object)@\(name)")
    let space = try Handle(place, "shape the attribute") {
      guard let extent else { return H5Screate(H5S_SCALAR) }
      return H5Screate_simple(1, [hsize_t(extent)], nil)
    }
    return try Handle(place, "create the attribute") {
      H5Acreate_by_name(handle.id, object, name, type, space.id, mote_h5_default(), mote_h5_default(), mote_h5_default())
    }
  }

  private func open(_ name: String, of object: String) throws(Failure) -> Handle {
    // HDF5 1.10 cannot write what H5Aopen_by_name has opened: it looks for it in the wrong object.
    let owner = try Handle(place(object), "open") { H5Oopen(handle.id, object, mote_h5_default()) }
    return try Handle(place("\(object)@\(name)"), "open the attribute") { H5Aopen(owner.id, name, mote_h5_default()) }
  }

  func has(_ name: String, of object: String) -> Bool {
    (object == "/" || exists(object)) && Library.locked { H5Aexists_by_name(handle.id, object, name, mote_h5_default()) > 0 }
  }

  /// Numbers of an attribute; nil if it is not there or holds none.
  func numbers<Number: StoredNumber>(_ name: String, of object: String, as: Number.Type = Number.self) throws(Failure)
    -> [Number]?
  {
    guard has(name, of: object) else { return nil }
    let place = place("\(object)@\(name)")
    let attribute = try open(name, of: object)
    let type = try Handle(place, "see the type") { H5Aget_type(attribute.id) }
    let isNumber = Library.locked { [H5T_INTEGER, H5T_FLOAT].contains(H5Tget_class(type.id)) }
    guard isNumber else { return nil }
    let space = try Handle(place, "see the shape") { H5Aget_space(attribute.id) }
    let count = try Library.call(place, "see the shape") { H5Sget_simple_extent_npoints(space.id) }
    try checkSize(Int(count), of: MemoryLayout<Number>.stride, at: "\(object)@\(name)")
    var values = [Number](repeating: Number(), count: Int(count))
    try Library.call(place, "read the attribute") {
      values.withUnsafeMutableBytes { H5Aread(attribute.id, Number.storedType.id, $0.baseAddress) }
    }
    return values
  }

  /// Texts of an attribute; nil if it is not there or is no text.
  func texts(_ name: String, of object: String) throws(Failure) -> [String]? {
    guard has(name, of: object) else { return nil }
    let place = place("\(object)@\(name)")
    let attribute = try open(name, of: object)
    let type = try Handle(place, "see the type") { H5Aget_type(attribute.id) }
    guard Library.locked({ H5Tget_class(type.id) }) == H5T_STRING else { return nil }
    let space = try Handle(place, "see the shape") { H5Aget_space(attribute.id) }
    return try texts(place, type, space) { type, buffer in H5Aread(attribute.id, type, buffer) }
  }

  /// Whether an attribute is text of variable length, as H5MD asks, or of fixed length, as netCDF does; nil if it is no text.
  func isVariableText(_ name: String, of object: String) throws(Failure) -> Bool? {
    guard has(name, of: object) else { return nil }
    let attribute = try open(name, of: object)
    let type = try Handle(place("\(object)@\(name)"), "see the type") { H5Aget_type(attribute.id) }
    return Library.locked { H5Tget_class(type.id) == H5T_STRING ? H5Tis_variable_str(type.id) > 0 : nil }
  }
}
