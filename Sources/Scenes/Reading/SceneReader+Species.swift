import Diagnostics
import Expressions
import Laws
import World

/// Species, and how each starts.
extension SceneReader {
  mutating func species(in tree: Tree, box: Box, laws: [LawUse]) -> [Species] {
    guard let species = tree["species"], let pairs = species.pairs else { return [] }
    if pairs.isEmpty { report.error("species: a scene needs at least one", hint: "species: {argon: {fill: …}}", at: species) }
    let all = pairs.map { one($0, box: box, laws: laws) }
    checkReplacements(all, pairs)
    checkChains(all, pairs)
    return all
  }

  private mutating func one(_ pair: Tree.Pair, box: Box, laws: [LawUse]) -> Species {
    let tree = pair.value
    let kind = kind(of: pair, box: box, laws: laws)
    let fields = tree["fields"]?.pairs?.compactMap { field($0, of: pair.key, laws: laws) } ?? []
    let place = tree["fill"].flatMap { fill($0, of: pair, box: box) }
    if tree["velocities"] != nil, let given = tree["fields"]?.pairs?.first(where: { $0.key == "velocity" }) {
      report.error("velocity: the species has velocities already; give one of them", at: given)
    }
    let velocities = tree["velocities"].flatMap { self.velocities($0, mass: fields.contains { $0.name == "mass" }) }
    return Species(
      name: pair.key, kind: kind, chain: tree["chain"].flatMap { chain($0) }, fields: fields, fill: place, velocities: velocities)
  }

  private mutating func kind(of pair: Tree.Pair, box: Box, laws: [LawUse]) -> Species.Kind {
    let tree = pair.value, name = tree["kind"]?.scalar ?? "particles"
    for key in ["fill", "velocities"] where name != "particles" {
      if let given = tree.pairs?.first(where: { $0.key == key }) { report.error("\(key) is for particles", at: given) }
    }
    if name != "lattice", let given = tree.pairs?.first(where: { $0.key == "spacing" }) {
      report.error("spacing is for a lattice", hint: "kind: lattice", at: given)
    }
    if name != "links", let given = tree.pairs?.first(where: { $0.key == "ends" }) {
      report.error("ends are those of links", hint: "kind: links", at: given)
    }
    if name != "links", let given = tree.pairs?.first(where: { $0.key == "chain" }) {
      report.error("a chain is made of links", hint: "kind: links", at: given)
    }
    switch name {
    case "lattice":
      guard let given = tree["spacing"] else {
        report.error("\(pair.key): a lattice wants the side of its cells", hint: "spacing: 1 mm", at: pair)
        return .particles
      }
      guard let spacing = quantity(given, [.length], .positive, key: "spacing") else { return .particles }
      guard let grid = Grid(filling: box, spacing: spacing) else {
        report.error("spacing: every side of the box must be a whole number of cells", at: given)
        return .particles
      }
      return .lattice(grid)
    case "links": return links(pair, laws: laws)
    default: return .particles
    }
  }

  private mutating func chain(_ tree: Tree) -> Chain? {
    guard let name = tree["of"]?.scalar, let length = tree["length"].flatMap({ integer($0, 2...Int(Int32.max), key: "length") })
    else { return nil }
    let apart = tree["apart"].flatMap { integer($0, SceneKeys.positive, key: "apart") } ?? 1
    return Chain(species: name, length: length, apart: apart)
  }

  /// Chains are of particles that the scene has.
  private mutating func checkChains(_ all: [Species], _ pairs: [Tree.Pair]) {
    for (species, pair) in zip(all, pairs) {
      guard let chain = species.chain, let at = pair.value["chain"]?["of"] else { continue }
      let names = all.filter { $0.kind == .particles }.map(\.name)
      if !names.contains(chain.species) {
        report.error(
          "chain: there are no particles \(chain.species)", hint: suggestion(for: chain.species, among: names), at: at)
      }
    }
  }

  private mutating func links(_ pair: Tree.Pair, laws: [LawUse]) -> Species.Kind {
    let arity = laws.lazy.compactMap { $0.arity(of: pair.key) }.first
    let given = pair.value["ends"]?.list ?? []
    let ends = given.map { row in row.list?.compactMap { $0.scalar.flatMap { Int64($0) } } ?? [] }
    let width = arity ?? ends.first?.count ?? 2
    for (row, tree) in zip(ends, given) where row.count != width || Set(row).count != width {
      report.error("ends: a link of \(pair.key) joins \(width) different particles", at: tree)
    }
    return .links(arity: width, ends: ends)
  }

  private mutating func checkReplacements(_ all: [Species], _ pairs: [Tree.Pair]) {
    for (species, pair) in zip(all, pairs) {
      guard case .replace(let name, _)? = species.fill, let at = pair.value["fill"]?["replace"] else { continue }
      let source = all.first { $0.name == name }
      if case .replace? = source?.fill {
        report.error("replace: \(name) is made by replacement itself", at: at)
      } else if source?.fill == nil || name == species.name {
        report.error(
          "replace: there is no other species \(name) that is filled", hint: suggestion(for: name, among: all.map(\.name)), at: at
        )
      }
    }
  }

  private mutating func velocities(_ tree: Tree, mass hasMass: Bool) -> Velocities? {
    guard let given = tree["temperature"] else { return nil }
    guard let number = quantity(given, [.temperature, .energy], .notNegative, key: "temperature") else { return nil }
    let isTemperature = (try? Units.parse(given.sourceText))?.dimension == Dimension(temperature: 1)
    let boltzmann = 1.380649e-23 / units.scale(of: Dimension(length: 2, mass: 1, time: -2, temperature: -1))
    let drift = tree["drift"].map { vector($0, [.velocity], key: "drift") } ?? Array(repeating: 0, count: space)
    if number > 0, !hasMass {
      report.error("velocities: the species needs a mass", hint: "fields: {mass: 39.948 u}", at: tree.location)
    }
    return drift.map {
      Velocities(energy: isTemperature ? number * boltzmann : number, isExact: tree["momentum"]?.scalar != "free", drift: $0)
    }
  }

  private mutating func field(_ pair: Tree.Pair, of species: String, laws: [LawUse]) -> InitialField? {
    guard pair.hasName, let type = fieldType(pair, of: species, laws: laws) else { return nil }
    let count = type.shape.components(space: space), given = pair.value
    let numbers = items(given), allNumbers = numbers?.allSatisfy { $0.scalar.map(isQuantity) == true } ?? false
    // A quoted list of anything but numbers is a formula.
    if let list = numbers, allNumbers || given.list != nil {
      guard list.count == count else {
        report.error("\(pair.key): expected \(count) numbers, found \(list.count)", at: given)
        return nil
      }
      guard allNumbers else {
        report.error("\(pair.key): a list holds numbers", hint: "quote an expression: \"[1, 2*position.x]\"", at: given)
        return nil
      }
      let numbers = list.compactMap { number($0, type.dimension, key: pair.key) }
      return numbers.count == count
        ? InitialField(name: pair.key, shape: type.shape, dimension: type.dimension, value: .numbers(numbers)) : nil
    }
    if let text = given.scalar, isQuantity(text) || given.isEmptyScalar {
      guard let value = number(given, type.dimension, key: pair.key) else { return nil }
      guard count == 1 || value == 0 else {
        report.error("\(pair.key): expected a list of \(count) numbers", at: given)
        return nil
      }
      return InitialField(
        name: pair.key, shape: type.shape, dimension: type.dimension, value: .numbers(Array(repeating: value, count: count)))
    }
    guard let formula = formula(given, arguments: Formula.ofParticles, key: pair.key) else { return nil }
    return checked(formula, pair, type).map {
      InitialField(name: pair.key, shape: type.shape, dimension: type.dimension, value: .formula($0))
    }
  }

  private mutating func number(_ tree: Tree, _ dimension: Dimension, key: String) -> Double? {
    let wanted = dimension.isOne ? "a number" : dimension.described(space: space)
    let sign: Sign = ["mass", "radius"].contains(key) ? .positive : .any
    return quantity(tree, [dimension], wanted: wanted, example: dimension.example(in: space), sign, key: key)?.number
  }

  /// A formula: text, or a map of `formula` and the quantities that it names.
  mutating func formula(_ tree: Tree, arguments: [String], key: String) -> Formula? {
    guard tree["formula"] != nil || tree.pairs == nil else {
      report.error("\(key): a map wants a formula", hint: "{formula: k*r^2, k: 1.5 kJ/mol/nm^2}", at: tree.location)
      return nil
    }
    guard let parsed = expression(tree["formula"] ?? tree) else { return nil }
    var constants: [String: Formula.Quantity] = [:]
    for pair in tree["formula"] == nil ? [] : tree.pairs ?? [] where pair.key != "formula" {
      guard !arguments.contains(pair.key) else {
        report.error("\(pair.key) is an argument of the formula already", at: pair)
        continue
      }
      guard let value = value(pair.value, key: pair.key) else { continue }
      constants[pair.key] = Formula.Quantity(value.number, units.isReduced ? nil : value.dimension)
    }
    return Formula(expression: parsed, arguments: arguments, constants: constants)
  }

  /// The formula of a field, if its shape and dimension are right.
  private mutating func checked(
    _ formula: Formula, _ pair: Tree.Pair, _ type: (shape: Shape, dimension: Dimension)
  ) -> Formula? {
    do {
      let compiled = try formula.compiled(space: space, isReduced: units.isReduced)
      let isForEach = type.shape.isStaggered && compiled.count == 1
      guard isForEach || compiled.count == type.shape.components(space: space) else {
        report.error(
          "\(pair.key): the formula gives \(compiled.count) numbers, the field has \(type.shape.components(space: space))",
          at: pair.value)
        return nil
      }
      if !units.isReduced, let found = compiled.dimension, found != type.dimension {
        report.error(
          "\(pair.key): expected \(type.dimension.described(space: space)), found \(found.described(space: space))",
          hint: "name quantities beside the formula: {formula: v*position.y/box.y, v: 10 m/s}",
          at: pair.value["formula"] ?? pair.value)
        return nil
      }
      return formula
    } catch {
      report.add(error)
      return nil
    }
  }

  private mutating func fieldType(_ pair: Tree.Pair, of species: String, laws: [LawUse]) -> (shape: Shape, dimension: Dimension)?
  {
    if pair.key == "position" || pair.key == "id" || pair.key == "force" || pair.key == "torque" {
      let hint = pair.key == "position" ? "positions come from fill: {points: …}" : ""
      report.error("fields: \(pair.key) cannot be set", hint: hint, at: pair)
      return nil
    }
    let known = Law.knownFields(space: space)
    var names = known.map(\.name)
    for use in laws {
      for (role, players) in use.roles where players.contains(species) {
        if let type = use.law.fieldType(pair.key, role: role, space: space) { return type }
        names += use.law.fields.filter { $0.role == role }.map(\.name)
      }
    }
    if let type = known.first(where: { $0.name == pair.key }) { return (type.shape, type.dimension) }
    report.error(
      "\(species): no law has a field \(pair.key)",
      hint: suggestion(for: pair.key, among: Set(names).subtracting(["position", "id", "force", "torque"])), at: pair)
    return nil
  }
}
