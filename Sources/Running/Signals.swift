import Dispatch
import Foundation
import Synchronization

/// Signals that ask a run to stop or to save: they set a flag that is looked at between steps.
public final class Signals: Sendable {
  /// What a signal asks for.
  public enum Request: Int, Sendable { case none, checkpoint, stop }

  private static let state = Atomic<Int>(0)
  private static let interrupts = Atomic<Int>(0)

  /// SIGTERM, SIGINT and SIGUSR1 ask to stop, SIGUSR2 to save and go on; a second SIGINT ends the program at once with 130.
  public static func install() {
    for number in [SIGTERM, SIGUSR1] { signal(number) { _ in Signals.state.store(Request.stop.rawValue, ordering: .relaxed) } }
    signal(SIGUSR2) { _ in
      _ = Signals.state.compareExchange(
        expected: Request.none.rawValue, desired: Request.checkpoint.rawValue, ordering: .relaxed)
    }
    signal(SIGINT) { _ in
      if Signals.interrupts.add(1, ordering: .relaxed).newValue > 1 { _exit(130) }
      Signals.state.store(Request.stop.rawValue, ordering: .relaxed)
    }
    // A reader that has gone away is an error of a write, not the end of the run.
    signal(SIGPIPE, SIG_IGN)
  }

  /// What was asked for since the last look.
  static func take() -> Request {
    let request = Request(rawValue: state.load(ordering: .relaxed)) ?? .none
    if request == .checkpoint { state.store(Request.none.rawValue, ordering: .relaxed) }
    return request
  }
}
