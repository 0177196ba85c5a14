import Diagnostics

/// An expression of the law language, as parsed: a tree that knows where each term stands in the text.
public struct Expression: Sendable, Hashable {
  /// Unary operators.
  public enum Prefix: String, Sendable { case minus = "-", not = "not" }

  /// Binary operators, from loosest to tightest.
  public enum Operator: String, Sendable, CaseIterable {
    case or, and
    case less = "<", lessEqual = "<=", greater = ">", greaterEqual = ">=", equal = "==", notEqual = "!="
    case add = "+", subtract = "-", multiply = "*", divide = "/", power = "^"
  }

  /// What the root of the tree is.
  public indirect enum Node: Sendable, Hashable {
    case number(Double)
    case name(String)
    case prefix(Prefix, Expression)
    case binary(Operator, Expression, Expression)
    /// `callee(arguments)`; the callee is a name, or an index of one as in `cloud[j](r)`.
    case call(Expression, [Expression])
    case index(Expression, [Expression])
    /// `position.x`
    case member(Expression, String)
    case vector([Expression])
    /// `?epsilon`, `?(r)`, `?phi(r)`; without arguments a number.
    case hole(String?, [Expression])
    /// `sum(q in 0..<9: body)`
    case fixedSum(variable: String, from: Expression, below: Expression, body: Expression)
  }

  /// The root, with the terms below it.
  public var node: Node
  /// The text that the tree was read from, shared by all its terms.
  public var source: SourceText
  /// UTF-8 offsets of this term in `source.text`.
  public var range: Range<Int>

  /// A tree; one that was not read stands in an empty text.
  public init(_ node: Node, source: SourceText = SourceText(""), range: Range<Int> = 0..<0) {
    self.node = node
    self.source = source
    self.range = range
  }

  /// Whether two trees say the same, wherever they stand.
  public static func == (a: Self, b: Self) -> Bool { a.node == b.node }
  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) { hasher.combine(node) }

  /// A message that points at this term.
  public func diagnostic(_ message: String, hint: String = "") -> Diagnostic {
    Diagnostic(message, hint: hint, at: source.location(at: range.lowerBound), length: max(1, range.count))
  }
}
