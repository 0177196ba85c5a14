import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Splits what a pass gives to pairs: the nearest images get screened powers, and waves give the rest of all images.
struct ImagesBuilder {
  /// A term whose weights are nodes of a single member.
  private struct Split {
    var form: PowerForm
    var coefficient: NodeID
    var i = 0, j = 0
    var receiver: NodeID, source: NodeID
  }

  private var expansion: PowerExpansion
  private let pass: Interact
  private let fields: FieldTable
  private let parameters: ParameterTable

  init(_ pass: Interact, graph: Graph, fields: FieldTable, _ parameters: ParameterTable) {
    expansion = PowerExpansion(graph, space: fields.space)
    (self.pass, self.fields, self.parameters) = (pass, fields, parameters)
  }

  var graph: Graph { expansion.graph }

  /// Screens the powers of a part so that less than `rest` of each is left at half the least side.
  ///
  /// - Returns: what waves give, which lacks a kernel for the weights, and these.
  /// - Throws: what is no sum of powers, or has no limit.
  mutating func split(_ part: inout PairKernel.Part, rest: Double) throws(Diagnostic) -> (pass: ImagesPass, weights: [NodeID]) {
    let energy = try terms(of: part.energy.map { [$0] } ?? [], where: part.condition)
    let force = try terms(of: part.force ?? [], where: part.condition)
    let sums = try terms(of: part.sums.map(\.own), where: part.condition)
    for terms in energy + force + sums { try checkLimit(of: terms) }
    for component in force { for axis in 0..<fields.space { try checkLimit(of: component.map { $0.times(axis: axis) }) } }
    let reach = Screening.reach(leaving: rest, of: (energy + force + sums).joined().map(\.form.power))
    part.energy = energy.first.map { screened($0, reach) }
    part.force = part.force.map { _ in force.map { screened($0, reach) } }
    for (index, terms) in sums.enumerated() {
      part.sums[index].own = screened(terms, reach)
      part.sums[index].other = expansion.exchangingEnds(part.sums[index].own)
    }
    return waves(energy: energy.first ?? [], channels: force + sums, forces: force.count, reach: reach)
  }

  // MARK: Terms

  private mutating func terms(of nodes: [NodeID], where condition: NodeID?) throws(Diagnostic) -> [[PowerTerm]] {
    var found: [[PowerTerm]] = []
    for node in nodes {
      do { found.append(try expansion.terms(of: expansion.select(condition, node))) } catch {
        throw Diagnostic(
          "`images: all` sums powers of r, and \(graph.text(of: error.node)) is none",
          hint: "terms such as charge[i]*charge[j]/r or mass[j]*d/r^3, whole powers times fields of one end each; "
            + "images: nearest runs any law",
          at: pass.location)
      }
    }
    return found
  }

  /// - Throws: powers that fall as the volume grows, so that the sum has the logarithm of the size of the region, unless terms with
  ///   the same weights cancel.
  private func checkLimit(of terms: [PowerTerm]) throws(Diagnostic) {
    for first in terms {
      let alike = terms.filter { ($0.pair, $0.receiver, $0.source) == (first.pair, first.receiver, first.source) }
      let shares = alike.map { $0.coefficient * PowerTransform($0.form).divergence }
      guard abs(shares.reduce(0, +)) > 1e-9 * shares.reduce(0, { $0 + abs($1) }) else { continue }
      let power = first.form.power - first.form.directions.reduce(0, +)
      throw Diagnostic(
        "the sum of what falls as r^-\(power) has no limit over all images in \(fields.space) dimensions",
        hint: "any other power has one; images: nearest runs any law", at: pass.location)
    }
  }

  private mutating func screened(_ terms: [PowerTerm], _ reach: Double) -> NodeID {
    let space = fields.space
    return expansion.sum(of: terms) { power, graph in
      let alpha = Screening.parameter(reach: reach, space: space, in: &graph), square = graph.input(Input(.distanceSquared))
      let x = graph.multiply(graph.power(alpha, Rational(2)), square)
      return graph.multiply(graph.power(square, Rational(-power, 2)), Screening.screened(power, square: x, in: &graph))
    }
  }

  // MARK: Weights

  private mutating func waves(
    energy: [PowerTerm], channels: [[PowerTerm]], forces: Int, reach: Double
  ) -> (pass: ImagesPass, weights: [NodeID]) {
    let all = ([energy] + channels).map { terms in terms.flatMap { split($0) } }
    var weights: [NodeID] = []
    func note(_ node: NodeID) { if !weights.contains(node) { weights.append(node) } }
    for term in all.joined() { note(term.source) }
    let sourceCount = weights.count
    for term in all.joined() { note(term.receiver) }
    let placed = all.map { terms in
      terms.map { term in
        ImagesPass.Term(
          form: term.form, coefficient: HostTape(graph, [term.coefficient]), i: term.i, j: term.j,
          receiver: weights.firstIndex(of: term.receiver) ?? 0, source: weights.firstIndex(of: term.source) ?? 0)
      }
    }
    let pass = ImagesPass(
      kernel: 0, field: "", weightCount: weights.count, sourceCount: sourceCount, energy: placed[0],
      channels: Array(placed.dropFirst()), forceCount: forces, reach: reach)
    return (pass, weights)
  }

  /// A term as it is for members of any species, or if its coefficient is one of pairs of species, for each of these.
  private mutating func split(_ term: PowerTerm) -> [Split] {
    let coefficient = expansion.scale(term.pair, by: term.coefficient)
    let receiver = expansion.alone(term.receiver), source = expansion.alone(expansion.exchangingEnds(term.source))
    let plain = Split(form: term.form, coefficient: coefficient, receiver: receiver, source: source)
    guard graph.dependsOnEnds(coefficient) else { return [plain] }
    let codes = fields.speciesNames.indices.filter { fields.everySpecies >> UInt64($0) & 1 == 1 }
    return codes.flatMap { i in
      codes.compactMap { j in
        if isZero(coefficient, i, j) { return nil }
        var own = plain
        (own.i, own.j) = (i, j)
        own.receiver = expansion.member(receiver, of: i)
        own.source = expansion.member(source, of: j)
        return own
      }
    }
  }

  /// Whether a coefficient is zero for two species, whatever the world is.
  private func isZero(_ coefficient: NodeID, _ i: Int, _ j: Int) -> Bool {
    guard !graph.inputs(of: [coefficient]).contains(where: { $0.kind == .world }) else { return false }
    return Tape(graph, roots: [coefficient]).run(in: parameters.context(WorldState(), i: i, j: j))[0] == 0
  }
}

extension PowerTerm {
  fileprivate func times(axis: Int) -> Self {
    var product = self
    product.form = form.times(axis: axis)
    return product
  }
}

extension PowerExpansion {
  fileprivate mutating func scale(_ node: NodeID, by factor: Double) -> NodeID { edit { $0.scale(node, by: factor) } }

  /// A node of the end i as one of a single member.
  fileprivate mutating func alone(_ node: NodeID) -> NodeID { edit { $0.alone(node) } }

  /// A node of a single member that is zero for other species than this one.
  fileprivate mutating func member(_ node: NodeID, of species: Int) -> NodeID {
    edit { graph in graph.multiply(node, PairEnds.membership(1 << UInt64(species), end: "member", in: &graph)) }
  }
}

extension Graph {
  /// Whether a node that has no fields differs between species.
  fileprivate func dependsOnEnds(_ node: NodeID) -> Bool {
    reachable(from: [node]).contains { part in
      switch self[part] {
      case .input(let input): !input.end.isEmpty || input.kind == .species
      case .call(_, let end, _, _): !end.isEmpty
      default: false
      }
    }
  }

  fileprivate mutating func alone(_ node: NodeID) -> NodeID {
    var new: [NodeID: NodeID] = [:]
    for part in reachable(from: [node]) {
      switch self[part] {
      case .input(var input) where input.end == "i":
        input.end = input.kind == .parameter ? "member" : ""
        new[part] = self.input(input)
      case .call(let name, "i", let derivative, let argument):
        new[part] = call(name, end: "member", derivative: derivative, substitute(new, in: [argument])[0])
      default: continue
      }
    }
    return substitute(new, in: [node])[0]
  }
}
