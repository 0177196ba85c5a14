import Diagnostics
import Dispatch
import Foundation

/// The compiler of kernels and the folder where what it made is kept.
public struct Toolchain: Sendable {
  /// Optimised for the machine that runs it. Infinities keep their meaning: a branch that is not taken may hold one.
  static let flags = [
    "-std=gnu17", "-O3", "-march=native", "-ffast-math", "-fno-finite-math-only", "-mprefer-vector-width=512", "-fveclib=libmvec",
    "-fPIC", "-shared", "-w",
  ]

  /// Where compiled kernels are kept.
  public let cache: URL
  /// Path of clang; nil if there is none, so that only kernels that are kept already can be loaded.
  public let compiler: String?

  /// The clang that the environment finds, and its folder for what is kept (`MOTE_TMPDIR`, else the user's cache).
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let home = environment["HOME"].map { $0 + "/.cache" }
    let base = environment["MOTE_TMPDIR"] ?? environment["XDG_CACHE_HOME"] ?? home ?? NSTemporaryDirectory()
    cache = URL(fileURLWithPath: base).appendingPathComponent("mote/kernels")
    let folders = (environment["PATH"] ?? "/usr/bin").split(separator: ":").map(String.init) + ["/usr/bin", "/opt/swift/usr/bin"]
    compiler = folders.map { $0 + "/clang" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// The shared library of a C text: from the cache, else compiled now.
  ///
  /// - Throws: `Failure` if there is no compiler, or if it refuses the text (our mistake: the text is kept beside the message).
  public func library(of text: String) throws(Failure) -> URL {
    let target = cache.appendingPathComponent(key(of: text) + ".so")
    if FileManager.default.fileExists(atPath: target.path) { return target }
    guard let compiler else {
      throw Failure(
        .failed, "no clang found to compile kernels",
        hint: "install clang, or run `mote compile SCENE` where there is one and share \(cache.path)")
    }
    // A unique name and a rename: several processes may compile the same kernel at once.
    let draft = cache.appendingPathComponent("\(target.deletingPathExtension().lastPathComponent).\(UUID().uuidString)")
    let source = draft.appendingPathExtension("c")
    do {
      try FileManager.default.createDirectory(at: cache, withIntermediateDirectories: true)
      try text.write(to: source, atomically: false, encoding: .utf8)
    } catch {
      throw Failure(
        .outOfSpace, "cannot write kernels to \(cache.path): \(error.localizedDescription)",
        hint: "set MOTE_TMPDIR to a folder that can be written")
    }
    try run(compiler, Self.flags + ["-o", draft.path, source.path, "-lmvec", "-lm"])
    try? FileManager.default.removeItem(at: source)
    if rename(draft.path, target.path) != 0 { throw Failure(.outOfSpace, "cannot keep the kernel \(target.path)") }
    return target
  }

  /// The libraries of several texts, of which those that are not kept are compiled at the same time.
  ///
  /// - Throws: `Failure` as for a single one.
  public func libraries(of texts: [String]) throws(Failure) -> [URL] {
    var results = [Result<URL, Failure>?](repeating: nil, count: texts.count)
    results.withUnsafeMutableBufferPointer { buffer in
      // Every text has a place of its own, and the buffer outlives the call, which is synchronous.
      nonisolated(unsafe) let places = buffer
      DispatchQueue.concurrentPerform(iterations: texts.count) { index in
        do throws(Failure) { places[index] = .success(try library(of: texts[index])) } catch { places[index] = .failure(error) }
      }
    }
    var files: [URL] = []
    for case let result? in results { files.append(try result.get()) }
    return files
  }

  private func run(_ program: String, _ arguments: [String]) throws(Failure) {
    let process = Process(), output = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    do { try process.run() } catch { throw Failure(.failed, "cannot start \(program): \(error.localizedDescription)") }
    let message = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(
        .failed, "the kernel did not compile (a mistake of Mote, not yours):\n" + String(decoding: message, as: UTF8.self))
    }
  }

  /// Differs when the text, the flags or the processor do.
  private func key(of text: String) -> String {
    let parts = [text, Self.flags.joined(separator: " "), Self.processor]
    var hash: (UInt64, UInt64) = (0xcbf2_9ce4_8422_2325, 0x6c62_272e_07bb_0142)
    for byte in parts.joined(separator: "\u{0}").utf8 {
      hash.0 = (hash.0 ^ UInt64(byte)) &* 0x100_0000_01b3
      hash.1 = (hash.1 &+ UInt64(byte)) &* 0x9e37_79b9_7f4a_7c15
      hash.1 ^= hash.1 >> 29
    }
    return [hash.0, hash.1].map { value in
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// What the processor can do, as far as the system tells.
  private static let processor: String = {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }.map(String.init) ?? "unknown"
  }()
}
