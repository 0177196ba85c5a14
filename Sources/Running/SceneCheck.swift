import Diagnostics
import Engine
import Foundation
import KernelCompiler
import Laws
import Scenes
import World

/// What a run of a scene will need: particles, memory, disk, time; found by preparing it and measuring a few steps.
public struct SceneCheck: Sendable, Codable {
  /// A species and how many particles it has at the start.
  public struct Population: Sendable, Codable {
    /// The name.
    public var species: String
    /// Particles at the start.
    public var count: Int
  }

  /// What the scene shows.
  public var title: String
  /// Names of the laws, in the order in which they run.
  public var laws: [String]
  /// Species with their particles.
  public var populations: [Population]
  /// Particles at the start.
  public var particles: Int
  /// Processes among which they are divided.
  public var ranks: Int
  /// Bytes that one process needs for particles and neighbour lists.
  public var bytesPerRank: Int
  /// Frames of the whole run.
  public var frames: Int
  /// Largest size of a frame in the file.
  public var bytesPerFrame: Int
  /// Largest size of the file.
  public var bytesOfFile: Int
  /// Steps of the whole run.
  public var steps: Int
  /// Time steps in the shortest period with which a particle swings in the forces of its surroundings at the start; nil if no
  /// force acts.
  public var stepsPerPeriod: Double?
  /// Seconds of one step on this machine, with the threads that were given; nil if nothing could be measured.
  public var secondsPerStep: Double?
  /// Seconds of the whole run on this machine; nil if nothing could be measured.
  public var secondsOfRun: Double?
  /// Whether the simulation blew up within the measured steps.
  public var blowsUp = false
  /// What is allowed but strange.
  public var warnings: [String]
}

extension SceneCheck {
  /// Prepares the scene and measures some steps.
  ///
  /// - Throws: `Diagnostics` for mistakes of the scene or its laws, `Failure` for particles that find no room or no compiler.
  public init(_ scene: Scene, library: LawLibrary, source: any FrameSource, ranks: Int = 1, threads: Int = 1) throws {
    let frame = try scene.initialFrame(from: source)
    let estimate = scene.estimate()
    title = scene.title
    laws = scene.laws.map(\.name)
    populations = scene.species.indices.map { index in
      Population(species: scene.species[index].name, count: frame.species.count { $0 == Int32(index) })
    }
    particles = frame.count
    self.ranks = ranks
    bytesPerRank = (particles + ranks - 1) / ranks * estimate.bytesPerParticle
    (frames, steps) = (estimate.frames, scene.steps)
    // The estimate does not open files, so the particles that are really there are counted.
    bytesPerFrame = estimate.storedBytesPerParticle * particles
    bytesOfFile = frames * bytesPerFrame
    warnings = scene.warnings.items.map(\.message)
    guard particles > 0 else { return }
    var trial = Trial(try Simulation(scene, from: SimulationState(frame: frame), library: library, threads: threads))
    do {
      try trial.run()
      secondsPerStep = trial.secondsPerStep
      secondsOfRun = trial.secondsPerStep * Double(scene.steps)
    } catch let failure as Failure where failure.status == .blewUp {
      blowsUp = true
      warnings.append("the first steps blow up: \(failure.message)")
    }
    stepsPerPeriod = trial.stepsPerPeriod
    // Particles that meet later do so more violently than those that sit in place at the start.
    if let stepsPerPeriod, stepsPerPeriod < 40 {
      warnings.append(
        "the time step is long: the stiffest force swings once in \(shortNumber(stepsPerPeriod)) steps, 40 or more are safe")
    }
  }
}

/// The first steps of a run, timed, with what they tell of the forces.
private struct Trial {
  private let simulation: Simulation
  private(set) var secondsPerStep = 0.0
  private(set) var stepsPerPeriod: Double?

  init(_ simulation: Simulation) { self.simulation = simulation }

  mutating func run() throws {
    let before = simulation.frame(fields: ["force", "mass"])
    try simulation.advance(wantsTotals: false)
    stepsPerPeriod = Self.period(before, simulation.frame(fields: ["force"])).map { $0 / simulation.scene.timeStep }
    let clock = ContinuousClock(), start = clock.now
    var steps = 0
    // A tenth of a second is enough for an estimate; twenty steps show what blows up at once, but of a huge scene one has to do.
    repeat {
      try simulation.advance(wantsTotals: false)
      steps += 1
    } while clock.now - start < (steps < 20 ? .seconds(2) : .milliseconds(100))
    secondsPerStep = (clock.now - start) / .seconds(1) / Double(steps)
  }

  /// 2π √(m/k) with k = |ΔF|/|Δx| along the way of each particle in one step; the stiffest hundredth counts, as single particles
  /// may by chance hardly move.
  private static func period(_ before: Frame, _ after: Frame) -> Double? {
    guard before.ids == after.ids, let forces = before[field: "force"], let later = after[field: "force"],
      let old = before[field: "position"], let new = after[field: "position"]
    else { return nil }
    let space = before.box.space, masses = before[field: "mass"]?.values
    var rates: [Double] = []
    for particle in 0..<before.count {
      var push = 0.0, way = 0.0
      for axis in 0..<space {
        let place = particle * space + axis, side = before.box.lengths[axis]
        let change = later.values[place] - forces.values[place]
        var step = new.values[place] - old.values[place]
        if before.box.sides[axis] == .periodic { step -= (step / side).rounded() * side }
        push += change * change
        way += step * step
      }
      if way > 0 { rates.append((push / way).squareRoot() / (masses?[particle] ?? 1)) }
    }
    let sorted = rates.sorted()
    guard !sorted.isEmpty else { return nil }
    let stiffest = sorted[sorted.count - 1 - sorted.count / 100]
    return stiffest > 0 && stiffest.isFinite ? 2 * .pi / stiffest.squareRoot() : nil
  }
}

extension SceneCheck: CustomStringConvertible {
  /// A table for people.
  public var description: String {
    func row(_ key: String, _ value: String) -> String { key.padding(toLength: 13, withPad: " ", startingAt: 0) + value }
    let species = populations.map { "\($0.count) \($0.species)" }.joined(separator: ", ")
    var lines = title.isEmpty ? [] : [row("scene", title)]
    lines += [row("particles", species), row("laws", laws.joined(separator: ", "))]
    lines.append(
      row("memory", "\(spelledBytes(bytesPerRank)) for particles and lists" + (ranks > 1 ? " on each of \(ranks) ranks" : "")))
    lines.append(
      row("file", "\(frames) frames of at most \(spelledBytes(bytesPerFrame)): \(spelledBytes(bytesOfFile)) before compression"))
    if let stepsPerPeriod {
      lines.append(row("time step", "the stiffest force swings once in \(shortNumber(stepsPerPeriod)) steps"))
    }
    if let secondsPerStep, let secondsOfRun {
      lines.append(row("time", "\(steps) steps of \(shortNumber(secondsPerStep * 1e3)) ms: \(spelledTime(secondsOfRun))"))
    }
    return (lines + warnings.map { "warning: \($0)" }).joined(separator: "\n")
  }
}

/// A size in words: `1.5 MB`.
public func spelledBytes(_ count: Int) -> String {
  let units = ["B", "kB", "MB", "GB", "TB", "PB"]
  var value = Double(count), unit = 0
  while value >= 1000, unit < units.count - 1 {
    value /= 1000
    unit += 1
  }
  return "\(unit == 0 ? "\(count)" : String(format: "%.3g", value)) \(units[unit])"
}
