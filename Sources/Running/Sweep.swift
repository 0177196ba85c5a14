import Diagnostics
import Foundation

/// A value of a scene that takes several values: `laws.lj.epsilon=1,2,3`, `…=lin(0, 1, 5)`, `…=log(1, 100, 3) K`, `…=csv(file)`.
public struct SweepAxis: Sendable, Equatable {
  /// The place in the scene.
  public var key: String
  /// What stands there, one text after the other.
  public var values: [String]

  /// Reads an axis.
  /// - Throws: `.usage` for what is no list of values, `.unreadableFile` for a table that cannot be read.
  public init(_ text: String) throws(Failure) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw Failure(
        .usage, "--set \(text): expected KEY=VALUES", hint: "such as --set laws.lj.epsilon=1,2,3 or dt=lin(1, 4, 4) fs")
    }
    key = String(text[..<equals])
    let right = text[text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
    values =
      if let call = right.wholeMatch(of: /(lin|log|csv)\((.*)\)\s*([^()]*)/) {
        try Self.values(of: String(call.1), String(call.2), unit: String(call.3), key: key, text: text)
      } else {
        Self.items(of: right)
      }
    if values.isEmpty || values.contains("") { throw Failure(.usage, "--set \(text): a value is missing") }
  }

  /// What commas outside of brackets and quotes divide.
  private static func items(of text: String) -> [String] {
    var items = [""], depth = 0, isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if "([{".contains(character) { depth += 1 } else if ")]}".contains(character) { depth -= 1 }
      if character == ",", depth == 0, !isQuoted { items.append("") } else { items[items.count - 1].append(character) }
    }
    return items.map { $0.trimmingCharacters(in: .whitespaces) }
  }

  private static func values(
    of function: String, _ arguments: String, unit: String, key: String, text: String
  ) throws(Failure) -> [String] {
    if function == "csv" { return try column(of: arguments.trimmingCharacters(in: .whitespaces), key: key) }
    let numbers = items(of: arguments).map { Double($0) ?? .nan }
    guard numbers.count == 3, numbers.allSatisfy(\.isFinite), let count = Int(exactly: numbers[2]), (1...100_000).contains(count)
    else {
      throw Failure(.usage, "--set \(text): expected \(function)(from, to, count)", hint: "such as \(function)(1, 10, 5)")
    }
    let (first, last) = (numbers[0], numbers[1])
    if function == "log", first <= 0 || last <= 0 {
      throw Failure(.usage, "--set \(text): log needs ends above 0", hint: "lin(from, to, count) takes any")
    }
    return (0..<count).map { index in
      // Both ends are met exactly.
      let share = count == 1 ? 0 : Double(index) / Double(count - 1)
      let inner = function == "lin" ? first + (last - first) * share : first * pow(last / first, share)
      let value = index == 0 ? first : index == count - 1 ? last : inner
      return unit.isEmpty ? "\(value)" : "\(value) \(unit)"
    }
  }

  /// The column of a table that is named after the key, or after the last part of it; else the first.
  private static func column(of path: String, key: String) throws(Failure) -> [String] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw Failure(.unreadableFile, "\(path): cannot be read as text", hint: "a table of comma-separated values")
    }
    let rows = text.split(whereSeparator: \.isNewline).map { items(of: String($0)) }
    guard let head = rows.first else { throw Failure(.unreadableFile, "\(path): the table is empty") }
    let last = key.split(separator: ".").last.map(String.init) ?? key
    let column = head.firstIndex(of: key) ?? head.firstIndex(of: last)
    guard rows.allSatisfy({ $0.count > column ?? 0 }) else { throw Failure(.unreadableFile, "\(path): a row has too few values") }
    return (column == nil ? rows[...] : rows.dropFirst()).map { $0[column ?? 0] }
  }
}

/// A point of a parameter study: what is set, and where it is written.
public struct SweepPoint: Sendable, Equatable {
  /// From 1, as tasks of a Slurm array are counted.
  public var number: Int
  /// The values of all axes, as overrides of the scene.
  public var settings: [(key: String, value: String)]

  /// As `--set` takes them.
  public var overrides: [String] { settings.map { "\($0.key)=\($0.value)" } }

  /// Name of its folder, so that folders are sorted as points are.
  public func folder(of count: Int) -> String {
    let digits = String(count).count, text = String(number)
    return "point-" + String(repeating: "0", count: max(0, digits - text.count)) + text
  }

  /// Whether two say the same.
  public static func == (a: Self, b: Self) -> Bool { a.number == b.number && a.overrides == b.overrides }

  /// All combinations; the last axis varies fastest.
  public static func all(of axes: [SweepAxis]) -> [SweepPoint] {
    let combinations = axes.reduce([[(key: String, value: String)]]([[]])) { found, axis in
      found.flatMap { settings in axis.values.map { settings + [(axis.key, $0)] } }
    }
    return combinations.enumerated().map { SweepPoint(number: $0.offset + 1, settings: $0.element) }
  }
}
