import Diagnostics
import Foundation

/// Which files a scene may read: those in its own folder and in folders that the user allowed by name.
public struct FileAccess: Sendable {
  /// The scene's folder; relative paths start here.
  public var folder: URL
  /// Further folders, such as the one of the shipped scenes.
  public var allowed: [URL]

  /// Largest text file that is read into memory (tables and included scenes), in bytes.
  static let largestText = 16 << 20

  /// A folder whose files may be read, and others besides.
  public init(folder: URL, allowing allowed: [URL] = []) {
    self.folder = folder.standardizedFileURL.resolvingSymlinksInPath()
    self.allowed = allowed.map { $0.standardizedFileURL.resolvingSymlinksInPath() }
  }

  /// The file that a path in the scene means; an error says why it may not be read.
  func resolve(_ path: String, at location: SourceLocation?) throws(Diagnostic) -> URL {
    guard !path.isEmpty, !path.unicodeScalars.contains("\0") else { throw Diagnostic("a file needs a name", at: location) }
    let place = path.hasPrefix("/") ? URL(fileURLWithPath: path) : folder.appending(path: path)
    let url = place.standardizedFileURL.resolvingSymlinksInPath()
    guard ([folder] + allowed).contains(where: { contains($0, url) }) else {
      throw Diagnostic(
        "\(path) is outside the scene's folder", hint: "move it beside the scene, or allow its folder with --allow-path",
        at: location, length: path.count)
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), !isFolder.boolValue else {
      throw Diagnostic("there is no file \(path)", hint: "paths start at the scene's folder", at: location, length: path.count)
    }
    return url
  }

  /// The file that a path in the scene means, when the scene has been read already.
  func located(_ path: String) throws(Failure) -> URL {
    do throws(Diagnostic) {
      return try resolve(path, at: nil)
    } catch {
      throw Failure(.invalidScene, error.message, hint: error.hint)
    }
  }

  /// The text of a file that a scene names.
  func text(of path: String, at location: SourceLocation?) throws(Diagnostic) -> String {
    let url = try resolve(path, at: location)
    let attributes = try? FileManager.default.attributesOfItem(atPath: url.path)
    guard attributes?[.type] as? FileAttributeType == .typeRegular, let size = attributes?[.size] as? Int else {
      throw Diagnostic("\(path) is no ordinary file", at: location, length: path.count)
    }
    guard size <= Self.largestText else {
      throw Diagnostic("\(path) is larger than \(Self.largestText >> 20) MiB", at: location, length: path.count)
    }
    guard let data = try? Data(contentsOf: url), let text = String(data: data, encoding: .utf8) else {
      throw Diagnostic("\(path) cannot be read as text", hint: "texts are UTF-8", at: location, length: path.count)
    }
    return text
  }

  private func contains(_ folder: URL, _ url: URL) -> Bool {
    let parts = folder.pathComponents
    return url.pathComponents.count > parts.count && Array(url.pathComponents.prefix(parts.count)) == parts
  }
}
