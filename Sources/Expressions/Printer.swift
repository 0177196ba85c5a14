import Diagnostics

extension Expression: CustomStringConvertible {
  /// The expression in the law language, with no more brackets than it needs; reading it gives the same tree.
  public var description: String { Printer.text(self) }

  /// The text as the user wrote it, on one line; the printed tree if it stands in no text.
  public var written: String {
    let slice = source.slice(range)
    return slice.isEmpty ? description : slice.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

extension Double {
  /// The shortest text in the law language that reads as this number.
  public var lawText: String {
    if self == rounded(), abs(self) < 1e15 { return String(Int64(self)) }
    return String(describing: self).replacing("e+", with: "e")
  }
}

/// Prints trees; a term is put in brackets where it binds less tightly than its place wants.
private enum Printer {
  static func text(_ expression: Expression) -> String {
    switch expression.node {
    case .number(let value): value.lawText
    case .name(let name): name
    case .prefix(.minus, let operand): "-" + text(operand, atLeast: Precedence.prefix)
    case .prefix(.not, let operand): "not " + text(operand, atLeast: Precedence.not)
    case .binary(let sign, let left, let right): binary(sign, left, right)
    case .call(let callee, let arguments): text(callee, atLeast: Precedence.postfix) + "(\(list(arguments)))"
    case .index(let base, let indices): text(base, atLeast: Precedence.postfix) + "[\(list(indices))]"
    case .member(let base, let name): text(base, atLeast: Precedence.postfix) + "." + name
    case .vector(let components): "[\(list(components))]"
    case .hole(let name, let arguments): "?" + (name ?? "") + (arguments.isEmpty ? "" : "(\(list(arguments)))")
    case .fixedSum(let variable, let from, let below, let body):
      "sum(\(variable) in \(text(from))..<\(text(below)): \(text(body)))"
    }
  }

  private static func text(_ expression: Expression, atLeast level: Int) -> String {
    let plain = text(expression)
    return precedence(expression, isBase: level == Precedence.postfix) < level ? "(\(plain))" : plain
  }

  private static func list(_ items: [Expression]) -> String { items.map(text).joined(separator: ", ") }

  private static func binary(_ sign: Expression.Operator, _ left: Expression, _ right: Expression) -> String {
    let level = sign.precedence
    // A power wants a term without operator on its left, and takes a minus on its right.
    let leftLevel = sign == .power ? Precedence.postfix : level == Precedence.comparison ? level + 1 : level
    let rightLevel = sign == .power ? Precedence.prefix : level + 1
    let gap = [.multiply, .divide, .power].contains(sign) ? "" : " "
    let leftText = sign == .power ? powerBase(left) : text(left, atLeast: leftLevel)
    return leftText + gap + sign.rawValue + gap + text(right, atLeast: rightLevel)
  }

  private static func powerBase(_ base: Expression) -> String {
    let plain = text(base)
    return precedence(base, isBase: false) < Precedence.postfix ? "(\(plain))" : plain
  }

  /// A number or a hole is a whole term, but nothing can be called, indexed or taken from it without brackets.
  private static func precedence(_ expression: Expression, isBase: Bool) -> Int {
    switch expression.node {
    case .number(let value): value.sign == .minus ? Precedence.prefix : isBase ? Precedence.prefix : Precedence.atom
    case .hole: isBase ? Precedence.prefix : Precedence.atom
    case .name, .vector, .fixedSum: Precedence.atom
    case .call, .index, .member: Precedence.postfix
    case .prefix(.minus, _): Precedence.prefix
    case .prefix(.not, _): Precedence.not
    case .binary(let sign, _, _): sign.precedence
    }
  }
}
