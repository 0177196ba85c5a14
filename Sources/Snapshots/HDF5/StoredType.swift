import CHDF5

/// Number types that a snapshot holds, named by their bytes.
public enum StoredType: String, Sendable, CaseIterable, Codable {
  case f8, f4, i8, i4, u8, u1

  /// HDF5's identifier of the type; little-endian, as memory is on every machine that Mote runs on.
  var id: hid_t {
    switch self {
    case .f8: mote_h5_f64()
    case .f4: mote_h5_f32()
    case .i8: mote_h5_i64()
    case .i4: mote_h5_i32()
    case .u8: mote_h5_u64()
    case .u1: mote_h5_u8()
    }
  }

  var isFloat: Bool { self == .f8 || self == .f4 }
  var bytes: Int { self == .u1 ? 1 : self == .f4 || self == .i4 ? 4 : 8 }
}

/// A Swift number that HDF5 can read and write.
protocol StoredNumber: BitwiseCopyable, Sendable {
  static var storedType: StoredType { get }
  init()
}

extension Double: StoredNumber { static var storedType: StoredType { .f8 } }
extension Float: StoredNumber { static var storedType: StoredType { .f4 } }
extension Int64: StoredNumber { static var storedType: StoredType { .i8 } }
extension Int32: StoredNumber { static var storedType: StoredType { .i4 } }
extension UInt64: StoredNumber { static var storedType: StoredType { .u8 } }
extension UInt8: StoredNumber { static var storedType: StoredType { .u1 } }
