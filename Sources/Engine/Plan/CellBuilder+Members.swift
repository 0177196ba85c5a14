import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

// Members that random pairs take away and make. What a pair wishes stands at its end i.
extension CellBuilder {
  /// The column of particles that are i of a pair with a wish: where j is.
  static let partner = Column("other of the pair", 0)

  /// Marks the ends that go, as each of them sees the pair.
  mutating func markEnds(_ text: Expression) throws(Diagnostic) {
    let gone = lowering.graph.number(try lowering.condition(text)), one = lowering.graph.constant(1)
    let views = [("i", gone), ("j", lowering.graph.exchangingEnds(gone))].map { end, holds in
      let before = lowering.graph.input(Input(.field, ChainBuilder.removal.field, end: end))
      return lowering.graph.select(lowering.graph.condition(holds), one, before)
    }
    outcomes.append(CellKernel.Outcome(ChainBuilder.removal, views[0], views[1], .kept))
  }

  /// Notes the pairs that are to be joined, and the fields of their links.
  mutating func join(_ role: String, _ bindings: [Binding]) throws(Diagnostic) {
    guard let links = try fields.joiningLinks(of: role, use, at: pass.location) else { return }
    let prefix = "pair joins \(links.index)"
    var joining = Joining(population: links.index, wish: Column(prefix, 0), fields: [])
    wish(joining.wish)
    for binding in bindings {
      let value = try lowering.lower(binding.value), name = "\(prefix) \(binding.name)"
      let columns = try fields.columns(of: binding, value, in: links, named: name)
      for (column, node) in zip(columns, value.components) { note(node, in: column) }
      joining.fields.append((binding.name, columns))
    }
    joins.append(joining)
  }

  /// Notes the pairs that react, of which no two share a particle, and the fields of what they make.
  mutating func react(removing removed: [String], creating created: [Creation]) throws(Diagnostic) {
    let reacts = Column("pair reacts", 0)
    wish(reacts)
    var products: [Reaction.Product] = []
    for (number, creation) in created.enumerated() {
      let (product, count, values) = try ProductBuilder(creation, of: use, fields: fields, named: "pair's child \(number)")
        .build(&lowering)
      note(count, in: product.number)
      for (column, value) in zip(product.sources, values) { note(value, in: column) }
      products.append(product)
    }
    reaction = Reaction(
      wish: reacts, rank: reacts, removesFirst: removed.contains("i"), removesSecond: removed.contains("j"), products: products)
  }

  private mutating func wish(_ column: Column) {
    note(lowering.graph.constant(1), in: column, .replaced)
    if !workColumns.contains(where: { $0.name == Self.partner.field }) {
      note(lowering.graph.input(CellKernel.other), in: Self.partner)
    }
  }

  /// Gives a value to a column of i.
  private mutating func note(_ value: NodeID, in column: Column, _ way: CellKernel.Way = .kept) {
    outcomes.append(CellKernel.Outcome(column, lowering.graph.number(value), nil, way))
    workColumns.removeAll { $0.name == column.field }
    workColumns.append((column.field, column.component + 1))
  }
}
