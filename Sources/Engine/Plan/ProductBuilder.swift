import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Turns what a reaction creates into nodes.
struct ProductBuilder {
  private let creation: Creation
  private let name: String
  private let children: FieldTable
  private let species: Int

  /// `name` begins the names of the columns that hold its values.
  init(_ creation: Creation, of use: LawUse, fields: FieldTable, named name: String) throws(Diagnostic) {
    self.creation = creation
    self.name = name
    guard let player = use.roles[creation.species]?.first, let species = fields.speciesNames.firstIndex(of: player) else {
      throw Diagnostic(
        "create: no species plays the role \(creation.species)", hint: "bind it to a species of the scene", at: creation.location)
    }
    guard fields.populations(of: [player]).first?.index == Population.particles else {
      throw Diagnostic("create: \(player) is no species of particles", at: creation.location)
    }
    self.species = species
    children = fields.of(Population.particles)
  }

  /// The product, how many, and the numbers of its fields.
  func build(_ lowering: inout Lowering) throws(Diagnostic) -> (product: Reaction.Product, number: NodeID, values: [NodeID]) {
    var product = Reaction.Product(
      species: Int32(species), population: Population.particles, number: Column(name, 0), columns: [], sources: [])
    var values: [NodeID] = []
    for binding in creation.fields {
      let value = try lowering.lower(binding.value)
      guard let field = children[binding.name] else { throw binding.value.diagnostic("\(binding.name) is no field") }
      guard field.components == value.components.count else {
        throw binding.value.diagnostic("\(binding.name) is a \(field.shape), this is a \(value.shape)")
      }
      product.columns += (0..<field.components).map { Column(field.name, $0) }
      product.sources += (0..<field.components).map { Column("\(name) \(field.name)", $0) }
      values += value.components.map { lowering.graph.number($0) }
    }
    return (product, try count(&lowering), values)
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
