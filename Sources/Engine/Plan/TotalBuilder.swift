import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Plans a `measure`: which sums over particles and pairs it needs, and how its quantities follow from them.
struct TotalBuilder {
  private let fields: FieldTable
  private let use: LawUse
  private let measure: Measure
  private let precision: Scene.Precision
  private let dimensions: [String: Dimension]
  private let parameters: ParameterTable
  private let noise = 0
  /// Whose members are counted.
  private let population: Int

  /// What is gathered while the expressions are lowered.
  private final class Gathered {
    var graph = Graph()
    var terms: [TotalKernel.Term] = []
    var counter: Int?
    var pairs: [MeasuredPairs] = []
    var series: [Series] = []
    var failure: Diagnostic?
  }

  /// `dimensions` are those of the law's totals, by name.
  init(
    _ measure: Measure, of use: LawUse, dimensions: [String: Dimension], fields: FieldTable, parameters: ParameterTable,
    precision: Scene.Precision
  ) {
    self.dimensions = dimensions
    self.parameters = parameters
    self.measure = measure
    self.use = use
    let species = measure.roles.flatMap { use.roles[$0] ?? use.species }
    population = fields.populations(of: species).first?.index ?? Population.particles
    self.fields = fields.of(population)
    self.precision = precision
  }

  /// Quantities, kernels of totals and of pairs; `fields` learns the names of the quantities.
  func build(named name: String, noisePlace: Int, into plan: inout Plan, fields table: inout FieldTable) throws(Diagnostic)
    -> TotalPass
  {
    let gathered = Gathered()
    var quantities: [TotalPass.Quantity] = [], roots: [NodeID] = []
    var graph = Graph(), known: [String: Value] = [:]
    for binding in measure.totals {
      var scope = Scope(use, .world, fields: table, lets: measure.lets)
      // The value of this moment: the world still holds that of the last one.
      scope.totals = known
      var lowering = scope.lowering(on: graph, noisePlace: noisePlace)
      let inner = lowering.special
      let names = table
      lowering.special = { (name, arguments, lowering) throws(Diagnostic) in
        if let value = try self.aggregate(name, arguments, &lowering, gathered, names) { return value }
        return try inner(name, arguments, &lowering)
      }
      let value = try quantity(binding, &lowering)
      graph = lowering.graph
      let nodes = value.components.map { graph.number($0) }
      quantities.append(
        TotalPass.Quantity(
          name: binding.name, shape: value.shape, components: nodes.count, dimension: dimensions[binding.name] ?? .one,
          isOverSeries: graph.inputs(of: nodes).contains { $0.kind == .local && $0.name == "series" }))
      roots += nodes
      known[binding.name] = value
      table.addTotal(binding.name, value)
    }
    let kernel = try finishKernel(named: name, gathered, &plan)
    let first = plan.measures.count
    plan.measures += gathered.pairs
    return TotalPass(
      kernel: kernel, population: population, pairMeasures: Array(first..<plan.measures.count), series: gathered.series,
      quantities: quantities,
      tape: HostTape(graph, roots))
  }

  /// The value of one total; with `[q]` in its name, element by element.
  private func quantity(_ binding: Binding, _ lowering: inout Lowering) throws(Diagnostic) -> Value {
    guard let variable = binding.index else { return try lowering.lower(binding.value) }
    let first = try lowering.lower(binding.value, setting: variable, to: 0)
    let count = Self.histogramBins(in: binding.value) ?? first.components.count
    var nodes: [NodeID] = []
    for element in 0..<count { nodes += try lowering.lower(binding.value, setting: variable, to: element).components }
    return Value(.array(count, of: .scalar), nodes)
  }

  /// The number of bins of the first histogram in an expression.
  private static func histogramBins(in expression: Expression) -> Int? {
    if case .call(let callee, let arguments) = expression.node {
      if callee.node == .name("histogram"), arguments.count >= 4, case .number(let bins) = arguments[3].node { return Int(bins) }
      return arguments.lazy.compactMap { histogramBins(in: $0) }.first
    }
    return expression.terms.lazy.compactMap { histogramBins(in: $0) }.first
  }

  // MARK: Sums over members and pairs

  private func aggregate(
    _ name: String, _ arguments: [Expression], _ lowering: inout Lowering, _ gathered: Gathered, _ table: FieldTable
  ) throws(Diagnostic) -> Value? {
    if let kind = Series.Kind(rawValue: name) { return try series(kind, arguments, &lowering, gathered, table) }
    switch (name, arguments.count) {
    case ("sum", 1), ("mean", 1), ("min", 1), ("max", 1):
      return try measure.pairing == nil
        ? memberTerm(name, arguments[0], &lowering, gathered, table) : pairSum(name, arguments[0], &lowering, gathered, table)
    case ("histogram", 4...5): return try histogram(arguments, &lowering, gathered, table)
    case ("removed", 0...1): return .scalar(lowering.graph.input(Input(.world, "removed")))
    default: return nil
    }
  }

  private func scope(_ place: Scope.Place, _ table: FieldTable, _ gathered: Gathered) -> Lowering {
    Scope(use, place, fields: table.of(population), lets: measure.lets).lowering(on: gathered.graph, noisePlace: noise)
  }

  private func memberTerm(
    _ name: String, _ argument: Expression, _ lowering: inout Lowering, _ gathered: Gathered, _ table: FieldTable
  ) throws(Diagnostic) -> Value {
    var inner = scope(.member, table, gathered)
    let value = try inner.lower(argument)
    let nodes = value.components.map { inner.graph.number($0) }
    gathered.graph = inner.graph
    var results: [NodeID] = []
    for node in nodes {
      let term: TotalKernel.Term = name == "min" ? .least(node) : name == "max" ? .greatest(node) : .sum(node)
      let sum = self.term(term, gathered, &lowering.graph)
      results.append(name == "mean" ? lowering.graph.divide(sum, count(gathered, &lowering.graph)) : sum)
    }
    return Value(value.shape == .boolean || value.shape == .integer ? .scalar : value.shape, results)
  }

  /// The value of a term, as an input of the quantities.
  private func term(_ term: TotalKernel.Term, _ gathered: Gathered, _ graph: inout Graph) -> NodeID {
    gathered.terms.append(term)
    return graph.input(Input(.local, "term", component: gathered.terms.count - 1))
  }

  /// How many members are counted.
  private func count(_ gathered: Gathered, _ graph: inout Graph) -> NodeID {
    let index = gathered.counter ?? gathered.terms.count
    if gathered.counter == nil { gathered.terms.append(.sum(gathered.graph.constant(1))) }
    gathered.counter = index
    return graph.input(Input(.local, "term", component: index))
  }

  private func histogram(
    _ arguments: [Expression], _ lowering: inout Lowering, _ gathered: Gathered, _ table: FieldTable
  ) throws(Diagnostic) -> Value {
    let place: Scope.Place = measure.pairing == nil ? .member : .pair
    var inner = scope(place, table, gathered)
    let value = try inner.scalar(arguments[0]), low = try inner.scalar(arguments[1]), high = try inner.scalar(arguments[2])
    let number = try inner.scalar(arguments[3]),
      weight = arguments.count > 4 ? try inner.scalar(arguments[4]) : inner.graph.constant(1)
    let bins = inner.graph.evaluate([number], in: parameters.context(WorldState()))[0].rounded()
    guard bins >= 1, bins <= 1e6 else {
      throw arguments[3].diagnostic("the number of bins is a constant between 1 and 1000000")
    }
    let width = inner.graph.divide(inner.graph.subtract(high, low), number)
    let bin = inner.graph.divide(inner.graph.subtract(value, low), width)
    let name: String, index: Int
    if place == .pair {
      (name, index) = ("pair", gathered.pairs.count)
      gathered.pairs.append(try pairMeasure(.histogram(bins: Int(bins)), bin, weight, &inner, gathered))
    } else {
      (name, index) = ("histogram", gathered.terms.count)
      gathered.terms.append(.histogram(bin: inner.graph.function(.floor, bin), weight: weight, bins: Int(bins)))
      gathered.graph = inner.graph
    }
    let nodes = (0..<Int(bins)).map { lowering.graph.input(Input(.local, name, component: $0, end: "\(index)")) }
    return Value(.array(Int(bins), of: .scalar), nodes)
  }

  private func pairSum(
    _ name: String, _ argument: Expression, _ lowering: inout Lowering, _ gathered: Gathered, _ table: FieldTable
  ) throws(Diagnostic) -> Value {
    var inner = scope(.pair, table, gathered)
    let value = try inner.lower(argument), kind: MeasuredPairs.Kind = name == "min" ? .least : name == "max" ? .greatest : .sum
    var results: [NodeID] = []
    for node in value.components.map({ inner.graph.number($0) }) {
      results.append(try pairTerm(kind, node, &inner, gathered, &lowering.graph))
    }
    if name == "mean" {
      let number = try pairTerm(.sum, inner.graph.constant(1), &inner, gathered, &lowering.graph)
      results = results.map { lowering.graph.divide($0, number) }
    }
    return Value(value.shape, results)
  }

  private func pairTerm(
    _ kind: MeasuredPairs.Kind, _ node: NodeID, _ inner: inout Lowering, _ gathered: Gathered, _ graph: inout Graph
  ) throws(Diagnostic) -> NodeID {
    gathered.pairs.append(try pairMeasure(kind, node, node, &inner, gathered))
    return graph.input(Input(.local, "pair", component: 0, end: "\(gathered.pairs.count - 1)"))
  }

  private func pairMeasure(
    _ kind: MeasuredPairs.Kind, _ node: NodeID, _ weight: NodeID, _ inner: inout Lowering, _ gathered: Gathered
  ) throws(Diagnostic) -> MeasuredPairs {
    guard case .within(let text)? = measure.pairing else {
      throw Diagnostic("a measure of pairs wants `within`", at: measure.location)
    }
    let range = try inner.scalar(text)
    var condition = try measure.condition.map { (text) throws(Diagnostic) in try inner.condition(text) }
    let receivers = mask(measure.roles), givers = measure.givers.isEmpty ? receivers : mask(measure.givers)
    if let players = PairEnds.players(receivers, givers, all: fields.everySpecies, in: &inner.graph) {
      condition = condition.map { inner.graph.and($0, players) } ?? players
    }
    gathered.graph = inner.graph
    let rate = Rates.pairs(species: fields.speciesNames.count)
    let kernel: PairKernel
    switch kind {
    case .histogram:
      kernel = PairKernel(
        histogramOf: node, weight: weight, comment: use.law.name, graph: inner.graph, range: range, condition: condition,
        space: fields.space,
        double: precision == .double, species: fields.speciesNames.count, rate: rate)
    case .sum, .least, .greatest:
      var part = PairKernel.Part(range: range, condition: condition)
      if case .sum = kind { part.energy = node } else { part.extremes = [extreme(kind, node, &inner.graph)] }
      kernel = PairKernel(
        comment: use.law.name, graph: inner.graph, parts: [part], space: fields.space, double: precision == .double,
        species: fields.speciesNames.count, rate: rate)
    }
    return MeasuredPairs(kind: kind, kernel: kernel, range: RangeBound(graph: inner.graph, nodes: [range]))
  }

  /// The least or greatest of what the pairs of each particle give, from either end.
  private func extreme(_ kind: MeasuredPairs.Kind, _ node: NodeID, _ graph: inout Graph) -> PairKernel.Extreme {
    let always = graph.truth(true), isLeast = if case .least = kind { true } else { false }
    return PairKernel.Extreme(
      column: Column("measured", 0), isLeast: isLeast, own: (node, always), other: (graph.exchangingEnds(node), always))
  }

  // MARK: Series

  private func series(
    _ kind: Series.Kind, _ arguments: [Expression], _ lowering: inout Lowering, _ gathered: Gathered, _ table: FieldTable
  ) throws(Diagnostic) -> Value {
    var roots: [NodeID] = []
    for argument in arguments {
      let node = kind == .when ? try lowering.condition(argument) : try lowering.scalar(argument)
      roots.append(lowering.graph.number(node))
    }
    guard !roots.isEmpty else { throw Diagnostic("\(kind.rawValue) of what?", at: measure.location) }
    gathered.series.append(Series(kind: kind, tape: HostTape(lowering.graph, roots)))
    return .scalar(lowering.graph.input(Input(.local, "series", component: gathered.series.count - 1)))
  }

  /// The species that play roles.
  private func mask(_ roles: [String]) -> UInt64 { roles.reduce(0) { $0 | fields.mask(of: use.roles[$1] ?? use.species) } }

  // MARK: The kernel

  private func finishKernel(named name: String, _ gathered: Gathered, _ plan: inout Plan) throws(Diagnostic) -> Int? {
    guard !gathered.terms.isEmpty else { return nil }
    var condition: NodeID?
    if measure.pairing == nil, let text = measure.condition {
      let table = fields
      var inner = scope(.member, table, gathered)
      condition = try inner.condition(text)
      gathered.graph = inner.graph
    }
    let mask = mask(measure.roles)
    plan.totalPopulations.append(fields.population)
    plan.totals.append(
      TotalKernel(
        name: name, comment: use.law.name, graph: gathered.graph, terms: gathered.terms, condition: condition,
        speciesMask: mask == fields.everySpecies || mask == 0 ? nil : mask,
        rate: Rates.members(species: fields.speciesNames.count)))
    return plan.totals.count - 1
  }
}
