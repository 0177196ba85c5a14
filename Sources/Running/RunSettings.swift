import Foundation

/// How a run is driven, besides what its scene says.
public struct RunSettings: Sendable {
  /// Path of the snapshot; nil: what the scene says.
  public var output: String?
  /// Goes on where the last checkpoint or frame ends.
  public var continues = false
  /// Replaces an existing snapshot.
  public var overwrites = false
  /// Total number of steps; nil: what the scene says.
  public var steps: Int?
  /// Wall-clock seconds after which the run writes a checkpoint and stops; nil: none.
  public var maximalSeconds: Double?
  /// Threads that share a step.
  public var threads = 1
  /// Says nothing but warnings and failures.
  public var isQuiet = false
  /// Says what a step does, and tells of every frame and checkpoint.
  public var isVerbose = false
  /// Where JSON lines go: a path, or `-` for standard output.
  public var jsonLog: String?
  /// What the user typed, for the provenance.
  public var command = "mote run"
  /// What to type to go on after an early stop.
  public var goOn = "mote run SCENE --continue"
  /// Version of the program, for the provenance.
  public var version = ""
  /// Commit of the program, 40 hex digits, for the provenance.
  public var git = ""
  /// The scene as the user gave it.
  public var sceneSource: String?

  /// What a scene says, on one thread.
  public init() {}
}

/// How a run ended.
public struct RunReport: Sendable {
  /// Why a run ended.
  public enum Ending: Sendable { case finished, stoppedByCondition, stoppedEarly(reason: String) }
  /// Why the run ended.
  public var ending: Ending
  /// Path of the snapshot.
  public var file: String
  /// Steps done.
  public var steps: Int
  /// Wall-clock seconds of the steps.
  public var seconds: Double
  /// Number of particles at the end.
  public var particles: Int
  /// What the scene expects, against what came out.
  public var expectations: [ExpectationResult]
}

/// A total at the end of a run against what the scene expects.
public struct ExpectationResult: Sendable {
  /// Name of the total.
  public var name: String
  /// What came out, in units of the run.
  public var value: Double
  /// What was expected.
  public var range: ClosedRange<Double>
  /// Whether the value lies in the range.
  public var holds: Bool
}
