import CKernel
import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes
import World

/// A running scene: particles, fields of the world, and the plan that moves them.
public final class Simulation {
  /// The scene that runs.
  public let scene: Scene
  /// Its laws as operations.
  public let plan: Plan
  /// The members of each population, now: free particles, then lattices and links.
  var stores: [MemberStore]
  /// The box, now.
  public internal(set) var box: Box
  /// Steps done since the beginning of the run.
  public internal(set) var step: Int
  /// Units of the run.
  public internal(set) var time: Double
  /// Particles that left through open sides or were removed.
  public internal(set) var removed = 0
  /// Warnings that were counted instead of stopping the run.
  public internal(set) var warnings: [String: Int] = [:]
  var world = WorldState()
  let parameters: ParameterTable
  let members: MemberRunner
  let pairs: PairRunner
  let everywhere: FarRunner
  let measures: MeasureRunner
  let meetings: MeetingRunner
  let lattices: LatticeRunner
  let workers: Workers
  /// For each population an id that was never used.
  var nextIDs: [Int64] = []
  /// For each population the values that laws give to fields of new members: by field, then by species.
  private(set) var defaults: [[String: [Int: [Double]]]] = []
  /// The logged series of each pass of totals for the log.
  var series: [[LoggedSeries]] = []
  /// Since when steps have had their present length.
  private var clock: (step: Int, time: Double, dt: Double)
  private var countedMembers = -1
  /// Potential and virial of links since the slot began.
  var linkTotals = PairTotals(energy: 0, virial: [])
  /// True if potential and virial belong to the latest forces.
  var hasTotals = false
  /// True while what only observers want has not been done since the last step.
  var isUnobserved = false
  /// What went wrong when somebody looked.
  var lateFailure: (any Error)?

  /// Compiles the scene's laws, if that was not done before, and puts the particles of the state into place.
  ///
  /// - Throws: `Diagnostics` for what laws or scene have wrong, `Failure` for what the machine refuses.
  public init(
    _ scene: Scene, from state: SimulationState, library: LawLibrary, threads: Int = 1, toolchain: Toolchain = Toolchain()
  ) throws {
    self.scene = scene
    let frame = state.frame
    plan = try PlanBuilder.plan(scene, library: library)
    try plan.compile(for: scene, with: toolchain)
    box = frame.box
    step = frame.step
    time = frame.time
    clock = (frame.step, frame.time, scene.timeStep)
    workers = Workers(threads)
    parameters = ParameterTable(scene)
    members = try MemberRunner(plan, toolchain: toolchain, workers: workers)
    stores = try Self.stores(of: frame, plan)
    world.seed = scene.seed
    world.draw = members.draw
    for (name, values) in plan.world { world[name] = values }
    world["box"] = box.lengths
    world["dt"] = [scene.timeStep]
    let kernels = try ListKernels(
      space: scene.space, precision: scene.precision == .double ? .double : .mixed, toolchain: toolchain)
    pairs = try PairRunner(
      plan.pairs, tails: plan.tails, kernels: kernels, box: box, store: stores[Population.particles], workers: workers,
      toolchain: toolchain,
      parameters, world)
    everywhere = try FarRunner(plan.everywhere, space: scene.space, workers: workers, toolchain: toolchain, parameters)
    measures = try MeasureRunner(plan.measures, in: pairs.neighbourhood, toolchain: toolchain, parameters)
    meetings = try MeetingRunner(plan, space: scene.space, toolchain: toolchain, workers: workers)
    lattices = try LatticeRunner(plan, toolchain: toolchain, workers: workers)
    series = plan.log.map { $0.series.map { LoggedSeries($0.kind) } }
    restore(state.memory)
    updateWorld()
    try start(from: frame, isContinued: !state.memory.isEmpty)
    // Making the first frame takes many small pieces of memory, which the system gets back here.
    mote_release_memory()
  }

  /// Sites of all lattices.
  public var siteCount: Int { plan.populations.reduce(0) { $0 + ($1.grid?.count ?? 0) } }

  /// All free particles, now.
  public var store: MemberStore { stores[Population.particles] }

  private func start(from frame: Frame, isContinued: Bool) throws {
    defaults = try plan.populations.map { try defaultValues(of: $0) }
    if frame.step == 0 {
      for population in plan.populations { initializeFields(of: population, givenBy: frame) }
      for operation in plan.start { try run(operation, wantsTotals: true) }
      lattices.forgetFlags()
    }
    meetings.release(plan.listingsOfStart, in: pairs.neighbourhood)
    // The forces of a state that goes on are known; what remembers must not run twice for one step.
    if isContinued && plan.remembers { return }
    if plan.needsForcesAtStart || plan.hasPairForces || !plan.everywhere.isEmpty || !plan.meetings.isEmpty {
      try evaluateForces(group: "", wantsTotals: true)
    }
  }

  /// Does one step. `wantsTotals`: potential and virial are asked for at its end.
  public func advance(wantsTotals: Bool) throws {
    hasTotals = false
    do {
      if let lateFailure { throw lateFailure }
      for operation in plan.step { try run(operation, wantsTotals: wantsTotals || plan.needsTotalsAlways) }
    } catch let failure as Failure {
      throw explained(failure)
    }
    step += 1
    let dt = world["dt"].first ?? scene.timeStep
    if dt == clock.dt {
      // A product, as a sum of many small steps would drift.
      time = clock.time + Double(step - clock.step) * dt
    } else {
      time += dt
      clock = (step, time, dt)
    }
    updateWorld()
  }

  /// What everybody may read: time, step, counts.
  func updateWorld() {
    world["time"] = [time]
    world["step"] = [Double(step)]
    world["removed"] = [Double(removed)]
    world.step = Int64(step)
    let members = stores.reduce(0) { $0 + $1.count }
    guard countedMembers != members else { return }
    countedMembers = members
    world.counts = [Int](repeating: 0, count: max(1, scene.species.count))
    for store in stores { for place in 0..<store.count { world.counts[Int(store.speciesColumn[place])] += 1 } }
  }
}
