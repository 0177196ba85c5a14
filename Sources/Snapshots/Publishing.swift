import Diagnostics
import Foundation

/// Makes files appear under their names whole, or not at all.
enum Publishing {
  /// A name beside `path` under which it is written; unique among processes that may write at once.
  static func temporaryName(for path: String) -> String { "\(path).\(getpid()).partial" }

  /// Gives `temporary` its name; throws `.failed` if that exists and may not be replaced.
  static func publish(_ temporary: String, as path: String, overwrites: Bool) throws(Failure) {
    if overwrites {
      unlink(path + ".journal")
      if rename(temporary, path) != 0 { throw systemFailure(errno, path, "replace") }
      return
    }
    // link(2) is the one call that creates a name exclusively and whole; where it is not known, an empty file claims the name.
    if link(temporary, path) == 0 {
      unlink(temporary)
      return
    }
    if errno == EEXIST { throw exists(path) }
    let claim = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o666)
    if claim < 0 { throw errno == EEXIST ? exists(path) : systemFailure(errno, path, "create") }
    close(claim)
    if rename(temporary, path) != 0 { throw systemFailure(errno, path, "create") }
  }

  /// Whether two names are of one file.
  static func isSameFile(_ a: String, _ b: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino
  }

  private static func exists(_ path: String) -> Failure {
    Failure(.failed, "\(path) exists", hint: "go on with it by --continue, or replace it by --force")
  }
}
