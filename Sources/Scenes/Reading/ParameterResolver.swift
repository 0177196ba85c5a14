import Diagnostics
import Expressions
import Laws

/// Finds the value of every parameter of a law, for each species or pair: given, mixed, or following from others.
struct ParameterResolver {
  typealias Quantity = Formula.Quantity

  var reader: SceneReader
  let law: Law
  /// The law's entry in the scene, defaults included.
  let tree: Tree
  let species: [String]
  let at: Tree.Pair
  private var known: [String: [Quantity]] = [:]
  private var visiting: [String] = []

  init(reader: SceneReader, law: Law, tree: Tree, species: [String], at: Tree.Pair) {
    self.reader = reader
    self.law = law
    self.tree = tree
    self.species = species
    self.at = at
  }

  /// The values of a parameter; nothing, with a message, where they are missing or wrong.
  mutating func setting(_ parameter: ParameterForm) -> ParameterSetting? {
    let dimension = dimension(of: parameter)
    func setting(_ values: [ParameterSetting.Value]) -> ParameterSetting {
      ParameterSetting(
        name: parameter.name, shape: parameter.shape, dimension: dimension ?? .one, per: parameter.per, values: values)
    }
    guard let given = tree[parameter.name] else {
      reportMissing(parameter)
      return nil
    }
    if !parameter.choices.isEmpty {
      return reader.word(given, parameter.choices, key: parameter.name).map { setting([.word($0)]) }
    }
    if parameter.isFunction { return functions(parameter, given).map { setting($0.map { .function($0) }) } }
    guard let values = numbers(parameter) else { return nil }
    var result = setting(values.map { .numbers($0.numbers) })
    if dimension == nil { result.dimension = values.first?.dimension ?? .one }
    return result
  }

  /// The radius from which a pair energy is switched off: a length, or an expression of the law's parameters.
  mutating func smoothing(_ given: Tree) -> ParameterSetting? {
    let radius = ParameterForm(name: "smooth", dimensionText: "length", per: .pair)
    return values(radius, given).map {
      ParameterSetting(
        name: "smooth", shape: .scalar, dimension: Dimension(length: 1), per: .pair, values: $0.map { .numbers($0.numbers) })
    }
  }

  /// Values of a parameter that is a number or vector, one for each species or pair.
  mutating func numbers(_ parameter: ParameterForm) -> [Quantity]? {
    if let known = known[parameter.name] { return known }
    guard let given = tree[parameter.name] else {
      reportMissing(parameter)
      return nil
    }
    visiting.append(parameter.name)
    defer { visiting.removeLast() }
    guard let values = values(parameter, given) else { return nil }
    known[parameter.name] = values
    return values
  }

  private func count(_ per: Parameter.Per?) -> Int {
    switch per {
    case .none: 1
    case .species: species.count
    case .pair: species.count * species.count
    }
  }

  private mutating func values(_ parameter: ParameterForm, _ given: Tree) -> [Quantity]? {
    guard parameter.per != nil, given.pairs != nil else {
      let all = (0..<count(parameter.per)).compactMap { value(parameter, given, place: $0) }
      return all.count == count(parameter.per) ? all : nil
    }
    guard let trees = distributed(parameter, given) else { return nil }
    var values = [Quantity?](repeating: nil, count: trees.count)
    for (place, tree) in trees.enumerated() {
      guard let tree else { continue }
      guard let value = value(parameter, tree, place: place) else { return nil }
      values[place] = value
    }
    return mixed(parameter, values, at: given)
  }

  /// What a map says for each species or pair; pairs that it leaves out stay empty.
  mutating func distributed(_ parameter: ParameterForm, _ given: Tree) -> [Tree?]? {
    var result = [Tree?](repeating: nil, count: count(parameter.per))
    var isRight = true
    for pair in given.pairs ?? [] {
      let names = pair.key.split(separator: " ").map(String.init)
      let indices = names.compactMap { species.firstIndex(of: $0) }
      guard indices.count == names.count, (1...(parameter.per == .pair ? 2 : 1)).contains(names.count) else {
        let stranger = names.first { !species.contains($0) }
        reader.report.error(
          stranger.map { "\(parameter.name): \($0) is no species that \(at.key) acts on" }
            ?? "\(parameter.name): \(pair.key) is no \(parameter.per?.rawValue ?? "species")",
          hint: stranger.map { suggestion(for: $0, among: species) } ?? "", at: pair)
        isRight = false
        continue
      }
      let first = indices[0], second = indices[indices.count - 1]
      if parameter.per == .pair {
        result[first * species.count + second] = pair.value
        result[second * species.count + first] = pair.value
      } else {
        result[first] = pair.value
      }
    }
    return isRight ? result : nil
  }

  private mutating func mixed(_ parameter: ParameterForm, _ values: [Quantity?], at given: Tree) -> [Quantity]? {
    var result = [Quantity]()
    for (place, value) in values.enumerated() {
      if let value {
        result.append(value)
        continue
      }
      let i = place / max(1, species.count), j = place % max(1, species.count)
      let isPair = parameter.per == .pair
      guard isPair, let mix = parameter.mix, let a = values[i * species.count + i], let b = values[j * species.count + j] else {
        let who = isPair ? (i == j ? species[i] : "pair (\(species[i]), \(species[j]))") : species[place]
        reader.report.error(
          "\(parameter.name): no value for \(who)\(isPair && i != j && parameter.mix == nil ? " and no mix" : "")",
          at: given.location)
        return nil
      }
      do {
        result.append(try mix.value(a, b, space: reader.space))
      } catch {
        reader.report.add(error)
        return nil
      }
    }
    return result
  }

  mutating func value(_ parameter: ParameterForm, _ given: Tree, place: Int) -> Quantity? {
    let isList = parameter.shape != .scalar && parameter.shape != .integer && parameter.shape != .boolean
    if isList, given.scalar == nil || reader.items(given) != nil { return components(parameter, given) }
    if parameter.shape == .boolean { return reader.flag(given, key: parameter.name).map { Quantity($0 ? 1 : 0, .one) } }
    guard let text = given.scalar, !given.isEmptyScalar else {
      reader.report.error(
        "\(parameter.name): expected \(parameter.wanted), found \(given.kindName)", hint: example(of: parameter), at: given)
      return nil
    }
    let count = parameter.shape.components(space: reader.space)
    // 0 is the zero of every shape.
    if isList, Double(text) == 0 { return Quantity(Array(repeating: 0, count: count)) }
    if reader.isQuantity(text) { return isList ? components(parameter, given) : quantity(parameter, given) }
    guard let formula = reader.expression(given), let value = evaluate(formula, place: place, parameter) else { return nil }
    guard value.numbers.count == count, value.numbers.allSatisfy(\.isFinite) else {
      reader.report.error(
        "\(parameter.name): \(text) gives no \(count == 1 ? "finite number" : "\(count) finite numbers")", at: given)
      return nil
    }
    if let wanted = dimension(of: parameter), !reader.units.isReduced, let found = value.dimension, found != wanted {
      reader.report.error(
        "\(parameter.name): expected \(parameter.wanted), found \(found.described(space: reader.space))",
        hint: example(of: parameter), at: given)
      return nil
    }
    return value
  }

  private mutating func quantity(_ parameter: ParameterForm, _ given: Tree) -> Quantity? {
    guard let dimension = dimension(of: parameter) else {
      return reader.value(given, key: parameter.name).map { Quantity($0.number, $0.dimension) }
    }
    let example = dimension.example(in: reader.space)
    let found = reader.quantity(given, [dimension], wanted: parameter.wanted, example: example, key: parameter.name)
    guard let found else { return nil }
    if parameter.shape == .integer, found.number != found.number.rounded() {
      reader.report.error("\(parameter.name): expected a whole number", at: given)
      return nil
    }
    return Quantity(found.number, reader.units.isReduced ? nil : dimension)
  }

  private mutating func components(_ parameter: ParameterForm, _ given: Tree) -> Quantity? {
    let count = parameter.shape.components(space: reader.space)
    guard let items = reader.items(given), items.count == count else {
      reader.report.error("\(parameter.name): expected a list of \(count) numbers, found \(given.kindName)", at: given)
      return nil
    }
    var scalar = parameter
    scalar.shape = .scalar
    let parts = items.compactMap { quantity(scalar, $0) }
    return parts.count == count ? Quantity(parts.flatMap(\.numbers), parts.first?.dimension) : nil
  }

  private mutating func evaluate(_ formula: Expression, place: Int, _ parameter: ParameterForm) -> Quantity? {
    var names: [String: CompiledFormula.Name] = [:]
    for name in formula.names {
      guard let other = law.parameters.first(where: { $0.name == name }), !other.isFunction else { continue }
      if visiting.contains(name) {
        reader.report.add(formula.diagnostic("\(name) depends on itself: \((visiting + [name]).joined(separator: ", "))"))
        return nil
      }
      guard let found = numbers(ParameterForm(other)) else { return nil }
      let isSame = other.per == parameter.per || other.per == nil
      guard isSame, let value = found.indices.contains(other.per == nil ? 0 : place) ? found[other.per == nil ? 0 : place] : nil
      else {
        reader.report.add(formula.diagnostic("\(name) has a value per \(other.per?.rawValue ?? ""), \(parameter.name) has not"))
        return nil
      }
      names[name] = CompiledFormula.Name(other.shape, value.dimension, space: reader.space, numbers: value.numbers)
    }
    do {
      let compiled = try CompiledFormula(formula, knowing: names, space: reader.space, isReduced: reader.units.isReduced)
      return Quantity(compiled.numbers(), compiled.dimension)
    } catch {
      reader.report.add(error)
      return nil
    }
  }
}
