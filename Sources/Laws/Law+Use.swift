import Diagnostics
import Expressions

/// A law with the passes of the laws that it uses in place.
struct Expansion {
  var law: Law
  var problems = Diagnostics()
  /// The laws that are used, for the lines of their files.
  var used: [Law] = []

  /// Messages with the lines that they point at, whichever law's file they are of.
  func completed(_ problems: Diagnostics) -> Diagnostics {
    used.reduce(law.completed(problems)) { $1.completed($0) }
  }
}

extension Law {
  /// Puts the passes of other laws in the place of `use`, with equal names bound to equal names.
  func expanded(library: LawLibrary) -> Expansion {
    var expander = Expander(library: library, expansion: Expansion(law: self))
    expander.run(using: [name])
    return expander.expansion
  }
}

private struct Expander {
  let library: LawLibrary
  var expansion: Expansion

  mutating func run(using names: [String]) {
    expansion.law.start = items(expansion.law.start, names)
    expansion.law.passes = items(expansion.law.passes, names)
    for name in expansion.law.parts.keys.sorted() {
      expansion.law.parts[name] = items(expansion.law.parts[name] ?? [], names)
    }
  }

  private mutating func items(_ list: [Item], _ names: [String]) -> [Item] {
    var result = [Item]()
    for item in list {
      switch item {
      case .use(let law, let bindings, let place): result += use(law, bindings, place, names)
      case .repeat(var loop):
        loop.passes = items(loop.passes, names)
        result.append(.repeat(loop))
      default: result.append(item)
      }
    }
    return result
  }

  private mutating func use(_ name: String, _ bindings: [(String, String)], _ place: SourceLocation?, _ names: [String]) -> [Item]
  {
    func report(_ message: String, _ hint: String = "") {
      expansion.problems.add(Diagnostic(message, hint: hint, at: place, length: name.count))
    }
    if names.contains(name) || names.count > 8 {
      report("\(name) uses itself")
      return []
    }
    var law: Law
    do {
      law = try library.law(named: name)
    } catch {
      for item in error.items {
        expansion.problems.add(
          item.location == nil ? Diagnostic(item.message, hint: item.hint, at: place, length: name.count) : item)
      }
      return []
    }
    expansion.used.append(law)
    var inner = Expander(library: library, expansion: Expansion(law: law))
    inner.run(using: names + [name])
    for item in inner.expansion.problems.items { expansion.problems.add(item) }
    expansion.used += inner.expansion.used
    law = inner.expansion.law
    let known = law.bindableNames
    for (key, _) in bindings where !known.contains(key) {
      report("\(key) is no name of \(name)", suggestion(for: key, among: known))
    }
    let renaming = Renaming(Dictionary(bindings, uniquingKeysWith: { first, _ in first }))
    for role in law.roles where role.ends == nil {
      let bound = renaming.name(role.name)
      if expansion.law.role(bound)?.kind != role.kind {
        let candidates = expansion.law.roles.filter { $0.kind == role.kind }.map(\.name)
        report("role \(role.name) of \(name): there is none here", "say \(role.name): \(candidates.first ?? "ROLE")")
      }
    }
    adopt(law, renaming)
    let lets = law.lets.map { renaming.binding($0) }
    return law.flattened(law.passes).map { renaming.item($0).with(lets: lets) }
  }

  /// Declares what the used law has and the user lacks.
  private mutating func adopt(_ law: Law, _ renaming: Renaming) {
    let any = law.fields.first { $0.type.dimension.isAny && userField($0, renaming) != nil }.flatMap {
      userField($0, renaming)?.type.dimension
    }
    for field in law.fields where userField(field, renaming) == nil {
      var field = field
      field.role = renaming.name(field.role)
      field.name = renaming.name(field.name)
      if let any { field.type.dimension = field.type.dimension.replacing(any: any) }
      expansion.law.fields.append(field)
    }
    for parameter in law.parameters where expansion.law.parameter(renaming.name(parameter.name)) == nil {
      var parameter = parameter
      parameter.name = renaming.name(parameter.name)
      expansion.law.parameters.append(parameter)
    }
    for constant in law.constants where expansion.law.constant(constant.name) == nil { expansion.law.constants.append(constant) }
  }

  private func userField(_ field: FieldDeclaration, _ renaming: Renaming) -> FieldDeclaration? {
    expansion.law.fields.first { $0.name == renaming.name(field.name) && $0.role == renaming.name(field.role) }
  }
}

extension Law {
  /// Names that a user of the law may bind.
  fileprivate var bindableNames: [String] {
    roles.map(\.name) + fields.map(\.name) + parameters.map(\.name)
  }
}
