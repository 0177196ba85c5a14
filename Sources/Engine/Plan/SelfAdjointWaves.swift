import Expressions
import KernelCompiler
import Laws
import Scenes

/// A pass over waves whose reverse is known without a transform.
///
/// Let B = G A be made by waves, and an energy of single sites with dE/dB = c·A be all that reads B, as of charges in their own
/// potential. G is its own transpose, so the reverse adds G(c·A) = c·B to the adjoint of A.
struct SelfAdjointWaves {
  /// The field A that the pass reads, and B that it makes of it; both are scalars.
  let source: String, target: String
  /// The pass with the energy.
  let energy: Propagate

  /// - Returns: nil if the reverse has to be computed.
  init?(_ pass: Propagate, of use: LawUse, _ adjoint: Adjoint, fields: FieldTable) {
    guard pass.condition == nil, pass.assignments.count == 1, let binding = pass.assignments.first else { return nil }
    let items = use.law.flattened(use.law.passes), target = binding.name
    let sources = use.law.names(in: [binding.value], lets: pass.lets).filter { fields[$0] != nil }
    guard sources.count == 1, let source = sources.first, source != target, adjoint.fields.contains(source) else { return nil }
    guard fields[source]?.components == 1, fields[target]?.components == 1 else { return nil }
    let writers = items.filter { $0.writes.contains(target) }
    let readers = items.filter { item in
      switch item {
      case .propagate(let other): use.namesRead(by: other).contains(target)
      case .interact(let other): use.law.names(in: other.expressions, lets: other.lets).contains(target)
      case .repeat: true
      default: false
      }
    }
    guard writers.count == 1, readers.count == 1, case .propagate(let reader) = readers[0], reader.isEnergyAlone else {
      return nil
    }
    guard reader.roles.sorted() == pass.roles.sorted() else { return nil }
    (self.source, self.target, energy) = (source, target, reader)
  }

  /// c, if dE/dB is c·A with a c that is the same for all sites.
  func factor(of energy: NodeID, in graph: inout Graph, rate: (Input) -> Rate) -> NodeID? {
    let a = graph.input(Input(.field, source)), b = graph.input(Input(.field, target))
    let slope = graph.derivative(of: energy, by: b)
    guard let factor = graph.quotientIfFactor(slope, by: a) else { return nil }
    let hasNoise = graph.reachable(from: [factor]).contains { if case .noise = graph[$0] { true } else { false } }
    return !hasNoise && graph.inputs(of: [factor]).allSatisfy { rate($0) == .uniform } ? factor : nil
  }
}

extension Propagate {
  /// Whether the pass has an energy of single members, under no condition, and does nothing else.
  fileprivate var isEnergyAlone: Bool {
    energy != nil && condition == nil && !waves && assignments.isEmpty && rates.isEmpty && force == nil && torque == nil
      && remove == nil && create.isEmpty && require == nil
  }
}
