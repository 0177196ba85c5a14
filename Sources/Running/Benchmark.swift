import Diagnostics
import Engine
import Foundation
import Laws
import Scenes

/// The speed of a scene's steps: no frames, no log, no totals.
public struct Benchmark: Sendable, Encodable {
  /// Name of the case.
  public var name: String
  /// Particles of the scene; where it has none, the sites of its lattices.
  public var particles: Int
  /// Steps that were timed.
  public var steps: Int
  /// Wall-clock seconds that they took.
  public var seconds: Double
  /// Processor time that they took on all threads (s).
  public var processorSeconds: Double
  /// Share of `seconds` in laws over pairs, with packing and unpacking (s).
  public var pairSeconds: Double
  /// Share of `seconds` in keeping lists of pairs up to date (s).
  public var listSeconds: Double
  /// Threads that were used.
  public var threads: Int
  /// How pair arithmetic was done.
  public var precision: String
  /// Growth of resident memory from before the particles were made to the end, for each of them; nil where it is not known.
  public var bytesPerParticle: Double?

  /// What is neither in laws nor in lists: propagating, mostly (s).
  public var otherSeconds: Double { seconds - pairSeconds - listSeconds }
  /// particles·steps/seconds
  public var particleStepsPerSecond: Double { Double(particles * steps) / max(seconds, 1e-9) }

  /// How a case is timed.
  public struct Settings: Sendable {
    /// Threads to use.
    public var threads = 1
    /// Least time that is measured (s).
    public var seconds = 3.0
    /// Steps of the warm-up, at least.
    public var warmUp = 1
    /// Steps that are measured; nil: as many as fill `seconds`.
    public var steps: Int?
    /// The defaults.
    public init() {}
  }

  /// Runs a warm-up of a quarter of the time, in which lists are tuned, and then times steps.
  ///
  /// - Throws: `Diagnostics` for mistakes of the scene, `Failure` for the rest.
  public init(_ scene: Scene, name: String, _ settings: Settings, library: LawLibrary, source: any FrameSource) throws {
    let resident = Self.residentBytes
    let simulation = try Simulation(
      scene, from: SimulationState(frame: try scene.initialFrame(from: source)), library: library, threads: settings.threads)
    (self.name, threads, precision) = (name, settings.threads, scene.precision.rawValue)
    particles = simulation.store.count > 0 ? simulation.store.count : simulation.siteCount
    _ = try Self.advance(simulation, seconds: settings.seconds / 4, least: settings.warmUp)
    let before = (times: simulation.pairTimes, processor: Self.processorTime)
    (steps, seconds) = try Self.advance(
      simulation, seconds: settings.steps == nil ? settings.seconds : 0, least: settings.steps ?? 1)
    let after = (times: simulation.pairTimes, processor: Self.processorTime)
    processorSeconds = after.processor - before.processor
    pairSeconds = (after.times.laws - before.times.laws) / .seconds(1)
    listSeconds = (after.times.lists - before.times.lists) / .seconds(1)
    if let resident, let now = Self.residentBytes, particles > 0 { bytesPerParticle = Double(now - resident) / Double(particles) }
  }

  /// Does so many steps, and more until the time is filled.
  private static func advance(_ simulation: Simulation, seconds: Double, least: Int) throws -> (
    steps: Int, seconds: Double
  ) {
    let clock = ContinuousClock(), start = clock.now
    var steps = 0
    repeat {
      try simulation.advance(wantsTotals: false)
      steps += 1
    } while steps < least || clock.now - start < .seconds(seconds)
    return (steps, (clock.now - start) / .seconds(1))
  }

  /// Processor time of this process so far (s).
  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  /// Memory of this process that lies in RAM, as Linux tells.
  private static var residentBytes: Int? {
    let words = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ") ?? []
    return words.count > 1 ? Int(words[1]).map { $0 * sysconf(Int32(_SC_PAGESIZE)) } : nil
  }

  private enum CodingKeys: String, CodingKey {
    case name = "case"
    case particles, steps, seconds, threads, precision
    case particleStepsPerSecond = "particle_steps_per_second"
    case bytesPerParticle = "bytes_per_particle"
    case processorSeconds = "processor_seconds"
    case pairSeconds = "pair_seconds"
    case listSeconds = "list_seconds"
  }

  /// One object, with the speed that follows from the rest.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(particles, forKey: .particles)
    try container.encode(steps, forKey: .steps)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(processorSeconds, forKey: .processorSeconds)
    try container.encode(pairSeconds, forKey: .pairSeconds)
    try container.encode(listSeconds, forKey: .listSeconds)
    try container.encode(particleStepsPerSecond, forKey: .particleStepsPerSecond)
    try container.encode(threads, forKey: .threads)
    try container.encode(precision, forKey: .precision)
    try container.encodeIfPresent(bytesPerParticle, forKey: .bytesPerParticle)
  }
}
