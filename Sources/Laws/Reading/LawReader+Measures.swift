import Diagnostics
import Expressions

extension LawReader {
  private static let measureKeys = pairingKeys + ["for", "from", "where", "let"]

  /// A map of totals, or a list of such maps.
  mutating func measures(_ node: YAMLNode?) -> [Measure] {
    guard let node else { return [] }
    return (node.sequence ?? [node]).map { measure($0) }
  }

  mutating func measure(_ node: YAMLNode) -> Measure {
    let all = entries(node, as: "measure")
    let map = Entries(all)
    let hasPairing = LawReader.pairingKeys.contains { map[$0] != nil }
    let pairing = hasPairing ? self.pairing(map, at: node) : nil
    var roles = [String](), givers = [String]()
    if let pairing {
      (roles, givers) = ends(map, pairing, at: node)
    } else if map["for"] != nil || self.roles.count == 1 {
      roles = rolesNamed(map["for"], default: self.roles, at: node, key: "for")
    }
    let totals = bindings(map.others(than: LawReader.measureKeys))
    if totals.isEmpty { problems.add(node.diagnostic("this measure has no totals", hint: "write NAME: EXPRESSION")) }
    var measure = Measure(roles: roles, givers: givers, pairing: pairing, totals: totals, location: node.location)
    measure.condition = expression(map["where"])
    measure.lets = bindings(map["let"], as: "let")
    return measure
  }

  mutating func claims(_ node: YAMLNode) -> Claims {
    let map = entries(of: node, as: "claims", known: ["order", "reversible", "conserves", "ensemble"])
    var claims = Claims(location: node.location)
    if let order = map["order"] {
      claims.order = order.text.flatMap { Int($0) }
      if !(1...12).contains(claims.order ?? 0) {
        problems.add(order.diagnostic("order is a whole number from 1 to 12"))
        claims.order = nil
      }
    }
    claims.reversible = boolean(map["reversible"]) ?? false
    claims.conserves = strings(map["conserves"])
    claims.ensemble = word(map["ensemble"], of: ["NVE", "NVT", "NPT"], as: "ensemble")
    return claims
  }

  mutating func checks(_ node: YAMLNode?) -> [Check] {
    guard let node else { return [] }
    guard let items = node.sequence else {
      problems.add(node.diagnostic("expected a list of checks, found \(node.kindName)", hint: "- {at: {r: 1}, energy: 0}"))
      return []
    }
    return items.map { item in
      let all = entries(item, as: "a check")
      let point = bindings(Entries(all)["at"], as: "at")
      let expected = bindings(all.filter { $0.key != "at" })
      if expected.isEmpty { problems.add(item.diagnostic("this check expects nothing", hint: "- {at: {r: 1}, energy: 0}")) }
      return Check(point: point, expected: expected, location: item.location)
    }
  }

  mutating func holes(_ node: YAMLNode?) -> [HoleAdvice] {
    entries(node, as: "holes").map { entry in
      let map = entries(of: entry.value, as: "a hole", known: ["like", "range", "even"])
      var advice = HoleAdvice(name: entry.key, location: entry.location)
      advice.like = word(map["like"], of: ["spline", "formula", "number", "network"], as: "like")
      advice.even = boolean(map["even"]) ?? false
      if let range = map["range"] {
        advice.range = (range.sequence ?? []).compactMap { value($0, choices: [], isFunction: false) }
        if advice.range.count != 2 { problems.add(range.diagnostic("range is a list of two values", hint: "[0.8, 2.5]")) }
      }
      return advice
    }
  }
}
