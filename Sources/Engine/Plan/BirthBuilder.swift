import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Members that a pass makes: of which species, and the columns of the parents that say how many and with which fields.
struct Birth: Sendable {
  /// The population of the new members.
  var population: Int
  var species: Int32
  /// How many each parent makes.
  var number: Column
  /// Fields that do not follow from the parent, and where their numbers stand.
  var fields: [(name: String, columns: [Column])]

  /// The fields that parents need for it.
  var columnFields: [(name: String, components: Int)] {
    [(number.field, 1)] + fields.compactMap { field in field.columns.first.map { ($0.field, field.columns.count) } }
  }
}

/// A pass that makes members of single ones.
struct BirthPass: Sendable {
  /// The population of the parents.
  var parents: Int
  /// Kernels that give the numbers of children, and the fields of one child of each parent.
  var numbers: Int, fields: Int
  var births: [Birth]
  /// What the pass does to the parents themselves, after that.
  var own: MemberCall?
}

/// Turns `create` into nodes.
struct BirthBuilder {
  private let creation: Creation
  private let name: String
  private let children: FieldTable
  private let species: Int

  /// `name` begins the names of its columns.
  init(_ creation: Creation, of use: LawUse, fields: FieldTable, named name: String) throws(Diagnostic) {
    self.creation = creation
    self.name = name
    guard let player = use.roles[creation.species]?.first, let species = fields.speciesNames.firstIndex(of: player) else {
      throw Diagnostic(
        "create: no species plays the role \(creation.species)", hint: "bind it to a species of the scene", at: creation.location)
    }
    guard let population = fields.populations(of: [player]).first, population.index == Population.particles else {
      throw Diagnostic("create: \(player) is no species of particles", at: creation.location)
    }
    self.species = species
    children = fields.of(population.index)
  }

  /// The birth, how many, and the numbers of its fields; none where the condition does not hold.
  func build(
    _ condition: NodeID?, _ lowering: inout Lowering
  ) throws(Diagnostic) -> (birth: Birth, number: NodeID, values: [NodeID]) {
    var birth = Birth(population: children.population, species: Int32(species), number: Column(name, 0), fields: [])
    var values: [NodeID] = []
    for binding in creation.fields {
      let value = try lowering.lower(binding.value)
      guard let field = children[binding.name] else { throw binding.value.diagnostic("\(binding.name) is no field") }
      guard field.components == value.components.count else {
        throw binding.value.diagnostic("\(binding.name) is a \(field.shape), this is a \(value.shape)")
      }
      birth.fields.append((binding.name, (0..<field.components).map { Column("\(name) \(binding.name)", $0) }))
      values += value.components.map { lowering.graph.number($0) }
    }
    let number = try count(&lowering), zero = lowering.graph.constant(0)
    return (birth, condition.map { lowering.graph.select($0, number, zero) } ?? number, values)
  }

  /// A whole number: of what was asked for, the fraction is a chance.
  private func count(_ lowering: inout Lowering) throws(Diagnostic) -> NodeID {
    guard let text = creation.number else { return lowering.graph.constant(1) }
    let wanted = lowering.graph.number(try lowering.scalar(text))
    if let known = lowering.graph.constant(wanted), known == known.rounded() { return wanted }
    lowering.noisePlace += 1
    let chance = lowering.graph.noise(.uniform, place: lowering.noisePlace, component: -1)
    return lowering.graph.function(.floor, lowering.graph.add(wanted, chance))
  }
}

extension Plan {
  /// True if the number of particles can grow.
  public var makesParticles: Bool {
    let reactions = meetings.flatMap { $0.reaction?.births ?? [] }
    return (births.flatMap(\.births) + reactions).contains { $0.population == Population.particles }
  }
}
