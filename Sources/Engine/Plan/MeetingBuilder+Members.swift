import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

// Links and members that listed pairs make.
extension MeetingBuilder {
  /// Notes the pairs that are to be joined, and the fields of their links.
  mutating func join(_ role: String, _ bindings: [Binding]) throws(Diagnostic) {
    guard let links = fields.populations(of: use.roles[role] ?? []).first else { return }
    let table = fields.of(links.index), prefix = "new \(links.index)"
    var joining = Joining(population: links.index, wish: Column(prefix, 0), fields: [])
    let free = lowering.graph.number(isJoined(by: links.index, 0))
    ownFields.append((prefix, 1))
    add(.own(joining.wish), free)
    for binding in bindings {
      let value = try lowering.lower(binding.value), name = "\(prefix) \(binding.name)"
      guard let field = table[binding.name], field.components == value.components.count else {
        throw binding.value.diagnostic("\(binding.name) is no field of \(role) of the shape \(value.shape)")
      }
      ownFields.append((name, field.components))
      let columns = (0..<field.components).map { Column(name, $0) }
      for (column, node) in zip(columns, value.components) { add(.own(column), node) }
      joining.fields.append((binding.name, columns))
    }
    joins.append(joining)
  }

  /// Notes the pairs that would react, their ranks, and the fields of what they would make.
  mutating func react(removing removed: [String], creating created: [Creation]) throws(Diagnostic) {
    let wish = Column("reacts \(ownFields.count)", 0), rank = Column("rank \(ownFields.count)", 0),
      one = lowering.graph.constant(1)
    lowering.noisePlace += 1
    ownFields += [(wish.field, 1), (rank.field, 1)]
    add(.own(wish), one)
    add(.own(rank), lowering.graph.noise(.uniform, place: lowering.noisePlace, component: -1))
    var products: [Reaction.Product] = []
    for (number, creation) in created.enumerated() {
      let (product, count, values) = try ProductBuilder(creation, of: use, fields: fields, named: "child \(number)")
        .build(&lowering)
      for name in Set(product.sources.map(\.field)).sorted() {
        ownFields.append((name, product.sources.count { $0.field == name }))
      }
      ownFields.append((product.number.field, 1))
      add(.own(product.number), count)
      for (column, value) in zip(product.sources, values) { add(.own(column), value) }
      products.append(product)
    }
    reaction = Reaction(
      wish: wish, rank: rank, removesFirst: removed.contains("i"), removesSecond: removed.contains("j"), products: products)
  }
}
