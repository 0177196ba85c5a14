import Diagnostics
import Foundation

/// Where pictures go: one PNG file, a numbered sequence of them, or a movie.
public enum PictureOutput: Sendable, Hashable {
  /// One picture.
  case picture(path: String)
  /// A picture for each frame: what stands before and after the number, and its digits.
  case sequence(before: String, digits: Int, after: String)
  /// A movie, `.mp4` or `.webm`.
  case movie(path: String)

  /// Reads `picture.png`, `frames/%05d.png` or `movie.mp4`; throws `Failure` for any other ending.
  public init(path: String) throws(Failure) {
    switch (path as NSString).pathExtension.lowercased() {
    case "mp4", "webm": self = .movie(path: path)
    case "png":
      guard let mark = path.firstIndex(of: "%") else {
        self = .picture(path: path)
        return
      }
      let rest = path[path.index(after: mark)...]
      let count = rest.prefix { $0.isASCII && $0.isNumber }
      let digits = count.isEmpty ? 1 : Int(count) ?? 0
      guard rest.dropFirst(count.count).first == "d", (1...12).contains(digits) else {
        throw Failure(.usage, "\(path) has no number in it", hint: "such as frames/%05d.png: five digits, from zero")
      }
      self = .sequence(before: String(path[..<mark]), digits: digits, after: String(rest.dropFirst(count.count + 1)))
    default:
      throw Failure(.usage, "cannot draw \(path)", hint: "a name with .png, .mp4 or .webm; frames/%05d.png draws all frames")
    }
  }

  /// The file of the picture with this number, from 0.
  public func path(number: Int) -> String {
    switch self {
    case .picture(let path), .movie(let path): path
    case .sequence(let before, let digits, let after):
      before + String(repeating: "0", count: max(0, digits - String(number).count)) + String(number) + after
    }
  }
}

/// Writes pictures one after the other to wherever they go.
public struct PictureWriter: ~Copyable {
  private let output: PictureOutput
  private let force: Bool
  private var movie: MovieWriter?
  private let framesPerSecond: Double
  /// Pictures written so far.
  public private(set) var count = 0

  /// A writer; existing files are kept unless `force` is set, missing folders are made. Throws `Failure`.
  public init(_ output: PictureOutput, framesPerSecond: Double = 25, force: Bool = false) throws(Failure) {
    (self.output, self.force, self.framesPerSecond) = (output, force, framesPerSecond)
    // Checked before the first frame is drawn, as a movie may take hours.
    try refuseOverwriting(output.path(number: 0), force: force)
    let folder = (output.path(number: 0) as NSString).deletingLastPathComponent
    guard !folder.isEmpty else { return }
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw Failure(.outOfSpace, "cannot make the folder \(folder): \(error.localizedDescription)")
    }
  }

  /// Writes the next picture; throws `Failure`.
  public mutating func append(_ picture: Picture) throws(Failure) {
    let path = output.path(number: count)
    if case .movie = output {
      var open =
        if let movie = movie.take() { movie } else {
          try MovieWriter(
            path: path, width: picture.width, height: picture.height, framesPerSecond: framesPerSecond, force: force)
        }
      try open.append(picture)
      movie = consume open
    } else {
      try refuseOverwriting(path, force: force || count > 0 && path == output.path(number: 0))
      try picture.writePNG(to: path)
    }
    count += 1
  }

  /// Completes the output; throws `Failure` if the encoder of a movie failed.
  public consuming func finish() throws(Failure) {
    if let open = movie.take() { try open.finish() }
  }
}
