import Diagnostics
import Expressions

// Search order: let of the pass, link or own field, memory, let of the law, parameters and constants, world, known names.
extension ExpressionChecker {
  mutating func typeOfName(_ name: String, at term: Expression) -> ValueType {
    if indices.keys.contains(name) { return .integer }
    if let local = scope.locals[name] { return local }
    if let binding = scope.lets[name] { return typeOfLet(binding) }
    if scope.readsMembers, let member = scope.member, let field = types.field(name, role: member) {
      return read(field, role: member, end: "")
    }
    if let field = types.memory(name), scope.isPair || scope.place == .declaration {
      reads.insert(Access(role: "memory", name: name, end: ""))
      return field.type(space: space)
    }
    if let binding = types.law.lets.first(where: { $0.name == name }) { return typeOfLet(binding) }
    if let parameter = types.parameter(name) { return typeOfParameter(parameter, at: term) }
    if let constant = types.law.constant(name) { return ValueType(constant.value.kind(space: space)) }
    if let total = types.totals[name] {
      reads.insert(Access(role: "world", name: name, end: ""))
      return total
    }
    if let field = types.field(name, role: "world") { return read(field, role: "world", end: "") }
    return typeOfKnownName(name, at: term)
  }

  mutating func read(_ field: TypedField, role: String, end: String) -> ValueType {
    reads.insert(Access(role: role, name: field.name, end: end))
    return field.type(space: space)
  }

  /// An abbreviation is looked at once in each place; one that needs itself is a mistake.
  private mutating func typeOfLet(_ binding: Binding) -> ValueType {
    if let known = letTypes[binding.name] {
      if let known { return known }
      let place = binding.value.diagnostic("\(binding.name) needs itself: abbreviations cannot go in circles")
      problems.add(place)
      return .open
    }
    letTypes[binding.name] = .some(nil)
    var found: ValueType
    if let index = binding.index {
      found = elements(binding, index)
    } else {
      found = type(binding.value)
    }
    // What is open in one place of a circle was reported there.
    letTypes[binding.name] = found
    return found
  }

  /// `"name[q]": …` is an array of as many elements as what it is made from.
  private mutating func elements(_ binding: Binding, _ index: String) -> ValueType {
    let outer = indices[index]
    indices[index] = .some(nil)
    let count = elementCount(of: binding.value, index)
    indices[index] = .some(count)
    let element = type(binding.value)
    indices[index] = outer
    return ValueType(.array(count, element.kind), element.dimension)
  }

  /// The number of elements of the first array that is indexed by exactly this name, else by something with it.
  mutating func elementCount(of term: Expression, _ index: String) -> Int? {
    if case .index(let base, let inner) = term.node, inner.count == 1, inner[0].contains(where: { $0.node == .name(index) }) {
      if case .array(let count?, _) = type(base).kind { return count }
    }
    for part in term.terms {
      if let count = elementCount(of: part, index) { return count }
    }
    return nil
  }

  private mutating func typeOfParameter(_ typed: TypedParameter, at term: Expression) -> ValueType {
    let parameter = typed.parameter
    if parameter.isFunction {
      return wrong(
        term, "\(parameter.name) is a function",
        hint: "call it: \(parameter.name)(\(parameter.argumentNames.joined(separator: ", ")))")
    }
    if !parameter.choices.isEmpty {
      return wrong(term, "\(parameter.name) is a word", hint: "compare it: \(parameter.name) == \(parameter.choices[0])")
    }
    return typeOfOwned(typed, end: nil, at: term) { ValueType(ValueType.Kind($0.parameter.shape, space: $1), $0.dimension) }
  }

  /// Checks that a parameter of a species or pair is read where its owner is clear.
  mutating func typeOfOwned(
    _ typed: TypedParameter, end: String?, at term: Expression, then type: (TypedParameter, Int) -> ValueType
  ) -> ValueType {
    let name = typed.parameter.name
    switch typed.parameter.per {
    case .species where scope.isPair && end == nil:
      return wrong(term, "\(name) is per species: \(whose(name))")
    case .pair where end != nil: return wrong(term, "\(name) is per pair: write \(name)")
    case .pair where !scope.isPair && scope.place != .declaration:
      return wrong(term, "\(name) is per pair, and there is no pair in \(scope.place.name)")
    case nil where end != nil: return wrong(term, "\(name) is the same for all: write \(name)")
    default: return type(typed, space)
    }
  }

  /// `density[i] or density[j]`, with the ends that are known here.
  private func whose(_ name: String) -> String {
    let letters = Set(scope.ends.values.map(\.letter)).sorted()
    return letters.map { "\(name)[\($0)]" }.joined(separator: " or ")
  }

  private mutating func typeOfKnownName(_ name: String, at term: Expression) -> ValueType {
    guard let known = KnownNames.table[name] else { return unknown(name, at: term) }
    guard let type = known.type else { return wrong(term, "\(name) is \(known.meaning), and stands in brackets: x[\(name)]") }
    if name == "dx", !types.law.roles.contains(where: { $0.kind == .lattice }) {
      return wrong(term, "dx is the side of a lattice's cell, and the law has no lattice")
    }
    if scope.place == .longLinks, ["d", "r", "n", "u"].contains(name) {
      return wrong(
        term, "\(name) of which two ends?", hint: name == "d" || name == "r" ? "\(name)[i,j] is from j to i" : "make it of d[i,j]"
      )
    }
    if name == "q", scope.place != .neighbours {
      return wrong(term, "q is \(known.meaning)", hint: "name[q] on the left means every element")
    }
    if !known.places.isEmpty, !known.places.contains(scope.place), !(scope.place == .waves && known.places.contains(.propagate)),
      !(scope.place == .measure && scope.isPair && known.places == Scope.Place.pairs)
    {
      let places = known.places == Scope.Place.pairs ? "a pass over pairs" : joined(known.places)
      return wrong(term, "\(name) is known in \(places), not in \(scope.place.name)", hint: "\(name) is \(known.meaning)")
    }
    if scope.isSwept, ["d", "r", "n", "dw"].contains(name) {
      return wrong(term, "\(name) is not known in a pass with swept: a way has no one place", hint: "w is what crosses the edges")
    }
    if !scope.readsMembers, scope.isPair, Scope.Place.pairs == known.places {
      return wrong(term, "\(name) of which pair? sum(\(name)), mean(\(name)), min(\(name)) or max(\(name))")
    }
    if scope.isPair { readPair(name) }
    if name == "w", scope.isSwept { return ValueType(.vector, OpenDimension(Dimension(length: 1))) }
    return type(space)
  }

  /// Separations need the positions of both ends, relative velocities their velocities.
  private mutating func readPair(_ name: String) {
    let field = ["d": "position", "r": "position", "n": "position", "w": "position", "dw": "position", "u": "velocity"][name]
    guard let field else { return }
    for end in scope.ends.values { reads.insert(Access(role: end.role, name: field, end: end.letter)) }
  }

  private func joined(_ places: [Scope.Place]) -> String {
    guard places.allSatisfy({ Scope.Place.pairs.contains($0) }) else { return places.map(\.name).joined(separator: " or ") }
    return "a pass with " + places.map(\.rawValue).joined(separator: " or ")
  }

  private mutating func unknown(_ name: String, at term: Expression) -> ValueType {
    if Functions.arities[name] != nil { return wrong(term, "\(name) is a function", hint: "call it: \(name)(…)") }
    let letters = Set(
      scope.ends.values.filter { $0.isAnySpecies ? types.knownField(name) != nil : types.field(name, role: $0.role) != nil }.map(
        \.letter))
    if !letters.isEmpty {
      return wrong(term, "\(name) of whom? " + letters.sorted().map { "\(name)[\($0)]" }.joined(separator: " or "))
    }
    if !scope.readsMembers, let member = scope.member, types.field(name, role: member) != nil {
      return wrong(term, "\(name) of whom? sum(\(name)), mean(\(name)), min(\(name)) or max(\(name))")
    }
    if types.law.measuredNames.contains(name) {
      return wrong(term, "\(name) is read before any pass measures it", hint: "move the measure before it")
    }
    return wrong(term, "\(name) is not known here", hint: suggestionFor(name))
  }

  private func suggestionFor(_ name: String) -> String {
    let near = nearestNames(to: name, among: Set(namesKnownHere))
    return near.isEmpty ? "" : "did you mean \(near.joined(separator: " or "))?"
  }

  private var namesKnownHere: [String] {
    let law = types.law
    let declared = law.parameters.map(\.name) + law.constants.map(\.name) + law.lets.map(\.name) + law.memory.map(\.name)
    let fields = (scope.member.map { types.fields(of: $0).map(\.name) } ?? []) + types.fields(of: "world").map(\.name)
    let known = KnownNames.table.filter { $0.value.places.isEmpty || $0.value.places.contains(scope.place) }.map(\.key)
    return declared + fields + known + Array(scope.locals.keys) + Array(scope.lets.keys) + Array(types.totals.keys)
  }
}
