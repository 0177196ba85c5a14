import Expressions

/// Writes the statements that compute nodes of a graph, and collects what must be computed before the kernel is called.
///
/// The largest parts that do not vary become constants (`k[n]`) or tables per species (`table[n]`), so that the text depends on
/// the form of a law alone (to which whole exponents and zeros belong), never on the values of its parameters.
public struct Emitter {
  /// The graph, which grows by what regrouping needs.
  public internal(set) var graph: Graph
  let dialect: Dialect
  /// How often an input changes.
  let inputRate: (Input) -> Rate
  /// How a varying input is read in C.
  let inputText: (Input) -> String
  /// How a random number is drawn in C.
  let noiseText: (Draw) -> String
  /// Where the value of a species, or pair of species, stands in its table.
  let speciesPlace: String

  /// Whether the tables of two functions have the same intervals, for each pair of species.
  var sharesIntervals: (FunctionUse, FunctionUse) -> Bool = { _, _ in false }

  /// Nodes whose values the kernel reads as `k[n]`.
  public private(set) var constants: [NodeID] = []
  /// Nodes whose values per species, or per pair of species, the kernel reads from `table[n]`.
  public private(set) var tables: [NodeID] = []
  /// Functions of the scene, whose tables follow those of `tables`.
  public private(set) var functions: [FunctionUse] = []
  /// The C statements so far, in order.
  public private(set) var statements: [String] = []

  private(set) var names: [NodeID: String] = [:]
  private var powers: [String: String] = [:]
  /// Bases whose roots and inverses are made of the inverse root.
  private var sharedRoots: Set<String> = []
  private var rates: [NodeID: Rate] = [:]
  private var serial = 0

  /// An emitter without statements, told how inputs are read and how often they change.
  public init(
    graph: Graph, dialect: Dialect, inputRate: @escaping (Input) -> Rate, inputText: @escaping (Input) -> String,
    noiseText: @escaping (Draw) -> String, speciesPlace: String? = nil
  ) {
    self.graph = graph
    self.dialect = dialect
    self.inputRate = inputRate
    self.inputText = inputText
    self.noiseText = noiseText
    self.speciesPlace = speciesPlace ?? (dialect == .lanes ? "p->si * MOTE_SPECIES_COUNT + p->sj" : "species[m]")
  }

  /// Where the roots need 1/r, makes r and 1/r² of it too, which spares a root and a division.
  public mutating func shareInverseDistance(among roots: [NodeID]) {
    let square = graph.input(Input(.distanceSquared))
    let isNeeded = graph.reachable(from: roots).contains { node in
      guard case .product(let factors) = graph[node] else { return false }
      return factors.contains { $0.base == square && $0.exponent.denominator == 2 && $0.exponent < Rational(0) }
    }
    if isNeeded { sharedRoots.insert(inputText(Input(.distanceSquared))) }
  }

  /// Ends the function here unless a condition holds in some lane.
  mutating func leave(unlessAny conditions: [String], by exit: String) {
    statements.append("if (!mote_any(\(conditions.joined(separator: " | ")))) \(exit)")
  }

  /// Begins another text that shares constants and tables with what was written, but none of its statements.
  mutating func restart() {
    statements = []
    names = [:]
    powers = [:]
  }

  /// Goes back to the statements of a time before, to go on in another way; constants and tables stay.
  mutating func goBack(to earlier: Emitter) {
    statements = earlier.statements
    names = earlier.names
    powers = earlier.powers
  }

  /// How often the value of a node changes.
  public mutating func rate(of node: NodeID) -> Rate {
    if let known = rates[node] { return known }
    let rate: Rate =
      switch graph[node] {
      case .input(let input): inputRate(input)
      case .noise, .call: .varying
      default: graph.children(of: node).reduce(.uniform) { max($0, self.rate(of: $1)) }
      }
    rates[node] = rate
    return rate
  }

  /// C text of a number's value; statements are appended as needed.
  public mutating func value(of node: NodeID) -> String {
    if let known = names[node] { return known }
    let text = text(of: node)
    names[node] = text
    return text
  }

  /// Gives a name to a value, which later texts may read.
  mutating func name(_ name: String, _ node: NodeID) {
    let value = spread(node)
    statements.append("const \(dialect.type) \(name) = \(value);")
  }

  /// The same, always of the type of the dialect (a constant is spread over the lanes).
  public mutating func spread(_ node: NodeID) -> String {
    let isCondition = graph.isCondition(node)
    let number = isCondition ? graph.number(node) : node
    return cast(value(of: number))
  }

  /// C text of a condition.
  public mutating func condition(_ node: NodeID) -> String {
    if let value = graph.constant(node) { return dialect == .lanes ? "(I)\(value != 0 ? -1 : 0)" : (value != 0 ? "1" : "0") }
    if graph.isCondition(node), rate(of: node) == .varying { return value(of: node) }
    return "(\(spread(node)) != 0)"
  }

  // MARK: One node

  private mutating func text(of node: NodeID) -> String {
    if let value = graph.constant(node) { return literal(value) }
    switch rate(of: node) {
    case .uniform: return constant(node)
    case .species: return table(node)
    case .varying: return varying(node)
    }
  }

  private mutating func varying(_ node: NodeID) -> String {
    switch graph[node] {
    case .constant(let value): return literal(value)
    case .input(let input): return inputText(input)
    case .sum(let constant, let terms): return sum(constant, terms)
    case .product(let factors):
      if let known = names[graph.negate(node)] { return keep("-\(known)") }
      return product(factors, coefficient: 1)
    case .function(.erfc, let a) where dialect == .lanes:
      // exp(−a²), which the slope has too.
      let bell = graph.function(.exp, graph.negate(graph.power(a, Rational(2))))
      return keep("mote_erfc(\(spread(a)), \(spread(bell)))")
    case .function(let function, let a): return keep(call(function, value(of: a)))
    case .pairwise(let function, let a, let b): return keep(call(function, spread(a), spread(b)))
    case .compare(let comparison, let a, let b):
      return keep("(\(spread(a)) \(comparison.rawValue) \(spread(b)))", condition: true)
    case .and(let a, let b): return keep("(\(condition(a)) & \(condition(b)))", condition: true)
    case .or(let a, let b): return keep("(\(condition(a)) | \(condition(b)))", condition: true)
    case .not(let a): return keep(dialect == .lanes ? "~\(condition(a))" : "!\(condition(a))", condition: true)
    case .select(let c, let a, let b): return keep("\(condition(c)) ? \(spread(a)) : \(spread(b))")
    case .call(let name, let end, let derivative, let a): return functionCall(name, end, derivative, a)
    case .noise(let noise, let place, let component, let end, let argument):
      let draw = Draw(
        noise: noise, place: placeCode(place, component), isVector: component >= 0, end: end,
        argument: argument.map { spread($0) })
      return keep(noiseText(draw))
    case .matrix(let function, let component, let m): return matrix(function, m) + "[\(component)]"
    }
  }

  /// The array that holds all numbers of a function of a matrix, which are computed at once.
  private mutating func matrix(_ function: Graph.MatrixFunction, _ m: [NodeID]) -> String {
    let elements = m.map { spread($0) }.joined(separator: ", "), key = "\(function.rawValue) \(elements)"
    if let known = powers[key] { return known }
    let n = m.count == 9 ? 3 : m.count == 4 ? 2 : 1, count = function.count(rows: n), name = "mote_matrix_\(function.rawValue)"
    serial += 1
    let result = "m\(serial)", given = "(const \(dialect.type)[]){\(elements)}"
    statements.append("\(dialect.type) \(result)[\(count)];")
    statements.append(
      dialect == .lanes
        ? "mote_matrix_lanes(\(name), \(n), \(count), \(given), \(result));" : "\(name)(\(n), \(given), \(result));")
    powers[key] = result
    return result
  }

  private mutating func functionCall(_ name: String, _ end: String, _ derivative: Int, _ argument: NodeID) -> String {
    let use = FunctionUse(name: name, end: end)
    let index = functions.firstIndex(of: use) ?? functions.count
    if index == functions.count { functions.append(use) }
    // Tables of pairs lie in the order of both species, whichever end the function belongs to.
    let at = !end.isEmpty ? speciesPlace : dialect == .lanes ? "(I)0" : "0", x = spread(argument)
    guard dialect == .lanes else { return keep("mote_spline(FUNCTION(\(index)), \(at), \(derivative), \(x))") }
    let grid = functions.firstIndex { $0 == use || $0.end.isEmpty == end.isEmpty && sharesIntervals($0, use) } ?? index
    return keep("mote_spline_lanes(FUNCTION(\(index)), FUNCTION(\(grid)), \(at), \(derivative), \(x))")
  }

  // MARK: Products and powers

  mutating func product(_ factors: [Graph.Factor], coefficient: Double, scaled: Bool = false) -> String {
    let fixed = factors.filter { rate(of: $0.base) != .varying }
    var moving = factors.filter { rate(of: $0.base) == .varying }
    var parts: [String] = []
    if !fixed.isEmpty || coefficient != 1 {
      let whole = graph.product(fixed)
      parts.append(value(of: graph.scale(whole, by: coefficient), scaled: scaled))
    } else if scaled, let place = moving.firstIndex(where: { $0.exponent == Rational(1) && takesScale($0.base) }) {
      parts.append(self.scaled(moving.remove(at: place).base))
    }
    parts += moving.map { power(value(of: $0.base), $0.exponent) }
    return parts.count == 1 ? parts[0] : keep(parts.joined(separator: "*"))
  }

  private mutating func power(_ base: String, _ exponent: Rational) -> String {
    switch (exponent.numerator, exponent.denominator) {
    case (1, 1): return base
    case (let n, 1) where n > 0: return wholePower(base, n)
    case (let n, 1): return wholePower(inverse(base), -n)
    case (let n, 2) where n > 0: return n == 1 ? root(base) : keep("\(wholePower(base, (n - 1) / 2))*\(root(base))")
    case (let n, 2): return wholePower(inverseRoot(base), -n)
    default: return keep(call(.power, cast(base), cast(literal(exponent.value))))
    }
  }

  private mutating func inverse(_ base: String) -> String {
    if sharedRoots.contains(base) { return wholePower(inverseRoot(base), 2) }
    return remember("1/\(base)", "(\(literal(1))/\(base))")
  }

  private mutating func root(_ base: String) -> String {
    if sharedRoots.contains(base) { return remember("sqrt \(base)", "\(base)*\(inverseRoot(base))") }
    return remember("sqrt \(base)", "\(dialect == .lanes ? "mote_sqrt" : "sqrt" + dialect.suffix)(\(cast(base)))")
  }

  private mutating func inverseRoot(_ base: String) -> String {
    let text = dialect == .lanes ? "mote_inverse_sqrt(\(cast(base)))" : "(\(literal(1))/\(root(base)))"
    return remember("1/sqrt \(base)", text)
  }

  /// base^n by squaring, sharing what was computed before.
  private mutating func wholePower(_ base: String, _ n: Int) -> String {
    if n == 1 { return base }
    let half = n % 2 == 0 ? wholePower(base, n / 2) : wholePower(base, n - 1)
    return remember("\(base)^\(n)", n % 2 == 0 ? "\(half)*\(half)" : "\(half)*\(base)")
  }

  private mutating func remember(_ key: String, _ text: String) -> String {
    if let known = powers[key] { return known }
    let name = keep(text)
    powers[key] = name
    return name
  }

  mutating func keep(_ text: String, condition: Bool = false) -> String {
    serial += 1
    let name = "\(condition ? "c" : "t")\(serial)"
    statements.append("const \(condition ? dialect.conditionType : dialect.type) \(name) = \(text);")
    return name
  }

  private mutating func constant(_ node: NodeID) -> String {
    let index = constants.firstIndex(of: node) ?? constants.count
    if index == constants.count { constants.append(node) }
    return dialect == .lanes ? "u->k[\(index)]" : "k[\(index)]"
  }

  private mutating func table(_ node: NodeID) -> String {
    let index = tables.firstIndex(of: node) ?? tables.count
    if index == tables.count { tables.append(node) }
    return keep(
      dialect == .lanes ? "mote_lookup(u->table[\(index)], \(speciesPlace))" : "table[\(index)][\(speciesPlace)]")
  }
}
