import Diagnostics
import KernelCompiler
import World

/// The pairs of particles within a range and a buffer, one by one, with columns of their own: what each remembers.
///
/// They are taken from a list of clusters whenever that is made anew; what they remember travels by the ids of their ends.
final class ListedPairs {
  /// A row for each pair.
  private(set) var rows: MemberStore
  /// The rows of the last list, from which memory is taken over.
  private var old: MemberStore
  /// Places of i and j, pair by pair.
  private(set) var places: [Int32] = []
  private let listing: PairListing
  private var list: ClusterList?
  /// Where ranges differ much, a search by levels stands in the place of the list of clusters.
  private var levels: RangeLevels?
  private var range = 0.0
  /// Ids of i and j, pair by pair.
  private var ids: [Int64] = []
  /// Columns that travel.
  private let remembered: [String]
  /// Grows when the pairs are listed afresh.
  private(set) var listed = 0
  private var rebuilds = -1
  private var arrangements: [Int] = []

  init(_ listing: PairListing) {
    self.listing = listing
    (rows, old) = (Self.store(listing), Self.store(listing))
    remembered = listing.memory
  }

  private static func store(_ listing: PairListing) -> MemberStore {
    let store = MemberStore(space: 1)
    for field in listing.fields { store.addField(field.name, components: field.components) }
    for links in listing.marks { store.addField(PairListing.mark(links).field, components: 1) }
    return store
  }

  /// Makes sure that the list of clusters reaches as far as the pairs do.
  func widen(
    _ particles: MemberStore, _ parameters: ParameterTable, _ world: WorldState, in neighbourhood: Neighbourhood
  ) throws(Failure) {
    let isReady = list != nil || levels != nil
    guard !isReady || listing.range.readsFields else { return }
    let needed = listing.range.value(particles, parameters, world)
    guard needed > range || !isReady else { return }
    range = needed
    if let list { neighbourhood.release(list) }
    list = nil
    levels = RangeLevels(listing.range, particles, parameters, world, largest: needed)
    if levels == nil { list = try neighbourhood.list(within: needed, half: true) } else { try neighbourhood.prepare(for: needed) }
    rebuilds = -1
  }

  /// Forgets all pairs and lets go of the list of clusters.
  func release(in neighbourhood: Neighbourhood) {
    if let list { neighbourhood.release(list) }
    (list, levels, places, ids) = (nil, nil, [], [])
    rows.removeAll()
  }

  /// Lists the pairs afresh where the neighbourhood, which is up to date, has been made anew.
  func update(
    _ stores: [MemberStore], _ parameters: ParameterTable, _ world: WorldState, _ neighbourhood: Neighbourhood
  ) {
    let particles = stores[Population.particles], found = listing.marks.map { stores[$0].arrangement }
    let isOld = rebuilds != neighbourhood.rebuilds || levels.map { !$0.cover(particles) } ?? false
    if isOld || particles.count == 0 {
      if levels != nil { levels = RangeLevels(listing.range, particles, parameters, world, largest: range) }
      relist(particles, neighbourhood)
      arrangements = []
    }
    guard arrangements != found else { return }
    let table = PlaceTable(particles)
    for links in listing.marks { mark(stores[links], PairListing.mark(links), table, count: particles.count) }
    arrangements = found
  }

  private func relist(_ particles: MemberStore, _ neighbourhood: Neighbourhood) {
    let oldIds = ids
    swap(&rows, &old)
    listed += 1
    rebuilds = neighbourhood.rebuilds
    places = []
    if particles.count > 0, let list {
      places = list.pairs(
        neighbourhood.order, box: neighbourhood.box, particles, receives: listing.receives, speciesCount: listing.speciesCount)
    } else if let levels {
      let search = LevelSearch(levels, within: neighbourhood.skin, receives: listing.receives, speciesCount: listing.speciesCount)
      places = search.pairs(particles, neighbourhood.box, workers: neighbourhood.workers)
    }
    let id = particles.idColumn
    ids = places.map { id[Int($0)] }
    rows.removeAll()
    rows.append(species: 0, ids: 0..<Int64(places.count / 2))
    recall(oldIds, particles)
  }

  /// Sets a column to 1 for pairs that such a link joins, else to 0.
  private func mark(_ links: MemberStore, _ column: Column, _ table: PlaceTable, count: Int) {
    guard let marks = rows.column(column) else { return }
    marks.update(repeating: 0, count: rows.count)
    let ends = links.columns(of: LinkEnds.field) ?? []
    let joined = (0..<links.count).flatMap { link -> [(Int64, Int64)] in
      let (a, b) = (table[Int64(ends[0][link])], table[Int64(ends[1][link])])
      return [(a, b), (b, a)]
    }
    let index = PairIndex(joined, count: count)
    for row in 0..<rows.count where index.row(Int64(places[2 * row]), Int64(places[2 * row + 1])) != nil { marks[row] = 1 }
  }

  // MARK: Memory

  /// What pairs remember: the ids of their ends, and the numbers, pair by pair. Pairs that remember nothing are left out.
  struct Memory {
    var ends: [(Int64, Int64)] = []
    var values: [Double] = []
  }

  /// What the pairs remember now; what is put here is recalled when they are listed next.
  var memory: Memory {
    get {
      let columns = columns(of: rows), kept = Self.remembering(columns, count: rows.count), ids = self.ids
      return Memory(
        ends: kept.map { (ids[2 * $0], ids[2 * $0 + 1]) }, values: kept.flatMap { row in columns.map { $0[row] } })
    }
    set {
      rows.removeAll()
      rows.append(species: 0, ids: 0..<Int64(newValue.ends.count))
      ids = newValue.ends.flatMap { [$0.0, $0.1] }
      let columns = columns(of: rows)
      for row in 0..<rows.count {
        for (number, column) in columns.enumerated() { column[row] = newValue.values[row * columns.count + number] }
      }
      rebuilds = -1
    }
  }

  /// The columns that travel.
  private func columns(of store: MemberStore) -> [UnsafeMutablePointer<Double>] {
    remembered.flatMap { store.columns(of: $0) ?? [] }
  }

  /// The rows that are not zero in every column.
  private static func remembering(_ columns: [UnsafeMutablePointer<Double>], count: Int) -> [Int] {
    (0..<count).filter { row in
      for column in columns where column[row] != 0 { return true }
      return false
    }
  }

  /// Takes over what the old rows remember of pairs with these ids.
  private func recall(_ oldIds: [Int64], _ particles: MemberStore) {
    let from = columns(of: old), to = columns(of: rows), places = self.places
    let kept = Self.remembering(from, count: old.count)
    guard !kept.isEmpty else { return }
    let table = PlaceTable(particles)
    let index = PairIndex(kept.map { (table[oldIds[2 * $0]], table[oldIds[2 * $0 + 1]]) }, count: particles.count)
    for row in 0..<rows.count {
      guard let found = index.row(Int64(places[2 * row]), Int64(places[2 * row + 1])) else { continue }
      for (column, before) in zip(to, from) { column[row] = before[kept[found]] }
    }
  }

  /// A number for each pair that follows from the ids of its ends alone.
  var keys: [UInt64] {
    (0..<rows.count).map { row in
      let (a, b) = (UInt64(bitPattern: ids[2 * row]), UInt64(bitPattern: ids[2 * row + 1]))
      return Turns.key(of: Turns.key(of: min(a, b)) &+ max(a, b))
    }
  }

  /// Whether the ids of a pair come before those of another one.
  func isBefore(_ row: Int, _ other: Int) -> Bool {
    let (a, b) = (ids[2 * row..<2 * row + 2].sorted(), ids[2 * other..<2 * other + 2].sorted())
    return a.lexicographicallyPrecedes(b)
  }

  /// The ids of a pair, for messages.
  func name(of row: Int) -> String { "\(ids[2 * row]) and \(ids[2 * row + 1])" }
}
