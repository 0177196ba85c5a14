import CKernel
import KernelCompiler

/// Particles, or points that stand for some, as columns that kernels of all pairs read: positions, then fields; padded to whole
/// vectors.
final class FarPoints {
  let columns: [AlignedArray<Double>]
  let species = AlignedArray<Int32>(), ids = AlignedArray<UInt32>()
  private(set) var count = 0
  private let bases = AlignedArray<UnsafePointer<Double>?>()
  private let writable = AlignedArray<UnsafeMutablePointer<Double>?>()

  init(columns count: Int) { columns = (0..<count).map { _ in AlignedArray<Double>() } }

  /// Makes room, and sets the pointers that a call reads.
  func reserve(_ count: Int) {
    self.count = count
    bases.reserve(columns.count)
    writable.reserve(columns.count)
    species.reserve(count)
    ids.reserve(count)
    for (index, column) in columns.enumerated() {
      column.reserve(count)
      bases.base[index] = UnsafePointer(column.base)
      writable.base[index] = column.base
    }
  }

  /// Copies particles of the store in an order, repeating the last one up to a whole vector.
  func take(_ order: [Int32], of store: MemberStore, _ fields: [UnsafeMutablePointer<Double>?]) {
    let last = order.count - 1, vector = Int(MOTE_FAR_VECTOR), padded = (order.count + vector - 1) / vector * vector
    reserve(padded)
    count = order.count
    for (column, field) in zip(columns, fields) {
      for place in 0..<padded { column.base[place] = field.map { $0[Int(order[min(place, last)])] } ?? 1 }
    }
    for place in 0..<padded {
      let particle = Int(order[min(place, last)])
      species.base[place] = store.speciesColumn[particle]
      ids.base[place] = UInt32(truncatingIfNeeded: store.idColumn[particle])
    }
  }

  /// What C sees.
  var call: mote_far_points {
    mote_far_points(columns: UnsafePointer(bases.base), species: UnsafePointer(species.base), ids: UnsafePointer(ids.base))
  }

  /// The columns, to be written by C.
  var outputs: UnsafePointer<UnsafeMutablePointer<Double>?> { UnsafePointer(writable.base) }
  /// The columns, to be read by C.
  var inputs: UnsafePointer<UnsafePointer<Double>?> { UnsafePointer(bases.base) }
}
