import Diagnostics
import Expressions

extension LawReader {
  mutating func readRoles(_ node: YAMLNode?, isLattice: Bool) -> [Role] {
    guard let node else { return [Role(name: "", kind: isLattice ? .lattice : .particles)] }
    var roles = [Role]()
    for entry in entries(node, as: "species") {
      if !entry.key.isName {
        problems.add(entry.diagnostic("\(entry.key) is no name", hint: "names are made of letters, digits and _"))
      } else if let kind = roleKind(entry.value) {
        roles.append(Role(name: entry.key, kind: kind, location: entry.location))
      }
    }
    for role in roles {
      let unknown = (role.ends ?? []).first { end in !end.isEmpty && !roles.contains { $0.name == end && $0.ends == nil } }
      if let unknown, let entry = node.mapping?.first(where: { $0.key == role.name }) {
        let hint = suggestion(for: unknown, among: roles.filter { $0.ends == nil }.map(\.name))
        problems.add(entry.value.diagnostic("\(unknown) is no role whose members a link can join", hint: hint))
      }
    }
    return roles
  }

  private mutating func roleKind(_ node: YAMLNode) -> Role.Kind? {
    guard let text = string(node) else { return nil }
    switch text {
    case "particles": return .particles
    case "lattice": return .lattice
    case "links": return .links(ends: ["", ""])
    default: break
    }
    if text.hasPrefix("links["), text.hasSuffix("]") {
      let inside = text.dropFirst(6).dropLast()
      if let count = Int(inside), (2...4).contains(count) { return .links(ends: Array(repeating: "", count: count)) }
      let ends = inside.split(separator: ",").map { String($0.drop { $0 == " " }.prefix { $0 != " " }) }
      if (2...4).contains(ends.count), ends.allSatisfy(\.isName) { return .links(ends: ends) }
    }
    let hint = suggestion(for: text, among: ["particles", "lattice", "links"])
    problems.add(
      node.diagnostic(
        "\(text) is no kind of species", hint: hint.hasPrefix("did") ? hint : "particles, lattice, links, links[3], links[A, B]"))
    return nil
  }

  // MARK: Parameters

  private static let parameterKeys = ["dimension", "shape", "value", "error", "of", "per", "mix", "choose"]

  mutating func parameters(_ node: YAMLNode) -> [Parameter] {
    entries(node, as: "parameters").compactMap { entry in
      guard checkName(entry) else { return nil }
      guard entry.value.mapping == nil else { return longParameter(entry) }
      return fieldType(entry.value).map { Parameter(name: entry.key, type: $0, location: entry.location) }
    }
  }

  private mutating func longParameter(_ entry: YAMLEntry) -> Parameter? {
    let map = entries(of: entry.value, as: "a parameter", known: LawReader.parameterKeys)
    var type = map["dimension"].flatMap { fieldType($0) } ?? FieldType.number
    if let shape = map["shape"] {
      guard type.shape == .scalar, let text = string(shape), let parsed = try? FieldType(SourceText(text)) else {
        problems.add(
          shape.diagnostic(
            "\(shape.text ?? shape.kindName) is no shape of a parameter", hint: "scalar, integer, boolean, vector, …"))
        return nil
      }
      type = FieldType(shape: parsed.shape, dimension: type.dimension)
    }
    var parameter = Parameter(name: entry.key, type: type, location: entry.location)
    (parameter.arguments, parameter.argumentNames) = map["of"].map { arguments($0) } ?? ([], [])
    parameter.per = word(map["per"], of: Parameter.Per.allCases.map(\.rawValue), as: "per").flatMap {
      Parameter.Per(rawValue: $0)
    }
    parameter.choices = strings(map["choose"])
    parameter.mix = map["mix"].map { mixing($0) }
    if let mix = map.entry("mix"), parameter.per != .pair {
      problems.add(mix.diagnostic("mix makes values of mixed pairs", hint: "say per: pair"))
    }
    // Without a dimension nothing can be said of the value.
    let isTyped = map["dimension"].map { fieldType($0) != nil } ?? true
    parameter.value =
      !isTyped ? nil : map["value"].flatMap { value($0, choices: parameter.choices, isFunction: parameter.isFunction) }
    parameter.error = !isTyped ? nil : map["error"].flatMap { value($0, choices: [], isFunction: parameter.isFunction) }
    return parameter
  }

  private mutating func mixing(_ node: YAMLNode) -> Parameter.Mixing {
    switch node.text {
    case "geometric": .geometric
    case "arithmetic": .arithmetic
    case "harmonic": .harmonic
    default: .expression(expression(node))
    }
  }

  /// `vector length`, a list of such, or a map of names to such.
  private mutating func arguments(_ node: YAMLNode) -> ([FieldType], [String]) {
    if let entries = node.mapping {
      return (entries.compactMap { fieldType($0.value) }, entries.map(\.key))
    }
    let types = (node.sequence ?? [node]).compactMap { fieldType($0) }
    return (types, Array(["x", "y", "z"].prefix(types.count)))
  }

  /// A default: a quantity, an expression, a word, a list, points, or a table.
  mutating func value(_ node: YAMLNode, choices: [String], isFunction: Bool) -> ParameterValue? {
    switch node.content {
    case .scalar(let scalar):
      if choices.contains(scalar.text) { return .word(scalar.text) }
      if !choices.isEmpty {
        problems.add(
          node.diagnostic("\(scalar.text) is not to be chosen here", hint: suggestion(for: scalar.text, among: choices)))
        return nil
      }
      guard Quantity.begins(scalar.text) else { return .expression(expression(node)) }
      do throws(Diagnostic) {
        let quantity = try Units.parse(scalar.source)
        return .quantity(quantity.value, quantity.dimension)
      } catch {
        problems.add(error)
        return nil
      }
    case .sequence(let items):
      let values = items.map { $0.sequence ?? [$0] }.map { $0.compactMap { value($0, choices: [], isFunction: false) } }
      if isFunction, values.allSatisfy({ $0.count == 2 }) { return .points(values.map { ($0[0], $0[1]) }) }
      return .list(values.map { $0.count == 1 ? $0[0] : .list($0) })
    case .mapping:
      let map = entries(of: node, as: "a value", known: ["table"])
      return string(map["table"]).map { .table($0) }
    }
  }

  // MARK: Constants

  mutating func constants(_ node: YAMLNode) -> [Constant] {
    entries(node, as: "constants").compactMap { entry in
      guard checkName(entry), let value = constant(entry.value) else { return nil }
      return Constant(name: entry.key, value: value, location: entry.location)
    }
  }

  private mutating func constant(_ node: YAMLNode) -> Constant.Value? {
    if let items = node.sequence {
      let values = items.compactMap { constant($0) }
      if items.isEmpty { problems.add(node.diagnostic("a constant list has at least one number")) }
      return values.isEmpty ? nil : .list(values)
    }
    let tree = expression(node)
    if case .hole("", _) = tree.node { return nil }
    guard let number = tree.constantNumber else {
      problems.add(node.diagnostic("\(tree.written) is not constant", hint: "numbers, as 4/9 or sqrt(2)/2"))
      return nil
    }
    return .number(number)
  }

  // MARK: Fields

  /// Fields of the only role, and maps of fields for a role or the world.
  mutating func fields(_ node: YAMLNode) -> [FieldDeclaration] {
    var fields = [FieldDeclaration]()
    for entry in entries(node, as: "fields") {
      if entry.value.mapping != nil {
        if !roles.contains(where: { $0.name == entry.key }), entry.key != "world" {
          let known = roles.map(\.name).filter { !$0.isEmpty } + ["world"]
          problems.add(entry.diagnostic("\(entry.key) is no role of this law", hint: suggestion(for: entry.key, among: known)))
          continue
        }
        fields += entries(entry.value, as: "fields").compactMap { field($0, role: entry.key) }
      } else if roles.count == 1 {
        if let field = field(entry, role: roles[0].name) { fields.append(field) }
      } else {
        let names = roles.map(\.name).joined(separator: " or ")
        problems.add(entry.diagnostic("\(entry.key): a field of whom?", hint: "put it in a map of its role, \(names)"))
      }
    }
    return fields
  }

  mutating func memory(_ node: YAMLNode) -> [FieldDeclaration] {
    entries(node, as: "memory").compactMap { field($0, role: "") }
  }

  private mutating func field(_ entry: YAMLEntry, role: String) -> FieldDeclaration? {
    if entry.isTorn {
      problems.add(torn(entry))
      return nil
    }
    guard checkName(entry) else { return nil }
    guard let scalar = entry.value.scalar, !entry.value.isEmpty else {
      problems.add(entry.diagnostic("expected [SHAPE] DIMENSION [= DEFAULT] for \(entry.key)", hint: "such as vector velocity"))
      return nil
    }
    let source = scalar.source
    let head = source.text.utf8.prefix { $0 != UInt8(ascii: "=") }
    do throws(Diagnostic) {
      let type = try FieldType(SourceText(String(decoding: head, as: UTF8.self), at: source.start))
      var field = FieldDeclaration(role: role, name: entry.key, type: type, location: entry.location)
      if head.count < source.text.utf8.count { field.initial = try Expression.parse(source.dropping(head.count + 1)) }
      return field
    } catch {
      problems.add(error)
      return nil
    }
  }

  private mutating func checkName(_ entry: YAMLEntry) -> Bool {
    if entry.isTorn {
      problems.add(torn(entry))
      return false
    }
    if entry.key.isName { return true }
    problems.add(
      entry.diagnostic("\(entry.key) is no name", hint: "names are made of letters, digits and _, and begin with a letter"))
    return false
  }
}

extension FieldType {
  /// A scalar of dimension 1.
  static let number = FieldType(shape: .scalar, dimension: .one)
}
