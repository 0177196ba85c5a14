import Diagnostics
import Engine
import Expressions
import World

/// The pair forces of a law whose holes are filled, and their derivatives by what fills them.
struct PairModel: Sendable {
  let holes: [Hole]
  /// Names of the holes as parameters of the use of the law.
  let names: [String: Int]
  let space: Int
  let parts: [PartModel]
  /// Holes in all of which together the forces are linear, whatever fills the others.
  let linear: [Int]
  let forces: PairForces
  /// Largest range of any pair of species (length).
  let reach: Double
  let speciesCount: Int

  /// One pass of the law.
  struct PartModel: Sendable {
    /// Dimensions of the box.
    let axes: Int
    /// Roots: condition, forces, derivatives by numbers, then for each call its argument and coefficients.
    let tape: BlockTape
    let hasCondition: Bool
    /// Holes that are numbers, in the order of their derivatives.
    let numbers: [Int]
    let calls: [CallSite]
    /// Square of the range for species i and j, row by row (length²).
    let rangeSquares: [Double]
  }

  /// A place where a function that is a hole is called.
  struct CallSite: Sendable {
    var hole: Int
    var derivative: Int
    /// The largest argument of any pair within range, if the distance alone decides.
    var end: Double?
  }

  /// The model of a law's pair forces, in which inputs and functions with the names of the holes are open.
  ///
  /// - Parameter prefix: name of the law's use, which parameters have before theirs.
  init(_ forces: PairForces, holes: [Hole], prefix: String, space: Int, speciesCount: Int) throws(Failure) {
    (self.holes, self.space, self.forces, self.speciesCount) = (holes, space, forces, speciesCount)
    let own = holes.map { "\(prefix).\($0.name)" }
    names = Dictionary(uniqueKeysWithValues: own.enumerated().map { ($1, $0) })
    var builder = PartBuilder(forces, names: own, space: space, speciesCount: speciesCount)
    var parts: [PartModel] = []
    for part in forces.parts { parts.append(try builder.model(of: part)) }
    self.parts = parts
    linear = holes.indices.reduce(into: []) { chosen, hole in
      if (chosen + [hole]).allSatisfy({ !builder.bends($0, with: hole) }) { chosen.append(hole) }
    }
    reach = parts.flatMap(\.rangeSquares).max()?.squareRoot() ?? 0
  }

  /// Fields besides positions that the forces read.
  var fieldNames: Set<String> {
    Set(parts.flatMap { $0.tape.inputs.compactMap { $0.input.kind == .field ? $0.input.name : nil } }).subtracting(["position"])
  }
}

/// Makes the models of the passes, and finds out which holes enter linearly.
private struct PartBuilder {
  private let forces: PairForces
  private let names: [String]
  private let space: Int
  private let speciesCount: Int
  private var graph: Graph
  /// For each hole those on which the derivative by it depends.
  private var bends: [Set<Int>]

  init(_ forces: PairForces, names: [String], space: Int, speciesCount: Int) {
    (self.forces, self.names, self.space, self.speciesCount) = (forces, names, space, speciesCount)
    graph = forces.graph
    bends = Array(repeating: [], count: names.count)
  }

  /// Whether the forces are not linear in two holes together.
  func bends(_ a: Int, with b: Int) -> Bool { bends[a].contains(b) || bends[b].contains(a) }

  mutating func model(of part: PairForces.Part) throws(Failure) -> PairModel.PartModel {
    let nodes = graph.reachable(from: part.force)
    let inputs: [(hole: Int, node: NodeID)] = nodes.compactMap { node in
      guard case .input(let input) = graph[node], input.kind == .parameter, let hole = names.firstIndex(of: input.name) else {
        return nil
      }
      return (hole, node)
    }
    let calls: [(site: PairModel.CallSite, node: NodeID, argument: NodeID)] = nodes.compactMap { node in
      guard case .call(let name, _, let derivative, let argument) = graph[node], let hole = names.firstIndex(of: name) else {
        return nil
      }
      let site = PairModel.CallSite(hole: hole, derivative: derivative, end: end(of: argument, part.range))
      return (site, node, argument)
    }
    let locals = calls.indices.map { graph.input(Input(.local, "call", component: $0)) }
    let unknown = inputs.map(\.node) + locals
    let opened = graph.substitute(Dictionary(uniqueKeysWithValues: zip(calls.map(\.node), locals)), in: part.force)
    let back = Dictionary(uniqueKeysWithValues: zip(locals, calls.map(\.node)))
    var slopes: [[NodeID]] = []
    for force in opened { slopes.append(graph.derivatives(of: force, by: unknown)) }
    let owners = inputs.map(\.hole) + calls.map(\.site.hole), places = inputs.map(\.node) + calls.map(\.node)
    for (index, owner) in owners.enumerated() {
      let argument = index < inputs.count ? [] : [calls[index - inputs.count].argument]
      let depends = Set(graph.reachable(from: slopes.map { $0[index] } + argument))
      for other in owners.indices where depends.contains(unknown[other]) || depends.contains(places[other]) {
        bends[owner].insert(owners[other])
      }
    }
    let closed = graph.substitute(back, in: slopes.flatMap { $0 })
    func slope(_ axis: Int, _ index: Int) -> NodeID { closed[axis * unknown.count + index] }
    var roots = part.condition.map { [$0] } ?? []
    roots += part.force
    for index in inputs.indices { roots += (0..<space).map { slope($0, index) } }
    for (index, call) in calls.enumerated() {
      roots.append(call.argument)
      roots += (0..<space).map { slope($0, inputs.count + index) }
    }
    return PairModel.PartModel(
      axes: space, tape: BlockTape(graph, roots: roots), hasCondition: part.condition != nil, numbers: inputs.map(\.hole),
      calls: calls.map(\.site), rangeSquares: try rangeSquares(part.range))
  }

  /// The argument of a call at the edge of the range.
  private func end(of argument: NodeID, _ range: NodeID) -> Double? {
    let known: (Input) -> Bool = { [names] in $0.kind == .distanceSquared || ($0.kind == .parameter && !names.contains($0.name)) }
    guard graph.inputs(of: [argument, range]).allSatisfy(known) else { return nil }
    let ends = (0..<speciesCount * speciesCount).map { pair in
      let (i, j) = (pair / speciesCount, pair % speciesCount)
      let edge = graph.evaluate([range], in: GraphContext { forces.number($0, i: i, j: j) })[0]
      return graph.evaluate([argument], in: GraphContext { $0.kind == .parameter ? forces.number($0, i: i, j: j) : edge * edge })[
        0]
    }
    return ends.max()
  }

  private func rangeSquares(_ range: NodeID) throws(Failure) -> [Double] {
    guard graph.inputs(of: [range]).allSatisfy({ $0.kind == .parameter }) else {
      throw Failure(.failed, "the range depends on fields of the particles", hint: "give it as a parameter to fit the law")
    }
    return (0..<speciesCount * speciesCount).map { pair in
      let (i, j) = (pair / speciesCount, pair % speciesCount)
      let value = graph.evaluate([range], in: GraphContext { forces.number($0, i: i, j: j) })[0]
      return value * value
    }
  }
}
