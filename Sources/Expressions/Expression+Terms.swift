extension Expression {
  /// The terms directly below the root.
  public var terms: [Expression] {
    switch node {
    case .number, .name: []
    case .prefix(_, let operand): [operand]
    case .binary(_, let left, let right): [left, right]
    case .call(let callee, let arguments): [callee] + arguments
    case .index(let base, let indices): [base] + indices
    case .member(let base, _): [base]
    case .vector(let components): components
    case .hole(_, let arguments): arguments
    case .fixedSum(_, let from, let below, let body): [from, below, body]
    }
  }

  /// Whether any term of the tree, itself included, fits.
  public func contains(where fits: (Expression) -> Bool) -> Bool {
    fits(self) || terms.contains { $0.contains(where: fits) }
  }

  /// All names that occur in the tree.
  public var names: Set<String> {
    if case .name(let name) = node { return [name] }
    return terms.reduce(into: []) { $0.formUnion($1.names) }
  }

  /// The value of an expression of numbers alone, such as `4/9` or `sqrt(2)/2`; nil if it is none, or not finite.
  public var constantNumber: Double? {
    let value: Double?
    switch node {
    case .number(let number): value = number
    case .name("pi"): value = .pi
    case .prefix(.minus, let operand): value = operand.constantNumber.map { -$0 }
    case .call(let callee, let arguments) where callee.node == .name("sqrt") && arguments.count == 1:
      value = arguments[0].constantNumber.map { $0.squareRoot() }
    case .binary(let sign, let left, let right):
      guard let a = left.constantNumber, let b = right.constantNumber else { return nil }
      switch sign {
      case .add: value = a + b
      case .subtract: value = a - b
      case .multiply: value = a * b
      case .divide: value = a / b
      case .power: value = Power.real(a, b)
      default: value = nil
      }
    default: value = nil
    }
    return value.flatMap { $0.isFinite ? $0 : nil }
  }
}

extension Expression {
  /// The tree with other names in the place of some; indices of fixed sums keep theirs.
  public func renamingNames(_ names: [String: String]) -> Expression {
    func renamed(_ tree: Expression) -> Expression { tree.renamingNames(names) }
    var tree = self
    switch node {
    case .number: break
    case .name(let name): tree.node = .name(names[name] ?? name)
    case .prefix(let sign, let operand): tree.node = .prefix(sign, renamed(operand))
    case .binary(let sign, let left, let right): tree.node = .binary(sign, renamed(left), renamed(right))
    case .call(let callee, let arguments): tree.node = .call(renamed(callee), arguments.map(renamed))
    case .index(let base, let indices): tree.node = .index(renamed(base), indices.map(renamed))
    case .member(let base, let name): tree.node = .member(renamed(base), name)
    case .vector(let components): tree.node = .vector(components.map(renamed))
    case .hole(let name, let arguments): tree.node = .hole(name, arguments.map(renamed))
    case .fixedSum(let variable, let from, let below, let body):
      let others = names.filter { $0.key != variable }
      tree.node = .fixedSum(variable: variable, from: from, below: below, body: body.renamingNames(others))
    }
    return tree
  }
}
