import Expressions

extension Item {
  /// Every expression of the item; those of a loop's passes are theirs.
  var expressions: [Expression] {
    switch self {
    case .propagate(let pass): pass.expressions
    case .interact(let pass): pass.expressions
    case .measure(let measure): measure.expressions
    case .forces(let forces): [forces.at].compactMap { $0 }
    case .repeat(let loop): [loop.times, loop.until, loop.limit, loop.dt].compactMap { $0 }
    case .require(let condition): [condition]
    case .slot, .use, .part: []
    }
  }
}

extension Propagate {
  /// Every expression of the pass.
  public var expressions: [Expression] {
    [condition, energy, force, torque, remove, require].compactMap { $0 } + (lets + assignments + rates).map(\.value)
      + create.flatMap(\.expressions)
  }
}

extension Creation {
  var expressions: [Expression] { [number].compactMap { $0 } + fields.map(\.value) }
}

extension Pairing {
  var expression: Expression? {
    switch self {
    case .within(let value), .neighbours(let value), .everywhere(let value): value
    case .linked, .weight, .cell: nil
    }
  }
}

extension Interact {
  /// Every expression of the pass.
  public var expressions: [Expression] {
    let single = [pairing.expression, condition, energy, force, torque, unlink, remove, require, offset, smooth].compactMap { $0 }
    let bindings = lets + sum + add + min + max + rate + memory + link.flatMap(\.fields)
    return single + bindings.map(\.value) + (react?.create ?? []).flatMap(\.expressions)
  }
}

extension Measure {
  var expressions: [Expression] { [pairing?.expression, condition].compactMap { $0 } + (lets + totals).map(\.value) }
}
