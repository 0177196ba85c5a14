import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Makes the kernel of a pass over sites and their neighbours: what all neighbours give to a site, as one graph.
struct StencilBuilder {
  /// What one neighbour gives, and where the pair exists and meets `where`.
  private struct Share {
    var column: Column
    var value: NodeID
    var holds: NodeID?
    var number: Int
  }

  /// How shares become the new value of a column.
  private enum Fold { case sum, add, least, greatest }

  let pass: Interact
  let use: LawUse
  let fields: FieldTable
  let lattice: Population
  var graph = Graph()
  private var shares: [Fold: [Share]] = [:]
  private var requirements: [(node: NodeID, holds: NodeID?, number: Int)] = []
  /// Passes over the sites alone that follow, in the same loop.
  private var following: [(pass: Propagate, use: LawUse)] = []
  /// An empty chain of passes over the sites.
  private let chain: ChainBuilder
  /// The place before that of the next random number.
  private(set) var noisePlace = 0

  /// A pass over the sites of one lattice; `chain` is an empty one of its population.
  init(_ pass: Interact, of use: LawUse, lattice: Population, chain: ChainBuilder) {
    self.pass = pass
    self.use = use
    self.lattice = lattice
    self.chain = chain
    fields = chain.fields
  }

  /// Takes a pass over the sites alone into the loop, if it can run there: every site has what its neighbours gave, and these
  /// still see its old values.
  mutating func takes(_ next: Propagate, of use: LawUse) throws(Diagnostic) -> Bool {
    guard next.isAssignment, fields.mask(of: next.roles.flatMap { use.roles[$0] ?? [] }) == fields.everySpecies else {
      return false
    }
    var trial = chain.continuing(Graph(), after: []), place = 0
    try trial.add(next, of: use, mask: fields.everySpecies, noisePlace: &place)
    following.append((next, use))
    return true
  }

  /// The pass as a kernel of this name; `noisePlace` goes on to the next free place.
  mutating func build(named name: String, noisePlace: inout Int) throws(Diagnostic) -> StencilPass {
    try refuseWhatIsNotRun()
    self.noisePlace = noisePlace
    let steps = try self.steps()
    // Both ends of a pair find the same numbers at the same places.
    for (number, step) in steps.enumerated() { noisePlace = max(noisePlace, try meet(number, step)) }
    self.noisePlace = noisePlace
    let made = try finished(named: name, steps)
    noisePlace = self.noisePlace
    return made
  }

  /// The pass that gives what has been gathered from neighbours at these steps.
  mutating func finished(named name: String, _ steps: [[Int]]) throws(Diagnostic) -> StencilPass {
    var places = (noisePlace, noisePlace)
    let inside = try followed(outcome(steps, atEdge: false), &places.0)
    let edge = try followed(outcome(steps, atEdge: true), &places.1)
    noisePlace = places.0
    let kernel = StencilKernel(
      name: name, comment: use.law.name, graph: graph, steps: steps, inside: inside, edge: edge,
      species: fields.speciesNames.firstIndex(of: lattice.species[0]) ?? 0,
      flags: Set(fields.fields.values.filter { $0.shape == .boolean }.map(\.name)),
      rate: Rates.sites(species: fields.speciesNames.count))
    return StencilPass(
      kernel: kernel, population: lattice.index, requirement: pass.require?.description, name: use.law.name)
  }

  /// What the passes that follow make of an outcome, with random numbers from the places behind `place`, which goes on.
  private mutating func followed(_ outcome: StencilKernel.Outcome, _ place: inout Int) throws(Diagnostic) -> StencilKernel.Outcome
  {
    var chain = self.chain.continuing(graph, after: outcome.stores)
    for (pass, use) in following { try chain.add(pass, of: use, mask: fields.everySpecies, noisePlace: &place) }
    graph = chain.graph
    return StencilKernel.Outcome(stores: chain.stores, requirements: outcome.requirements)
  }

  private func refuseWhatIsNotRun() throws(Diagnostic) {
    let present: [(String, Bool)] = [
      ("energy", pass.energy != nil), ("force", pass.force != nil), ("torque", pass.torque != nil),
      ("memory", !pass.memory.isEmpty), ("link", !pass.link.isEmpty), ("unlink", pass.unlink != nil),
      ("react", pass.react != nil), ("remove", pass.remove != nil), ("sequential", pass.sequential),
    ]
    if let (name, _) = present.first(where: \.1) {
      throw Diagnostic("`\(name)` has no meaning between the sites of a lattice", at: pass.location)
    }
  }

  /// The steps to the neighbours, 3 numbers each.
  func steps() throws(Diagnostic) -> [[Int]] {
    guard case .neighbours(let text) = pass.pairing else { return [] }
    var lowering = Scope(use, .world, fields: fields).lowering(on: Graph(), noisePlace: 0)
    let value = try lowering.lower(text), space = fields.space
    let numbers = try value.components.map { (node) throws(Diagnostic) -> Int in
      guard let number = lowering.graph.constant(node), let whole = Int(exactly: number), abs(whole) < 1 << 20 else {
        throw text.diagnostic("an offset is a whole number of steps", hint: "[[1, 0], [0, 1]], axes, faces")
      }
      return whole
    }
    guard case .array(let count, .vector) = value.shape, numbers.count == count * space else {
      throw text.diagnostic("neighbours wants a list of steps of \(space) numbers each")
    }
    return (0..<count).map { row in (0..<3).map { $0 < space ? numbers[row * space + $0] : 0 } }
  }

  // MARK: One neighbour

  /// Notes what the neighbour `number` gives, and returns the last place of a random number.
  private mutating func meet(_ number: Int, _ step: [Int]) throws(Diagnostic) -> Int {
    let ends = ["i": Scope.End(name: "i", fields: fields), "j": Scope.End(name: StencilKernel.end(number), fields: fields)]
    var scope = Scope(use, .pair, fields: fields, lets: pass.lets, ends: ends)
    scope.given = geometry(of: step, from: StencilKernel.end(number), to: "i")
    var lowering = scope.lowering(on: graph, noisePlace: noisePlace)
    lowering.numbers["q"] = number
    lowering.noiseEnd = StencilKernel.end(number)
    let holds = try pass.condition.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    let outcomes: [(Fold, [Binding])] = [
      (.sum, pass.sum), (.add, pass.add), (.least, pass.min), (.greatest, pass.max),
      (
        .add,
        pass.rate.map { binding in
          var rate = binding
          rate.name = ChainBuilder.rateName(binding.name)
          return rate
        }
      ),
    ]
    for (fold, bindings) in outcomes {
      for binding in bindings {
        for (column, value) in try values(of: binding, number, &lowering) {
          shares[fold, default: []].append(Share(column: column, value: value, holds: holds, number: number))
        }
      }
    }
    if let text = pass.require { requirements.append((try lowering.condition(text), holds, number)) }
    graph = lowering.graph
    return lowering.noisePlace
  }

  /// d, r, n and u of a pair of sites, of which `step` leads from i to j: d points from j to i.
  func geometry(of step: [Int], from j: String, to i: String) -> [String: (inout Graph) -> Value] {
    let space = fields.space, spacing = lattice.grid?.spacing ?? 1
    let d = (0..<space).map { -Double(step[$0]) * spacing }, r = d.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return [
      "d": { graph in .vector(d.map { graph.constant($0) }) },
      "r": { graph in .scalar(graph.constant(r)) },
      "n": { graph in .vector(d.map { graph.constant(r > 0 ? $0 / r : 0) }) },
      "u": { graph in
        .vector(
          (0..<space).map { axis in
            let ends = [i, j].map { graph.input(Input(.field, "velocity", component: axis, end: $0)) }
            return graph.subtract(ends[0], ends[1])
          })
      },
    ]
  }

  /// The columns that a binding writes for this neighbour: one element of an array where it says `name[q]`, else all of the field.
  func values(
    of binding: Binding, _ number: Int, _ lowering: inout Lowering
  ) throws(Diagnostic) -> [(Column, NodeID)] {
    guard let field = fields[binding.name] else { throw binding.value.diagnostic("\(binding.name) is no field of the lattice") }
    var elements: [Int?] = [nil], width = field.components, variable = ""
    if let index = binding.index, case .array(let count, _) = field.shape, index != "i" {
      (elements, width, variable) = (index == "q" ? [number] : Array(0..<count), field.components / max(1, count), index)
    }
    var found: [(Column, NodeID)] = []
    for element in elements {
      let value =
        if let element { try lowering.lower(binding.value, setting: variable, to: element) } else {
          try lowering.lower(binding.value, at: field.shape, of: lattice.grid, ends: ["i", "j"])
        }
      guard value.components.count == width else {
        throw binding.value.diagnostic("\(binding.name) is a \(field.shape), this is a \(value.shape)")
      }
      for (component, node) in value.components.enumerated() {
        found.append((Column(field.name, (element ?? 0) * width + component), lowering.graph.number(node)))
      }
    }
    return found
  }

  /// Notes what a neighbour adds to a column, where it exists and meets the condition.
  mutating func note(_ column: Column, _ value: NodeID, from number: Int, where holds: NodeID?) {
    shares[.add, default: []].append(Share(column: column, value: value, holds: holds, number: number))
  }

  // MARK: All neighbours

  /// New values of a site, from neighbours in the order of their numbers. At an edge each may be absent.
  private mutating func outcome(_ steps: [[Int]], atEdge: Bool) -> StencilKernel.Outcome {
    var stores: [MemberKernel.Store] = []
    for fold in [Fold.sum, .add, .least, .greatest] {
      let byColumn = Dictionary(grouping: shares[fold] ?? []) { $0.column }
      for column in byColumn.keys.sorted(by: { ($0.field, $0.component) < ($1.field, $1.component) }) {
        let given = (byColumn[column] ?? []).map { share in
          (share.value, condition(share.number, steps[share.number], share.holds, atEdge: atEdge))
        }
        stores.append(MemberKernel.Store(column: column, value: value(fold, column, given)))
      }
    }
    let kept = requirements.map { item in
      let meets = condition(item.number, steps[item.number], item.holds, atEdge: atEdge)
      return meets.map { graph.or(graph.not($0), item.node) } ?? item.node
    }
    return StencilKernel.Outcome(stores: stores, requirements: kept)
  }

  /// Whether a pair exists and meets `where`; nil if that is sure.
  private mutating func condition(_ number: Int, _ step: [Int], _ holds: NodeID?, atEdge: Bool) -> NodeID? {
    let isSure = !atEdge || step.indices.allSatisfy { step[$0] == 0 || lattice.grid?.isPeriodic[$0] ?? true }
    guard !isSure else { return holds }
    let presence = graph.input(StencilKernel.presence(of: number))
    let has = graph.condition(presence)
    return holds.map { graph.and(has, $0) } ?? has
  }

  private mutating func value(_ fold: Fold, _ column: Column, _ given: [(NodeID, NodeID?)]) -> NodeID {
    let old = graph.input(Input(.field, column.field, component: column.component, end: "i")), zero = graph.constant(0)
    switch fold {
    case .sum, .add:
      let terms = given.map { value, holds in
        Graph.Term(coefficient: 1, node: holds.map { graph.select($0, value, zero) } ?? value)
      }
      return graph.sum(fold == .add ? [Graph.Term(coefficient: 1, node: old)] + terms : terms)
    case .least, .greatest:
      let worst = graph.constant(fold == .least ? .infinity : -.infinity)
      let best = given.reduce(worst) { best, item in
        let value = item.1.map { graph.select($0, item.0, worst) } ?? item.0
        return graph.pairwise(fold == .least ? .minimum : .maximum, best, value)
      }
      // Without a pair the field keeps its value.
      guard
        let any = given.map(\.1).reduce(
          NodeID?.none, { any, holds in any.flatMap { a in holds.map { graph.or(a, $0) } } ?? holds }),
        given.allSatisfy({ $0.1 != nil })
      else { return best }
      return graph.select(any, best, old)
    }
  }
}

extension Propagate {
  /// Whether it gives new values to fields and does nothing else.
  fileprivate var isAssignment: Bool {
    !waves && rates.isEmpty && create.isEmpty && energy == nil && force == nil && torque == nil && remove == nil && require == nil
  }
}

extension Rates {
  /// Of passes over a lattice, where the place of a site and its shares vary too.
  static func sites(species: Int) -> @Sendable (Input) -> Rate {
    let members = members(species: species)
    return { input in input.kind == .local ? .varying : members(input) }
  }
}
