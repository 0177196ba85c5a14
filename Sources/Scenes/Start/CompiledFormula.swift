import Diagnostics
import Expressions
import Laws

/// A formula outside of laws (a first value, a default, a mixing rule), checked and lowered once, evaluated for many particles.
public struct CompiledFormula: Sendable {
  /// What a name stands for.
  public struct Name: Sendable {
    var type: ValueType
    /// In units of the run; nil for an argument, whose numbers come with each evaluation.
    var numbers: [Double]?

    /// A name of this shape; a missing dimension fits every other.
    public init(_ shape: Shape, _ dimension: Dimension?, space: Int, numbers: [Double]? = nil) {
      type = ValueType(ValueType.Kind(shape, space: space), dimension.map { OpenDimension($0) })
      self.numbers = numbers
    }
  }

  /// Dimension of the result; nil if it fits every dimension.
  public let dimension: Dimension?
  private let tape: Tape

  /// How many numbers the result has.
  public var count: Int { tape.count }

  /// With `isReduced` nothing has a dimension.
  ///
  /// - Throws: all mistakes of the expression, each at its term.
  public init(
    _ expression: Expression, knowing names: [String: Name], space: Int, isReduced: Bool, allowsNoise: Bool = false
  ) throws(Diagnostics) {
    let type = try expression.type(
      knowing: names.mapValues(\.type), space: space, isReduced: isReduced, allowsNoise: allowsNoise)
    dimension = isReduced ? nil : type.dimension?.resolved(any: .one)
    do throws(Diagnostic) {
      tape = try Self.tape(of: expression, names, space: space)
    } catch {
      throw Diagnostics([error])
    }
  }

  private static func tape(of expression: Expression, _ names: [String: Name], space: Int) throws(Diagnostic) -> Tape {
    var lowering = Lowering(graph: Graph(), space: space) { (key, graph) throws(Diagnostic) in
      guard key.owner.isEmpty, let name = names[key.name] else { return nil }
      return .value(name.value(of: key.name, space: space, in: &graph))
    }
    let value = try lowering.lower(expression)
    let roots = value.components.map { lowering.graph.number($0) }
    for node in lowering.graph.reachable(from: roots) {
      if case .noise(let kind, _, _, _, _) = lowering.graph[node], kind == .chiSquared || kind == .poisson {
        throw expression.diagnostic("chi2 and poisson are known in laws only")
      }
    }
    return Tape(lowering.graph, roots: roots)
  }

  /// The numbers of the result.
  ///
  /// - Parameters:
  ///   - arguments: the numbers of names that had none.
  ///   - noise: a random number: whether normal, its place in the formula, its component.
  func numbers(
    _ arguments: [String: [Double]] = [:], noise: @escaping (Bool, Int, Int) -> Double = { _, _, _ in .nan }
  ) -> [Double] {
    let context = GraphContext(
      input: { input in arguments[input.name].map { $0[input.component] } ?? .nan },
      // The component of a single number is -1.
      noise: { kind, place, component, _ in noise(kind == .normal, place, max(0, component)) })
    return tape.run(in: context)
  }

  /// The numbers of the result, with the components of arguments, counted from 0, as they are asked for.
  public func numbers(at component: @escaping (String, Int) -> Double) -> [Double] {
    tape.run(in: GraphContext(input: { component($0.name, $0.component) }))
  }
}

extension CompiledFormula.Name {
  fileprivate func value(of name: String, space: Int, in graph: inout Graph) -> Value {
    if let numbers { return Value(shape(numbers.count), numbers.map { graph.constant($0) }) }
    let count = count(space: space)
    return Value(shape(count), (0..<count).map { graph.input(Input(.local, name, component: $0)) })
  }

  private func count(space: Int) -> Int {
    switch type.kind {
    case .vector: space
    case .matrix: space * space
    case .quaternion: 4
    case .array(let count, _): count ?? 1
    default: 1
    }
  }

  private func shape(_ count: Int) -> Shape {
    switch type.kind {
    case .vector: .vector
    case .matrix: .matrix
    case .quaternion: .quaternion
    case .array: .array(count, of: .scalar)
    default: .scalar
    }
  }
}
