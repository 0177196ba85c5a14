import Diagnostics
import Expressions

extension LawReader {
  static let pairingKeys = ["within", "linked", "weight", "neighbours", "cell", "everywhere"]
  static let interactKeys =
    pairingKeys + [
      "for", "from", "where", "let", "energy", "force", "torque", "sum", "add", "min", "max", "rate", "memory", "link", "unlink",
      "remove",
      "require", "react", "sequential", "self", "except", "offset", "swept", "shift", "smooth", "tail", "images",
    ]

  mutating func interact(_ node: YAMLNode) -> Interact? {
    let map = entries(of: node, as: "interact", known: LawReader.interactKeys)
    guard let pairing = pairing(map, at: node) else {
      problems.add(node.diagnostic("who meets whom?", hint: "say one of \(LawReader.pairingKeys.joined(separator: ", "))"))
      return nil
    }
    let (receivers, givers) = ends(map, pairing, at: node)
    var pass = Interact(receivers: receivers, givers: givers, pairing: pairing, location: node.location)
    pass.condition = expression(map["where"])
    pass.lets = bindings(map["let"], as: "let")
    readOutcomes(map, into: &pass)
    readChanges(map, into: &pass)
    readOptions(map, into: &pass)
    if !LawReader.outcomes.contains(where: { map[$0] != nil }) { problems.add(node.diagnostic("this pass has no outcome")) }
    return pass
  }

  private static let outcomes = [
    "energy", "force", "torque", "sum", "add", "min", "max", "rate", "memory", "link", "unlink", "remove", "require", "react",
  ]

  private mutating func readOutcomes(_ map: Entries, into pass: inout Interact) {
    pass.energy = expression(map["energy"])
    pass.force = expression(map["force"])
    pass.torque = expression(map["torque"])
    pass.sum = bindings(map["sum"], as: "sum")
    pass.add = bindings(map["add"], as: "add")
    pass.min = bindings(map["min"], as: "min")
    pass.max = bindings(map["max"], as: "max")
    pass.rate = bindings(map["rate"], as: "rate")
    pass.memory = bindings(map["memory"], as: "memory")
  }

  private mutating func readChanges(_ map: Entries, into pass: inout Interact) {
    for entry in entries(map["link"], as: "link") where linksRole(entry.key, entry.diagnostic) {
      pass.link.append((entry.key, bindings(entry.value, as: "the link's fields")))
    }
    pass.unlink = expression(map["unlink"])
    pass.remove = expression(map["remove"])
    pass.require = expression(map["require"])
    if let node = map["react"] {
      let react = entries(of: node, as: "react", known: ["remove", "create"])
      let ends = strings(react["remove"])
      if let other = ends.first(where: { $0 != "i" && $0 != "j" }), let place = react["remove"] {
        problems.add(place.diagnostic("\(other) is no end of a pair", hint: "remove: [i, j]"))
      }
      pass.react = (ends, creations(react["create"]))
      if let remove = map.entry("remove") {
        problems.add(remove.diagnostic("react and remove in one pass", hint: "write two passes, or let react remove"))
      }
    }
  }

  private mutating func readOptions(_ map: Entries, into pass: inout Interact) {
    pass.sequential = boolean(map["sequential"]) ?? false
    pass.includesSelf = boolean(map["self"]) ?? false
    if let except = map.entry("except"), let name = string(except.value), linksRole(name, except.value.diagnostic) {
      pass.except = name
    }
    pass.offset = expression(map["offset"])
    pass.swept = string(map["swept"])
    pass.shift = word(map["shift"], of: ["none", "energy", "force"], as: "shift")
    pass.smooth = map["smooth"].flatMap { $0.text == "none" ? nil : expression($0) }
    pass.tail = boolean(map["tail"])
    pass.images = word(map["images"], of: ["nearest", "all"], as: "images")
    for (keys, pairings) in LawReader.optionPairings where !pairings.contains(pass.pairing.keyword) {
      for entry in keys.compactMap({ map.entry($0) }) {
        let wanted = pairings.joined(separator: " or ")
        problems.add(entry.diagnostic("\(entry.key) belongs to a pass with \(wanted), not \(pass.pairing.keyword)"))
      }
    }
    checkSequential(map, pass)
  }

  private static let optionPairings = [
    (["self", "except", "shift", "smooth", "tail"], ["within"]), (["offset", "swept"], ["weight"]), (["images"], ["everywhere"]),
    (["unlink"], ["linked"]), (["sequential"], ["within", "linked"]),
  ]

  private mutating func checkSequential(_ map: Entries, _ pass: Interact) {
    guard pass.sequential else { return }
    let refused = ["energy", "force", "torque", "sum", "min", "max", "rate", "link", "remove", "react"]
    for entry in refused.compactMap({ map.entry($0) }) {
      problems.add(
        entry.diagnostic("\(entry.key) in a sequential pass", hint: "only add, memory and unlink can act pair after pair"))
    }
  }

  private mutating func linksRole(_ name: String, _ message: (String, String) -> Diagnostic) -> Bool {
    if roles.contains(where: { $0.name == name && $0.ends != nil }) { return true }
    let hint = suggestion(for: name, among: roles.filter { $0.ends != nil }.map(\.name))
    problems.add(message("\(name) is no role of kind links", hint.isEmpty ? "declare it: species: {\(name): links}" : hint))
    return false
  }

  mutating func pairing(_ map: Entries, at node: YAMLNode) -> Pairing? {
    let found = LawReader.pairingKeys.compactMap { map.entry($0) }
    guard let entry = found.first else { return nil }
    if found.count > 1 {
      problems.add(found[1].diagnostic("\(found[1].key) beside \(entry.key): a pass has one pairing", hint: "write two passes"))
    }
    let value = entry.value
    switch entry.key {
    case "within": return .within(expression(value))
    case "linked":
      guard let name = string(value), linksRole(name, value.diagnostic) else { return .linked("") }
      return .linked(name)
    case "weight": return .weight(word(value, of: ["nearest", "linear", "quadratic", "cubic"], as: "weight") ?? "linear")
    case "neighbours": return .neighbours(expression(value))
    case "cell":
      let lattices = roles.filter { $0.kind == .lattice }.map(\.name)
      return .cell(word(value, of: lattices, as: "cell") ?? "")
    default: return .everywhere(expression(value))
    }
  }

  /// Who receives and who gives: as said, or the only role that can.
  mutating func ends(_ map: Entries, _ pairing: Pairing, at node: YAMLNode) -> (receivers: [String], givers: [String]) {
    let particles = roles.filter { $0.kind == .particles }, lattices = roles.filter { $0.kind == .lattice }
    switch pairing {
    case .linked:
      for key in ["for", "from"] {
        guard let entry = map.entry(key) else { continue }
        problems.add(entry.diagnostic("\(key) in a pass with linked", hint: "the ends of the link meet; drop \(key)"))
      }
      return ([], [])
    case .weight:
      let receivers = rolesNamed(map["for"], default: [], at: node, key: "for")
      return (receivers, rolesNamed(map["from"], default: [], at: node, key: "from"))
    case .neighbours:
      let receivers = rolesNamed(map["for"], default: lattices, at: node, key: "for")
      return (receivers, map["from"].map { rolesNamed($0, default: [], at: node, key: "from") } ?? receivers)
    case .within, .cell, .everywhere:
      let receivers = rolesNamed(map["for"], default: particles, at: node, key: "for")
      return (receivers, map["from"].map { rolesNamed($0, default: [], at: node, key: "from") } ?? receivers)
    }
  }
}
