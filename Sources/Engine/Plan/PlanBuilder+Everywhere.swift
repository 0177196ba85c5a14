import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

extension FarGroup {
  /// 1 for a particle, and for a point the sum of what its particles share with it: the strength of laws without another.
  static let weight = Column("weight", 0)
  /// Accuracy that sums of pairs in float keep to, with positions told from the middle of boxes: a hundred times their rounding.
  static let accuracyOfFloat = 1e-5
}

extension PlanBuilder {
  /// Makes the kernel of a pass over all pairs and returns its place.
  ///
  /// - Throws: what cannot be summed to an accuracy: laws with kinks, or that are not linear in the fields of the source.
  mutating func everywhere(
    _ pass: Interact, of use: LawUse, _ adjoint: Adjoint, accuracy text: Expression
  ) throws(Diagnostic) -> Int {
    let accuracy = try tape(of: text, use: use).tape.run(in: ParameterTable(scene).context(WorldState()))[0]
    guard accuracy >= 0, accuracy < 1 else {
      throw text.diagnostic("an accuracy of \(accuracy)", hint: "a number from 0, which is exact, to below 1")
    }
    if !adjoint.fields.isDisjoint(with: pass.sum.map(\.name)) {
      throw Diagnostic("forces through sums over all pairs are not derived yet", at: pass.location)
    }
    if pass.includesSelf || pass.remove != nil || pass.require != nil || !(pass.min + pass.max).isEmpty {
      throw Diagnostic("self, min, max, remove and require do not run in a pass `everywhere`", at: pass.location)
    }
    var builder = PairBuilder(fields: fields)
    try builder.add(pass, of: use, adjoints: adjoint.fields, noisePlace: &noisePlace)
    var reception = FarReception.oneByOne, images: ImagesPass?
    if pass.images == "all" {
      images = try addImages(of: pass, &builder, accuracy: accuracy)
    } else if accuracy > 0 {
      try builder.prepareForTree(at: text, box: scene.box.sides.contains(.periodic))
      reception = builder.reception
    }
    func kernel(double: Bool) -> PairKernel {
      PairKernel(
        comment: use.law.name, graph: builder.graph, parts: builder.parts, space: scene.space, double: double,
        species: scene.species.count, isEverywhere: true, rate: Rates.pairs(species: scene.species.count))
    }
    let isRough = scene.precision == .mixed && images == nil && accuracy >= FarGroup.accuracyOfFloat
    plan.everywhere.append(
      FarGroup(
        kernel: kernel(double: true), rough: isRough ? kernel(double: false) : nil, adds: builder.targets.map { $0.clears == 0 },
        accuracy: accuracy, reception: reception, images: images, name: use.law.name))
    return plan.everywhere.count - 1
  }

  /// Leaves screened powers to the loop over pairs, and plans the waves that give the rest of all images.
  private mutating func addImages(
    of pass: Interact, _ builder: inout PairBuilder, accuracy: Double
  ) throws(Diagnostic) -> ImagesPass? {
    guard scene.box.sides.allSatisfy({ $0 == .periodic }) else {
      throw Diagnostic(
        "`images: all` wants a box that is periodic on all sides", hint: "images: nearest runs in any box", at: pass.location)
    }
    guard !builder.parts.isEmpty else { return nil }
    var images = ImagesBuilder(pass, graph: builder.graph, fields: fields, ParameterTable(scene))
    // What is cut off on either side errs by less than it is: the sums of many pairs partly cancel.
    var (waves, weights) = try images.split(&builder.parts[0], rest: accuracy > 0 ? accuracy / 10 : 1e-15)
    builder.graph = images.graph
    let count = ImageWaves.count(sides: scene.box.lengths, reach: waves.reach)
    if count > ImageWaves.most {
      throw Diagnostic(
        "the box is too long for its width: \(count.rounded()) waves", hint: "a larger accuracy, or a wider box",
        at: pass.location)
    }
    (waves.kernel, waves.field) = (plan.members.count, "weights of waves \(plan.everywhere.count)")
    fields.addHidden(waves.field, components: weights.count)
    plan.members.append(
      MemberKernel(
        name: "mote_members_\(plan.members.count)", comment: "weights of waves", graph: images.graph,
        stores: weights.enumerated().map { MemberKernel.Store(column: Column(waves.field, $0), value: $1) }, speciesMask: nil,
        rate: Rates.members(species: scene.species.count)))
    plan.memberPopulations.append(Population.particles)
    return waves
  }
}

// What a tree needs of a law: a box of particles is seen through points that carry the sums of their fields.
extension PairBuilder {
  fileprivate mutating func prepareForTree(at text: Expression, box isPeriodic: Bool) throws(Diagnostic) {
    let exact = "everywhere: 0 sums all pairs one by one"
    if isPeriodic {
      throw text.diagnostic(
        "the nearest image is not smooth where it changes", hint: "\(exact); images: all sums powers of r over all images")
    }
    let roots = outcomes
    let conditions = parts.compactMap(\.condition)
    if let input = graph.inputs(of: conditions).first(where: { $0.end != "i" }) {
      throw text.diagnostic("a tree cannot leave out sources by \(input.name)", hint: exact)
    }
    if let kink = graph.firstKink(of: roots) {
      throw text.diagnostic("a tree wants a smooth law, and \(kink) has a kink or a jump", hint: exact)
    }
    if let input = graph.inputs(of: roots).first(where: dependsOnSpecies) {
      throw text.diagnostic("a tree wants a law that is the same for all species, and \(input.name) is not", hint: exact)
    }
    let strengths = graph.inputs(of: roots).filter { $0.kind == .field && $0.end == "j" }
    if let strength = strengths.first(where: { !isLinear(roots, in: strengths, $0) }) {
      throw text.diagnostic(
        "a tree wants a law that is linear in the fields of the source, and \(strength.name)[j] is not", hint: exact)
    }
    if strengths.isEmpty { weigh() }
  }

  private var outcomes: [NodeID] {
    parts.flatMap { ($0.energy.map { [$0] } ?? []) + ($0.force ?? []) + $0.sums.map(\.own) }
  }

  /// How targets may receive: at points of their box if their fields but one strength do not enter.
  fileprivate var reception: FarReception {
    mutating get {
      guard parts.allSatisfy({ $0.condition == nil }) else { return .oneByOne }
      let strengths = graph.inputs(of: outcomes).filter { $0.kind == .field && $0.end == "i" }
      guard let strength = strengths.first else { return .alike }
      guard strengths.count == 1, isLinear(outcomes, in: strengths, strength) else { return .oneByOne }
      return .inProportion(to: Column(strength.name, strength.component))
    }
  }

  private func dependsOnSpecies(_ input: Input) -> Bool {
    input.kind == .species || input.kind == .parameter && !input.end.isEmpty && fields.speciesNames.count > 1
  }

  /// Whether the roots vanish with all strengths, and their slopes by one of them depend on none.
  private mutating func isLinear(_ roots: [NodeID], in strengths: [Input], _ strength: Input) -> Bool {
    let nodes = strengths.map { graph.input($0) }, own = graph.input(strength), zero = graph.constant(0)
    let empty = graph.substitute(Dictionary(uniqueKeysWithValues: nodes.map { ($0, zero) }), in: roots)
    let slopes = roots.map { graph.derivative(of: $0, by: own) }
    return empty.allSatisfy { graph.constant($0) == 0 } && Set(graph.inputs(of: slopes)).isDisjoint(with: strengths)
  }

  /// Multiplies everything by the weight of the source.
  private mutating func weigh() {
    let weight = graph.input(Input(.field, FarGroup.weight.field, component: FarGroup.weight.component, end: "j"))
    for index in parts.indices {
      parts[index].energy = parts[index].energy.map { graph.multiply($0, weight) }
      parts[index].force = parts[index].force?.map { graph.multiply($0, weight) }
      parts[index].sums = parts[index].sums.map { sum in
        (sum.column, graph.multiply(sum.own, weight), graph.multiply(sum.other, weight), sum.parity)
      }
    }
  }
}

extension Graph {
  /// The text of something that is not smooth in the separation, or of noise; nil if there is none.
  fileprivate func firstKink(of roots: [NodeID]) -> String? {
    reachable(from: roots).first { node in
      guard inputs(of: [node]).contains(where: { $0.kind == .separation || $0.kind == .distanceSquared }) else {
        if case .noise = self[node] { return true }
        return false
      }
      switch self[node] {
      case .compare, .select, .call, .noise, .function(.abs, _), .function(.sign, _), .function(.floor, _), .function(.ceil, _),
        .pairwise(.minimum, _, _), .pairwise(.maximum, _, _), .pairwise(.modulo, _, _):
        return true
      default: return false
      }
    }.map { text(of: $0) }
  }
}
