import Diagnostics
import Expressions

// Components of `edges` and `faces` sit in different places of a cell: they can be added and scaled, or be in a curl.
extension LawChecker {
  /// Checks a pass over the members of one role.
  mutating func checkPlaces(of pass: Propagate, role: String, _ scope: Scope) {
    guard hasStaggered([role]) else { return }
    var places = StaggeredPlaces(types: types, scope: scope, role: role)
    for binding in pass.assignments + pass.rates { check(binding, of: role, &places) }
    check([pass.condition, pass.remove, pass.require], &places)
    for item in places.problems.items { problems.add(item) }
  }

  /// Checks a pass over pairs.
  mutating func checkPlaces(of pass: Interact, _ scope: Scope) {
    let roles = Set(scope.ends.values.map(\.role))
    guard hasStaggered(roles) else { return }
    var places = StaggeredPlaces(types: types, scope: scope, role: "", steps: steps(of: pass.pairing))
    for binding in pass.sum + pass.add + pass.min + pass.max + pass.rate {
      check(binding, of: scope.ends["i"]?.role ?? "", &places)
    }
    check([pass.condition, pass.require], &places)
    for item in places.problems.items { problems.add(item) }
  }

  private func hasStaggered(_ roles: some Sequence<String>) -> Bool {
    roles.contains { types.fields(of: $0).contains(where: \.isStaggered) }
  }

  private func steps(of pairing: Pairing) -> StaggeredPlaces.Steps? {
    guard case .neighbours(let text) = pairing else { return nil }
    return switch text.node {
    case .name("axes"): .ahead
    case .prefix(.minus, let operand) where operand.node == .name("axes"): .behind
    default: .others
    }
  }

  /// A field receives what lies in its own place.
  private mutating func check(_ binding: Binding, of role: String, _ places: inout StaggeredPlaces) {
    guard let field = types.field(binding.name, role: role) else { return }
    let own = places.place(of: field), found = places.place(of: binding.value)
    let isOfParticles = types.law.role(role)?.kind == .particles
    guard own != found, found != .anywhere, !isOfParticles, own != .anywhere || found != .sites else { return }
    // A difference of sites is no vector of edges where no staggered field receives it.
    guard field.isStaggered || binding.value.names.contains(where: { isStaggered($0, role) }) else { return }
    problems.add(
      binding.value.diagnostic(
        "\(binding.value.written) sits at \(found.rawValue), \(binding.name) at \(field.isStaggered ? own.rawValue : "sites")",
        hint: field.isStaggered ? StaggeredPlaces.curlHint : "declare it: \(binding.name): \(found.rawValue) DIMENSION"))
  }

  private func isStaggered(_ name: String, _ role: String) -> Bool { types.field(name, role: role)?.isStaggered ?? false }

  /// Conditions are asked of sites, not of their edges and faces.
  private mutating func check(_ conditions: [Expression?], _ places: inout StaggeredPlaces) {
    for condition in conditions.compactMap({ $0 }) {
      let found = places.place(of: condition)
      guard found == .edges || found == .faces else { continue }
      problems.add(
        condition.diagnostic(
          "\(condition.written) holds at \(found.rawValue), a condition is asked of sites",
          hint: "choose for each component: if(\(condition.written), …)"))
    }
  }

  // MARK: Ways of particles

  /// What particles sweep, the edges of a lattice receive.
  mutating func checkSwept(_ name: String, _ pass: Interact) {
    let particles = pass.givers.compactMap { law.role($0) }.filter { $0.kind == .particles }
    let fields = particles.compactMap { types.field(name, role: $0.name) }
    guard let field = fields.first, field.shape == .vector, field.dimension == named("length") else {
      if pass.receivers.contains(where: { law.role($0)?.kind == .particles }) {
        report("swept: the edges of a lattice receive", hint: "say for: the lattice, from: the particles", at: pass.location)
      } else {
        report(
          "swept: \(name) is no field of the particles that holds a position", hint: "declare it: \(name): vector length",
          at: pass.location)
      }
      return
    }
    for binding in pass.sum + pass.add + pass.min + pass.max + pass.rate {
      for role in pass.receivers {
        guard let target = types.field(binding.name, role: role), target.shape != .edges else { continue }
        report(
          "\(binding.name) is no field of edges, which is where particles cross",
          hint: "declare it: \(binding.name): edges DIMENSION",
          at: binding.location, length: binding.name.count)
      }
    }
  }
}
