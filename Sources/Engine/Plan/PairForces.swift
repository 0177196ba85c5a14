import Diagnostics
import Expressions
import Laws
import Scenes

/// The forces that a law gives to pairs, as expressions of a graph: what a fit compares with data.
public struct PairForces: Sendable {
  /// What one pass of the law gives.
  public struct Part: Sendable {
    /// Pairs closer than this take part (length).
    public var range: NodeID
    /// A further condition.
    public var condition: NodeID?
    /// Energy of the pair, if the force is derived from one.
    public var energy: NodeID?
    /// On i, one node for each dimension of the box; j gets the opposite.
    public var force: [NodeID]
  }

  /// Holds all nodes.
  public let graph: Graph
  /// One for each pass `within` that gives a force.
  public let parts: [Part]
  private let parameters: ParameterTable

  /// The pair forces of a use of a law in a scene; throws what the engine does not run.
  public init(of use: LawUse, in scene: Scene) throws(Diagnostic) {
    guard try Adjoint(of: use, after: [:]).fields.isEmpty else {
      throw Diagnostic("\(use.law.name): forces through sums over pairs cannot be fitted yet")
    }
    var builder = PairBuilder(fields: FieldTable(scene))
    var noisePlace = 0
    for case .interact(let pass) in use.law.allItems {
      guard case .within = pass.pairing else { continue }
      try builder.add(pass, of: use, noisePlace: &noisePlace)
    }
    graph = builder.graph
    parts = builder.parts.compactMap { part in
      part.force.map { Part(range: part.range, condition: part.condition, energy: part.energy, force: $0) }
    }
    parameters = ParameterTable(scene)
  }

  /// The number behind an input of kind `parameter`, for ends of the species i and j (units of the run).
  public func number(_ input: Input, i: Int, j: Int) -> Double { parameters.number(input, i: i, j: j) }

  /// A function that the scene gives as points, or its derivative, at x; not a number if there is no such function.
  public func value(of function: String, end: String, derivative: Int, at x: Double, i: Int, j: Int) -> Double {
    parameters.function(function, end: end, i: i, j: j)?.value(at: x, derivative: derivative) ?? .nan
  }
}
