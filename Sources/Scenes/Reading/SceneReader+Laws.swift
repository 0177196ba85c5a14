import Diagnostics
import Expressions
import Laws

/// The laws of a scene: who plays their roles, when they run, what their parameters are.
extension SceneReader {
  mutating func lawUses(in tree: Tree) -> [LawUse] {
    let species = (tree["species"]?.pairs ?? []).map { NamedSpecies(name: $0.key, kind: $0.value["kind"]?.scalar ?? "particles") }
    return (tree["laws"]?.pairs ?? []).compactMap { lawUse($0, species: species) }
  }

  /// The law of a name, or of a file beside the scene; if there is none, says which are near.
  mutating func law(named name: String, at tree: Tree) -> Law? {
    do throws(Diagnostics) {
      guard name.hasSuffix(".yaml") else { return try library.law(named: name) }
      return try Law.read(text: try text(of: name, at: tree), file: name)
    } catch {
      for var item in error.items {
        if item.location == nil { (item.location, item.length) = (tree.sourceText.start, name.count) }
        report.add(item)
      }
      return nil
    }
  }

  private func text(of path: String, at tree: Tree) throws(Diagnostics) -> String {
    do throws(Diagnostic) {
      return try access.text(of: path, at: tree.sourceText.start)
    } catch {
      throw Diagnostics([error])
    }
  }

  private mutating func lawUse(_ pair: Tree.Pair, species: [NamedSpecies]) -> LawUse? {
    let tree = pair.value, at = tree["law"] ?? tree
    guard tree.pairs != nil, let law = law(named: at.scalar ?? pair.key, at: at) else { return nil }
    if !law.dimensions.contains(space) {
      let list = law.dimensions.map { "\($0)" }.joined(separator: " or ")
      report.error("\(law.name) is for \(list) dimensions, the box has \(space)", at: pair)
    }
    checkKeys(of: pair, law)
    let roles = roles(of: law, pair, species: species)
    let bound = Set(roles.values.joined())
    let playing = species.map(\.name).filter { bound.contains($0) }
    var resolver = ParameterResolver(reader: self, law: law, tree: tree, species: playing, at: pair)
    let settings = law.parameters.compactMap { resolver.setting(ParameterForm($0)) }
    let smooth = tree["smooth"].flatMap { resolver.smoothing($0) }
    report = resolver.reader.report
    return LawUse(
      name: pair.key, law: law, roles: roles, species: playing, settings: settings,
      every: tree["every"].flatMap { integer($0, SceneKeys.positive, key: "every") } ?? 1, group: tree["group"]?.scalar,
      slot: tree["slot"]?.scalar, shift: tree["shift"]?.scalar, smooth: smooth,
      tail: tree["tail"].flatMap { flag($0, key: "tail") })
  }

  private mutating func checkKeys(of pair: Tree.Pair, _ law: Law) {
    let names = law.parameters.map(\.name), own = SceneKeys.law.keys.map(\.name)
    for given in pair.value.pairs ?? [] where !names.contains(given.key) && !own.contains(given.key) {
      report.error(
        "\(pair.key == law.name ? "" : "\(pair.key): ")\(law.name) has no parameter \(given.key)",
        hint: given.isTorn ? Self.tornHint : suggestion(for: given.key, among: names + own), at: given)
    }
    let hasPairEnergy = law.hasPairEnergy
    for key in ["shift", "smooth", "tail"] where !hasPairEnergy && !names.contains(key) {
      if let given = pair.value.pairs?.first(where: { $0.key == key }) {
        report.error("\(pair.key): \(key) is for laws with a pair energy within a range", at: given)
      }
    }
  }

  private mutating func roles(of law: Law, _ pair: Tree.Pair, species: [NamedSpecies]) -> [String: [String]] {
    let roles = law.roles.filter { $0.name != "world" }
    guard let binding = pair.value["for"] else {
      return Dictionary(uniqueKeysWithValues: roles.map { role in (role.name, standardSpecies(for: role, law, pair, species)) })
    }
    if let only = roles.first, roles.count == 1, binding.pairs == nil || binding.isEmptyScalar {
      return [only.name: names(binding, for: only, of: law, species: species)]
    }
    guard let pairs = binding.pairs else {
      let list = roles.map(\.name).joined(separator: ", ")
      report.error(
        "for: \(law.name) has the roles \(list); say the species of each", hint: "for: {ROLE: SPECIES, …}", at: binding)
      return [:]
    }
    for given in pairs where !roles.contains(where: { $0.name == given.key }) {
      report.error(
        "for: \(law.name) has no role \(given.key)", hint: suggestion(for: given.key, among: roles.map(\.name)), at: given)
    }
    return Dictionary(
      uniqueKeysWithValues: roles.map { role in
        (
          role.name,
          binding[role.name].map { names($0, for: role, of: law, species: species) }
            ?? standardSpecies(for: role, law, pair, species)
        )
      })
  }

  /// The species of the role's name; for the only role of a law every species of its kind.
  private mutating func standardSpecies(for role: Role, _ law: Law, _ pair: Tree.Pair, _ species: [NamedSpecies]) -> [String] {
    let fitting = species.filter { $0.kind == role.kindName }.map(\.name)
    let isOnly = law.roles.count { $0.name != "world" && $0.kindName == role.kindName } == 1
    if role.name.isEmpty { return fitting }
    if fitting.contains(role.name) { return [role.name] }
    if isOnly && !fitting.isEmpty { return fitting }
    let kind = role.kindName == "particles" ? "" : " of kind \(role.kindName)"
    report.error(
      "role \(role.name): the scene has no species \(role.name)\(kind)",
      hint: "bind it or say \(role.name): none, under for of \(pair.key)", at: pair)
    return []
  }

  private mutating func names(_ tree: Tree, for role: Role, of law: Law, species: [NamedSpecies]) -> [String] {
    if tree.scalar == "none" { return [] }
    var result = [String]()
    for item in tree.list ?? [tree] {
      guard let name = item.scalar, let found = species.first(where: { $0.name == name }) else {
        report.error(
          "for: there is no species \(item.scalar ?? item.kindName)",
          hint: suggestion(for: item.scalar ?? "", among: species.map(\.name)), at: item)
        continue
      }
      // What holds for each member alone holds for sites as for particles.
      let isFree = law.allItems.allSatisfy { if case .interact = $0 { false } else { true } } && found.kind != "links"
      if found.kind != role.kindName && !isFree {
        report.error("for: \(name) is of kind \(found.kind), the law wants \(role.kindName)", at: item)
      } else {
        result.append(name)
      }
    }
    return result
  }
}

/// A species as far as laws must know it before it is read.
struct NamedSpecies {
  var name: String
  var kind: String
}

extension Role {
  /// What a species that plays the role says under `kind`.
  fileprivate var kindName: String {
    switch kind {
    case .particles: "particles"
    case .lattice: "lattice"
    case .links: "links"
    }
  }
}

extension LawUse {
  /// Ends of the links of a species, if it plays a role of links.
  func arity(of species: String) -> Int? {
    law.roles.lazy.filter { roles[$0.name]?.contains(species) == true }.compactMap { $0.ends?.count }.first
  }
}

extension Law {
  /// Whether a pass gives an energy of pairs within a range: then shift, smooth and tail make sense.
  var hasPairEnergy: Bool {
    passes.contains { item in
      guard case .interact(let pass) = item, case .within = pass.pairing else { return false }
      return pass.energy != nil
    }
  }
}
