import Diagnostics
import Foundation

/// Laws by name: files `NAME.yaml` in a list of folders, of which the first that has the name counts.
public struct LawLibrary: Sendable {
  /// Folders that are searched, in order.
  public var folders: [URL]
  /// Files that stand for a name, whatever the folders hold.
  public var overrides: [String: URL]
  /// Texts that stand for a name, before all files: laws that a snapshot carries.
  public var texts: [String: String]

  /// A library of these folders, files and texts.
  public init(folders: [URL] = [], overrides: [String: URL] = [:], texts: [String: String] = [:]) {
    self.folders = folders
    self.overrides = overrides
    self.texts = texts
  }

  /// Names of all laws that can be found, in order.
  public var names: [String] {
    let files = folders.flatMap { folder in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [] }
    let found = files.filter { $0.hasSuffix(".yaml") }.map { String($0.dropLast(5)) }
    return Set(found).union(overrides.keys).union(texts.keys).sorted()
  }

  /// The file of a law; nil if there is none.
  public func file(named name: String) -> URL? {
    if let file = overrides[name] { return file }
    // A name is no path: nothing outside the folders can be reached by it.
    guard name.utf8.allSatisfy({ $0.isLowerCaseLetter || $0.isDigit || $0 == UInt8(ascii: "-") }) else { return nil }
    return folders.map { $0.appendingPathComponent(name + ".yaml") }.first { FileManager.default.fileExists(atPath: $0.path) }
  }

  /// Reads a law; throws what is wrong with its text, or that there is none of this name.
  public func law(named name: String) throws(Diagnostics) -> Law {
    if let text = texts[name] { return try Law.read(text: text, file: "\(name).yaml") }
    guard let file = file(named: name) else { throw Diagnostics([missing(name)]) }
    let law = try Law.read(text: LawLibrary.text(of: file), file: file.relativePath)
    if overrides[name] == nil, law.name != name {
      let place = SourceLocation(file: file.relativePath, line: 1, column: 1)
      throw law.completed(
        Diagnostics([Diagnostic("law: \(law.name) in the file of \(name)", hint: "a law has its file's name", at: place)]))
    }
    return law
  }

  private func missing(_ name: String) -> Diagnostic {
    let near = nearestNames(to: name, among: names)
    let places = folders.map(\.relativePath).joined(separator: ", ")
    let hint =
      near.isEmpty
      ? "laws are searched in \(places.isEmpty ? "no folder" : places)" : "did you mean \(near.joined(separator: " or "))?"
    return Diagnostic("there is no law \(name)", hint: hint)
  }

  /// The text of a law file, if it can be read and is not too large.
  public static func text(of file: URL) throws(Diagnostics) -> String {
    let place = SourceLocation(file: file.relativePath, line: 1, column: 1)
    do {
      let handle = try FileHandle(forReadingFrom: file)
      defer { try? handle.close() }
      // One byte more than allowed tells a file that is too large.
      let data = try handle.read(upToCount: Law.sizeLimit + 1) ?? Data()
      guard let text = String(data: data, encoding: .utf8) else {
        throw Diagnostics([Diagnostic("the file is not UTF-8 text", at: place)])
      }
      return text
    } catch let problems as Diagnostics {
      throw problems
    } catch {
      throw Diagnostics([Diagnostic("the file cannot be read: \(error.localizedDescription)", at: place)])
    }
  }
}
