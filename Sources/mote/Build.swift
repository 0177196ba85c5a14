import Foundation
import Laws

/// What this program is and where its laws and scenes lie.
enum Build {
  static let version = "0.1.0"

  /// The folder with `laws/` and the example scenes: beside the program, or up from it, as in a checkout.
  static let scenes: URL? = {
    var folder = URL(fileURLWithPath: CommandLine.arguments.first ?? "").resolvingSymlinksInPath()
    if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
      folder = URL(fileURLWithPath: path)
    }
    while folder.path != "/" {
      folder.deleteLastPathComponent()
      for place in ["Scenes", "share/mote/Scenes"] {
        let candidate = folder.appendingPathComponent(place)
        if FileManager.default.fileExists(atPath: candidate.appendingPathComponent("laws").path) { return candidate }
      }
    }
    return nil
  }()

  /// The commit that the checkout around the program is at, 40 hex digits; zeros outside a checkout.
  static let git: String = {
    let unknown = String(repeating: "0", count: 40)
    guard let top = scenes?.deletingLastPathComponent(), let folder = gitFolder(of: top), let head = line(folder, "HEAD") else {
      return unknown
    }
    guard head.hasPrefix("ref: ") else { return head }
    let name = String(head.dropFirst(5))
    // A linked checkout has its own HEAD, and its branches are those of the first one.
    let common = line(folder, "commondir").map { URL(fileURLWithPath: $0, relativeTo: folder) } ?? folder
    if let hash = line(common, name) { return hash }
    let packed = text(common, "packed-refs").split(separator: "\n").first { $0.hasSuffix(" " + name) }
    return packed.map { String($0.prefix(40)) } ?? unknown
  }()

  /// `.git`, or the folder that a file of that name points at.
  private static func gitFolder(of top: URL) -> URL? {
    let place = top.appending(path: ".git")
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: place.path, isDirectory: &isFolder) else { return nil }
    if isFolder.boolValue { return place }
    return line(top, ".git").map { URL(fileURLWithPath: String($0.dropFirst("gitdir: ".count)), relativeTo: top) }
  }

  private static func text(_ folder: URL, _ name: String) -> String {
    (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
  }

  private static func line(_ folder: URL, _ name: String) -> String? {
    text(folder, name).split(whereSeparator: \.isNewline).first.map(String.init)
  }

  /// Laws beside a scene first, then the shipped ones.
  static func library(for scene: String? = nil) -> LawLibrary {
    var folders: [URL] = []
    if let scene { folders.append(URL(fileURLWithPath: scene).deletingLastPathComponent().appendingPathComponent("laws")) }
    if let scenes { folders.append(scenes.appendingPathComponent("laws")) }
    return LawLibrary(folders: folders)
  }

  /// Threads to use: the flag, else the environment, else one for each core.
  static func threads(_ flag: Int?) -> Int {
    let environment = ProcessInfo.processInfo.environment
    let named = ["MOTE_THREADS", "OMP_NUM_THREADS", "SLURM_CPUS_PER_TASK"].lazy.compactMap { environment[$0].flatMap { Int($0) } }
    return max(1, flag ?? named.first ?? ProcessInfo.processInfo.activeProcessorCount)
  }
}
