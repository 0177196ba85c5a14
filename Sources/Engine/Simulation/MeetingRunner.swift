import CKernel
import Diagnostics
import Expressions
import KernelCompiler
import World

/// Calls the kernels of passes over links and over pairs that are listed one by one.
final class MeetingRunner {
  private typealias Kernel = @convention(c) (UnsafePointer<mote_meeting_call>, Int64, Int64) -> Void
  private typealias Collect =
    @convention(c) (
      UnsafeMutablePointer<Int64>, Int64, Int64, Int64, Int64, UnsafePointer<Double>, UnsafePointer<Int32>,
      UnsafePointer<UnsafeMutablePointer<Double>?>, Int64, Int64
    ) -> Void
  private typealias Pack =
    @convention(c) (
      UnsafePointer<UnsafeMutablePointer<Double>?>, Int64, Int64, UnsafeMutablePointer<Double>, Int64, Int64
    ) -> Void

  private typealias Settle =
    @convention(c) (
      UnsafeMutablePointer<Int64>, Double, UnsafeMutablePointer<Double>, Int64, Int64
    ) -> Void

  /// A loaded kernel with the magnitude of each of its sums.
  private struct Loaded {
    let kernel: Kernel
    let pass: MeetingPass
    var needs: BoundNeeds
    /// For each outcome the power of two that one counts as; nil until something was summed.
    var exponents: [Int?]
    /// For which members the columns were cleared that stay zero.
    var clearedStamp: Int?
  }

  private let library: KernelLibrary?
  private let collect: Collect?
  private let pack: Pack?
  private let settleExtremes: Settle?
  private let workers: Workers
  private var passes: [Loaded] = []
  private var ends: [Int: LinkEnds] = [:]
  private(set) var lists: [ListedPairs] = []
  /// The lists that some pass to come needs.
  private var needed: [ListedPairs] = []
  /// What a pass reads of members, row by row.
  private let rows = AlignedArray<Double>()
  /// Sums of a run, row by row; zero between runs.
  private let sums = AlignedArray<Int64>()
  /// Least and greatest values of a run, by outcome.
  private var extremes: [AlignedArray<Int64>] = []
  /// New values of a pass's own columns.
  private var fresh: [AlignedArray<Double>] = []
  /// The order in which meetings act in turn, and what it was made for.
  private var turns: [MeetingPass.Source: (stamp: Int, turns: Turns)] = [:]

  /// Loads, and if need be compiles, the kernels of all passes over meetings of a plan.
  init(_ plan: Plan, space: Int, toolchain: Toolchain, workers: Workers) throws(Failure) {
    self.workers = workers
    lists = plan.listings.map { ListedPairs($0) }
    needed = lists
    guard !plan.meetings.isEmpty else {
      (library, collect, pack, settleExtremes) = (nil, nil, nil, nil)
      return
    }
    let library = try KernelLibrary(plan.meetingText, with: toolchain)
    self.library = library
    collect = try library.function("mote_meeting_collect", as: Collect.self)
    pack = try library.function("mote_meeting_pack", as: Pack.self)
    settleExtremes = try library.function("mote_meeting_settle", as: Settle.self)
    for pass in plan.meetings {
      passes.append(
        Loaded(
          kernel: try library.function(pass.kernel.name, as: Kernel.self), pass: pass,
          needs: BoundNeeds(pass.kernel.needs, isPaired: true), exponents: pass.kernel.targets.map { _ in nil }))
    }
  }

  /// Makes sure that lists of clusters reach as far as the pairs do that are listed one by one.
  func widen(
    _ stores: [MemberStore], _ parameters: ParameterTable, _ world: WorldState, in neighbourhood: Neighbourhood
  ) throws(Failure) {
    for list in needed { try list.widen(stores[Population.particles], parameters, world, in: neighbourhood) }
  }

  /// Takes the pairs from a neighbourhood that is up to date.
  func update(
    _ stores: [MemberStore], _ parameters: ParameterTable, _ world: WorldState, _ neighbourhood: Neighbourhood
  ) {
    for list in needed { list.update(stores, parameters, world, neighbourhood) }
  }

  /// True while pairs are listed one by one.
  var listsPairs: Bool { !needed.isEmpty }

  /// Lists these pairs no longer.
  func release(_ listings: Set<Int>, in neighbourhood: Neighbourhood) {
    for listing in listings { lists[listing].release(in: neighbourhood) }
    needed = lists.indices.filter { !listings.contains($0) }.map { lists[$0] }
  }

  /// Takes away the links of a population that have lost an end.
  func removeLost(of population: Int, _ stores: [MemberStore]) {
    ends[population, default: LinkEnds()].update(stores[population], stores[Population.particles])
  }

  /// Runs a pass on all its meetings, whose lists are up to date; returns what it adds to potential energy and virial, where that
  /// is wanted.
  func run(
    _ index: Int, on stores: [MemberStore], _ parameters: ParameterTable, _ world: WorldState, box: Box, step: Int,
    wantsTotals: Bool
  ) throws(Failure) -> PairTotals {
    _ = passes[index].needs.update(parameters, world)
    let pass = passes[index].pass
    if case .links(let population) = pass.source { removeLost(of: population, stores) }
    if pass.isInTurn { return try runInTurn(index, on: stores, world, box: box, step: step) }
    let own = own(of: pass, stores), members = stores[Population.particles]
    let copies = workers.count * members.count <= 2 * own.count ? workers.count : 1
    prepare(pass, stores, copies: copies)
    var call = MeetingCall(
      passes[index].needs, pass, stores, own: own, world, box: box, places: places(of: pass), rows: rows)
    call.wantsTotals = wantsTotals
    call.sumsOfPart = copies == 1 ? nil : members.count * pass.kernel.sumWidth
    var result = call.run(passes[index].kernel, scales: scales(index), sums, extremes: extremes, fresh, workers, count: own.count)
    while try settle(index, result.largest, step: step) {
      sums.base.update(repeating: 0, count: copies * members.count * pass.kernel.sumWidth)
      result = call.run(passes[index].kernel, scales: scales(index), sums, extremes: extremes, fresh, workers, count: own.count)
    }
    note(result, pass)
    try check(result, pass, stores, step: step)
    return store(index, stores, result.totals, copies: copies)
  }

  /// Whether the last pass has marked meetings of its own.
  private(set) var hasMarked = false

  private func note(_ result: MeetingCall.Result, _ pass: MeetingPass) {
    hasMarked = zip(pass.kernel.targets, result.largest).contains { target, found in
      if case .mark = target { found > 0 } else { false }
    }
  }

  private func check(_ result: MeetingCall.Result, _ pass: MeetingPass, _ stores: [MemberStore], step: Int) throws(Failure) {
    guard let failed = result.failed else { return }
    throw Failure(
      .blewUp, "step \(step): \(name(of: failed, pass, stores)) breaks what a law requires: \(pass.requirement ?? "")")
  }

  // MARK: One after another

  /// Runs a pass whose meetings act in turn; those that share no end act at once.
  private func runInTurn(
    _ index: Int, on stores: [MemberStore], _ world: WorldState, box: Box, step: Int
  ) throws(Failure) -> PairTotals {
    let pass = passes[index].pass, own = own(of: pass, stores)
    let call = MeetingCall(passes[index].needs, pass, stores, own: own, world, box: box, places: places(of: pass), rows: rows)
    let result = call.run(
      passes[index].kernel, scales: [], sums, extremes: extremes, fresh, workers, count: own.count, turns: turns(of: pass, stores)
    )
    if result.largest.contains(where: { !$0.isFinite }) { throw notFinite(pass, step: step) }
    note(result, pass)
    try check(result, pass, stores, step: step)
    let space = stores[Population.particles].space
    return PairTotals(energy: 0, virial: [Double](repeating: 0, count: space * (space + 1) / 2))
  }

  /// The order in which the meetings of a pass act, made anew when there are others.
  private func turns(of pass: MeetingPass, _ stores: [MemberStore]) -> Turns {
    let stamp = stamp(of: pass, stores)
    if let known = turns[pass.source], known.stamp == stamp { return known.turns }
    let members = stores[Population.particles].count, new: Turns
    switch pass.source {
    case .links(let population):
      let ids = stores[population].idColumn
      let keys = (0..<stores[population].count).map { Turns.key(of: UInt64(bitPattern: ids[$0])) }
      new = Turns(keys: keys, ends: places(of: pass), of: members) { ids[$0] < ids[$1] }
    case .pairs(let list):
      new = Turns(keys: lists[list].keys, ends: places(of: pass), of: members) { [list = lists[list]] in list.isBefore($0, $1) }
    }
    turns[pass.source] = (stamp, new)
    return new
  }

  /// Changes when there are other meetings.
  private func stamp(of pass: MeetingPass, _ stores: [MemberStore]) -> Int {
    switch pass.source {
    case .links(let population): stores[population].arrangement
    case .pairs(let list): lists[list].listed
    }
  }

  /// What belongs to the meetings of a pass themselves.
  func own(of pass: MeetingPass, _ stores: [MemberStore]) -> MemberStore {
    switch pass.source {
    case .links(let population): stores[population]
    case .pairs(let list): lists[list].rows
    }
  }

  /// Places of the ends, meeting by meeting.
  func places(of pass: MeetingPass) -> [Int32] {
    switch pass.source {
    case .links(let population): ends[population]?.places ?? []
    case .pairs(let list): lists[list].places
    }
  }

  private func name(of meeting: Int, _ pass: MeetingPass, _ stores: [MemberStore]) -> String {
    switch pass.source {
    case .links(let population): "link \(stores[population].idColumn[meeting])"
    case .pairs(let list): "the pair of \(lists[list].name(of: meeting))"
    }
  }

  /// Powers of two that sums are counted in, pass by pass: part of the state of a run.
  var exponents: [[Int?]] {
    get { passes.map(\.exponents) }
    set {
      for (index, exponents) in newValue.enumerated() where passes[index].exponents.count == exponents.count {
        passes[index].exponents = exponents
      }
    }
  }

  // MARK: Sums

  private func scales(_ index: Int) -> [Double] {
    passes[index].exponents.map { Double(sign: .plus, exponent: $0 ?? 0, significand: 1) }
  }

  /// Powers of two that one contribution may fill; the rest of 63 is for their number.
  private static let width = 40

  /// Chooses the magnitude of sums after a run; true if the run has to be repeated with it.
  ///
  /// It follows from the largest contribution alone, so that threads and order change nothing.
  private func settle(_ index: Int, _ found: [Double], step: Int) throws(Failure) -> Bool {
    let targets = passes[index].pass.kernel.targets
    // What goes to one column has one magnitude, whichever end it is seen from.
    let largest = zip(targets, found).map { target, top in
      guard case .sum(let column) = target else { return top }
      return zip(targets, found).reduce(top) { $1.0.isSum(of: column.column) && !($1.1 <= $0) ? $1.1 : $0 }
    }
    var again = false
    for (outcome, top) in largest.enumerated() where targets[outcome].isSum {
      guard top.isFinite else { throw notFinite(passes[index].pass, step: step) }
      guard top > 0 else { continue }
      let fits = Self.width - Int(top.exponent) - 1
      if let old = passes[index].exponents[outcome], old <= fits, old > fits - 12 { continue }
      passes[index].exponents[outcome] = fits - 4
      again = true
    }
    return again
  }

  private func notFinite(_ pass: MeetingPass, step: Int) -> Failure {
    Failure(
      .blewUp, "step \(step): what a meeting of \(pass.name) gives is not finite",
      hint: "a smaller time step, or a better start")
  }

  private func prepare(_ pass: MeetingPass, _ stores: [MemberStore], copies: Int) {
    let members = stores[Population.particles], kernel = pass.kernel, own = own(of: pass, stores)
    sums.reserve(copies * members.count * kernel.sumWidth)
    rows.reserve(members.count * kernel.rowWidth)
    withColumns(kernel.row.map { members.existing($0) }) { columns in
      workers.forRanges(of: members.count) { _, range in
        pack?(columns, Int64(kernel.row.count), Int64(kernel.rowWidth), rows.base, range.lowerBound, range.upperBound)
      }
    }
    var number = 0
    for (outcome, target) in kernel.targets.enumerated() {
      if extremes.count <= outcome { extremes.append(AlignedArray<Int64>()) }
      switch target {
      case .own:
        if fresh.count <= number { fresh.append(AlignedArray<Double>()) }
        fresh[number].reserve(own.count)
        number += 1
      case .least, .greatest:
        extremes[outcome].reserve(members.count)
        extremes[outcome].base.update(repeating: .min, count: members.count)
      case .sum, .total, .mark: continue
      }
    }
  }

  /// Puts sums and new values into their columns.
  private func store(_ index: Int, _ stores: [MemberStore], _ totals: [Int64], copies: Int) -> PairTotals {
    let pass = passes[index].pass, members = stores[Population.particles], space = members.space
    var own = 0
    var found = PairTotals(energy: 0, virial: [Double](repeating: 0, count: space * (space + 1) / 2))
    for (outcome, target) in pass.kernel.targets.enumerated() {
      switch target {
      case .sum, .mark: continue
      case .total(0): found.energy += Double(totals[outcome]) * unit(index, outcome)
      case .total(let entry): found.virial[entry - 1] += Double(totals[outcome]) * unit(index, outcome)
      case .own(let column):
        self.own(of: pass, stores).exchange(column, with: &fresh[own])
        own += 1
      case .least(let column), .greatest(let column):
        let sign: Double = if case .least = target { -1 } else { 1 }
        if let values = members.column(column.column) {
          settleExtremes?(extremes[outcome].base, sign, values, 0, Int64(members.count))
        }
      }
    }
    clear(index, stores)
    collectSums(index, members, copies: copies)
    return found
  }

  /// Clears the columns that a pass leaves zero: once for each list, unless another pass writes them.
  private func clear(_ index: Int, _ stores: [MemberStore]) {
    let pass = passes[index].pass, stamp = stamp(of: pass, stores), meetings = own(of: pass, stores)
    let others = passes.indices.filter { $0 != index && passes[$0].pass.source == pass.source }.map { passes[$0].pass.kernel }
    for column in pass.kernel.cleared {
      let isAlone = !others.contains { $0.written.contains(column.field) }
      if isAlone, passes[index].clearedStamp == stamp { continue }
      meetings.existing(column).update(repeating: 0, count: meetings.count)
    }
    passes[index].clearedStamp = stamp
  }

  /// Turns the rows of sums into numbers. A column that several outcomes share is replaced once and then added to.
  private func collectSums(_ index: Int, _ members: MemberStore, copies: Int) {
    let kernel = passes[index].pass.kernel, adds = passes[index].pass.adds
    let first = kernel.sums.map { column in kernel.targets.firstIndex { $0.isSum(of: column) } ?? 0 }
    let units = first.map { unit(index, $0) }, added: [Int32] = first.map { adds[$0] ? 1 : 0 }
    withColumns(kernel.sums.map { members.existing($0) }) { columns in
      workers.forRanges(of: members.count) { _, range in
        collect?(
          sums.base, Int64(copies), Int64(members.count), Int64(kernel.sumWidth), Int64(kernel.sums.count), units, added, columns,
          range.lowerBound, range.upperBound)
      }
    }
  }

  private func unit(_ index: Int, _ outcome: Int) -> Double {
    Double(sign: .plus, exponent: -(passes[index].exponents[outcome] ?? 0), significand: 1)
  }
}
