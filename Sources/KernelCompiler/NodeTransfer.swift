import Expressions

/// Numbers of sites that lie side by side in memory of their own while particles give to them, or receive from them.
public struct NodeGroup: Sendable {
  /// Axes along which the places that count lie half a cell beyond the sites.
  public let place: [Int]
  /// Columns of the sites; never more than 8.
  public let columns: [Column]
  /// Whether what particles give is added to what the column holds.
  public let adds: [Bool]
  /// Numbers that there is room for at each site: a power of two.
  public var width: Int { [1, 2, 4, 8].first { $0 >= columns.count } ?? 8 }
  static let most = 8
}

/// A transfer whose values are polynomials in the share and the separation, and linear in the numbers of the site.
struct NodeTransfer {
  /// A group with the products that it needs, each as powers along the axes.
  struct Part {
    var group: NodeGroup
    var products: [SharePolynomial.Product]
    /// C text of what particles give with each product to each column.
    var coefficients: [[String]] = []
  }

  private(set) var parts: [Part] = []
  /// C text of what particles receive, outcome by outcome.
  private(set) var values: [String] = []

  /// The polynomial of each outcome, for its receiver; nil if some outcome is none.
  static func polynomials(
    of outcomes: [TransferKernel.Outcome], for receiver: TransferKernel.Receiver, in graph: inout Graph, paired: Set<NodeID>,
    space: Int
  ) -> [SharePolynomial]? {
    var found: [SharePolynomial] = []
    for outcome in outcomes {
      guard outcome.fold == .sum || outcome.fold == .add, receiver == .particles || outcome.place.isEmpty,
        let polynomial = SharePolynomial(outcome.value, &graph, paired: paired, space: space),
        polynomial.terms.allSatisfy({ ($0.product.column == nil) == (receiver == .sites) })
      else { return nil }
      found.append(polynomial)
    }
    return found.allSatisfy({ $0.terms.isEmpty }) ? nil : found
  }

  /// What sites receive.
  init(toSites outcomes: [TransferKernel.Outcome], _ polynomials: [SharePolynomial], _ emitter: inout Emitter) {
    for first in stride(from: 0, to: outcomes.count, by: NodeGroup.most) {
      let range = first..<min(first + NodeGroup.most, outcomes.count)
      let products = Self.distinct(range.flatMap { polynomials[$0].terms.map(\.product) })
      let coefficients = products.map { product in
        range.map { place in
          polynomials[place].terms.first { $0.product == product }.map { emitter.spread($0.coefficient) } ?? "0"
        }
      }
      let group = NodeGroup(
        place: [], columns: outcomes[range].map(\.column), adds: outcomes[range].map { $0.fold == .add })
      parts.append(Part(group: group, products: products, coefficients: coefficients))
    }
  }

  /// What particles receive: numbers of theirs times moments, which are sums over sites.
  init(toParticles outcomes: [TransferKernel.Outcome], _ polynomials: [SharePolynomial], _ emitter: inout Emitter) {
    let places = Set(outcomes.map(\.place)).sorted { $0.lexicographicallyPrecedes($1) }
    for place in places {
      let read = zip(outcomes, polynomials).filter { $0.0.place == place }.flatMap { $0.1.terms.map(\.product) }
      let columns = Self.distinct(read.compactMap(\.column))
      for first in stride(from: 0, to: columns.count, by: NodeGroup.most) {
        let own = Array(columns[first..<min(first + NodeGroup.most, columns.count)])
        let products = read.filter { $0.column.map(own.contains) ?? false }.map(Self.withoutColumn)
        let group = NodeGroup(place: place, columns: own, adds: own.map { _ in false })
        parts.append(Part(group: group, products: Self.distinct(products)))
      }
    }
    for (outcome, polynomial) in zip(outcomes, polynomials) {
      var terms: [Graph.Term] = []
      for (product, coefficient) in polynomial.terms {
        guard let moment = moment(product, at: outcome.place) else { continue }
        let node = emitter.graph.multiply(coefficient, emitter.graph.input(moment))
        // Separations point to the particle.
        terms.append(Graph.Term(coefficient: product.isOdd ? -1 : 1, node: node))
      }
      values.append(emitter.spread(emitter.graph.sum(terms)))
    }
  }

  /// The name of the sum over sites of a product in a part, one for each particle of a batch.
  static func name(part: Int, product: Int) -> String { "moment_\(part)_\(product)" }

  private func moment(_ product: SharePolynomial.Product, at place: [Int]) -> Input? {
    for (index, part) in parts.enumerated() where part.group.place == place {
      guard let column = product.column, let lane = part.group.columns.firstIndex(of: column),
        let number = part.products.firstIndex(of: Self.withoutColumn(product))
      else { continue }
      return Input(.local, Self.name(part: index, product: number) + "[l]", component: lane)
    }
    return nil
  }

  private static func withoutColumn(_ product: SharePolynomial.Product) -> SharePolynomial.Product {
    var product = product
    product.column = nil
    return product
  }

  private static func distinct<Element: Hashable>(_ list: [Element]) -> [Element] {
    var seen: Set<Element> = []
    return list.filter { seen.insert($0).inserted }
  }
}
