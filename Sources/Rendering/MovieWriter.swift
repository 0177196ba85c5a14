import CPicture
import Diagnostics
import Foundation

/// Encodes pictures as a movie: raw frames go through a socket to ffmpeg, nothing is stored in between.
///
/// The movie grows under a name of its own and takes its final one in `finish()`; a writer that is dropped leaves nothing.
public struct MovieWriter: ~Copyable {
  /// How a movie is coded, chosen by the ending of its name.
  enum Container: String {
    case mp4, webm

    /// Encoders that fit, best first, with the options for a picture without visible loss.
    var encoders: [[String]] {
      switch self {
      case .mp4:
        [
          ["libx264", "-crf", "18", "-preset", "medium"], ["libopenh264", "-b:v", "12M"], ["mpeg4", "-q:v", "2"],
        ]
      case .webm:
        [["libvpx-vp9", "-crf", "24", "-b:v", "0", "-row-mt", "1"], ["libvpx", "-crf", "10", "-b:v", "12M"]]
      }
    }
  }

  private let path: String
  private let partPath: String
  private let width: Int
  private let height: Int
  private var child: cpicture_child
  private var isOpen = true

  /// Starts a movie in a file `….mp4` or `….webm` of pictures of the given size (pixels), at a rate in frames per second; an
  /// existing file is kept unless `force` is set. Throws `Failure`.
  public init(path: String, width: Int, height: Int, framesPerSecond: Double = 25, force: Bool = false) throws(Failure) {
    guard let container = Container(rawValue: (path as NSString).pathExtension.lowercased()) else {
      throw Failure(.usage, "\(path) is no kind of movie", hint: "name it .mp4 or .webm")
    }
    guard framesPerSecond > 0, framesPerSecond <= 1000 else {
      throw Failure(.usage, "cannot show \(framesPerSecond) frames per second", hint: "above 0, up to 1000")
    }
    try refuseOverwriting(path, force: force)
    let encoder = try MovieWriter.encoder(for: container)
    let partPath = path + ".part"
    let arguments =
      ["ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgba"]
      + ["-video_size", "\(width)x\(height)", "-framerate", "\(framesPerSecond)", "-i", "pipe:0", "-an"]
      // Encoders want even sides, so an odd last row or column is cut off; BT.709 is what players assume of pictures this large.
      + ["-vf", "crop=trunc(iw/2)*2:trunc(ih/2)*2,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"]
      + ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-c:v"] + encoder
      + (container == .mp4 ? ["-movflags", "+faststart"] : []) + ["-f", container.rawValue, partPath]
    child = try MovieWriter.start(arguments)
    (self.path, self.partPath, self.width, self.height) = (path, partPath, width, height)
  }

  deinit {
    guard isOpen else { return }
    var abandoned = child
    _ = finishChild(&abandoned)
    unlink(partPath)
  }

  /// Adds one frame; throws `Failure` if the encoder has stopped, with what it said.
  public mutating func append(_ picture: Picture) throws(Failure) {
    precondition(picture.width == width && picture.height == height, "all frames of a movie have one size")
    let error = picture.pixels.withUnsafeBytes { cpicture_child_feed(&child, $0.baseAddress, $0.count) }
    if error != 0 { throw complaint() }
  }

  /// Ends the movie and gives it its name; throws `Failure` if the encoder failed.
  public consuming func finish() throws(Failure) {
    isOpen = false
    let (status, said) = finishChild(&child)
    guard status == 0, rename(partPath, path) == 0 else {
      unlink(partPath)
      throw MovieWriter.failure(writing: path, said)
    }
  }

  /// Ends a child that has failed and says why.
  private mutating func complaint() -> Failure {
    isOpen = false
    let (_, said) = finishChild(&child)
    unlink(partPath)
    return MovieWriter.failure(writing: path, said)
  }

  private static func failure(writing path: String, _ said: String) -> Failure {
    Failure(
      .outOfSpace, "ffmpeg could not write \(path)" + (said.isEmpty ? "" : ": \(said)"),
      hint: "is the folder there, and the disk not full?")
  }

  private static func start(_ arguments: [String]) throws(Failure) -> cpicture_child {
    var child = cpicture_child()
    var words = arguments.map { strdup($0) } + [nil]
    let error = cpicture_child_start(&words, &child)
    words.forEach { free($0) }
    guard error == 0 else {
      throw Failure(
        .failed, "cannot start ffmpeg, which encodes movies: \(String(cString: strerror(error)))",
        hint: "sudo apt-get install ffmpeg, or write pictures: -o frames/%05d.png")
    }
    return child
  }

  /// The first encoder that this ffmpeg has: builds differ, and their own complaint does not say what to do.
  private static func encoder(for container: Container) throws(Failure) -> [String] {
    for encoder in container.encoders {
      var child = try start([
        "ffmpeg", "-nostdin", "-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", "nullsrc=s=64x64",
        "-frames:v", "1", "-c:v", encoder[0], "-f", "null", "-",
      ])
      if finishChild(&child).status == 0 { return encoder }
    }
    throw Failure(
      .failed,
      "this ffmpeg has no encoder for .\(container.rawValue) (\(container.encoders.map { $0[0] }.joined(separator: ", ")))",
      hint: "sudo apt-get install ffmpeg has them, or write pictures: -o frames/%05d.png")
  }
}

/// Waits for a child and returns its status with what it complained.
private func finishChild(_ child: inout cpicture_child) -> (status: Int32, said: String) {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: CPICTURE_MESSAGE) { buffer in
    buffer.initialize(repeating: 0)
    guard let start = buffer.baseAddress else { return (-1, "") }
    let status = cpicture_child_finish(&child, start)
    return (status, String(cString: start).trimmingCharacters(in: .whitespacesAndNewlines))
  }
}

/// Throws a `Failure` if a file is there and may not be replaced.
func refuseOverwriting(_ path: String, force: Bool) throws(Failure) {
  if !force, FileManager.default.fileExists(atPath: path) {
    throw Failure(.failed, "\(path) is there already", hint: "--force replaces it")
  }
}
