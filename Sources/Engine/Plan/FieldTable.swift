import Expressions
import Laws
import Scenes
import World

/// Members that are kept together: all free particles, the sites of one lattice, or the links of one sort.
struct Population: Hashable {
  /// The place in `FieldTable.populations`; free particles are the first.
  var index: Int
  /// Species in it.
  var species: [String]
  /// The grid of a lattice.
  var grid: Grid?
  /// Ends of a link; 0 for particles and sites.
  var arity = 0

  /// Free particles of all species.
  static let particles = 0
}

/// All fields that the laws of a scene know, of the world and of its populations. One of these is looked at: names of fields
/// without more are its.
struct FieldTable {
  /// The value that the declaration for a role gives to new members of the species that play it.
  struct Default: Hashable {
    var species: [String]
    var value: Expression
    /// The use of a law that declares it.
    var owner: String
  }

  /// A field of a population.
  struct Field: Hashable {
    var name: String
    var shape: Shape
    var components: Int
    var dimension: Dimension
    /// The values that laws give to new members, the last that names a species counts.
    var defaults: [Default] = []
    /// The use of a law that declares it; empty for those that everybody knows.
    var owner: String
  }

  let space: Int
  let speciesNames: [String]
  let periodic: [Bool]
  let populations: [Population]
  /// The population whose fields are meant.
  private(set) var population = Population.particles
  private var all: [[String: Field]]
  /// Fields of the world and measured totals, with their numbers of components and shapes.
  private(set) var worldFields: [String: Field] = [:]

  init(_ scene: Scene) {
    space = scene.space
    speciesNames = scene.species.map(\.name)
    periodic = scene.box.sides.map { $0 == .periodic }
    populations = Self.populations(of: scene)
    all = populations.map { _ in [:] }
    for population in populations.indices { addKnownFields(to: population, scene) }
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

  private static func populations(of scene: Scene) -> [Population] {
    var list = [Population(index: 0, species: scene.species.filter { $0.kind == .particles }.map(\.name))]
    for species in scene.species {
      switch species.kind {
      case .particles: continue
      case .lattice(let grid): list.append(Population(index: list.count, species: [species.name], grid: grid))
      case .links(let arity, _): list.append(Population(index: list.count, species: [species.name], arity: arity))
      }
    }
    return list
  }

  private mutating func addKnownFields(to population: Int, _ scene: Scene) {
    let isParticles = population == Population.particles
    for (name, shape, dimension) in Law.knownFields(space: space) where isParticles || name == "position" || name == "id" {
      all[population][name] = field(name, shape, dimension)
    }
    // Ids are no column of numbers: kernels read them where members have them.
    all[population]["id"] = field("id", .integer, .one)
    for species in scene.species where populations[population].species.contains(species.name) {
      for given in species.fields where all[population][given.name] == nil {
        all[population][given.name] = field(given.name, given.shape, given.dimension)
      }
    }
  }

  private func field(_ name: String, _ shape: Shape, _ dimension: Dimension) -> Field {
    Field(name: name, shape: shape, components: shape.components(space: space), dimension: dimension, owner: "")
  }

  // MARK: Populations

  /// The same fields, looking at another population.
  func of(_ population: Int) -> FieldTable {
    var table = self
    table.population = population
    return table
  }

  /// A table that looks at fields of pairs.
  func ofPairs(_ own: [Field]) -> FieldTable {
    var table = self
    table.all.append(Dictionary(own.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
    table.population = table.all.count - 1
    return table
  }

  /// The populations that species belong to.
  func populations(of species: [String]) -> [Population] {
    populations.filter { !Set($0.species).isDisjoint(with: species) }
  }

  /// Fields of the population that is looked at.
  var fields: [String: Field] { all[population] }

  subscript(name: String) -> Field? { all[population][name] }

  private mutating func add(_ declaration: FieldDeclaration, of use: LawUse) {
    let dimension = use.law.fieldType(declaration.name, role: declaration.role, space: space)?.dimension ?? .one
    var field = Field(
      name: declaration.name, shape: declaration.type.shape, components: declaration.type.shape.components(space: space),
      dimension: dimension, owner: use.name)
    if declaration.role == "world" {
      worldFields[declaration.name] = field
      return
    }
    let players = use.roles[declaration.role] ?? []
    let own = declaration.initial.map { [Default(species: players, value: $0, owner: use.name)] } ?? []
    for population in populations(of: players) {
      field.defaults = (all[population.index][field.name]?.defaults ?? []) + own
      all[population.index][field.name] = field
    }
  }

  /// Names of fields that stand for a state or for rates: copies of every field that has a rate.
  var stateNames: [String] { fields.values.filter { $0.shape == .state || $0.shape == .rate }.map(\.name).sorted() }

  /// Declares, for each field that has a rate, the rate and the copies that states stand for.
  mutating func addStates(_ rateFields: [String]) {
    for population in populations.indices {
      for name in rateFields {
        guard let field = all[population][name] else { continue }
        for state in ["rate"] + of(population).stateNames {
          var copy = field
          copy.name = ChainBuilder.copyName(state, of: name)
          copy.defaults = []
          all[population][copy.name] = copy
        }
      }
    }
  }

  /// Declares the adjoint of a field, which collects dE/dA of each member that has it.
  mutating func addAdjoint(of name: String) {
    for population in populations.indices {
      guard var adjoint = all[population][name] else { continue }
      adjoint.name = Adjoint.name(of: name)
      adjoint.defaults = []
      adjoint.dimension = (Dimension.named("energy", space: space) ?? .one) / adjoint.dimension
      all[population][adjoint.name] = adjoint
    }
  }

  /// Declares numbers of particles that an operation keeps for itself.
  mutating func addHidden(_ name: String, components: Int) {
    all[Population.particles][name] = Field(
      name: name, shape: .array(components, of: .scalar), components: components, dimension: .one, owner: "")
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

  /// One bit for each species of the population that is looked at.
  var everySpecies: UInt64 { mask(of: populations[population].species) }

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
