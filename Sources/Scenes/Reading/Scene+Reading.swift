import Diagnostics
import Foundation
import Laws

extension Scene {
  /// Reads a scene file with what it includes.
  /// - Parameters:
  ///   - overrides: texts such as `laws.lj.cutoff=1 nm`, applied in order.
  ///   - allowed: folders besides the scene's own from which it may read.
  /// - Throws: `Diagnostics` with all mistakes at once, each with its place; `Failure` if the file cannot be read.
  public static func read(
    _ path: String, overrides: [String] = [], library: LawLibrary, allowing allowed: [String] = []
  ) throws -> Scene {
    let url = URL(fileURLWithPath: path)
    let access = FileAccess(folder: url.deletingLastPathComponent(), allowing: allowed.map { URL(fileURLWithPath: $0) })
    let text: String
    do {
      // The user named this very file, so its own folder is where it may be.
      text = try FileAccess(folder: url.resolvingSymlinksInPath().deletingLastPathComponent())
        .text(of: url.resolvingSymlinksInPath().lastPathComponent, at: nil)
    } catch {
      throw Failure(
        .unreadableFile, error.message.replacing(url.lastPathComponent, with: path), hint: "mote new lists example scenes")
    }
    return try read(text: text, file: path, access: access, overrides: overrides, library: library)
  }

  /// Reads a scene's text; `file` is the name for messages, and its last part names the default output.
  public static func read(
    text: String, file: String, access: FileAccess, overrides: [String] = [], library: LawLibrary
  ) throws(Diagnostics) -> Scene {
    var inclusion = Inclusion(access: access, report: Report())
    var tree = inclusion.read(text, file: file)
    var report = inclusion.report
    // Each override begins on a line of its own, whatever line ends are in those before it.
    let arguments = overrides.map { $0.replacing("\n", with: " ") }
    report.register(arguments.joined(separator: "\n"), as: "--set")
    for (index, argument) in arguments.enumerated() {
      do {
        let override = try Override(argument, line: index + 1)
        tree = try tree.map { (tree) throws(Diagnostic) in try override.applied(to: tree) }
      } catch {
        report.add(error)
      }
    }
    guard let tree else { throw report.diagnostics }
    var reader = SceneReader(report: report, access: access, library: library)
    reader.isComplete = inclusion.isComplete
    let stem = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    guard let scene = reader.scene(tree, stem: stem), !reader.report.hasErrors else { throw reader.report.diagnostics }
    return scene
  }
}
