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
      UnsafeMutablePointer<Int64>, Int64, Int64, Double, UnsafeMutablePointer<Double>, Int32, Int64, Int64
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
  }

  private let library: KernelLibrary?
  private let collect: Collect?
  private let settleExtremes: Settle?
  private let workers: Workers
  private var passes: [Loaded] = []
  private var ends: [Int: LinkEnds] = [:]
  private(set) var lists: [ListedPairs] = []
  /// The lists that some pass to come needs.
  private var needed: [ListedPairs] = []
  /// Sums of a run, by outcome; zero between runs.
  private var sums: [AlignedArray<Int64>] = []
  /// New values of a pass's own columns.
  private var fresh: [AlignedArray<Double>] = []
  /// The order in which meetings act in turn, and what it was made for.
  private var turns: [MeetingPass.Source: (stamp: Int, turns: Turns)] = [:]

  /// Loads, and if need be compiles, the kernels of all passes over meetings of a plan.
  init(_ plan: Plan, space: Int, toolchain: Toolchain, workers: Workers) throws(Failure) {
    self.workers = workers
    lists = plan.listings.map { ListedPairs($0, space: space) }
    needed = lists
    guard !plan.meetings.isEmpty else {
      (library, collect, settleExtremes) = (nil, nil, nil)
      return
    }
    let library = try KernelLibrary(plan.meetingText, with: toolchain)
    self.library = library
    collect = try library.function("mote_meeting_collect", as: Collect.self)
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

  /// Runs a pass on all its meetings, whose lists are up to date; returns what it adds to potential energy and virial.
  func run(
    _ index: Int, on stores: [MemberStore], _ parameters: ParameterTable, _ world: WorldState, box: Box, step: Int
  ) throws(Failure) -> PairTotals {
    _ = passes[index].needs.update(parameters, world)
    let pass = passes[index].pass
    if case .links(let population) = pass.source { removeLost(of: population, stores) }
    if pass.isInTurn { return try runInTurn(index, on: stores, world, box: box, step: step) }
    let own = own(of: pass, stores)
    let copies = copies(of: pass, stores, meetings: own.count)
    prepare(pass, stores, copies: copies)
    var call = MeetingCall(passes[index].needs, pass, stores, own: own, world, box: box, places: places(of: pass))
    call.sumsOfParts = copies == 1 ? nil : pass.kernel.targets.map { stride(of: $0, pass, stores) }
    var result = call.run(passes[index].kernel, scales: scales(index), sums, fresh, workers, count: own.count)
    while try settle(index, result.largest, step: step) {
      clear(pass, stores, copies: copies)
      result = call.run(passes[index].kernel, scales: scales(index), sums, fresh, workers, count: own.count)
    }
    try check(result, pass, stores, step: step)
    return store(index, stores, result.totals, copies: copies)
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
    let call = MeetingCall(passes[index].needs, pass, stores, own: own, world, box: box, places: places(of: pass))
    let result = call.run(
      passes[index].kernel, scales: [], sums, fresh, workers, count: own.count, turns: turns(of: pass, stores))
    if result.largest.contains(where: { !$0.isFinite }) { throw notFinite(pass, step: step) }
    try check(result, pass, stores, step: step)
    let space = stores[Population.particles].space
    return PairTotals(energy: 0, virial: [Double](repeating: 0, count: space * (space + 1) / 2))
  }

  /// The order in which the meetings of a pass act, made anew when there are others.
  private func turns(of pass: MeetingPass, _ stores: [MemberStore]) -> Turns {
    let stamp: Int =
      switch pass.source {
      case .links(let population): stores[population].arrangement
      case .pairs(let list): lists[list].listed
      }
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

  /// How many copies of its sums a pass keeps: one for each thread, so that none waits for another, unless to put them together would
  /// take longer than that.
  private func copies(of pass: MeetingPass, _ stores: [MemberStore], meetings: Int) -> Int {
    let members = pass.kernel.targets.map { stride(of: $0, pass, stores) }.max() ?? 0
    return workers.count * members <= 2 * meetings ? workers.count : 1
  }

  /// How many numbers a copy of a sum has; 0 for what has no copies.
  private func stride(of target: MeetingKernel.Target, _ pass: MeetingPass, _ stores: [MemberStore]) -> Int {
    guard case .sum(let column) = target else { return 0 }
    return store(of: column.end, pass, stores).count
  }

  /// What belongs to the meetings of a pass themselves.
  func own(of pass: MeetingPass, _ stores: [MemberStore]) -> MemberStore {
    switch pass.source {
    case .links(let population): stores[population]
    case .pairs(let list): lists[list].rows
    }
  }

  /// Places of the ends, meeting by meeting.
  func places(of pass: MeetingPass) -> [Int64] {
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
  private func settle(_ index: Int, _ largest: [Double], step: Int) throws(Failure) -> Bool {
    var again = false
    for (outcome, top) in largest.enumerated() where passes[index].pass.kernel.targets[outcome].isSum {
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

  private func clear(_ pass: MeetingPass, _ stores: [MemberStore], copies: Int) {
    for (outcome, target) in pass.kernel.targets.enumerated() where sums.indices.contains(outcome) {
      sums[outcome].base.update(repeating: 0, count: copies * stride(of: target, pass, stores))
    }
  }

  private func prepare(_ pass: MeetingPass, _ stores: [MemberStore], copies: Int) {
    var own = 0
    for (outcome, target) in pass.kernel.targets.enumerated() {
      if sums.count <= outcome { sums.append(AlignedArray<Int64>()) }
      switch target {
      case .sum: sums[outcome].reserve(copies * stride(of: target, pass, stores))
      case .own:
        if fresh.count <= own { fresh.append(AlignedArray<Double>()) }
        fresh[own].reserve(self.own(of: pass, stores).count)
        own += 1
      case .least(let column), .greatest(let column):
        let count = store(of: column.end, pass, stores).count
        sums[outcome].reserve(count)
        sums[outcome].base.update(repeating: .min, count: count)
      case .total: continue
      }
    }
  }

  private func store(of end: String, _ pass: MeetingPass, _ stores: [MemberStore]) -> MemberStore {
    guard let number = pass.kernel.ends.firstIndex(of: end) else { return own(of: pass, stores) }
    return stores[pass.ends[number]]
  }

  /// Puts sums and new values into their columns. A column that two ends share is replaced once and then added to.
  private func store(_ index: Int, _ stores: [MemberStore], _ totals: [Int64], copies: Int) -> PairTotals {
    let pass = passes[index].pass, space = stores[Population.particles].space
    var written: Set<WrittenColumn> = [], own = 0
    var found = PairTotals(energy: 0, virial: [Double](repeating: 0, count: space * (space + 1) / 2))
    for (outcome, target) in pass.kernel.targets.enumerated() {
      let unit = Double(sign: .plus, exponent: -(passes[index].exponents[outcome] ?? 0), significand: 1)
      switch target {
      case .sum(let column):
        let store = store(of: column.end, pass, stores)
        guard let values = store.column(column.column) else { continue }
        let isFirst = written.insert(WrittenColumn(store: ObjectIdentifier(store), column: column.column)).inserted
        workers.forRanges(of: store.count) { _, range in
          let adds: Int32 = pass.adds[outcome] || !isFirst ? 1 : 0
          collect?(
            sums[outcome].base, Int64(copies), Int64(store.count), unit, values, adds, range.lowerBound, range.upperBound)
        }
      case .total(0): found.energy += Double(totals[outcome]) * unit
      case .total(let entry): found.virial[entry - 1] += Double(totals[outcome]) * unit
      case .own(let column):
        let store = self.own(of: pass, stores)
        store.column(column)?.update(from: fresh[own].base, count: store.count)
        own += 1
      case .least(let column), .greatest(let column):
        let store = store(of: column.end, pass, stores)
        let sign: Double = if case .least = target { -1 } else { 1 }
        if let values = store.column(column.column) { settleExtremes?(sums[outcome].base, sign, values, 0, Int64(store.count)) }
      }
    }
    return found
  }

  private struct WrittenColumn: Hashable {
    var store: ObjectIdentifier
    var column: Column
  }
}
