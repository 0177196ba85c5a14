import Expressions
import Laws
import Scenes
import World

/// All fields of the particles and of the world that the laws of a scene know.
struct FieldTable {
  /// A field of the particles.
  struct Field: Hashable {
    var name: String
    var shape: Shape
    var components: Int
    var dimension: Dimension
    /// The value of a new particle, if the law gives one.
    var initial: Expression?
    /// The use of a law that declares it; empty for those that everybody knows.
    var owner: String
  }

  let space: Int
  let speciesNames: [String]
  let periodic: [Bool]
  private(set) var fields: [String: Field] = [:]
  /// Fields of the world and measured totals, with their numbers of components and shapes.
  private(set) var worldFields: [String: Field] = [:]

  init(_ scene: Scene) {
    space = scene.space
    speciesNames = scene.species.map(\.name)
    periodic = scene.box.sides.map { $0 == .periodic }
    for (name, shape, dimension) in Law.knownFields(space: scene.space) { add(name, shape, dimension) }
    for species in scene.species {
      for field in species.fields where fields[field.name] == nil { add(field.name, field.shape, field.dimension) }
    }
    for use in scene.laws {
      for declaration in use.law.fields { add(declaration, of: use) }
    }
    worldFields["potential"] = Field(name: "potential", shape: .scalar, components: 1, dimension: .one, owner: "")
    worldFields["virial"] = Field(name: "virial", shape: .symmetric, components: space * space, dimension: .one, owner: "")
    worldFields["box"] = Field(name: "box", shape: .vector, components: space, dimension: .one, owner: "")
    for name in ["dt", "time", "step"] {
      worldFields[name] = Field(name: name, shape: .scalar, components: 1, dimension: .one, owner: "")
    }
  }

  subscript(name: String) -> Field? { fields[name] }

  private mutating func add(_ name: String, _ shape: Shape, _ dimension: Dimension) {
    fields[name] = Field(
      name: name, shape: shape, components: shape.components(space: space), dimension: dimension, owner: "")
  }

  private mutating func add(_ declaration: FieldDeclaration, of use: LawUse) {
    let dimension = use.law.fieldType(declaration.name, role: declaration.role, space: space)?.dimension ?? .one
    let field = Field(
      name: declaration.name, shape: declaration.type.shape, components: declaration.type.shape.components(space: space),
      dimension: dimension, initial: declaration.initial, owner: use.name)
    if declaration.role == "world" { worldFields[declaration.name] = field } else { fields[declaration.name] = field }
  }

  /// Names of fields that stand for a state or for rates: copies of every field that has a rate.
  var stateNames: [String] { fields.values.filter { $0.shape == .state || $0.shape == .rate }.map(\.name).sorted() }

  /// Declares, for each field that has a rate, the rate and the copies that states stand for.
  mutating func addStates(_ rateFields: [String]) {
    for name in rateFields {
      guard let field = fields[name] else { continue }
      for state in ["rate"] + stateNames {
        var copy = field
        copy.name = ChainBuilder.copyName(state, of: name)
        copy.initial = nil
        fields[copy.name] = copy
      }
    }
  }

  /// Declares a measured total, which later passes can read.
  mutating func addTotal(_ name: String, _ value: Value) {
    worldFields[name] = Field(name: name, shape: value.shape, components: value.components.count, dimension: .one, owner: "")
  }

  /// The value of a field of the world; `dt` of a law that runs every N steps is N dt.
  func world(_ name: String, every: Int, in graph: inout Graph) -> Value? {
    guard let field = worldFields[name] else { return nil }
    let nodes = (0..<field.components).map { graph.input(Input(.world, name, component: $0)) }
    return Value(field.shape, name == "dt" && every > 1 ? [graph.scale(nodes[0], by: Double(every))] : nodes)
  }

  /// One bit for each species of the list.
  func mask(of names: [String]) -> UInt64 {
    speciesNames.enumerated().reduce(0) { mask, item in names.contains(item.element) ? mask | 1 << UInt64(item.offset) : mask }
  }

  var everySpecies: UInt64 { mask(of: speciesNames) }
  /// One bit for each species of a scene.
  static func everySpecies(of scene: Scene) -> UInt64 { scene.species.indices.reduce(0) { $0 | 1 << UInt64($1) } }

  /// The periodic image of a difference that is nearest to zero: x − L round(x/L).
  func nearestImage(of difference: [NodeID], in graph: inout Graph) -> [NodeID] {
    difference.enumerated().map { axis, node in
      guard axis < space, periodic[axis] else { return node }
      let side = graph.input(Input(.world, "box", component: axis))
      let turns = graph.divide(node, side)
      let whole = graph.function(.floor, graph.sum(constant: 0.5, [Graph.Term(coefficient: 1, node: turns)]))
      return graph.subtract(node, graph.multiply(whole, side))
    }
  }
}
