import Diagnostics
import Expressions

/// Finds where in a cell the components of an expression sit, and reports what mixes components of different places.
struct StaggeredPlaces {
  /// Where components sit: `anywhere` for what has no place, as numbers and what particles hold.
  enum Place: String {
    case anywhere, sites, edges, faces
  }

  /// Which neighbours a pass meets: those ahead, those behind, or others.
  enum Steps { case ahead, behind, others }

  let types: LawTypes
  let scope: Scope
  /// The role whose fields are known bare.
  let role: String
  /// The neighbours of a pass over sites.
  let steps: Steps?
  var problems = Diagnostics()
  private var open: Set<String> = []

  init(types: LawTypes, scope: Scope, role: String, steps: Steps? = nil) {
    self.types = types
    self.scope = scope
    self.role = role
    self.steps = steps
  }

  /// Where the components of a field sit.
  func place(of field: TypedField) -> Place {
    switch field.shape {
    case .edges: .edges
    case .faces: .faces
    // A position is that of the component itself.
    case .vector where types.law.role(field.role)?.kind == .lattice && field.name != "position": .sites
    default: .anywhere
    }
  }

  mutating func place(of term: Expression) -> Place {
    switch term.node {
    case .number, .hole: return .anywhere
    case .name(let name): return place(ofName: name)
    case .prefix(_, let operand): return place(of: operand)
    case .binary(_, let a, let b): return joined(place(of: a), place(of: b), at: term)
    case .index(let base, let indices): return place(ofIndexed: base, indices)
    case .member(let base, _):
      if isStaggered(place(of: base)) { refuse(term, base) }
      return .anywhere
    case .call(let callee, let arguments): return place(ofCall: callee, arguments, at: term)
    case .vector, .fixedSum: return term.terms.reduce(.anywhere) { joined($0, place(of: $1), at: term) }
    }
  }

  private func isStaggered(_ place: Place) -> Bool { place == .edges || place == .faces }

  private mutating func joined(_ a: Place, _ b: Place, at term: Expression) -> Place {
    if a == .anywhere || a == b { return b }
    if b == .anywhere { return a }
    // Vectors of sites mix with one another alone.
    report(term, "\(term.written): \(a.rawValue) and \(b.rawValue) lie in different places", hint: Self.curlHint)
    return .anywhere
  }

  // MARK: Names

  private mutating func place(ofName name: String) -> Place {
    if let binding = scope.lets[name] { return place(ofLet: binding) }
    if name == "w", scope.isSwept { return .edges }
    // A difference along an edge lies in its middle.
    if name == "d", let steps { return steps == .ahead ? .edges : .sites }
    if let field = types.field(name, role: role), scope.ends.isEmpty { return place(of: field) }
    return types.law.lets.first { $0.name == name }.map { place(ofLet: $0) } ?? .anywhere
  }

  private mutating func place(ofLet binding: Binding) -> Place {
    guard open.insert(binding.name).inserted else { return .anywhere }
    defer { open.remove(binding.name) }
    return place(of: binding.value)
  }

  private mutating func place(ofIndexed base: Expression, _ indices: [Expression]) -> Place {
    guard case .name(let name) = base.node, case .name(let end)? = indices.first?.node, let owner = scope.ends[end],
      let field = types.field(name, role: owner.role)
    else { return place(of: base) }
    return place(of: field)
  }

  // MARK: Functions

  private static let byComponent: Set<String> = ["if", "abs", "sign", "sqrt", "exp", "log", "min", "max", "clamp"]

  private mutating func place(ofCall callee: Expression, _ arguments: [Expression], at term: Expression) -> Place {
    guard case .name(let name) = callee.node else { return .anywhere }
    if let difference = difference(name, arguments), let steps, isStaggered(difference.place) {
      return name == "cross" ? curl(difference, steps, at: term) : divergence(difference, steps, at: term)
    }
    if Self.byComponent.contains(name) { return arguments.reduce(.anywhere) { joined($0, place(of: $1), at: term) } }
    for argument in arguments where isStaggered(place(of: argument)) {
      refuse(term, argument)
      break
    }
    return .anywhere
  }

  /// The staggered field x in `cross(d, x[i] - x[j])` or `dot(d, x[i] - x[j])`, and where it sits.
  private mutating func difference(_ function: String, _ arguments: [Expression]) -> (name: String, place: Place)? {
    guard function == "cross" || function == "dot", arguments.count == 2, arguments[0].node == .name("d"),
      case .binary(.subtract, let a, let b) = arguments[1].node, case .index(let x, _) = a.node, case .index(let y, _) = b.node,
      case .name(let name) = x.node, x == y
    else { return nil }
    return (name, place(of: a))
  }

  /// The forward curl leads from edges to faces, the backward curl from faces to edges.
  private mutating func curl(_ field: (name: String, place: Place), _ steps: Steps, at term: Expression) -> Place {
    if types.space < 3 {
      report(term, "\(term.written): a curl of \(field.place.rawValue) is for 3 dimensions", hint: "a box of two cells along z")
    } else if steps != (field.place == .edges ? .ahead : .behind) {
      let right = field.place == .edges ? "axes" : "-axes"
      report(
        term, "\(term.written): \(field.name) sits at \(field.place.rawValue), whose curl is over other neighbours",
        hint: "neighbours: \(right)")
    }
    return field.place == .edges ? .faces : .edges
  }

  /// What flows out of a site along its edges; of faces, out of the corner beyond the site.
  private mutating func divergence(_ field: (name: String, place: Place), _ steps: Steps, at term: Expression) -> Place {
    if steps != (field.place == .edges ? .behind : .ahead) {
      let right = field.place == .edges ? "-axes" : "axes"
      report(
        term, "\(term.written): \(field.name) sits at \(field.place.rawValue), whose divergence is over other neighbours",
        hint: "neighbours: \(right)")
    }
    return .anywhere
  }

  // MARK: Messages

  static let curlHint = "between edges and faces leads cross(d, x[i] - x[j])/dx^2 over neighbours"

  private mutating func refuse(_ term: Expression, _ part: Expression) {
    let name = staggeredName(in: part)
    report(
      term, "\(term.written): components of \(name) sit in different places",
      hint: "they can be added, scaled, or be in cross(d, \(name)[i] - \(name)[j])/dx^2")
  }

  private mutating func staggeredName(in part: Expression) -> String {
    switch part.node {
    case .name(let name): name
    case .index(let base, _): staggeredName(in: base)
    default: part.terms.first { isStaggered(place(of: $0)) }.map { staggeredName(in: $0) } ?? part.written
    }
  }

  private mutating func report(_ term: Expression, _ message: String, hint: String) {
    problems.add(term.diagnostic(message, hint: hint))
  }
}
