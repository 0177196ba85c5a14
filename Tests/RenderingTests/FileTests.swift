import Diagnostics
import Foundation
import Testing

@testable import Rendering

@Suite("Pictures and movies on disk")
struct FileTests {
  private let folder = NSTemporaryDirectory() + "mote-rendering-" + UUID().uuidString

  private func withFolder(_ body: () throws -> Void) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body()
  }

  private func speckled(alpha: Bool) -> Picture {
    var picture = Picture(width: 37, height: 23)
    for index in picture.pixels.indices {
      let byte = { (factor: Int) in UInt8(truncatingIfNeeded: index * factor &+ index / 7) }
      picture.pixels[index] = SIMD4(byte(3), byte(5), byte(11), alpha ? byte(13) : 255)
    }
    return picture
  }

  @Test("A picture read back from its PNG is the same, pixel by pixel", arguments: [false, true])
  func roundTrip(alpha: Bool) throws {
    try withFolder {
      let picture = speckled(alpha: alpha)
      try picture.writePNG(to: folder + "/a.png")
      #expect(try Picture(contentsOfPNG: folder + "/a.png") == picture)
    }
  }

  @Test("A file that is no PNG, and a folder that is not there, are failures with a name")
  func unreadable() throws {
    try withFolder {
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: folder + "/b.png"))
      let failure = try #require(throws: Failure.self) { try Picture(contentsOfPNG: folder + "/b.png") }
      #expect(failure.status == .unreadableFile && failure.message.contains("b.png"))
      #expect(throws: Failure.self) { try speckled(alpha: false).writePNG(to: folder + "/none/c.png") }
    }
  }

  @Test("Names say what is written")
  func names() throws {
    #expect(try PictureOutput(path: "a.png") == .picture(path: "a.png"))
    #expect(try PictureOutput(path: "f/%04d.png").path(number: 27) == "f/0027.png")
    #expect(try PictureOutput(path: "m.WEBM") == .movie(path: "m.WEBM"))
    for wrong in ["a.gif", "f/%s.png", "f/%99d.png", "noending"] {
      #expect(throws: Failure.self) { try PictureOutput(path: wrong) }
    }
  }

  @Test("Nothing is overwritten unless it is asked for")
  func noOverwriting() throws {
    try withFolder {
      let output = try PictureOutput(path: folder + "/deep/%02d.png")
      var writer = try PictureWriter(output)
      try writer.append(speckled(alpha: false))
      try writer.append(speckled(alpha: true))
      try writer.finish()
      #expect(try Picture(contentsOfPNG: folder + "/deep/01.png") == speckled(alpha: true))
      #expect(throws: Failure.self) { _ = try PictureWriter(output) }
      _ = try PictureWriter(output, force: true)
    }
  }

  private static let hasEncoder = ["/usr/bin/ffprobe", "/usr/local/bin/ffprobe"].contains(where: FileManager.default.fileExists)

  @Test("A movie has as many frames as were added, at its rate", .enabled(if: hasEncoder))
  func movie() throws {
    try withFolder {
      let path = folder + "/m.mp4"
      var writer = try PictureWriter(PictureOutput(path: path), framesPerSecond: 10)
      for number in 0..<7 {
        try writer.append(Picture(width: 65, height: 48, fill: Color.black.mixed(with: .white, share: Float(number) / 7)))
      }
      try writer.finish()
      let probe = try output(of: [
        "ffprobe", "-v", "error", "-count_frames", "-show_entries", "stream=width,height,r_frame_rate,nb_read_frames", "-of",
        "csv=p=0", path,
      ])
      #expect(probe == "64,48,10/1,7")
      #expect(throws: Failure.self) { _ = try MovieWriter(path: path, width: 64, height: 48) }
    }
  }

  @Test("A movie that cannot be written says so, and a writer that is dropped leaves nothing", .enabled(if: hasEncoder))
  func brokenMovie() throws {
    try withFolder {
      #expect(throws: Failure.self) {
        var writer = try MovieWriter(path: folder + "/none/m.mp4", width: 64, height: 64)
        for _ in 0..<200 { try writer.append(Picture(width: 64, height: 64)) }
        try writer.finish()
      }
      do {
        var writer = try MovieWriter(path: folder + "/dropped.mp4", width: 64, height: 64)
        try writer.append(Picture(width: 64, height: 64))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }
  }

  private func output(of words: [String]) throws -> String {
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
