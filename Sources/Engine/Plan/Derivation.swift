import Diagnostics
import Expressions
import Laws
import Scenes

/// What the compiler derives from one pass over pairs, as text: its energy and force, and what exchanging the ends does to them.
public struct Derivation: Sendable {
  /// The pairing, such as `within cutoff`.
  public var pairing: String
  /// Energy of a pair, if the pass gives one.
  public var energy: String?
  /// Force on i, if the pass gives or implies one; a multiple of the separation `d`, or a vector.
  public var force: String?
  /// What exchange of i and j does, and whether that is exact or was found at random points.
  public var symmetry: String?

  /// The derivations of all passes `within` of a law as a scene uses it.
  ///
  /// - Throws: the mistake of an expression that cannot be put into a kernel.
  public static func all(of use: LawUse, in scene: Scene) throws(Diagnostic) -> [Derivation] {
    var found: [Derivation] = []
    for case .interact(let pass) in use.law.flattened(use.law.passes) {
      guard case .within = pass.pairing else { continue }
      found.append(try Derivation(pass, use, scene))
    }
    return found
  }

  private init(_ pass: Interact, _ use: LawUse, _ scene: Scene) throws(Diagnostic) {
    var lowering = Scope(use, .pair, fields: FieldTable(scene), lets: pass.lets).lowering(on: Graph(), noisePlace: 0)
    pairing = pass.pairing.keyword
    if case .within(let range) = pass.pairing { pairing += " \(range.written)" }
    var force: [NodeID] = []
    if let text = pass.energy {
      let node = try lowering.scalar(text)
      energy = lowering.graph.text(of: node)
      symmetry = Self.spelled(lowering.graph.parity(of: node), of: "energy")
      force = lowering.graph.gradientBySeparation(of: node, space: scene.space).map { lowering.graph.negate($0) }
    }
    if let text = pass.force {
      let given = try lowering.lower(text).components
      symmetry = given.first.map { Self.spelled(lowering.graph.parity(of: $0), of: "force") }
      force = force.isEmpty ? given : zip(force, given).map { lowering.graph.add($0, $1) }
    }
    if !force.isEmpty { self.force = Self.text(of: force, in: &lowering.graph) }
  }

  /// `factor*d` where the force is along the separation.
  private static func text(of force: [NodeID], in graph: inout Graph) -> String {
    let separation = force.indices.map { graph.input(Input(.separation, component: $0)) }
    let factors = zip(force, separation).map { graph.quotientIfFactor($0, by: $1) }
    if let factor = factors[0], factors.allSatisfy({ $0 == factor }) {
      if graph.constant(factor) == 1 { return "d" }
      return graph.text(of: factor, asFactor: true) + "*d"
    }
    return "[" + force.map { graph.text(of: $0) }.joined(separator: ", ") + "]"
  }

  private static func spelled(_ parity: (Parity, ParityProof), of what: String) -> String {
    let proof = parity.1 == .exact ? "exact" : "found at 64 random points"
    return switch parity.0 {
    case .even: "\(what) is the same when i and j are exchanged (\(proof)): half the pairs suffice, momentum is conserved"
    case .odd: "\(what) is opposite when i and j are exchanged (\(proof)): half the pairs suffice, momentum is conserved"
    case .none: "\(what) is neither the same nor opposite when i and j are exchanged"
    }
  }
}
