import Diagnostics
import Expressions
import Laws

/// Functions that lie in files: two columns, or values at equal steps somewhere in a file of any kind.
extension ParameterResolver {
  /// With units other than reduced, `units: [nm, kJ/mol]` says those of the argument and of the value.
  mutating func table(_ parameter: ParameterForm, _ given: Tree, path: Tree) -> Function? {
    guard isTable(parameter, given), let scales = columnScales(parameter, given) else { return nil }
    let file = path.scalar ?? ""
    do {
      let text = try reader.access.text(of: file, at: path.sourceText.start)
      let rows: [[Double]]
      if given["step"] != nil {
        guard let block = Block(parameter, given, &self) else { return nil }
        rows = try block.rows(of: text, file: file)
      } else {
        rows = try Self.rows(of: text, file: file)
      }
      return ordered(rows.map { row in zip(row, scales).map { $0 * $1 } }, parameter, at: path)
    } catch {
      reader.report.add(error)
      return nil
    }
  }

  private static let tableKeys = ["table", "units", "line", "count", "step", "start"]

  private mutating func isTable(_ parameter: ParameterForm, _ given: Tree) -> Bool {
    let unknown = (given.pairs ?? []).filter { !Self.tableKeys.contains($0.key) }
    for pair in unknown {
      reader.report.error(
        "\(parameter.name): unknown key \"\(pair.key)\" beside table",
        hint: "known are \(Self.tableKeys.joined(separator: ", "))", at: pair.value)
    }
    return unknown.isEmpty
  }

  /// Values at equal steps of the argument, as they follow one another from a line of a file on, however many stand in a line.
  private struct Block {
    var line = 1
    var count: Int
    var start = 0.0
    var step: Double

    init?(_ parameter: ParameterForm, _ given: Tree, _ resolver: inout ParameterResolver) {
      func number(_ key: String, least: Double) -> Double? {
        guard let tree = given[key] else { return nil }
        guard let value = Double(tree.scalar ?? ""), value.isFinite, value >= least else {
          resolver.reader.report.error("\(parameter.name): \(key) wants a number from \(least) on", at: tree)
          return nil
        }
        return value
      }
      guard let step = number("step", least: .leastNormalMagnitude), let count = number("count", least: 4), count <= 1e7 else {
        resolver.reader.report.error(
          "\(parameter.name): values at equal steps want step and count",
          hint: "{table: FILE, line: 7, step: 0.01, count: 500}; step in the unit of the argument", at: given)
        return nil
      }
      (self.step, self.count) = (step, Int(count))
      start = number("start", least: -.greatestFiniteMagnitude) ?? 0
      line = Int(number("line", least: 1) ?? 1)
    }

    func rows(of text: String, file: String) throws(Diagnostic) -> [[Double]] {
      var rows: [[Double]] = []
      let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      for (number, content) in lines.enumerated().dropFirst(line - 1) {
        for word in content.split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "," }) {
          guard let value = Double(word), value.isFinite else {
            throw Diagnostic(
              "expected a number, found \"\(word.prefix(40))\"", hint: "values begin in line \(line)",
              at: SourceLocation(file: file, line: number + 1, column: 1), length: content.count, sourceLine: String(content))
          }
          rows.append([start + step * Double(rows.count), value])
          if rows.count == count { return rows }
        }
      }
      throw Diagnostic(
        "\(file) holds \(rows.count) values from line \(line) on, \(count) are wanted",
        at: SourceLocation(file: file, line: lines.count, column: 1))
    }
  }

  /// Two numbers a line; what follows # is a remark.
  private static func rows(of text: String, file: String) throws(Diagnostic) -> [[Double]] {
    var rows = [[Double]]()
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let fields = line.prefix { $0 != "#" }.split { $0 == " " || $0 == "\t" || $0 == "," }
      if fields.isEmpty { continue }
      let numbers = fields.compactMap { Double($0) }
      guard numbers.count == 2, fields.count == 2, numbers.allSatisfy(\.isFinite) else {
        throw Diagnostic(
          "expected two numbers, found \"\(line.prefix(40))\"", hint: "one point a line, # begins a remark",
          at: SourceLocation(file: file, line: number + 1, column: 1), length: line.count, sourceLine: String(line))
      }
      rows.append(numbers)
    }
    return rows
  }

  private mutating func columnScales(_ parameter: ParameterForm, _ given: Tree) -> [Double]? {
    if reader.units.isReduced { return [1, 1] }
    guard let units = given["units"]?.list, units.count == 2 else {
      reader.report.error(
        "\(parameter.name): a table wants units of its two columns", hint: "{table: FILE, units: [nm, kJ/mol]}", at: given)
      return nil
    }
    let ones = units.map { Tree.scalar("1 " + ($0.scalar ?? ""), at: $0.location) }
    let texts = [parameter.arguments[0].dimensionText, parameter.dimensionText]
    let scales = zip(ones, texts).compactMap { value(of: ParameterForm(name: "units", dimensionText: $1), $0) }
    return scales.count == 2 ? scales : nil
  }
}
