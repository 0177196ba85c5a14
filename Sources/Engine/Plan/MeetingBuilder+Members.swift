import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

// Links and members that meetings make.
extension MeetingBuilder {
  /// Notes the meetings whose ends are to be joined, and the fields of their links.
  mutating func join(_ role: String, _ bindings: [Binding]) throws(Diagnostic) {
    guard let links = try fields.joiningLinks(of: role, use, at: pass.location) else { return }
    let prefix = "new \(links.index)"
    var joining = Joining(population: links.index, wish: Column(prefix, 0), fields: [])
    // Links do not know who else joins their ends: that is found out when new ones are made.
    let free = isOverPairs ? lowering.graph.number(isJoined(by: links.index, 0)) : lowering.graph.constant(1)
    ownFields.append((prefix, 1))
    add(.own(joining.wish), free)
    for binding in bindings {
      let value = try lowering.lower(binding.value), name = "\(prefix) \(binding.name)"
      let columns = try fields.columns(of: binding, value, in: links, named: name)
      ownFields.append((name, columns.count))
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

extension FieldTable {
  /// The links that a pass makes where it says `link`; nil if no species plays their role.
  func joiningLinks(of role: String, _ use: LawUse, at location: SourceLocation?) throws(Diagnostic) -> Population? {
    let sorts = populations(of: use.roles[role] ?? [])
    if sorts.count > 1 {
      throw Diagnostic(
        "link: \(role) are \(sorts.flatMap(\.species).joined(separator: " and ")), of which new links can be only one sort",
        hint: "bind \(role) to one species", at: location)
    }
    if let links = sorts.first, links.arity != 2 {
      throw Diagnostic(
        "link: \(role) have \(links.arity) ends, and two meet", hint: "join them by links of two ends", at: location)
    }
    return sorts.first
  }

  /// The columns that hold the values for a field of new links, under a name of their own.
  func columns(of binding: Binding, _ value: Value, in links: Population, named name: String) throws(Diagnostic) -> [Column] {
    guard let field = of(links.index)[binding.name], field.components == value.components.count else {
      throw binding.value.diagnostic(
        "\(binding.name) is no field of \(links.species.joined(separator: ", ")) of the shape \(value.shape)")
    }
    return (0..<field.components).map { Column(name, $0) }
  }
}
