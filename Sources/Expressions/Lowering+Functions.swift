import Diagnostics

extension Lowering {
  mutating func call(_ callee: Expression, _ arguments: [Expression], at expression: Expression) throws(Diagnostic) -> Value {
    if let function = try scenesFunction(callee) { return try call(function, arguments, at: expression) }
    guard case .name(let name) = callee.node else { throw expression.diagnostic("this is no function") }
    if let value = try special(name, arguments, &self) { return value }
    if name == "grad" { return try gradient(arguments, at: expression) }
    if let noise = try self.noise(name, arguments, at: expression) { return noise }
    var values: [Value] = []
    for argument in arguments { values.append(try lower(argument)) }
    if let value = numberFunction(name, values) ?? vectorFunction(name, values) { return value }
    throw expression.diagnostic("\(name) is not known here, or not with \(arguments.count) arguments")
  }

  private mutating func scenesFunction(_ callee: Expression) throws(Diagnostic) -> Meaning? {
    let key: Key
    switch callee.node {
    case .name(let name): key = Key(name)
    case .index(let base, let indices):
      guard case .name(let name) = base.node, indices.count == 1, case .name(let owner) = indices[0].node else { return nil }
      key = Key(name, owner: owner)
    default: return nil
    }
    switch try meaning(key, &graph) {
    case .function(let name, let end): return .function(name, end: end)
    case .formula(let formula): return .formula(formula)
    case .choice(let choices): return .choice(choices)
    default: return nil
    }
  }

  private mutating func call(
    _ function: Meaning, _ arguments: [Expression], at expression: Expression
  ) throws(Diagnostic) -> Value {
    var values: [Value] = []
    for argument in arguments { values.append(try lower(argument)) }
    switch function {
    case .formula(let formula) where formula.arguments.count == values.count:
      var names = Dictionary(uniqueKeysWithValues: zip(formula.arguments.map { Key($0) }, values))
      for (name, numbers) in formula.constants {
        names[Key(name)] = Value(numbers.count == 1 ? .scalar : .vector, numbers.map { graph.constant($0) })
      }
      return try lower(formula.expression, replacing: names)
    case .choice(let choices):
      var chosen: Value?
      for (condition, formula) in choices.reversed() {
        let value = try call(.formula(formula), arguments, at: expression)
        chosen =
          try chosen.map { (other) throws(Diagnostic) in
            guard value.isScalar, other.isScalar else {
              throw expression.diagnostic("a function of each species gives one number")
            }
            return .scalar(graph.select(condition, value.node, other.node))
          } ?? value
      }
      return chosen ?? .scalar(graph.constant(0))
    case .function(let name, let end) where values.count == 1 && values[0].isScalar:
      return .scalar(graph.call(name, end: end, values[0].node))
    default: throw expression.diagnostic("a function of other arguments")
    }
  }

  /// `grad(e, x)`: derivative of the scalar e by a name on which it depends; by `d` also through `r` and `n`.
  private mutating func gradient(_ arguments: [Expression], at expression: Expression) throws(Diagnostic) -> Value {
    guard arguments.count == 2 else { throw expression.diagnostic("grad wants an expression and a name: grad(e, x)") }
    let by = arguments[1], value = try lower(by)
    if case .name("d") = by.node {
      return .vector(graph.gradientBySeparation(of: try scalar(arguments[0]), space: space))
    }
    let locals = value.components.indices.map { index in
      graph.input(Input(.local, "grad\(graph.count)", component: index))
    }
    let scalar = try lower(arguments[0], replacing: [try key(of: by): Value(value.shape, locals)])
    let derivatives = graph.derivatives(of: scalar.node, by: locals)
    if graph.lacksDerivative(derivatives) {
      throw expression.diagnostic("the vectors of svd and eigen, and slopes of exp and log of a matrix, have no derivative here")
    }
    let back = Dictionary(uniqueKeysWithValues: zip(locals, value.components))
    return Value(value.shape, graph.substitute(back, in: derivatives))
  }

  private func key(of expression: Expression) throws(Diagnostic) -> Key {
    switch expression.node {
    case .name(let name): return Key(name)
    case .index(let base, let indices):
      if case .name(let name) = base.node, indices.count == 1, case .name(let owner) = indices[0].node {
        return Key(name, owner: owner)
      }
    default: break
    }
    throw expression.diagnostic("grad differentiates by a name, such as r or h[i]")
  }

  private mutating func noise(_ name: String, _ arguments: [Expression], at expression: Expression) throws(Diagnostic) -> Value? {
    func shape() throws(Diagnostic) -> Shape {
      guard let argument = arguments.first else { return .scalar }
      switch argument.node {
      case .name("vector"): return .vector
      case .name("axial"): return .axial
      default: throw argument.diagnostic("\(name) of what? \(name)() or \(name)(vector)")
      }
    }
    noisePlace += 1
    switch name {
    case "uniform", "normal":
      let kind: Graph.Noise = name == "uniform" ? .uniform : .normal, shape = try shape()
      let count = shape.components(space: space)
      // A scalar's component is −1: seen from the other end of a pair it is the same, while a vector changes sign.
      let first = arguments.isEmpty ? -1 : 0
      return Value(shape, (0..<count).map { graph.noise(kind, place: noisePlace, component: first + $0, end: noiseEnd) })
    case "direction": return direction(try arguments.isEmpty ? .vector : shape())
    case "chi2", "poisson":
      guard arguments.count == 1 else { throw expression.diagnostic("\(name) wants one number") }
      let place = noisePlace, parameter = try scalar(arguments[0])
      return .scalar(
        graph.noise(name == "chi2" ? .chiSquared : .poisson, place: place, component: -1, end: noiseEnd, argument: parameter))
    default:
      noisePlace -= 1
      return nil
    }
  }

  /// A uniform unit vector; a sign where there is one component.
  private mutating func direction(_ shape: Shape) -> Value {
    let count = shape.components(space: space), one = graph.constant(1)
    // Numbers of component −1 are the same from both ends of a pair, those of component 0 change sign: so does the direction.
    let sense = graph.function(.sign, graph.noise(.uniform, place: noisePlace, component: 0, end: noiseEnd))
    let first = graph.noise(.uniform, place: noisePlace, component: -1, end: noiseEnd)
    if count == 1 {
      let half = graph.constant(0.5)
      return Value(shape, [graph.multiply(sense, graph.select(graph.compare(.less, first, half), one, graph.negate(one)))])
    }
    let angle = graph.scale(first, by: 2 * .pi)
    let (cosine, sine) = (graph.function(.cos, angle), graph.function(.sin, angle))
    if count == 2 { return Value(shape, graph.scaled([cosine, sine], by: sense)) }
    // Archimedes: the height on a sphere is uniform.
    noisePlace += 1
    let second = graph.noise(.uniform, place: noisePlace, component: -1, end: noiseEnd)
    let height = graph.sum(constant: -1, [Graph.Term(coefficient: 2, node: second)])
    let zero = graph.constant(0)
    let square = graph.pairwise(.maximum, graph.subtract(one, graph.power(height, Rational(2))), zero)
    let ring = graph.squareRoot(square)
    return Value(shape, graph.scaled([graph.multiply(ring, cosine), graph.multiply(ring, sine), height], by: sense))
  }
}
