import Diagnostics

/// What a name stands for where an expression is lowered.
public enum Meaning: Sendable {
  case value(Value)
  /// An abbreviation, put in place.
  case abbreviation(Expression)
  /// An abbreviation of every element of an array, as `name[variable]`.
  case elements(variable: String, Expression)
  /// A function that the scene gives as a table, and the end that it belongs to.
  case function(String, end: String)
  /// A function that the scene gives as a formula of its arguments.
  case formula(Formula)
  /// Formulas of which the first is taken whose condition holds; the last one if none does.
  case choice([(condition: NodeID, formula: Formula)])

  /// An expression of named arguments; the constants stand for names that it uses besides.
  public struct Formula: Sendable {
    /// The right-hand side.
    public var expression: Expression
    /// Names of its arguments.
    public var arguments: [String]
    /// Numbers and lists that the expression names besides.
    public var constants: [String: [Double]]

    /// A formula of these arguments.
    public init(_ expression: Expression, arguments: [String], constants: [String: [Double]] = [:]) {
      self.expression = expression
      self.arguments = arguments
      self.constants = constants
    }
  }
}

/// Turns a checked expression into nodes of a graph, component by component.
public struct Lowering {
  /// A name, or `name[owner]`.
  public struct Key: Hashable, Sendable {
    /// The name.
    public var name: String
    /// What stands in brackets: an end or a role; empty without brackets.
    public var owner: String
    /// A name, with or without an owner.
    public init(_ name: String, owner: String = "") {
      self.name = name
      self.owner = owner
    }
  }

  /// The graph that nodes are added to.
  public var graph: Graph
  /// Dimensions of the box.
  public let space: Int
  /// What names mean here; nil if a name is not known.
  public var meaning: (Key, inout Graph) throws(Diagnostic) -> Meaning?
  /// Called before the ordinary functions: totals of a measure, `count`, `closest` …
  public var special: (String, [Expression], inout Lowering) throws(Diagnostic) -> Value?
  /// The next place for a random number; unique in a step.
  public var noisePlace = 0
  /// The end that tells apart the pairs of a member, each of which draws its own numbers; empty if there is one pair at a time.
  public var noiseEnd = ""
  /// Names that stand for a whole number wherever they occur, such as the number of a neighbour.
  public var numbers: [String: Int] = [:]
  private var cache: [Key: Value] = [:]
  private var loopVariables: [String: Int] = [:]
  private var depth = 0

  /// A lowering onto a graph, in a box of `space` dimensions.
  public init(
    graph: Graph, space: Int, meaning: @escaping (Key, inout Graph) throws(Diagnostic) -> Meaning?,
    special: @escaping (String, [Expression], inout Lowering) throws(Diagnostic) -> Value? = { _, _, _ in nil }
  ) {
    self.graph = graph
    self.space = space
    self.meaning = meaning
    self.special = special
  }

  /// The value of an expression.
  public mutating func lower(_ expression: Expression) throws(Diagnostic) -> Value {
    depth += 1
    defer { depth -= 1 }
    guard depth < 400 else { throw expression.diagnostic("nested too deeply, or abbreviations that need each other") }
    switch expression.node {
    case .number(let value): return .scalar(graph.constant(value))
    case .name(let name): return try lookUp(Key(name), at: expression)
    case .prefix(let prefix, let operand): return try self.prefix(prefix, try lower(operand))
    case .binary(let op, let a, let b): return try binary(op, try lower(a), try lower(b), at: expression)
    case .index(let base, let indices): return try index(base, indices, at: expression)
    case .member(let base, let name):
      if let factor = try factor(base, name) { return factor }
      return try member(try lower(base), name, at: expression)
    case .vector(let parts):
      var nodes: [NodeID] = []
      for part in parts { nodes.append(try scalar(part)) }
      return Value(parts.count == space ? .vector : .array(parts.count, of: .scalar), nodes)
    case .call(let callee, let arguments): return try call(callee, arguments, at: expression)
    case .fixedSum(let variable, let from, let below, let body):
      return try fixedSum(variable, from, below, body, at: expression)
    case .hole(let name, _): throw expression.diagnostic("?\(name ?? "") is open", hint: "run mote fit to fill it")
    }
  }

  /// The number that a scalar expression stands for.
  public mutating func scalar(_ expression: Expression) throws(Diagnostic) -> NodeID {
    let value = try lower(expression)
    guard value.isScalar else { throw expression.diagnostic("a \(value.shape) where a number is wanted") }
    return value.node
  }

  /// The condition that an expression stands for.
  public mutating func condition(_ expression: Expression) throws(Diagnostic) -> NodeID {
    let node = try scalar(expression)
    return graph.condition(node)
  }

  // MARK: Names

  mutating func lookUp(_ key: Key, at expression: Expression) throws(Diagnostic) -> Value {
    if key.owner.isEmpty, let number = loopVariables[key.name] ?? numbers[key.name] {
      return .scalar(graph.constant(Double(number)))
    }
    if let known = cache[key] { return known }
    switch try meaning(key, &graph) {
    case .value(let value): return value
    case .abbreviation(let text):
      let value = try lower(text)
      if loopVariables.isEmpty { cache[key] = value }
      return value
    case .elements(let variable, _): throw expression.diagnostic("\(key.name) of which element? \(key.name)[\(variable)]")
    case .function, .formula, .choice: throw expression.diagnostic("\(key.name) is a function: \(key.name)(r)")
    case nil: return try constant(key.name, at: expression)
    }
  }

  private mutating func constant(_ name: String, at expression: Expression) throws(Diagnostic) -> Value {
    switch name {
    case "pi": return .scalar(graph.constant(.pi))
    case "true", "false": return .scalar(graph.constant(name == "true" ? 1 : 0))
    case "dimensions": return .scalar(graph.constant(Double(space)))
    case "tiny": return .scalar(graph.constant(1e-30))
    case "I": return Value(.matrix, (0..<space * space).map { graph.constant($0 % (space + 1) == 0 ? 1 : 0) })
    case "ones": return .vector((0..<space).map { _ in graph.constant(1) })
    case "axes", "faces":
      let count = name == "axes" ? space : 2 * space
      let nodes = (0..<count * space).map { index in
        let (row, column) = (index / space, index % space)
        return graph.constant(row % space == column ? (row < space ? 1 : -1) : 0)
      }
      return Value(.array(count, of: .vector), nodes)
    default: throw expression.diagnostic("\(name) is not known here")
    }
  }

  private mutating func index(_ base: Expression, _ indices: [Expression], at expression: Expression) throws(Diagnostic) -> Value
  {
    if case .name(let name) = base.node {
      let owner = indices.map { if case .name(let end) = $0.node { end } else { "" } }.joined(separator: ",")
      let key = Key(name, owner: owner)
      if !owner.isEmpty, loopVariables[owner] == nil, numbers[owner] == nil {
        if let known = cache[key] { return known }
        switch try meaning(key, &graph) {
        case .value(let value): return value
        case .abbreviation(let text): return try lower(text)
        default: break
        }
      }
    }
    if case .name(let name) = base.node, indices.count == 1,
      case .elements(let variable, let text)? = try meaning(Key(name), &graph)
    {
      let place = try scalar(indices[0])
      guard let number = graph.constant(place) else {
        throw indices[0].diagnostic("the element of an abbreviation is a constant number")
      }
      return try lower(text, setting: variable, to: Int(number))
    }
    let array = try lower(base)
    guard case .array(let count, let shape) = array.shape, indices.count == 1 else {
      throw expression.diagnostic("a \(array.shape) has no elements")
    }
    let width = array.components.count / max(1, count)
    let position = try scalar(indices[0])
    if let number = graph.constant(position) {
      let element = ((Int(number) % count) + count) % count
      return Value(shape, Array(array.components[element * width..<(element + 1) * width]))
    }
    return Value(shape, chosen(array, width: width, count: count, at: position))
  }

  /// The element at an index that is known only when the kernel runs: a chain of selections.
  private mutating func chosen(_ array: Value, width: Int, count: Int, at position: NodeID) -> [NodeID] {
    let wrapped = graph.pairwise(.modulo, position, graph.constant(Double(count)))
    return (0..<width).map { component in
      (1..<max(1, count)).reduce(array.components[component]) { chosen, element in
        let isThis = graph.compare(.equal, wrapped, graph.constant(Double(element)))
        return graph.select(isThis, array.components[element * width + component], chosen)
      }
    }
  }

  private func member(_ value: Value, _ name: String, at expression: Expression) throws(Diagnostic) -> Value {
    guard let index = ["x", "y", "z"].firstIndex(of: name), index < value.components.count, !value.isScalar else {
      throw expression.diagnostic("a \(value.shape) in \(space) dimensions has no component \(name)")
    }
    return .scalar(value.components[index])
  }

  private mutating func fixedSum(
    _ variable: String, _ from: Expression, _ below: Expression, _ body: Expression, at expression: Expression
  ) throws(Diagnostic) -> Value {
    let (first, last) = (try scalar(from), try scalar(below))
    guard let low = graph.constant(first), let high = graph.constant(last), high - low <= 4096 else {
      throw expression.diagnostic("the bounds of a sum are constant integers")
    }
    let outer = loopVariables[variable]
    defer { loopVariables[variable] = outer }
    var total: Value?
    for number in Int(low)..<max(Int(low), Int(high)) {
      loopVariables[variable] = number
      let term = try lower(body)
      if let sum = total { total = try binary(.add, sum, term, at: expression) } else { total = term }
    }
    return total ?? .scalar(graph.constant(0))
  }

  /// Lowers with a loop variable set, as in an assignment of every element.
  public mutating func lower(_ expression: Expression, setting variable: String, to number: Int) throws(Diagnostic) -> Value {
    let outer = loopVariables[variable]
    defer { loopVariables[variable] = outer }
    loopVariables[variable] = number
    return try lower(expression)
  }

  /// Lowers with names standing for other values: abbreviations that use them are put in place anew.
  public mutating func lower(_ expression: Expression, replacing replacements: [Key: Value]) throws(Diagnostic) -> Value {
    let (outerCache, outerMeaning) = (cache, meaning)
    defer { (cache, meaning) = (outerCache, outerMeaning) }
    cache = [:]
    meaning = { (key, graph) throws(Diagnostic) in
      if let value = replacements[key] { return .value(value) }
      return try outerMeaning(key, &graph)
    }
    return try lower(expression)
  }
}
