import Diagnostics
import Engine
import Foundation
import KernelCompiler
import Laws
import Scenes
import Snapshots
import World

/// One run of a scene: steps, totals, frames, checkpoints, signals.
public struct Run {
  let scene: Scene
  let settings: RunSettings
  let library: LawLibrary
  let source: any FrameSource
  let log: RunLog
  private var simulation: Simulation
  private var recorder: Recorder
  private var restart: CheckpointFile
  private let firstStep: Int
  private let total: Int
  private var longestCheckpoint = 0.0

  /// Prepares a run: first frame or continuation, kernels, and the file.
  ///
  /// - Throws: `Diagnostics` for mistakes of the scene, `Failure` for the rest.
  public init(_ scene: Scene, _ settings: RunSettings, library: LawLibrary, source: any FrameSource) throws {
    self.scene = scene
    self.settings = settings
    self.library = library
    self.source = source
    log = try RunLog(settings)
    let path = settings.output ?? scene.output.file
    restart = CheckpointFile(snapshot: path)
    total = settings.steps ?? scene.steps
    try Recorder.checkPlace(path, settings)
    let state = try Self.state(scene, settings, restart, path: path, source: source)
    simulation = try Simulation(scene, from: state, library: library, threads: settings.threads)
    firstStep = simulation.step
    recorder = try Recorder(path, scene, simulation, settings, library, continuesAfter: settings.continues ? firstStep : nil)
    for warning in scene.warnings.items { log.warn(warning.message) }
  }

  /// What the run starts from.
  private static func state(
    _ scene: Scene, _ settings: RunSettings, _ restart: CheckpointFile, path: String, source: any FrameSource
  ) throws -> SimulationState {
    guard settings.continues else { return SimulationState(frame: try scene.initialFrame(from: source)) }
    return try restart.newest(orLastFrameOf: path)
  }

  /// Does the steps that are left.
  public mutating func complete() throws -> RunReport {
    announce()
    do {
      if simulation.step == 0 || !settings.continues { try record(isLast: false) }
      let ending = try loop()
      return try finish(ending)
    } catch let failure as Failure where failure.status == .blewUp {
      log.clearStatus()
      try? recorder.close(simulation)
      throw Failure(
        .blewUp, failure.message,
        hint: [failure.hint, "frames up to step \(recorder.lastFrameStep) are in \(recorder.path)"].filter { !$0.isEmpty }.joined(
          separator: "; "))
    }
  }

  private mutating func loop() throws -> RunReport.Ending {
    while simulation.step < total {
      let next = simulation.step + 1, isLast = next == total
      try simulation.advance(wantsTotals: isDue(next, isLast: isLast) || scene.stop != nil)
      if isDue(next, isLast: isLast) { try record(isLast: isLast) }
      if simulation.shouldStop() {
        if recorder.lastFrameStep < next { try record(isLast: true) }
        return .stoppedByCondition
      }
      log.status(Progress(simulation, from: firstStep, to: total, seconds: log.seconds, recorder).line)
      if !isLast, let reason = try interruption(at: next) { return .stoppedEarly(reason: reason) }
    }
    return .finished
  }

  private func isDue(_ step: Int, isLast: Bool) -> Bool {
    isLast || step % scene.logEvery == 0 || step % scene.output.every == 0
  }

  /// Totals for the log; a frame where one is due.
  private mutating func record(isLast: Bool) throws {
    let totals = try simulation.measure()
    let step = simulation.step
    recorder.note(totals, simulation, log, isLogged: step % scene.logEvery == 0 || isLast)
    guard step % scene.output.every == 0 || isLast else { return }
    try recorder.append(simulation, totals, log)
    log.detail("step \(step): frame written to \(recorder.path)")
  }

  /// Checkpoints that are due, and why the run stops, if it does.
  private mutating func interruption(at step: Int) throws -> String? {
    if let every = scene.checkpointEvery, step % every == 0 { try checkpoint() }
    switch Signals.take() {
    case .none: break
    case .checkpoint: try checkpoint()
    case .stop: return "a signal asked for it"
    }
    if let limit = settings.maximalSeconds, log.seconds > limit - 2 * longestCheckpoint { return "the time limit is near" }
    return nil
  }

  /// Writes everything that a continued run needs, and goes on from those very numbers, so that a continued run gives the same bits.
  private mutating func checkpoint() throws {
    let begin = log.seconds
    let state = simulation.state
    try restart.write(state, scene, recorder.provenance)
    simulation = try Simulation(scene, from: state, library: library, threads: settings.threads)
    longestCheckpoint = max(longestCheckpoint, log.seconds - begin)
    log.detail("step \(simulation.step): checkpoint \(restart.path)")
    log.event("checkpoint", ["step": .integer(simulation.step), "file": .text(restart.path)])
  }

  private mutating func finish(_ ending: RunReport.Ending) throws -> RunReport {
    // A run that keeps checkpoints can also be made longer from its very end.
    let keepsEnd = scene.checkpointEvery != nil && simulation.step > firstStep
    if case .stoppedEarly = ending { try checkpoint() } else if keepsEnd { try checkpoint() }
    try recorder.close(simulation)
    for (text, count) in simulation.warnings { log.warn(text, count: count) }
    log.clearStatus()
    let report = RunReport(
      ending: ending, file: recorder.path, steps: simulation.step - firstStep, seconds: log.seconds,
      particles: simulation.store.count, expectations: isWhole(ending) ? recorder.expectations(of: scene) : [])
    Summary(
      report, recorder, scene, log, restart: restart.path, overSeries: simulation.plan.totalsOverSeries, goOn: settings.goOn
    ).print()
    return report
  }

  /// What a scene expects is what it gives at its own end, not at one that came earlier.
  private func isWhole(_ ending: RunReport.Ending) -> Bool {
    if case .stoppedByCondition = ending { return true }
    return simulation.step >= scene.steps
  }

  private func announce() {
    log.event(
      "start", ["particles": .integer(simulation.store.count), "steps": .integer(total), "file": .text(recorder.path)])
    let title = scene.title.isEmpty ? "" : "\(scene.title): "
    let from = firstStep > 0 ? ", from step \(firstStep)" : ""
    log.say(
      "\(title)\(simulation.store.count) particles, \(total) steps\(from), \(settings.threads) thread\(settings.threads == 1 ? "" : "s"), precision \(scene.precision.rawValue)"
    )
    for line in simulation.plan.schedule { log.detail(line) }
    log.say("ready after \(spelledTime(log.seconds))")
  }
}
