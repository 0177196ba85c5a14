import Diagnostics
import Expressions

extension LawReader {
  static let itemKeys = ["propagate", "interact", "measure", "forces", "slot", "repeat", "use", "require"]

  mutating func items(_ node: YAMLNode) -> [Item] {
    guard let list = node.sequence else {
      if !node.isEmpty {
        problems.add(node.diagnostic("expected a list of passes, found \(node.kindName)", hint: "begin each with a dash"))
      }
      return []
    }
    return list.compactMap { item($0) }
  }

  private mutating func item(_ node: YAMLNode) -> Item? {
    if let word = node.text { return namedItem(word, at: node) }
    guard let entries = node.mapping, let first = entries.first else {
      problems.add(
        node.diagnostic(
          "expected a pass, found \(node.kindName)", hint: "an item is one of \(LawReader.itemKeys.joined(separator: ", "))"))
      return nil
    }
    if let use = entries.first(where: { $0.key == "use" }) { return useItem(use, entries) }
    if entries.count > 1 {
      problems.add(
        entries[1].diagnostic("\(entries[1].key) stands beside \(first.key)", hint: "one pass for each dash; or indent it"))
    }
    let value = first.value
    switch first.key {
    case "propagate": return .propagate(propagate(value))
    case "interact": return interact(value).map { .interact($0) }
    case "measure": return .measure(measure(value))
    case "forces": return .forces(forces(value))
    case "slot": return string(value).map { .slot($0) }
    case "repeat": return .repeat(loop(value))
    case "require": return .require(expression(value))
    default:
      problems.add(first.diagnostic("\(first.key) is no pass", hint: suggestion(for: first.key, among: LawReader.itemKeys)))
      return nil
    }
  }

  private mutating func namedItem(_ word: String, at node: YAMLNode) -> Item? {
    if word == "forces" { return .forces(Forces(location: node.location)) }
    if partNames.contains(word) { return .part(word) }
    let hint = suggestion(for: word, among: Array(partNames) + ["forces"])
    problems.add(node.diagnostic("\(word) is no part of this law", hint: hint))
    return nil
  }

  private mutating func useItem(_ use: YAMLEntry, _ entries: [YAMLEntry]) -> Item? {
    guard let name = string(use.value) else { return nil }
    var bindings = [(String, String)]()
    for entry in entries where entry.key != "use" {
      if let target = string(entry.value) { bindings.append((entry.key, target)) }
    }
    return .use(law: name, bindings: bindings, location: use.value.location)
  }

  private mutating func forces(_ node: YAMLNode) -> Forces {
    let map = entries(of: node, as: "forces", known: ["at", "only"])
    return Forces(at: expression(map["at"]), only: string(map["only"]), location: node.location)
  }

  private mutating func loop(_ node: YAMLNode) -> Repeat {
    let map = entries(of: node, as: "repeat", known: ["times", "until", "limit", "dt", "passes"])
    var loop = Repeat(passes: map["passes"].map { items($0) } ?? [], location: node.location)
    loop.times = expression(map["times"])
    loop.until = expression(map["until"])
    loop.limit = expression(map["limit"])
    loop.dt = expression(map["dt"])
    if (loop.times == nil) == (loop.until == nil) {
      problems.add(
        node.diagnostic(
          "repeat wants times, or until with limit", hint: "{times: N, passes: […]} or {until: CONDITION, limit: N, passes: […]}")
      )
    } else if loop.until != nil, loop.limit == nil {
      problems.add(node.diagnostic("until wants a limit", hint: "say after how many rounds to give up: limit: 500"))
    }
    if loop.passes.isEmpty { problems.add(node.diagnostic("repeat has no passes")) }
    return loop
  }

  // MARK: propagate

  static let propagateKeys = [
    "for", "where", "let", "rate", "energy", "force", "torque", "remove", "create", "require", "waves",
  ]

  private mutating func propagate(_ node: YAMLNode) -> Propagate {
    let all = entries(node, as: "propagate")
    let map = Entries(all)
    var pass = Propagate(roles: rolesNamed(map["for"], default: roles, at: node, key: "for"), location: node.location)
    pass.condition = expression(map["where"])
    pass.lets = bindings(map["let"], as: "let")
    pass.rates = bindings(map["rate"], as: "rate")
    pass.energy = expression(map["energy"])
    pass.force = expression(map["force"])
    pass.torque = expression(map["torque"])
    pass.remove = expression(map["remove"])
    pass.create = creations(map["create"])
    pass.require = expression(map["require"])
    pass.waves = boolean(map["waves"]) ?? false
    pass.assignments = bindings(map.others(than: LawReader.propagateKeys))
    if all.allSatisfy({ ["for", "where", "let"].contains($0.key) }) { problems.add(node.diagnostic("this pass does nothing")) }
    return pass
  }

  /// `{SPECIES: {number: …, FIELD: …}}`, or a list of such maps.
  mutating func creations(_ node: YAMLNode?) -> [Creation] {
    guard let node else { return [] }
    var creations = [Creation]()
    for item in node.sequence ?? [node] {
      for entry in entries(item, as: "create") {
        guard roles.contains(where: { $0.name == entry.key }) else {
          let hint = suggestion(for: entry.key, among: roles.map(\.name).filter { !$0.isEmpty })
          problems.add(
            entry.diagnostic(
              "\(entry.key) is no role of this law", hint: hint.isEmpty ? "declare it: species: {\(entry.key): particles}" : hint)
          )
          continue
        }
        let fields = entries(entry.value, as: "the fields of what is made")
        var creation = Creation(
          species: entry.key, fields: bindings(fields.filter { $0.key != "number" }), location: entry.location)
        creation.number = expression(Entries(fields)["number"])
        creations.append(creation)
      }
    }
    return creations
  }

  /// Roles by name, or the only one there is.
  mutating func rolesNamed(_ node: YAMLNode?, default candidates: [Role], at place: YAMLNode, key: String) -> [String] {
    guard let node else {
      if candidates.count == 1 { return [candidates[0].name] }
      let names = candidates.map(\.name).joined(separator: " or ")
      problems.add(place.diagnostic("which role?", hint: names.isEmpty ? "the law has none of the kind" : "say \(key): \(names)"))
      return []
    }
    var names = [String]()
    for item in node.sequence ?? [node] {
      guard let name = string(item) else { continue }
      if roles.contains(where: { $0.name == name }) || name == "world" {
        names.append(name)
      } else {
        let hint = suggestion(for: name, among: roles.map(\.name).filter { !$0.isEmpty } + ["world"])
        problems.add(item.diagnostic("\(name) is no role of this law", hint: hint))
      }
    }
    return names
  }
}
