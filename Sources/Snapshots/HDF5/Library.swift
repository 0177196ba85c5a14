import CHDF5
import Diagnostics

/// HDF5 as one shared thing: a lock around it, and its errors in our words.
enum Library {
  /// Runs `body` while no other thread is inside HDF5.
  static func locked<R: ~Copyable, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    mote_h5_lock()
    defer { mote_h5_unlock() }
    return try body()
  }

  /// Calls HDF5, and throws what it says if that fails.
  @discardableResult
  static func call<R: SignedInteger>(_ place: Place, _ action: String, _ body: () -> R) throws(Failure) -> R {
    try locked { () throws(Failure) in
      let result = body()
      guard result < 0 else { return result }
      var text = [CChar](repeating: 0, count: 400)
      mote_h5_last_error(&text, text.count)
      let reason = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      throw Failure(.unreadableFile, "\(place): cannot \(action)" + (reason.isEmpty ? "" : " (\(reason))"))
    }
  }
}

/// Where in which file something is, for messages.
struct Place: CustomStringConvertible {
  var file: String
  var object = ""

  var description: String { object.isEmpty ? file : "\(file): \(object)" }
}

/// A file, dataset, space, type, list or attribute: HDF5 counts who holds it.
struct Handle: ~Copyable, Sendable {
  let id: hid_t

  /// Takes over the identifier that `open` gives.
  init(_ place: Place, _ action: String, _ open: () -> hid_t) throws(Failure) {
    id = try Library.call(place, action, open)
  }

  deinit {
    let id = self.id
    Library.locked { _ = H5Idec_ref(id) }
  }
}
