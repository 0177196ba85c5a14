import Diagnostics
import Expressions

// Brackets after a name hold an end of a pair, or the number of an element.
extension ExpressionChecker {
  mutating func index(_ base: Expression, _ inner: [Expression], at term: Expression) -> ValueType {
    if case .name(let name) = base.node, let found = ofEnd(name, inner, at: term) { return found }
    let found = type(base)
    if found.kind == .open {
      for part in inner where !isEnd(part) { _ = type(part) }
      return .open
    }
    guard case .array(let count, let element) = found.kind, inner.count == 1 else {
      return wrong(
        term, "\(term.written): \(base.written) is \(found.kind.name) and has no elements",
        hint: found.kind == .vector ? "components are .x .y .z" : "")
    }
    checkIndex(inner[0], of: base, count: count)
    return ValueType(element, found.dimension)
  }

  private func isEnd(_ term: Expression) -> Bool {
    if case .name(let name) = term.node { return scope.ends[name] != nil }
    return false
  }

  private mutating func checkIndex(_ index: Expression, of base: Expression, count: Int?) {
    let found = type(index)
    if !found.kind.isWhole {
      _ = wrong(index, "\(index.written) is \(found.kind == .scalar ? "a fraction" : found.kind.name), an index is an integer")
    }
    guard let count else { return }
    if let value = index.constantNumber, value < 0 || value >= Double(count) {
      _ = wrong(index, "\(base.written)[\(index.written)]: \(base.written) has \(count) rows, 0 to \(count - 1)")
    }
    if case .name(let name) = index.node, case .some(.some(let size)) = indices[name], size != count {
      _ = wrong(index, "\(base.written)[\(name)]: \(base.written) has \(count) elements, \(name) runs over \(size)")
    }
  }

  /// `x[i]`, `x[ROLE]`, `d[i,j]`; nil if the brackets hold no ends.
  private mutating func ofEnd(_ name: String, _ inner: [Expression], at term: Expression) -> ValueType? {
    let words = inner.map { if case .name(let word) = $0.node { word } else { "" } }
    if inner.count == 2, name == "d" || name == "r" { return separation(name, words, at: term) }
    guard inner.count == 1, !words[0].isEmpty, !indices.keys.contains(words[0]) else { return nil }
    guard let end = scope.ends[words[0]] else {
      if ["i", "j", "k", "l"].contains(words[0]) || types.roleNames.contains(words[0]) { return noEnd(words[0], at: term) }
      return nil
    }
    if !scope.readsMembers { return wrong(term, "\(term.written) of which pair? sum(\(term.written)), mean(\(term.written)), …") }
    if scope.lets[name] != nil {
      return wrong(term, "\(name) is an abbreviation, the same for both ends", hint: "write it with [i] and [j] inside")
    }
    if let field = end.isAnySpecies ? types.knownField(name) : types.field(name, role: end.role) {
      return read(field, role: end.role, end: end.letter)
    }
    if let parameter = types.parameter(name), !parameter.parameter.isFunction {
      return typeOfOwned(parameter, end: end.letter, at: term) {
        ValueType(ValueType.Kind($0.parameter.shape, space: $1), $0.dimension)
      }
    }
    return unknownField(name, of: end, at: term)
  }

  private mutating func noEnd(_ word: String, at term: Expression) -> ValueType {
    let known = Set(scope.ends.values.map(\.letter)).sorted()
    if known.isEmpty { return wrong(term, "\(term.written): there are no pairs in \(scope.place.name)", hint: "drop [\(word)]") }
    return wrong(term, "\(word) is no end of this pass", hint: "its ends are \(scope.ends.keys.sorted().joined(separator: ", "))")
  }

  private mutating func unknownField(_ name: String, of end: Scope.End, at term: Expression) -> ValueType {
    if end.isAnySpecies {
      return wrong(
        term, "\(name)[\(end.letter)]: the ends may be of any species, which need not have \(name)",
        hint: "name the role that the links join: links[ROLE, ROLE]")
    }
    let whose = end.role.isEmpty ? "particles" : end.role
    let near = nearestNames(to: name, among: types.fields(of: end.role).map(\.name))
    let hint = near.isEmpty ? "declare it: fields: {\(name): DIMENSION}" : "did you mean \(near.joined(separator: " or "))?"
    return wrong(term, "\(name) is no field of \(whose)", hint: hint)
  }

  /// `d[a,b]`, from b to a, and its length.
  private mutating func separation(_ name: String, _ words: [String], at term: Expression) -> ValueType {
    guard let a = scope.ends[words[0]], let b = scope.ends[words[1]] else {
      return wrong(term, "\(term.written): ends are \(scope.ends.keys.sorted().joined(separator: ", "))")
    }
    if a.letter == b.letter { return wrong(term, "\(term.written) is zero") }
    for end in [a, b] { reads.insert(Access(role: end.role, name: "position", end: end.letter)) }
    return name == "d" ? .vector(Dimension(length: 1)) : .scalar(Dimension(length: 1))
  }
}

extension Constant.Value {
  /// What the constant is: a row of D numbers is a vector.
  func kind(space: Int) -> ValueType.Kind {
    switch self {
    case .number(let value): return value == value.rounded() ? .integer : .scalar
    case .list(let items):
      let numbers = items.compactMap { if case .number(let value) = $0 { value } else { nil } }
      if numbers.count == items.count {
        return .array(items.count, numbers.allSatisfy { $0 == $0.rounded() } ? .integer : .scalar)
      }
      guard let rows = vectorRows(space: space) else { return .array(items.count, items[0].kind(space: space)) }
      return .array(rows.count, .vector)
    }
  }

  /// The rows, if each is a list of D numbers.
  public func vectorRows(space: Int) -> [[Double]]? {
    guard case .list(let items) = self else { return nil }
    let rows = items.compactMap { item -> [Double]? in
      guard case .list(let row) = item else { return nil }
      let numbers = row.compactMap { if case .number(let value) = $0 { value } else { nil } }
      return numbers.count == space && row.count == space ? numbers : nil
    }
    return rows.count == items.count ? rows : nil
  }
}
