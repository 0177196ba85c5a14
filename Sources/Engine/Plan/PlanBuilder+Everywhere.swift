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
  /// Makes the kernel of a pass over all pairs and returns its place; nil if no species receives.
  ///
  /// - Throws: what cannot be summed to an accuracy: laws with kinks, or that are not linear in the fields of the source.
  mutating func everywhere(
    _ pass: Interact, of use: LawUse, adjoints: Set<String> = [], accuracy text: Expression
  ) throws(Diagnostic) -> Int? {
    let accuracy = try tape(of: text, use: use).tape.run(in: ParameterTable(scene).context(WorldState()))[0]
    guard accuracy >= 0, accuracy < 1 else {
      throw text.diagnostic("an accuracy of \(accuracy)", hint: "a number from 0, which is exact, to below 1")
    }
    var builder = PairBuilder(fields: fields)
    try builder.add(pass, of: use, adjoints: adjoints, noisePlace: &noisePlace)
    guard !builder.isEmpty else { return nil }
    var reception = FarReception.oneByOne, images: ImagesPass?
    if pass.images == "all" {
      images = try addImages(of: pass, &builder, accuracy: accuracy)
    } else if accuracy > 0 {
      try builder.prepareForTree(at: text, box: scene.box.sides.contains(.periodic))
      reception = builder.reception
    }
    return append(builder, accuracy: accuracy, reception, images, named: use.law.name)
  }

  /// Makes the kernel of the reverse of a pass over all pairs that summed into fields with adjoints, and returns its place. It
  /// is exact, whatever the accuracy of the sums.
  mutating func reverse(everywhere pass: Interact, of use: LawUse, _ adjoint: Adjoint) throws(Diagnostic) -> Int? {
    var builder = PairBuilder(fields: fields)
    try builder.addReverse(pass, of: use, adjoint, noisePlace: &noisePlace)
    guard !builder.isEmpty else { return nil }
    let images = pass.images == "all" ? try addImages(of: pass, &builder, accuracy: 0) : nil
    return append(builder, accuracy: 0, .oneByOne, images, named: "\(use.law.name), forces through sums")
  }

  private mutating func append(
    _ builder: PairBuilder, accuracy: Double, _ reception: FarReception, _ images: ImagesPass?, named name: String
  ) -> Int {
    func kernel(double: Bool) -> PairKernel {
      PairKernel(
        comment: name, graph: builder.graph, parts: builder.parts, space: scene.space, double: double,
        species: scene.species.count, isEverywhere: true, rate: Rates.pairs(species: scene.species.count))
    }
    let isRough = scene.precision == .mixed && images == nil && accuracy >= FarGroup.accuracyOfFloat
    plan.everywhere.append(
      FarGroup(
        kernel: kernel(double: true), rough: isRough ? kernel(double: false) : nil, targets: builder.targets, accuracy: accuracy,
        reception: reception, images: images, requirement: builder.requirement, name: name))
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
    if pass.includesSelf || builder.parts.contains(where: { !$0.extremes.isEmpty }) {
      throw Diagnostic(
        "`images: all` sums over all images, and self, min, max, remove and require ask each pair",
        hint: "give them a pass with images: nearest", at: pass.location)
    }
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
    if parts.contains(where: { !$0.extremes.isEmpty }) {
      throw text.diagnostic("a tree adds up boxes of particles, and min, max, remove and require ask each pair", hint: exact)
    }
    if graph.inputs(of: outcomes).contains(where: { $0.name == "id" }) {
      throw text.diagnostic("a tree adds up boxes of particles, and id tells them apart", hint: exact)
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
