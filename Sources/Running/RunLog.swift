import Diagnostics
import Foundation
import Synchronization
import World

/// What a run says while it works: a status line for people on standard error, JSON lines for programs.
final class RunLog {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let isQuiet: Bool
  private let isVerbose: Bool
  private let json: FileHandle?
  private let start = ContinuousClock.now
  private var lastStatus: ContinuousClock.Instant?
  private var hasStatusLine = false
  private(set) var warnings: [String: Int] = [:]

  init(_ settings: RunSettings) throws(Failure) {
    isQuiet = settings.isQuiet
    isVerbose = settings.isVerbose
    switch settings.jsonLog {
    case nil: json = nil
    case "-": json = .standardOutput
    case let path?:
      guard FileManager.default.createFile(atPath: path, contents: nil), let handle = FileHandle(forWritingAtPath: path) else {
        throw Failure(.outOfSpace, "cannot write the log \(path)", hint: "name a file in a folder that can be written")
      }
      json = handle
    }
  }

  /// Seconds since the run began.
  var seconds: Double { Double((ContinuousClock.now - start) / .milliseconds(1)) / 1000 }

  /// A line that stays.
  func say(_ text: String) {
    if isQuiet { return }
    clearStatus()
    write(text + "\n")
  }

  /// A line that stays, for those who asked to be told more.
  func detail(_ text: @autoclosure () -> String) { if isVerbose { say(text()) } }

  /// A warning: said once, counted, repeated at the end.
  func warn(_ text: String, count: Int = 1) {
    if warnings[text] == nil { say("warning: \(text)") }
    warnings[text, default: 0] += count
    event("warning", level: "warning", ["message": .text(text)])
  }

  /// The state of the run: in place on a terminal, once a minute elsewhere.
  func status(_ text: @autoclosure () -> String) {
    if isQuiet { return }
    let now = ContinuousClock.now, pause: Duration = isTerminal ? .milliseconds(200) : .seconds(60)
    if let lastStatus, now - lastStatus < pause { return }
    if lastStatus == nil && !isTerminal {
      lastStatus = now
      return
    }
    lastStatus = now
    if isTerminal {
      write("\r\u{1B}[2K" + text())
      hasStatusLine = true
    } else {
      write(text() + "\n")
    }
  }

  /// Ends the status line.
  func clearStatus() {
    if hasStatusLine { write("\r\u{1B}[2K") }
    hasStatusLine = false
  }

  private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

  // MARK: JSON lines

  /// A value of a JSON line.
  enum Field: Encodable {
    case number(Double)
    case integer(Int)
    case text(String)
    case numbers([Double])

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      // JSON has no word for what is no number.
      case .number(let value): if value.isFinite { try container.encode(value) } else { try container.encodeNil() }
      case .integer(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      case .numbers(let values): try container.encode(values.map { $0.isFinite ? $0 : 0 })
      }
    }
  }

  /// One line: `t` (UTC), `level`, `event`, and the fields.
  func event(_ name: String, level: String = "info", _ fields: [String: Field]) {
    guard let json else { return }
    var line = fields
    line["t"] = .text(Date.now.formatted(.iso8601))
    line["level"] = .text(level)
    line["event"] = .text(name)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(line) else { return }
    json.write(data + Data("\n".utf8))
  }
}

/// A time span in words: `1 h 02 min`, `3 min 20 s`, `12 s`.
public func spelledTime(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 0 else { return "?" }
  let whole = Int(seconds.rounded())
  if whole >= 3600 { return "\(whole / 3600) h \(twoDigits(whole / 60 % 60)) min" }
  if whole >= 60 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
  return seconds < 10 ? "\((seconds * 10).rounded() / 10) s" : "\(whole) s"
}

private func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
