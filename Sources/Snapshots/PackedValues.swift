import Diagnostics
import Expressions
import World

/// Values of a field in the type and with the columns of the file.
enum PackedValues: Sendable, Equatable {
  case f8([Double])
  case f4([Float])
  case i8([Int64])
  case i4([Int32])

  /// Widens, rounds and converts the values of a frame's field.
  init(_ values: [Double], as field: StoredField, space: Int) throws(Failure) {
    let wide = Self.widened(values, field, space)
    switch field.type {
    case .f4: self = .f4(Self.rounded(wide.map(Float.init), to: field.significantBits))
    case .f8: self = .f8(Self.rounded(wide, to: field.significantBits))
    case .i4: self = .i4(try Self.integers(wide, field))
    case .i8, .u8, .u1: self = .i8(try Self.integers(wide, field))
    }
  }

  private static func widened(_ values: [Double], _ field: StoredField, _ space: Int) -> [Double] {
    let columns = field.columns(space: space), width = field.axes(space: space).reduce(1, *)
    if columns.count == width { return values }
    var wide = [Double](repeating: 0, count: values.count / columns.count * width)
    for row in 0..<values.count / columns.count {
      for (component, column) in columns.enumerated() { wide[row * width + column] = values[row * columns.count + component] }
    }
    return wide
  }

  /// Keeps `bits` bits of the mantissa, the nearest even of two.
  static func rounded<Real: BinaryFloatingPoint>(_ values: [Real], to bits: Int?) -> [Real] {
    guard let bits, bits < Real.significandBitCount else { return values }
    return values.map { value in
      guard value.isFinite, !value.isZero else { return value }
      let grain = Real(sign: .plus, exponent: value.exponent - Real.Exponent(max(0, bits)), significand: 1)
      return (value / grain).rounded(.toNearestOrEven) * grain
    }
  }

  private static func integers<Number: FixedWidthInteger>(_ values: [Double], _ field: StoredField) throws(Failure) -> [Number] {
    var integers: [Number] = []
    integers.reserveCapacity(values.count)
    for value in values {
      guard let integer = Number(exactly: value.rounded()) else {
        throw Failure(.failed, "field '\(field.name)': \(value) is no integer that \(field.type.rawValue) can hold")
      }
      integers.append(integer)
    }
    return integers
  }

  /// The components that a frame has, without the columns that flat boxes add.
  func unpacked(_ field: StoredField, space: Int) -> [Double] {
    let wide: [Double] =
      switch self {
      case .f8(let values): values
      case .f4(let values): values.map(Double.init)
      case .i8(let values): values.map(Double.init)
      case .i4(let values): values.map(Double.init)
      }
    let columns = field.columns(space: space), width = field.axes(space: space).reduce(1, *)
    if columns.count == width { return wide }
    return (0..<wide.count / max(1, width)).flatMap { row in columns.map { wide[row * width + $0] } }
  }

  func add(to digest: inout Digest) {
    switch self {
    case .f8(let values): digest.add(values)
    case .f4(let values): digest.add(values)
    case .i8(let values): digest.add(values)
    case .i4(let values): digest.add(values)
    }
  }
}

extension StoredFile {
  func write(_ values: PackedValues, to path: String, _ slab: Slab?) throws(Failure) {
    switch values {
    case .f8(let values): try write(values, to: path, slab)
    case .f4(let values): try write(values, to: path, slab)
    case .i8(let values): try write(values, to: path, slab)
    case .i4(let values): try write(values, to: path, slab)
    }
  }

  func read(_ path: String, as type: StoredType, _ slab: Slab?) throws(Failure) -> PackedValues {
    switch type {
    case .f8: .f8(try read(path, slab))
    case .f4: .f4(try read(path, slab))
    case .i8, .u8, .u1: .i8(try read(path, slab))
    case .i4: .i4(try read(path, slab))
    }
  }
}
