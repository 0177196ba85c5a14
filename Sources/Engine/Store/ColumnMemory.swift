/// The numbers of one column: doubles, or floats where a plan says that these are enough.
///
/// The first member may lie anywhere within a margin: passes that move every number by the same way leave them where they are
/// and move the beginning instead.
struct ColumnMemory {
  private enum Numbers { case doubles(AlignedArray<Double>), floats(AlignedArray<Float>) }

  private let numbers: Numbers
  /// Numbers that there is room for before the first member and behind the last one.
  let margin: Int
  /// Where the first member lies.
  private(set) var start: Int

  init(layout: ColumnLayout, capacity: Int) {
    margin = layout.margin
    start = margin
    numbers =
      layout.isNarrow
      ? .floats(AlignedArray(capacity: capacity + 2 * margin)) : .doubles(AlignedArray(capacity: capacity + 2 * margin))
  }

  /// Doubles that begin at their memory's beginning.
  init(_ doubles: AlignedArray<Double>) { (numbers, margin, start) = (.doubles(doubles), 0, 0) }

  /// The memory itself, which may be handed to others; nil if it holds floats or has a margin.
  var whole: AlignedArray<Double>? { if case .doubles(let array) = numbers, margin == 0 { array } else { nil } }

  /// The first member of doubles; nil of floats.
  var doubles: UnsafeMutablePointer<Double>? { if case .doubles(let array) = numbers { array.base + start } else { nil } }

  /// Where the first member would lie if all were moved by `way`: doubles or floats, as the kernels know.
  func address(movedBy way: Int = 0) -> UnsafeMutableRawPointer {
    switch numbers {
    case .doubles(let array): UnsafeMutableRawPointer(array.base + start + way)
    case .floats(let array): UnsafeMutableRawPointer(array.base + start + way)
    }
  }

  /// The same memory with its beginning moved by `way`; nil if that leads beyond the margin.
  func moved(by way: Int) -> ColumnMemory? {
    var other = self
    other.start += way
    return (0...2 * margin).contains(other.start) ? other : nil
  }

  /// Moves `count` numbers to where they were at first.
  mutating func centre(_ count: Int) {
    switch numbers {
    case .doubles(let array): (array.base + margin).update(from: array.base + start, count: count)
    case .floats(let array): (array.base + margin).update(from: array.base + start, count: count)
    }
    start = margin
  }

  /// The number of a member.
  subscript(place: Int) -> Double {
    get {
      switch numbers {
      case .doubles(let array): array.base[start + place]
      case .floats(let array): Double(array.base[start + place])
      }
    }
    nonmutating set {
      switch numbers {
      case .doubles(let array): array.base[start + place] = newValue
      case .floats(let array): array.base[start + place] = Float(newValue)
      }
    }
  }

  func fill(_ places: Range<Int>, with value: Double) {
    switch numbers {
    case .doubles(let array): (array.base + start + places.lowerBound).update(repeating: value, count: places.count)
    case .floats(let array): (array.base + start + places.lowerBound).update(repeating: Float(value), count: places.count)
    }
  }

  /// Makes room for this many members and keeps the first `kept`.
  func reserve(_ capacity: Int, keeping kept: Int) {
    switch numbers {
    case .doubles(let array): array.reserve(capacity + 2 * margin, keeping: kept + 2 * margin)
    case .floats(let array): array.reserve(capacity + 2 * margin, keeping: kept + 2 * margin)
    }
  }
}

/// How the columns of a field are kept.
struct ColumnLayout: Sendable, Hashable {
  /// Floats instead of doubles.
  var isNarrow = false
  /// Numbers that there is room for before the first member and behind the last one.
  var margin = 0
}
