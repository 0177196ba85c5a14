/// Why a command ends, in the exit codes that a batch script can test.
public enum ExitStatus: Int32, Sendable {
  case done = 0
  case failed = 1
  case usage = 2
  case invalidScene = 3
  case unreadableFile = 4
  case blewUp = 5
  case outOfSpace = 6
  case lostDevice = 7
  case stoppedEarly = 75
}

/// A failure that is no mistake in a text: a full disk, a truncated file, a simulation that blew up.
public struct Failure: Error, Sendable, CustomStringConvertible {
  /// The exit code.
  public var status: ExitStatus
  /// What happened.
  public var message: String
  /// What to do about it; empty if there is nothing to say.
  public var hint: String

  /// A failure with its exit code.
  public init(_ status: ExitStatus, _ message: String, hint: String = "") {
    self.status = status
    self.message = message
    self.hint = hint
  }

  /// The failure as a terminal shows it.
  public var description: String { hint.isEmpty ? "error: \(message)" : "error: \(message)\n  hint: \(hint)" }
}
