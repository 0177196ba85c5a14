import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

// Links and members that meetings make.
extension MeetingBuilder {
  /// Notes the meetings whose ends are to be joined, and the fields of their links.
  mutating func join(_ role: String, _ bindings: [Binding]) throws(Diagnostic) {
    let sorts = fields.populations(of: use.roles[role] ?? [])
    guard let links = sorts.first else { return }
    if sorts.count > 1 {
      throw Diagnostic(
        "link: \(role) are \(sorts.flatMap(\.species).joined(separator: " and ")), of which new links can be only one sort",
        hint: "bind \(role) to one species", at: pass.location)
    }
    guard links.arity == 2 else {
      throw Diagnostic(
        "link: \(role) have \(links.arity) ends, and two meet", hint: "join them by links of two ends", at: pass.location)
    }
    let table = fields.of(links.index), prefix = "new \(links.index)"
    var joining = Joining(population: links.index, wish: Column(prefix, 0), fields: [])
    // Links do not know who else joins their ends: that is found out when new ones are made.
    let free = isOverPairs ? lowering.graph.number(isJoined(by: links.index, 0)) : lowering.graph.constant(1)
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

  /// Notes the meetings that would react, their ranks, and the fields of what they would make.
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
