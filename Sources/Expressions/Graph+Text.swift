extension Graph {
  /// A node as an expression of the law language; `asFactor` puts sums in brackets.
  ///
  /// Names of parameters stand without the use that they belong to, and r² is written as a power of r.
  public func text(of node: NodeID, asFactor: Bool = false) -> String {
    var writer = GraphWriter(graph: self)
    let (text, level) = writer.write(node)
    return asFactor && level < GraphWriter.Level.product ? "(\(text))" : text
  }
}

/// Writes nodes, the innermost first, each once.
private struct GraphWriter {
  /// How tightly the outermost operator of a text binds.
  enum Level: Int, Comparable {
    case condition, sum, product, power, atom
    static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  let graph: Graph
  private var done: [NodeID: (text: String, level: Level)] = [:]

  init(graph: Graph) { self.graph = graph }

  mutating func write(_ root: NodeID) -> (text: String, level: Level) {
    for node in graph.reachable(from: [root]) { done[node] = written(graph[node]) }
    return done[root] ?? ("", .atom)
  }

  private func text(_ node: NodeID, atLeast level: Level) -> String {
    guard let (text, own) = done[node] else { return "" }
    return own < level ? "(\(text))" : text
  }

  private func plain(_ node: NodeID) -> String { text(node, atLeast: .condition) }

  private func written(_ operation: Graph.Operation) -> (String, Level) {
    switch operation {
    case .constant(let value): (value.lawText, value < 0 ? .sum : .atom)
    case .input(let input): name(of: input)
    case .sum(let constant, let terms): sum(constant, terms)
    case .product(let factors): product(factors, coefficient: 1)
    case .function(let function, let a): ("\(function.rawValue)(\(plain(a)))", .atom)
    case .pairwise(.power, let a, let b): ("\(text(a, atLeast: .atom))^\(text(b, atLeast: .atom))", .power)
    case .pairwise(let function, let a, let b): ("\(Self.names[function] ?? function.rawValue)(\(plain(a)), \(plain(b)))", .atom)
    case .compare(let comparison, let a, let b):
      ("\(text(a, atLeast: .sum)) \(comparison.rawValue) \(text(b, atLeast: .sum))", .condition)
    case .and(let a, let b): ("(\(plain(a))) and (\(plain(b)))", .condition)
    case .or(let a, let b): ("(\(plain(a))) or (\(plain(b)))", .condition)
    case .not(let a): ("not (\(plain(a)))", .condition)
    case .select(let condition, let a, let b): ("if(\(plain(condition)), \(plain(a)), \(plain(b)))", .atom)
    case .call(let name, let end, let derivative, let a):
      (
        Self.own(name) + String(repeating: "'", count: derivative) + (end == "i" || end == "j" ? "[\(end)]" : "")
          + "(\(plain(a)))", .atom
      )
    case .matrix(let function, let component, let m):
      ("\(function.rawValue)(\(m.map(plain).joined(separator: ", ")))[\(component)]", .atom)
    case .noise(let noise, _, _, _, let argument):
      ("\(Self.noises[noise] ?? noise.rawValue)(\(argument.map(plain) ?? ""))", .atom)
    }
  }

  private static let names: [Graph.Pairwise: String] = [.minimum: "min", .maximum: "max", .modulo: "mod"]
  private static let noises: [Graph.Noise: String] = [.chiSquared: "chi_squared"]

  /// `lennard-jones.epsilon` is `epsilon` in the law's own words.
  private static func own(_ name: String) -> String { String(name.split(separator: ".").last ?? "") }

  private func name(of input: Input) -> (String, Level) {
    let end = input.end == "i" || input.end == "j" ? "[\(input.end)]" : ""
    let axis = ["x", "y", "z"]
    switch input.kind {
    case .separation: return ("d.\(axis[min(input.component, 2)])", .atom)
    case .distanceSquared: return ("r^2", .power)
    case .species: return ("species\(end)", .atom)
    case .field, .parameter, .world, .local:
      let isScalar = input.component == 0
      return (Self.own(input.name) + end + (isScalar ? "" : "[\(input.component)]"), .atom)
    }
  }

  // MARK: Sums and products

  private func sum(_ constant: Double, _ terms: [Graph.Term]) -> (String, Level) {
    var parts = terms.map { (isNegative: $0.coefficient < 0, text: term($0.node, coefficient: abs($0.coefficient))) }
    if constant != 0 { parts.insert((constant < 0, abs(constant).lawText), at: constant < 0 ? parts.endIndex : parts.startIndex) }
    // What is added comes before what is taken away.
    let added = parts.filter { !$0.isNegative }.map(\.text), taken = parts.filter(\.isNegative).map { " - \($0.text)" }.joined()
    let text = added.isEmpty ? "-" + taken.dropFirst(3) : added.joined(separator: " + ") + taken
    return (text, parts.count == 1 && !added.isEmpty ? .product : .sum)
  }

  private func term(_ node: NodeID, coefficient: Double) -> String {
    if case .product(let factors) = graph[node] { return product(factors, coefficient: coefficient).0 }
    return coefficient == 1 ? text(node, atLeast: .product) : "\(coefficient.lawText)*\(text(node, atLeast: .product))"
  }

  private func product(_ factors: [Graph.Factor], coefficient: Double) -> (String, Level) {
    let above = factors.filter { $0.exponent > Rational(0) }.map { power($0.base, $0.exponent) }
    let below = factors.filter { $0.exponent < Rational(0) }.map { power($0.base, $0.exponent * Rational(-1)) }
    let numbers = coefficient == 1 && !above.isEmpty ? [] : [coefficient.lawText]
    let top = (numbers + above).joined(separator: "*")
    if below.isEmpty {
      return (top, numbers.isEmpty && above.count == 1 && factors[0].exponent != Rational(1) ? .power : .product)
    }
    return (top + "/" + (below.count == 1 ? below[0] : "(\(below.joined(separator: "*")))"), .product)
  }

  private func power(_ base: NodeID, _ exponent: Rational) -> String {
    if case .input(let input) = graph[base], input.kind == .distanceSquared {
      return Self.raised("r", exponent * Rational(2))
    }
    return exponent == Rational(1) ? text(base, atLeast: .power) : Self.raised(text(base, atLeast: .atom), exponent)
  }

  private static func raised(_ base: String, _ exponent: Rational) -> String {
    if exponent == Rational(1) { return base }
    if exponent == Rational(1, 2) { return "sqrt(\(base))" }
    return base + (exponent.denominator == 1 ? "^\(exponent.numerator)" : "^(\(exponent.numerator)/\(exponent.denominator))")
  }
}
