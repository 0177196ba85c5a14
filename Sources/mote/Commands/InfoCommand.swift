import ArgumentParser
import Diagnostics
import Foundation
import KernelCompiler
import Snapshots

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info", abstract: "Say what this program is, or what a snapshot holds.",
    discussion: """
      Examples:
        mote info
        mote info argon.h5
        mote info argon.h5 --json
      """)

  @Argument(help: "A snapshot; without it the program describes itself.", completion: .file(extensions: ["h5"]))
  var file: String?

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    guard let file else {
      let info = BuildInfo()
      return json ? try Console.printJSON(info) : print(info.description)
    }
    let summary = try SnapshotSummary(SnapshotReader(file))
    if json { try Console.printJSON(summary) } else { print(summary) }
  }
}

/// What this program is and what it finds on this machine.
struct BuildInfo: Encodable, CustomStringConvertible {
  var version = Build.version
  var git = Build.git
  var system = ProcessInfo.processInfo.operatingSystemVersionString
  var cores = ProcessInfo.processInfo.activeProcessorCount
  var threads = Build.threads(nil)
  var memory = ProcessInfo.processInfo.physicalMemory
  var compiler = Toolchain().compiler
  var kernels = Toolchain().cache.path
  var scenes = Build.scenes?.path

  var description: String {
    """
    mote         \(version) (\(git))
    system       \(system)
    cores        \(cores), runs use \(threads) threads
    memory       \(memory >> 20) MiB
    compiler     \(compiler ?? "none found: see mote doctor")
    kernels in   \(kernels)
    scenes in    \(scenes ?? "none found: see mote doctor")
    """
  }
}
