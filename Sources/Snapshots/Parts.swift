import Diagnostics
import Foundation

/// Files of one run: `run.h5`, and `run.0001.h5` … where it outgrew the one before.
enum Parts {
  /// The name of part `index`; 0 is the run's own name.
  static func path(_ path: String, _ index: Int) -> String {
    if index == 0 { return path }
    let digits = String(index)
    let number = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "\(path).\(number)" }
    let suffix = name[dot...]
    return "\(path.dropLast(suffix.count)).\(number)\(suffix)"
  }

  /// Names of the parts that exist and belong to the same run, the first included.
  static func existing(_ path: String) throws(Failure) -> [String] {
    var paths = [path], status = stat()
    guard stat(path, &status) == 0 else {
      throw Failure(.unreadableFile, "cannot open \(path): \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw Failure(.unreadableFile, "\(path) is a folder, no snapshot") }
    let first = try identity(path)
    while true {
      let next = Self.path(path, paths.count)
      guard access(next, F_OK) == 0, try identity(next) == first else { return paths }
      paths.append(next)
    }
  }

  /// What all parts of a run have in common and other runs have not.
  private static func identity(_ path: String) throws(Failure) -> [String] {
    try Appending.recover(path)
    let file = try StoredFile.reading(path)
    guard file.exists(Path.provenance) else { return [] }
    let seed: [UInt64] = try file.numbers("seed", of: Path.provenance) ?? []
    var texts = seed.map(String.init)
    for name in ["created", "command", "scene"] where file.exists("\(Path.provenance)/\(name)") {
      texts += try file.readText("\(Path.provenance)/\(name)")
    }
    return texts
  }
}
