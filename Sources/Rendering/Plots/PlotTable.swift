import Diagnostics
import Expressions
import Scenes
import Snapshots
import World

/// Columns of numbers from which points of a plot are computed: a log, the ends of several runs, members of a frame, or bins.
public struct PlotTable: Sendable {
  /// One quantity: `components` numbers for each row.
  struct Column: Sendable {
    var shape = Shape.scalar
    var dimension: Dimension
    var components = 1
    var values: [Double]
  }

  /// How many rows there are.
  public let count: Int
  let columns: [String: Column]
  let space: Int
  let units: UnitSystem

  init(count: Int, columns: [String: Column], space: Int = 1, units: UnitSystem) {
    (self.count, self.columns, self.space, self.units) = (count, columns, space, units)
  }

  /// Numbers of one expression, row by row (units of the run), and what stands beside their axis.
  public struct Values: Sendable {
    /// One for each row that was chosen.
    public var numbers: [Double]
    /// The expression with its unit, such as `time (ps)`.
    public var title: String
  }

  /// The values of some expressions of the columns, in the rows where a condition holds (nil: in all).
  ///
  /// - Throws: `Diagnostics` or `Diagnostic` of mistakes, each at its term.
  public func values(of texts: [String], where condition: String? = nil) throws -> [Values] {
    let chosen = try condition.map { condition in zip(0..., try numbers(of: condition).numbers).filter { $1 != 0 }.map(\.0) }
    return try texts.map { text in
      var values = try numbers(of: text)
      if let chosen { values.numbers = chosen.map { values.numbers[$0] } }
      return values
    }
  }

  private func numbers(of text: String) throws -> Values {
    // A value of a scene has a path for its name, which is no expression.
    if let column = columns[text], column.components == 1 { return titled(column.values, text, column.dimension) }
    let expression = try Expression.parse(SourceText(text, at: SourceLocation(file: "plot", line: 1, column: 1)))
    let names = columns.mapValues { CompiledFormula.Name($0.shape, $0.dimension, space: space) }
    let formula = try CompiledFormula(expression, knowing: names, space: space, isReduced: units.isReduced)
    guard formula.count == 1 else {
      throw expression.diagnostic(
        "one number is drawn, not \(formula.count)", hint: "a component such as \(text).x, or norm(\(text))")
    }
    let numbers = (0..<count).map { row in
      formula.numbers { name, component in
        columns[name].map { $0.values[row * $0.components + max(0, component)] } ?? .nan
      }[0]
    }
    return titled(numbers, text, formula.dimension ?? .one)
  }

  private func titled(_ numbers: [Double], _ text: String, _ dimension: Dimension) -> Values {
    let unit = unitLabel(of: dimension, in: units)
    return Values(numbers: numbers, title: unit.isEmpty ? text : "\(text) (\(unit))")
  }
}
