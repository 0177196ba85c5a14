import Diagnostics
import Expressions

extension ExpressionChecker {
  /// Functions of vectors and rotations; nil if the name is none of them.
  mutating func vectorFunction(
    _ name: String, _ arguments: [Expression], _ found: [ValueType], at term: Expression
  ) -> ValueType? {
    switch name {
    case "dot", "angle":
      let kinds = found.map(\.kind)
      guard kinds[0] == kinds[1], [.vector, .matrix, .axial].contains(kinds[0]) || kinds.contains(.zero) else {
        let bad = [.vector, .matrix, .axial].contains(kinds[0]) ? 1 : 0
        return wrongArgument(name, bad, arguments, found, name == "dot" ? "two vectors" : "two vectors", at: term)
      }
      if name == "angle" { return .number }
      return ValueType(.scalar, modest(product(found), at: term))
    case "cross": return cross(arguments, found, at: term)
    case "outer":
      for (index, type) in found.enumerated() where type.kind != .vector {
        return wrongArgument(name, index, arguments, found, "two vectors", at: term)
      }
      return ValueType(.matrix, modest(product(found), at: term))
    case "norm", "unit":
      guard
        [.vector, .matrix, .axial, .quaternion].contains(found[0].kind) || name == "norm" && found[0].kind == .array(nil, .scalar)
      else {
        return wrongArgument(name, 0, arguments, found, "a vector", at: term)
      }
      return name == "norm" ? ValueType(.scalar, found[0].dimension) : ValueType(found[0].kind)
    case "closest":
      guard found[0].kind == .vector else {
        return wrongArgument(name, 0, arguments, found, "a difference of positions", at: term)
      }
      return found[0]
    case "turn":
      guard found[0].kind == ValueType.Kind(.axial, space: space) || found[0].kind.isNumber && space == 2 else {
        return wrongArgument(name, 0, arguments, found, "a rotation vector", at: term)
      }
      if let dimension = found[0].dimension, !dimension.isOne, !scope.ignoresDimensions {
        return wrong(arguments[0], "\(arguments[0].written) is \(words(dimension)), turn wants an angle")
      }
      return ValueType(.quaternion)
    case "rotate":
      if found[0].kind != .quaternion { return wrongArgument(name, 0, arguments, found, "a quaternion and a vector", at: term) }
      if found[1].kind != .vector { return wrongArgument(name, 1, arguments, found, "a quaternion and a vector", at: term) }
      return found[1]
    default: return nil
    }
  }

  private func product(_ found: [ValueType]) -> OpenDimension? {
    guard !scope.ignoresDimensions, let a = found[0].dimension, let b = found[1].dimension else { return nil }
    return a * b
  }

  /// In a flat box vector × vector is a scalar, and the product of a scalar and a vector is a vector.
  private mutating func cross(_ arguments: [Expression], _ found: [ValueType], at term: Expression) -> ValueType {
    let dimension = modest(product(found), at: term)
    switch (found[0].kind, found[1].kind) {
    case (.vector, .vector): return ValueType(ValueType.Kind(.axial, space: space), dimension)
    case (.vector, let other) where space < 3 && other.isNumber: return ValueType(.vector, dimension)
    case (let other, .vector) where space < 3 && other.isNumber: return ValueType(.vector, dimension)
    default:
      let bad = found[0].kind == .vector ? 1 : 0
      return wrongArgument(
        "cross", bad, arguments, found, space == 3 ? "two vectors" : "a vector and a vector or scalar", at: term)
    }
  }

  mutating func matrixFunction(_ name: String, _ arguments: [Expression], _ found: [ValueType], at term: Expression) -> ValueType
  {
    let first = found[0]
    if name == "diag" {
      guard first.kind == .vector else { return wrongArgument(name, 0, arguments, found, "a vector", at: term) }
      return ValueType(.matrix, first.dimension)
    }
    if name == "inverse", first.kind == .quaternion { return first }
    if name == "svd" || name == "eigen" {
      return wrong(
        term, "\(name) gives several things", hint: name == "svd" ? "take .u, .s or .v of it" : "take .values or .vectors of it")
    }
    guard first.kind == .matrix else { return wrongArgument(name, 0, arguments, found, "a matrix", at: term) }
    switch name {
    case "inverse": return ValueType(.matrix, first.dimension.map { OpenDimension.one / $0 })
    case "det": return ValueType(.scalar, modest(first.dimension?.power(Rational(space)), at: term))
    case "trace": return ValueType(.scalar, first.dimension)
    case "polar": return ValueType(.matrix)
    default: return first
    }
  }

  // MARK: Totals

  /// Totals of a measure; nil if the name is none of them or is an ordinary function here.
  mutating func total(_ name: String, _ arguments: [Expression], at term: Expression) -> ValueType? {
    let isTotal = ["sum", "mean", "histogram"].contains(name) || (name == "min" || name == "max") && arguments.count == 1
    guard isTotal else { return nil }
    guard scope.takesTotals else {
      let hint =
        name == "sum"
        ? "over elements: sum(q in 0..<9: f[q]); over members: in a measure" : "measure it first in a pass of its own"
      return wrong(term, "\(name) of one argument is a total, and belongs to a measure", hint: hint)
    }
    if isInsideTotal {
      return wrong(term, "\(term.written) is a total inside a total", hint: "measure it first in a pass of its own")
    }
    let outer = (scope.readsMembers, letTypes)
    (scope.readsMembers, isInsideTotal) = (true, true)
    // Abbreviations mean something else outside, where members are not known.
    letTypes = [:]
    defer { (scope.readsMembers, letTypes, isInsideTotal) = (outer.0, outer.1, false) }
    if name == "histogram" { return histogram(arguments, at: term) }
    let found = type(arguments[0])
    return found.kind == .boolean ? (name == "mean" ? .number : .integer) : found.kind == .zero ? .number : found
  }

  /// `histogram(e, low, high, bins[, weight])`
  private mutating func histogram(_ arguments: [Expression], at term: Expression) -> ValueType {
    let value = type(arguments[0])
    for bound in arguments[1...2] {
      let found = type(bound)
      if !found.kind.isNumber || !sameDimension(found, value) {
        return wrong(bound, "\(bound.written) is \(words(found.dimension)), the histogram is of \(words(value.dimension))")
      }
    }
    expect(.integer, for: "the number of bins", arguments[3])
    let weight = arguments.count == 5 ? type(arguments[4]) : .number
    return ValueType(.array(arguments[3].constantNumber.flatMap { Int(exactly: $0) }, .scalar), weight.dimension)
  }

  /// Functions of the values that were logged so far.
  mutating func series(_ name: String, _ arguments: [Expression]) -> ValueType {
    let time = OpenDimension(Dimension(time: 1))
    if name == "when" {
      condition(arguments[0])
      return ValueType(.scalar, time)
    }
    let found = type(arguments[0])
    switch name {
    case "slope": return ValueType(found.kind == .integer ? .scalar : found.kind, found.dimension.map { $0 / time })
    case "growth": return ValueType(.scalar, OpenDimension.one / time)
    case "crossing", "period":
      if arguments.count > 1 { expect(found, for: "the value crossed", arguments[1]) }
      return ValueType(.scalar, time)
    case "average":
      if arguments.count > 1 { expect(ValueType(.scalar, time), for: "the time from which to average", arguments[1]) }
      return found.kind == .integer ? .number : found
    default: return found
    }
  }
}
