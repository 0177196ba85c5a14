import Diagnostics
import Expressions

extension Evaluator {
  func call(_ callee: Expression, _ arguments: [Expression], _ term: Expression) throws(Diagnostic) -> Quantity {
    guard case .name(let name) = callee.node else { throw callee.diagnostic("only functions can be called") }
    if ["uniform", "normal"].contains(name) { return try draw(name, arguments, term) }
    if name == "if" { return try choice(arguments, term) }
    var values = [Quantity]()
    for argument in arguments { values.append(try evaluate(argument)) }
    if let function = MathFunction.ofOne[name] {
      let value = try only(values, name, term)
      guard value.dimension?.isOne != false else { throw term.diagnostic("\(name) wants a number without dimension") }
      return Quantity(value.numbers.map(function), .one)
    }
    if let function = MathFunction.keepingDimension[name] {
      let value = try only(values, name, term)
      return Quantity(value.numbers.map(function), value.dimension)
    }
    if let function = MathFunction.ofTwo[name] {
      let (a, b) = try two(values, name, term)
      let dimension = try same(a.dimension, b.dimension, term)
      return Quantity(a.zipped(b, function), name == "atan2" ? .one : dimension)
    }
    return try callOther(name, values, term)
  }

  private func callOther(_ name: String, _ values: [Quantity], _ term: Expression) throws(Diagnostic) -> Quantity {
    switch name {
    case "sqrt":
      let value = try only(values, name, term)
      let dimension = try value.dimension.map { (given) throws(Diagnostic) in try raised(given, Rational(1, 2), term) }
      return Quantity(value.numbers.map { $0.squareRoot() }, dimension)
    case "sign":
      return Quantity(try only(values, name, term).numbers.map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }, .one)
    case "norm":
      let value = try only(values, name, term)
      return Quantity(length(value), value.dimension)
    case "unit":
      let value = try only(values, name, term)
      return Quantity(value.numbers.map { $0 / max(length(value), .leastNormalMagnitude) }, .one)
    case "dot":
      let (a, b) = try two(values, name, term)
      return Quantity(zip(a.numbers, b.numbers).reduce(0) { $0 + $1.0 * $1.1 }, product(a, b))
    case "cross":
      let (a, b) = try two(values, name, term)
      guard a.numbers.count == 3, b.numbers.count == 3 else {
        throw term.diagnostic("cross wants two vectors of three components")
      }
      return Quantity(cross(a.numbers, b.numbers), product(a, b))
    case "clamp":
      guard values.count == 3, values.allSatisfy(\.isScalar) else { throw term.diagnostic("clamp wants three numbers") }
      let dimension = try same(same(values[0].dimension, values[1].dimension, term), values[2].dimension, term)
      return Quantity(min(max(values[0].numbers[0], values[1].numbers[0]), values[2].numbers[0]), dimension)
    default:
      let all = Array(MathFunction.ofOne.keys) + Array(MathFunction.keepingDimension.keys) + Array(MathFunction.ofTwo.keys)
      let names = all + ["sqrt", "sign", "norm", "unit", "dot", "cross", "clamp", "if", "uniform", "normal"]
      throw term.diagnostic("\(name) is no function here", hint: suggestion(for: name, among: names))
    }
  }

  private func only(_ values: [Quantity], _ name: String, _ term: Expression) throws(Diagnostic) -> Quantity {
    guard values.count == 1 else { throw term.diagnostic("\(name) wants one argument, not \(values.count)") }
    return values[0]
  }

  private func two(_ values: [Quantity], _ name: String, _ term: Expression) throws(Diagnostic) -> (Quantity, Quantity) {
    guard values.count == 2, values[0].isScalar == values[1].isScalar || ["min", "max"].contains(name) else {
      throw term.diagnostic("\(name) wants two arguments of one shape")
    }
    return (values[0], values[1])
  }

  private func choice(_ arguments: [Expression], _ term: Expression) throws(Diagnostic) -> Quantity {
    guard arguments.count == 3 else { throw term.diagnostic("if wants a condition and two values") }
    let isTrue = try truth(arguments[0])
    let yes = try evaluate(arguments[1]), no = try evaluate(arguments[2])
    guard yes.isScalar == no.isScalar else { throw term.diagnostic("if gives a number here and a vector there") }
    return Quantity(isTrue ? yes.numbers : no.numbers, try same(yes.dimension, no.dimension, term))
  }

  private func draw(_ name: String, _ arguments: [Expression], _ term: Expression) throws(Diagnostic) -> Quantity {
    guard let noise else { throw term.diagnostic("noise is known in first values of fields and in laws only") }
    if arguments.isEmpty { return Quantity(noise(1, name == "normal"), .one) }
    guard arguments.count == 1, case .name("vector") = arguments[0].node else {
      throw term.diagnostic("\(name) wants nothing, or the word vector")
    }
    return Quantity(noise(space, name == "normal"), .one)
  }

  private func product(_ a: Quantity, _ b: Quantity) -> Dimension? {
    a.dimension.flatMap { first in b.dimension.map { first * $0 } }
  }

  private func length(_ value: Quantity) -> Double { value.numbers.reduce(0) { $0 + $1 * $1 }.squareRoot() }

  private func cross(_ a: [Double], _ b: [Double]) -> [Double] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
  }
}
