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
  public var threads = 1
  public var isQuiet = false
  /// Where JSON lines go: a path, or `-` for standard output.
  public var jsonLog: String?
  /// What the user typed, for the provenance.
  public var command = "mote run"
  public var version = ""
  public var git = ""
  /// The scene as the user gave it.
  public var sceneSource: String?

  public init() {}
}

/// How a run ended.
public struct RunReport: Sendable {
  public enum Ending: Sendable { case finished, stoppedByCondition, stoppedEarly(reason: String) }
  public var ending: Ending
  public var file: String
  public var steps: Int
  public var seconds: Double
  public var particles: Int
  public var expectations: [ExpectationResult]
}

/// A total at the end of a run against what the scene expects.
public struct ExpectationResult: Sendable {
  public var name: String
  public var value: Double
  public var range: ClosedRange<Double>
  public var holds: Bool
}
