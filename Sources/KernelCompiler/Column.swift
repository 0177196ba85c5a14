import Expressions

/// One number of a field: what a kernel sees as a column of doubles.
public struct Column: Sendable, Hashable {
  /// Name of the field.
  public var field: String
  /// Which of the field's numbers, from 0.
  public var component: Int

  /// A component of a field.
  public init(_ field: String, _ component: Int) {
    self.field = field
    self.component = component
  }

  /// What stands for the column in graphs of single particles.
  public var input: Input { Input(.field, field, component: component) }
  /// The name of the column in generated C.
  var cName: String { "\(field.filter { $0.isLetter || $0.isNumber || $0 == "_" })_\(component)" }
}

/// What must be computed before a kernel is called.
public struct KernelNeeds: Sendable {
  /// The graph that the nodes below belong to.
  public var graph: Graph
  /// Values of `k[n]`.
  public var constants: [NodeID]
  /// Values per species or pair of species.
  public var tables: [NodeID]
  /// Tables of the scene, whose spline coefficients follow `tables`.
  public var functions: [FunctionUse]

  init(_ emitter: Emitter) {
    graph = emitter.graph
    constants = emitter.constants
    tables = emitter.tables
    functions = emitter.functions
  }
}
