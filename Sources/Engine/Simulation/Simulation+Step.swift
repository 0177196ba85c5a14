import Diagnostics
import Expressions
import KernelCompiler

extension Simulation {
  /// Runs one operation of the plan.
  func run(_ operation: Operation, wantsTotals: Bool) throws {
    switch operation {
    case .members(let call): try run(call)
    case .world(let pass): assign(pass)
    case .totals(let pass): for (name, values) in try evaluate(pass, series: nil) { world[name] = values }
    case .forces(let group, let time):
      let before = world["time"]
      world["time"] = time.tape.run(in: parameters.context(world))
      try evaluateForces(group: group, wantsTotals: wantsTotals)
      world["time"] = before
    case .meetings(let index):
      try updatePairs()
      _ = try run(meetings: index, wantsTotals: false)
    case .lattice(let pass): try run(pass)
    case .repetition(let repetition): try run(repetition, wantsTotals: wantsTotals)
    case .every(let count, let inner):
      if (step + 1) % count == 0 { for operation in inner { try run(operation, wantsTotals: wantsTotals) } }
    case .require(let tape, let message):
      if number(tape) == 0 { throw Failure(.blewUp, "step \(step): required: \(message)") }
    case .pairs(let index):
      try updatePairs()
      try runPairs(index, overwritesForce: false, wantsTotals: false)
    case .everywhere(let index): try run(everywhere: index, wantsTotals: wantsTotals)
    }
  }

  /// The number that a tape gives now.
  func number(_ tape: HostTape) -> Double { tape.tape.run(in: parameters.context(world))[0] }

  private func run(_ call: MemberCall) throws {
    let made = try call.creation.map { try children(of: $0) } ?? []
    if let failed = members.run(call.kernel, on: stores[call.population], parameters, world) {
      throw Failure(
        .blewUp,
        "step \(step): \(plan.memberName(call.population)) \(failed) breaks what a law requires: \(call.requirement ?? "")")
    }
    if call.removes { removeMarked(of: call.population) }
    try append(made)
    if call.movesParticles { try removeEscaped() }
  }

  /// Takes away the members that a pass has marked.
  func removeMarked(of population: Int) {
    guard let marks = stores[population].columns(of: ChainBuilder.removal.field)?[0] else { return }
    let gone = stores[population].remove { marks[$0] != 0 }
    if population == Population.particles { removed += gone }
    if gone > 0 { afterRemoval() }
  }

  /// Links that have lost an end go, and members are counted afresh.
  func afterRemoval() {
    for links in plan.populations where links.arity > 0 { meetings.removeLost(of: links.index, stores) }
    updateWorld()
  }

  private func assign(_ pass: WorldPass) {
    let values = pass.tape.tape.run(in: parameters.context(world))
    var place = 0
    for (name, components) in pass.targets {
      world[name] = Array(values[place..<place + components])
      place += components
      if name == "box" { box.lengths = world[name] }
    }
  }

  private func run(_ repetition: Repetition, wantsTotals: Bool) throws {
    let outerStep = world["dt"], outerTime = world["time"], outerSeed = world.seed
    defer { (world["dt"], world["time"], world.seed) = (outerStep, outerTime, outerSeed) }
    if let dt = repetition.dt { world["dt"] = [number(dt)] }
    let limit = Int((repetition.times ?? repetition.limit).map { number($0) } ?? .greatestFiniteMagnitude.rounded())
    for round in 0..<max(0, limit) {
      // Every round draws its own noise.
      world.seed = outerSeed ^ (UInt64(round) &* 0x9e37_79b9_7f4a_7c15)
      for operation in repetition.passes { try run(operation, wantsTotals: wantsTotals) }
      if repetition.dt != nil { world["time"] = [(world["time"].first ?? 0) + (world["dt"].first ?? 0)] }
      if let until = repetition.until, number(until) != 0 { return }
    }
    guard repetition.until != nil else { return }
    let message = "a repeat reached its limit of \(limit) rounds"
    if scene.limitPolicy == .stop { throw Failure(.blewUp, "step \(step): \(message)") }
    warnings[message, default: 0] += 1
  }

  // MARK: Forces

  /// Runs the force laws of a group on the present positions.
  func evaluateForces(group: String, wantsTotals: Bool) throws {
    guard let pass = plan.forceGroups[group] else { return }
    try updatePairs()
    pairs.clearTotals(space: store.space)
    everywhere.clearTotals(space: store.space)
    linkTotals = PairTotals(energy: 0, virial: [Double](repeating: 0, count: store.space * (store.space + 1) / 2))
    var alone = 0.0
    isUnobserved = !wantsTotals && !pass.observers.isEmpty
    for (place, operation) in pass.operations.enumerated() {
      if isUnobserved, pass.observers.contains(place) { continue }
      if case .energy(let total) = operation {
        if wantsTotals { alone += memberEnergy(total) }
      } else {
        try run(operation, wantsTotals: wantsTotals)
      }
    }
    guard wantsTotals else { return }
    let tail = pairs.tailCorrection(counts: world.counts, volume: box.volume)
    for total in pass.memberEnergies { alone += memberEnergy(total) }
    world["potential"] = [pairs.totals.energy + everywhere.totals.energy + tail.energy + linkTotals.energy + alone]
    world["virial"] = fullVirial(trace: tail.virial)
    hasTotals = true
  }

  /// Does what the last step has left out, as somebody looks. What fails here is thrown by the next step or measurement.
  func observe() {
    guard isUnobserved, let pass = plan.forceGroups[""] else { return }
    isUnobserved = false
    do {
      for place in pass.observers.sorted() { try run(pass.operations[place], wantsTotals: false) }
    } catch {
      lateFailure = error
    }
  }

  /// Brings lists of pairs up to date with the positions.
  private func updatePairs() throws {
    guard !plan.pairs.isEmpty || meetings.listsPairs else { return }
    try meetings.widen(stores, parameters, world, in: pairs.neighbourhood)
    try pairs.update(store, world, box: box)
    meetings.update(stores, parameters, world, pairs.neighbourhood)
  }

  private func memberEnergy(_ energy: EnergyTotal) -> Double {
    members.totals(energy.total, on: stores[energy.population], parameters, world).reduce(0) { $0 + $1[0] }
  }

  /// Runs a pass over meetings, takes away what it marks and makes the links that it wants; returns what it adds to potential and
  /// virial.
  private func run(meetings index: Int, wantsTotals: Bool) throws -> PairTotals {
    let pass = plan.meetings[index]
    if let noting = pass.noting {
      _ = try meetings.run(noting, on: stores, parameters, world, box: box, step: step, wantsTotals: false)
    }
    if let itself = pass.itself { _ = members.run(itself.before, on: store, parameters, world) }
    let wishing = wishing(pass), own = wishing.own
    for wish in pass.wishes { own.column(wish)?.update(repeating: 0, count: own.count) }
    let found = try meetings.run(index, on: stores, parameters, world, box: box, step: step, wantsTotals: wantsTotals)
    if let itself = pass.itself { _ = members.run(itself.after, on: store, parameters, world) }
    for joining in pass.joins { join(joining, of: wishing) }
    for population in pass.removes where population == Population.particles || meetings.hasMarked {
      removeMarked(of: population)
    }
    if let reaction = pass.reaction { try react(reaction, of: wishing) }
    if pass.movesParticles { try removeEscaped() }
    return found
  }

  /// The meetings of a pass, and where their ends are when it has run.
  private func wishing(_ pass: MeetingPass) -> WishingMeetings {
    let arity = pass.ends.count
    return WishingMeetings(own: meetings.own(of: pass, stores)) { [meetings] row in
      meetings.places(of: pass)[arity * row..<arity * (row + 1)].map(Int.init)
    }
  }

  private func run(_ operation: ForceOperation, wantsTotals: Bool) throws {
    switch operation {
    case .clear(let columns, let population):
      let store = stores[population]
      for column in columns { store.numbers(column)?.fill(0..<store.count, with: 0) }
    case .members(let call): try run(call)
    case .meetings(let index): linkTotals.add(try run(meetings: index, wantsTotals: wantsTotals))
    case .energy: break
    case .pairs(let index, let overwrites): try runPairs(index, overwritesForce: overwrites, wantsTotals: wantsTotals)
    case .lattice(let pass): try run(pass)
    case .other(let operation): try run(operation, wantsTotals: wantsTotals)
    }
  }

  private func run(everywhere index: Int, wantsTotals: Bool) throws {
    let group = plan.everywhere[index], kernel = group.kernel
    let force = kernel.hasForce ? (0..<store.space).map { Column("force", $0) } : []
    var output = PairOutput((force + kernel.sums).compactMap { store.column($0) })
    output.extremes = kernel.extremes.compactMap { store.column($0.column) }
    output.prepare = { [self] in for target in group.targets where target.clears != 0 { clear(target.column, of: target.clears) }
    }
    if let images = group.images { _ = members.run(images.kernel, on: store, parameters, world) }
    try everywhere.run(index, on: store, world, box: box, into: output, wantsTotals: wantsTotals)
    try heedMarks(of: kernel, requirement: group.requirement)
  }

  /// Runs a loop over pairs, and does what its marks ask for.
  private func runPairs(_ index: Int, overwritesForce: Bool, wantsTotals: Bool) throws {
    let group = plan.pairs[index], kernel = group.kernel
    let force = kernel.hasForce ? (0..<store.space).map { Column("force", $0) } : []
    let every = group.everySpecies
    let overwrites =
      group.itself == nil && (overwritesForce || force.isEmpty) && group.targets.allSatisfy { $0.clears == every }
    var output = PairOutput((force + kernel.sums).compactMap { store.column($0) })
    output.extremes = kernel.extremes.compactMap { store.column($0.column) }
    output.isAdded = !overwrites
    if !overwrites {
      output.prepare = { [self] in
        if overwritesForce { for column in force { store.column(column)?.update(repeating: 0, count: store.count) } }
        for target in group.targets where target.clears != 0 { clear(target.column, of: target.clears) }
        // It reads what it replaces itself, and has nothing to require.
        if let itself = group.itself { _ = members.run(itself, on: store, parameters, world) }
      }
    }
    try pairs.run(index, on: store, world, into: output, wantsTotals: wantsTotals)
    try heedMarks(of: kernel, requirement: group.requirement)
  }

  /// Does what pairs ask for: stops where they break a requirement, takes away members that they marked or moved out of the box.
  private func heedMarks(of kernel: PairKernel, requirement: String?) throws {
    if let requirement, let marks = store.column(PairBuilder.broken) {
      let broken = (0..<store.count).filter { marks[$0] != 0 }.map { store.idColumn[$0] }
      if let first = broken.min() {
        throw Failure(
          .blewUp, "step \(step): a pair of particle \(first) breaks what a law requires: \(requirement)",
          hint: broken.count > 1 ? "it met one of the particles \(broken.sorted().dropFirst().prefix(4))" : "")
      }
    }
    if kernel.removes { removeMarked(of: Population.particles) }
    if kernel.movesParticles { try removeEscaped() }
  }

  /// Sets a column to zero where the species is one of these.
  private func clear(_ column: Column, of species: UInt64) {
    guard let numbers = store.column(column) else { return }
    let codes = store.speciesColumn
    // Written in either case, so that the loop has no branch.
    for place in 0..<store.count {
      numbers[place] = species &>> UInt64(truncatingIfNeeded: codes[place]) & 1 == 1 ? 0 : numbers[place]
    }
  }

  /// The symmetric virial as a matrix, with an isotropic part added.
  private func fullVirial(trace: Double) -> [Double] {
    let space = store.space
    var matrix = [Double](repeating: 0, count: space * space), index = 0
    for row in 0..<space {
      for column in row..<space {
        let sum = pairs.totals.virial[index] + everywhere.totals.virial[index] + linkTotals.virial[index]
        matrix[row * space + column] = sum
        matrix[column * space + row] = sum
        index += 1
      }
      matrix[row * space + row] += trace / Double(space)
    }
    return matrix
  }
}
