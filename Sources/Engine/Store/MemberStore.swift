import KernelCompiler

/// The members of a population in dense columns, without holes: all free particles of all species, the sites of a lattice, or links.
///
/// A neighbour search puts particles into a new order; columns are then other memory, and `generation` has grown.
public final class MemberStore {
  /// Number of dimensions.
  public let space: Int
  /// Number of particles.
  public private(set) var count = 0
  /// Changes when particles were put into another order, added or removed, or a column moved in memory.
  public private(set) var generation = 0
  /// Changes when the order of the particles did, or their number.
  public private(set) var arrangement = 0
  /// Names of the fields, in the order in which they were added.
  public private(set) var fieldNames: [String] = []
  private(set) var ids = AlignedArray<Int64>()
  private(set) var species = AlignedArray<Int32>()
  private(set) var images: [AlignedArray<Int32>]
  private var fields: [String: [ColumnMemory]] = [:]
  private var spareWide = AlignedArray<Double>()
  private var spareIds = AlignedArray<Int64>()
  private var spareNarrow = AlignedArray<Int32>()

  /// An empty store of a world of 1, 2 or 3 dimensions; it has the field `position`.
  public init(space: Int) {
    precondition((1...3).contains(space), "a world has 1, 2 or 3 dimensions")
    self.space = space
    images = (0..<space).map { _ in AlignedArray<Int32>() }
    addField("position", components: space)
  }

  /// Adds a field; every particle has `initial` in each component.
  public func addField(_ name: String, components: Int, initial: Double = 0) {
    addField(name, components: components, initial: initial, layout: ColumnLayout())
  }

  /// The same with columns that are kept in this way; those of other than plain doubles belong to members that stay in order.
  func addField(_ name: String, components: Int, initial: Double = 0, layout: ColumnLayout) {
    precondition(fields[name] == nil, "field \(name) exists")
    let columns = (0..<components).map { _ in ColumnMemory(layout: layout, capacity: ids.capacity) }
    for column in columns { column.fill(0..<count, with: initial) }
    fields[name] = columns
    fieldNames.append(name)
    generation += 1
  }

  /// The columns of a field of doubles, one per component; nil if there is none of this name. Valid until `generation` changes.
  public func columns(of name: String) -> [UnsafeMutablePointer<Double>]? { fields[name]?.map { doubles($0, of: name) } }

  /// The columns of a field, one per component, whatever they hold; nil if there is none of this name. Valid until `generation`
  /// changes.
  func numbers(of name: String) -> [ColumnMemory]? { fields[name] }

  /// One column, whatever it holds; nil if there is none. Valid until `generation` changes.
  func numbers(_ column: Column) -> ColumnMemory? {
    fields[column.field].flatMap { $0.indices.contains(column.component) ? $0[column.component] : nil }
  }

  private func doubles(_ column: ColumnMemory, of name: String) -> UnsafeMutablePointer<Double> {
    guard let doubles = column.doubles else { preconditionFailure("\(name) holds floats") }
    return doubles
  }

  /// The ids, of which none occurs twice. Valid until `generation` changes.
  public var idColumn: UnsafeMutablePointer<Int64> { ids.base }

  /// Indices of species. Valid until `generation` changes.
  public var speciesColumn: UnsafeMutablePointer<Int32> { species.base }

  /// How often each particle has left through the upper face of a periodic side, one column per dimension: position plus
  /// this times the side is the unwrapped position. Valid until `generation` changes.
  public var imageColumns: [UnsafeMutablePointer<Int32>] { images.map(\.base) }

  /// One column of doubles; nil if there is none. Valid until `generation` changes.
  func column(_ column: Column) -> UnsafeMutablePointer<Double>? { numbers(column).map { doubles($0, of: column.field) } }

  /// How many numbers each particle has.
  var columnCount: Int { fields.values.reduce(0) { $0 + $1.count } }

  /// The columns of positions.
  var positions: [UnsafeMutablePointer<Double>] { columns(of: "position") ?? [] }

  /// Adds particles of a species with these ids, all fields zero, and returns their places.
  @discardableResult
  public func append(species code: Int32, ids newIds: some Collection<Int64>) -> Range<Int> {
    let places = count..<count + newIds.count
    reserve(places.upperBound)
    for (place, id) in zip(places, newIds) { ids.base[place] = id }
    (species.base + places.lowerBound).update(repeating: code, count: places.count)
    for image in images { (image.base + places.lowerBound).update(repeating: 0, count: places.count) }
    for column in fields.values.joined() { column.fill(places, with: 0) }
    count = places.upperBound
    rearranged()
    return places
  }

  /// Removes all particles, and keeps their room.
  func removeAll() {
    count = 0
    rearranged()
  }

  /// Removes the particles at places for which `isGone`, keeping the order of the others; returns how many went.
  @discardableResult
  public func remove(where isGone: (Int) -> Bool) -> Int {
    guard let first = (0..<count).first(where: isGone) else { return 0 }
    let kept = Array(0..<first) + (first + 1..<count).filter { !isGone($0) }
    let removed = count - kept.count
    func close<Element>(_ column: AlignedArray<Element>) {
      for (to, from) in kept.enumerated() { column.base[to] = column.base[from] }
    }
    close(ids)
    close(species)
    images.forEach { close($0) }
    for column in fields.values.joined() {
      guard let column = column.whole else { preconditionFailure("members with columns of floats stay") }
      close(column)
    }
    count = kept.count
    rearranged()
    return removed
  }

  /// Makes room for this many particles.
  public func reserve(_ capacity: Int) {
    guard capacity > ids.capacity else { return }
    ids.reserve(capacity, keeping: count)
    species.reserve(ids.capacity, keeping: count)
    for image in images { image.reserve(ids.capacity, keeping: count) }
    for column in fields.values.joined() { column.reserve(ids.capacity, keeping: count) }
    generation += 1
  }

  private func rearranged() {
    arrangement += 1
    generation += 1
  }

  /// Puts other memory in the place of a column of doubles, which is handed back in turn.
  func exchange(_ column: Column, with other: inout AlignedArray<Double>) {
    guard let old = fields[column.field]?[column.component].whole else { return }
    other.reserve(ids.capacity, keeping: count)
    fields[column.field]?[column.component] = ColumnMemory(other)
    other = old
    generation += 1
  }

  /// Gives columns the memory of others, moved by a way; together they are as many as before.
  func trade(_ trades: [(column: Column, from: Column, way: Int)]) {
    let old = trades.map { numbers($0.from)?.moved(by: $0.way) }
    for (trade, memory) in zip(trades, old) {
      guard let memory else { preconditionFailure("\(trade.from.field) has no room to move by \(trade.way)") }
      fields[trade.column.field]?[trade.column.component] = memory
    }
    generation += 1
  }

  /// Moves the numbers of columns to where they were at first.
  func centre(_ columns: [Column]) {
    for column in columns { fields[column.field]?[column.component].centre(count) }
    generation += 1
  }

  /// Puts every column into a new order: `wide` and `narrow` write the permuted copy of their first argument to the second.
  func permute(
    wide: (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void,
    narrow: (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void
  ) {
    spareWide.reserve(ids.capacity)
    spareIds.reserve(ids.capacity)
    spareNarrow.reserve(ids.capacity)
    for name in fieldNames {
      for component in fields[name, default: []].indices {
        guard let column = fields[name]?[component].whole else { preconditionFailure("\(name) keeps its order") }
        wide(column.base, spareWide.base)
        fields[name]?[component] = ColumnMemory(spareWide)
        spareWide = column
      }
    }
    wide(ids.base, spareIds.base)
    swap(&ids, &spareIds)
    narrow(species.base, spareNarrow.base)
    swap(&species, &spareNarrow)
    for axis in images.indices {
      narrow(images[axis].base, spareNarrow.base)
      swap(&images[axis], &spareNarrow)
    }
    rearranged()
  }
}
