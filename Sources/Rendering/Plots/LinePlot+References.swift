import Diagnostics
import Expressions
import Foundation
import Scenes

extension LinePlot.Series {
  /// Beside data of all colours, what they are compared with is black.
  private static var ink: Color { Color(hex: 0x222A35) }

  /// A formula of `x`, both in the units along the axes, drawn over a range.
  ///
  /// - Throws: `Diagnostics` or `Diagnostic` of mistakes in the formula.
  public init(_ name: String, formula: String, over axis: LinePlot.Axis, style: Style) throws {
    let expression = try Expression.parse(SourceText(formula, at: SourceLocation(file: "curve", line: 1, column: 1)))
    let names = ["x": CompiledFormula.Name(.scalar, .one, space: 1)]
    let compiled = try CompiledFormula(expression, knowing: names, space: 1, isReduced: true)
    let range = axis.range ?? 0...1
    let x = (0...600).map { step in
      let share = Double(step) / 600
      guard axis.isLogarithmic, range.lowerBound > 0 else {
        return range.lowerBound + share * (range.upperBound - range.lowerBound)
      }
      return range.lowerBound * pow(range.upperBound / range.lowerBound, share)
    }
    self.init(name, x: x, y: x.map { x in compiled.numbers { _, _ in x }[0] }, style: style, color: Self.ink)
  }

  /// Points of a file: lines of two numbers, between them a comma or blanks; lines that begin with # are comments.
  ///
  /// Throws `Failure` for a file that cannot be read or has another line.
  public init(_ name: String, pointsIn file: String) throws(Failure) {
    guard let text = try? String(contentsOfFile: file, encoding: .utf8) else {
      throw Failure(.unreadableFile, "cannot read \(file)")
    }
    var x: [Double] = [], y: [Double] = []
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let words = line.split { $0 == "," || $0.isWhitespace }
      if words.isEmpty || line.hasPrefix("#") { continue }
      let numbers = words.compactMap { Double($0) }
      guard words.count == 2, numbers.count == 2 else {
        throw Failure(.unreadableFile, "\(file):\(number + 1): expected two numbers, found '\(line)'")
      }
      x.append(numbers[0])
      y.append(numbers[1])
    }
    self.init(name, x: x, y: y, style: .rings, color: Self.ink)
  }
}
