import CHDF5
import Diagnostics
import Foundation

/// Changes of a file that come true together or not at all.
struct Appending: Sendable {
  var isDurable = false
  /// Fault injection for tests: the commit stops before this write, as by a kill.
  var stopsBefore: Int64 = -1

  /// Creates `path` by what `body` writes; throws `.outOfSpace` for a full disk, and leaves no file then.
  func create(_ path: String, _ body: (borrowing StoredFile) throws(Failure) -> Void) throws(Failure) {
    do {
      try run(path, creates: true, body)
    } catch {
      unlink(path)
      throw error
    }
  }

  /// Changes `path` by what `body` writes; if that throws, or the disk is full, the file stays as it was.
  func change(_ path: String, _ body: (borrowing StoredFile) throws(Failure) -> Void) throws(Failure) {
    try Self.recover(path)
    try run(path, creates: false, body)
  }

  /// Undoes what an append that was killed has left half done.
  static func recover(_ path: String) throws(Failure) {
    let result = mote_h5_recover(path)
    if result < 0 {
      throw systemFailure(
        -result, path, "recover from an interrupted append",
        hint: "\(path).journal holds what is to be put back; Mote needs write access to both files")
    }
  }

  private func run(_ path: String, creates: Bool, _ body: (borrowing StoredFile) throws(Failure) -> Void) throws(Failure) {
    let append = UnsafeMutablePointer<mote_h5_append>.allocate(capacity: 1)
    append.initialize(to: mote_h5_append(error: 0, durable: isDurable ? 1 : 0, stops_before: stopsBefore, writes: 0))
    defer { append.deallocate() }
    var failure: Failure?
    do {
      let file = try StoredFile.appending(path, creates: creates, reportingTo: append)
      do throws(Failure) {
        try body(file)
      } catch {
        failure = error
        if append.pointee.error == 0 { append.pointee.error = ECANCELED }
      }
    } catch {
      failure = error
    }
    // The file is closed by now, and the outcome known.
    let error = append.pointee.error
    if error != 0, error != ECANCELED || failure == nil { throw systemFailure(error, path, creates ? "create" : "append") }
    if let failure { throw failure }
  }
}

/// What the system says of a failed call, `.outOfSpace` if a disk or quota is full.
func systemFailure(_ number: Int32, _ path: String, _ action: String, hint: String = "") -> Failure {
  let isFull = [ENOSPC, EDQUOT, EFBIG].contains(number)
  let ownHint = isFull ? "what was written before is safe; make room and continue with --continue" : hint
  return Failure(isFull ? .outOfSpace : .failed, "\(path): cannot \(action): \(String(cString: strerror(number)))", hint: ownHint)
}
