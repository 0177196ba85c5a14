import Diagnostics
import Expressions

/// What is to be learned: shape and dimension follow from the place of the hole.
public struct HoleType: Sendable, Hashable {
  /// The name after the `?`; "" if it has none.
  public var name: String
  /// What the hole stands for; open where the place does not decide it.
  public var type: ValueType
  /// What it depends on; empty for a number.
  public var arguments: [ValueType]
}

// What is wanted of an expression with holes decides what the holes are.
extension ExpressionChecker {
  /// Finds what the holes of a term must be for it to have this type.
  mutating func infer(_ term: Expression, _ wanted: ValueType) {
    guard type(term).kind == .open, wanted.kind != .open else { return }
    switch term.node {
    case .hole(let name, let arguments): decide(name, arguments, wanted, at: term)
    case .prefix(.minus, let operand): infer(operand, wanted)
    case .binary(.add, let left, let right), .binary(.subtract, let left, let right):
      infer(left, wanted)
      infer(right, wanted)
    case .binary(.multiply, let left, let right):
      let a = type(left), b = type(right)
      if b.kind != .open { infer(left, factor(of: wanted, beside: b)) }
      if a.kind != .open { infer(right, factor(of: wanted, beside: a)) }
    case .binary(.divide, let left, let right):
      let a = type(left), b = type(right)
      if b.kind != .open { infer(left, ValueType(wanted.kind, multiply(wanted.dimension, b.dimension))) }
      if a.kind != .open { infer(right, ValueType(.scalar, divide(a.dimension, wanted.dimension))) }
    case .call(let callee, let arguments) where callee.node == .name("if") && arguments.count == 3:
      for branch in arguments.dropFirst() { infer(branch, wanted) }
    default: break
    }
  }

  private func factor(of product: ValueType, beside other: ValueType) -> ValueType {
    let dimension = divide(product.dimension, other.dimension)
    if other.kind.isNumber { return ValueType(product.kind, dimension) }
    return other.kind == product.kind ? ValueType(.scalar, dimension) : .open
  }

  private func multiply(_ a: OpenDimension?, _ b: OpenDimension?) -> OpenDimension? {
    guard let a, let b, a.isModest, b.isModest else { return nil }
    return a * b
  }

  private func divide(_ a: OpenDimension?, _ b: OpenDimension?) -> OpenDimension? {
    guard let a, let b, a.isModest, b.isModest else { return nil }
    return a / b
  }

  private mutating func decide(_ name: String?, _ arguments: [Expression], _ wanted: ValueType, at term: Expression) {
    // A hole with an empty name stands for what could not be read.
    if name == "" { return }
    let found = HoleType(name: name ?? "", type: wanted, arguments: arguments.map { type($0) })
    guard let known = holes[found.name] else {
      holes[found.name] = found
      return
    }
    if known.arguments.count != found.arguments.count
      || !zip(known.arguments, found.arguments).allSatisfy({ sameDimension($0, $1) })
    {
      _ = wrong(term, "?\(found.name) has other arguments here than elsewhere", hint: "equal names are one hole")
    } else if !sameDimension(known.type, wanted) {
      let (there, here) = (words(known.type.dimension), words(wanted.dimension))
      _ = wrong(term, "?\(found.name) is \(there) elsewhere and \(here) here", hint: "equal names are one hole")
    }
  }
}
