import ArgumentParser
import Diagnostics
import Foundation
import KernelCompiler
import Snapshots

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor", abstract: "Look for what Mote works with, and say how to get what is missing.",
    discussion: """
      Ends with 0 if all is found that a run needs, and with 1 if not.

      Examples:
        mote doctor
        mote doctor --json
      """)

  @Flag(help: "Print one JSON document.")
  var json = false

  func run() throws {
    let findings = Finding.all()
    if json {
      try Console.printJSON(findings)
    } else {
      for finding in findings { print(finding) }
    }
    if findings.contains(where: { $0.isNeeded && $0.found == nil }) { throw ExitCode(ExitStatus.failed.rawValue) }
  }
}

/// One thing that Mote works with.
struct Finding: Encodable, CustomStringConvertible {
  var name: String
  /// Version or place; nil if it is missing.
  var found: String?
  /// What it is for.
  var use: String
  /// How to get it.
  var remedy: String
  /// Whether no run is possible without it.
  var isNeeded: Bool

  var description: String {
    let head = name.padding(toLength: 10, withPad: " ", startingAt: 0)
    return found.map { "\(head)\($0)" } ?? "\(head)missing (\(use)\(isNeeded ? "" : ", may be missing")): \(remedy)"
  }

  static func all() -> [Finding] {
    let toolchain = Toolchain(), libraries = LinkedLibraries()
    let clang = toolchain.compiler.map { path in version(of: path, "--version") ?? path }
    return [
      Finding(name: "clang", found: clang, use: "compiles kernels", remedy: "apt-get install clang", isNeeded: true),
      Finding(
        name: "cache", found: writable(toolchain.cache), use: "keeps compiled kernels",
        remedy: "set MOTE_TMPDIR to a folder that can be written",
        isNeeded: true),
      Finding(
        name: "laws", found: Build.scenes?.appending(path: "laws").path, use: "laws that scenes name",
        remedy: "run mote from its checkout, or put Scenes into share/mote beside it", isNeeded: true),
      Finding(
        name: "HDF5", found: libraries.hdf5, use: "snapshots", remedy: "apt-get install libhdf5-openmpi-dev", isNeeded: true),
      Finding(name: "VTK", found: libraries.vtk, use: "STL and VTP", remedy: "apt-get install libvtk9-dev", isNeeded: false),
      Finding(
        name: "ffmpeg", found: version(of: "ffmpeg", "-version"), use: "movies", remedy: "apt-get install ffmpeg", isNeeded: false
      ),
      Finding(
        name: "MPI", found: version(of: "mpirun", "--version"), use: "runs on several machines",
        remedy: "apt-get install openmpi-bin",
        isNeeded: false),
    ]
  }

  /// The first line that a program says of itself; nil if it is not there.
  private static func version(of program: String, _ flag: String) -> String? {
    let process = Process(), output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program, flag]
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    process.standardInput = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? text.split(whereSeparator: \.isNewline).first.map(String.init) : nil
  }

  /// The folder, if a file can be made in it.
  private static func writable(_ folder: URL) -> String? {
    try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return FileManager.default.isWritableFile(atPath: folder.path) ? folder.path : nil
  }
}
