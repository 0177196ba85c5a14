import Diagnostics
import Expressions
import Laws
import Scenes

/// What a law divides by, where fields of a member decide it: asked when a run blows up, to tell whose was zero.
struct Divisor: Sendable {
  let text: Expression
  /// Name of the law.
  let law: String
  let population: Int
  let species: UInt64
  let value: HostTape
}

extension PlanBuilder {
  /// The divisors of all passes over members, and of those over pairs that the fields of one end decide.
  func divisors() -> [Divisor] {
    scene.laws.flatMap { use in
      use.law.allItems.flatMap { item -> [Divisor] in
        switch item {
        case .propagate(let pass):
          return divisors(in: pass.expressions, of: use, roles: pass.roles) {
            Scope(use, .member, fields: $0, lets: pass.lets)
          }
        case .interact(let pass):
          return divisors(in: pass.expressions, of: use, roles: pass.receivers + pass.givers) {
            Scope(use, .oneself, fields: $0, lets: pass.lets, ends: pass.ends(in: $0))
          }
        default: return []
        }
      }
    }
  }

  private func divisors(
    in texts: [Expression], of use: LawUse, roles: [String], _ scope: (FieldTable) -> Scope
  ) -> [Divisor] {
    let found = Set((texts + use.law.lets.map(\.value)).flatMap(\.divisors)).filter {
      $0.names.isDisjoint(with: ["r", "d", "n", "w"])
    }
    return players(roles, use).flatMap { population, mask in
      found.compactMap { text in
        var lowering = scope(fields.of(population)).lowering(on: Graph(), noisePlace: 0)
        // What cannot be read here, such as a field of the other end, is no divisor of a single member.
        guard let node = try? lowering.scalar(text) else { return nil }
        let value = HostTape(lowering.graph, [node])
        guard value.inputs.contains(where: { $0.kind == .field }) else { return nil }
        return Divisor(text: text, law: use.law.name, population: population, species: mask, value: value)
      }
    }.sorted { ($0.text.source.text, $0.text.range.lowerBound) < ($1.text.source.text, $1.text.range.lowerBound) }
  }
}

extension Expression {
  /// What the tree divides by, in the order of the text.
  fileprivate var divisors: [Expression] {
    let below = terms.flatMap(\.divisors)
    switch node {
    case .binary(.divide, _, let divisor) where divisor.constantNumber == nil: return below + [divisor]
    case .binary(.power, let base, let exponent) where (exponent.constantNumber ?? 0) < 0: return below + [base]
    default: return below
    }
  }
}
