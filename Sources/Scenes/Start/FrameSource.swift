import Foundation
import World

/// Reads files for fills; what reads which format is not known here.
public protocol FrameSource: Sendable {
  /// The frame of a file; `format` is given where the ending of the name does not say it.
  /// - Throws: a `Failure` that names the file and what is wrong with it.
  func frame(of file: URL, _ selection: FileFill.Selection, format: String?) throws -> Frame

  /// The closed surface of an STL file, in the file's units.
  /// - Throws: a `Failure` that names the file and what is wrong with it.
  func surface(of file: URL) throws -> Surface
}
