import Diagnostics
import Engine
import Expressions
import Laws
import Scenes

/// A law, stage by stage, as lines of text.
struct LawReport {
  let law: Law
  let library: LawLibrary

  init(_ law: Law, library: LawLibrary) {
    self.law = law
    self.library = library
  }

  /// What the law declares and does, after names, shapes and dimensions were checked.
  func declared() throws(Diagnostics) -> [String] {
    let checked = try law.checked(space: law.dimensions.max() ?? 3, library: library)
    var lines = ["law: \(law.name)", "source: \(law.source)"]
    if law.dimensions.count < 3 { lines.append("dimensions: \(law.dimensions.map(String.init).joined(separator: ", "))") }
    lines += section("roles", law.roles.filter { !$0.name.isEmpty }.map { "\($0.name): \(Self.kind($0))" })
    lines += section("fields", law.fields.map(Self.field))
    lines += section("parameters", law.parameters.map(Self.parameter))
    lines += section("abbreviations", law.lets.map(Self.binding))
    lines += section("at the start", law.start.flatMap { Self.lines(of: $0) })
    for (name, items) in law.parts.sorted(by: { $0.key < $1.key }) {
      lines += section("part \(name)", items.flatMap { Self.lines(of: $0) })
    }
    lines += section("passes", law.passes.flatMap { Self.lines(of: $0) })
    lines += section("measures", law.measures.flatMap { $0.totals.map(Self.binding) })
    return lines + section("reads and writes", Self.accesses(checked))
  }

  /// What the compiler makes of it in the smallest scene in which it can stand.
  func compiled(withCode hasCode: Bool) throws -> [String] {
    do {
      return try stages(in: try Scene.sample(of: law, beside: integrator, library: library), withCode: hasCode)
    } catch let problems as Diagnostics {
      let reasons = problems.items.map(\.message)
      return section("not compiled", reasons + ["the law is checked, but this version cannot run it by itself"])
    }
  }

  private func stages(in scene: Scene, withCode hasCode: Bool) throws -> [String] {
    let plan = try Plan(scene, library: library)
    guard let use = scene.laws.first(where: { $0.law.name == law.name }) else { return [] }
    let derivations = try Derivation.all(of: use, in: scene).flatMap { derivation in
      [
        derivation.pairing, derivation.energy.map { "  energy = \($0)" }, derivation.force.map { "  force on i = \($0)" },
        derivation.symmetry.map { "  symmetry: \($0)" },
      ].compactMap { $0 }
    }
    let code = hasCode ? plan.texts.flatMap { ["", "// \($0.name)", $0.text] } : []
    let title = "schedule" + (integrator.map { " beside \($0)" } ?? "")
    return section("derived", derivations) + section(title, plan.schedule) + code
  }

  /// A law that takes the steps, for one that has no slot for forces.
  private var integrator: String? {
    let items = law.passes + law.parts.values.joined()
    if items.contains(where: { if case .forces = $0 { true } else { false } }) { return nil }
    let givesRates = items.contains { item in
      switch item {
      case .propagate(let pass): !pass.rates.isEmpty
      case .interact(let pass): !pass.rate.isEmpty
      default: false
      }
    }
    let name = givesRates ? "runge-kutta-4" : "velocity-verlet"
    return library.file(named: name) == nil ? nil : name
  }

  private func section(_ title: String, _ lines: [String]) -> [String] {
    lines.isEmpty ? [] : ["\(title):"] + lines.map { "  " + $0 }
  }

  // MARK: Declarations

  private static func kind(_ role: Role) -> String {
    switch role.kind {
    case .particles: "particles"
    case .lattice: "lattice"
    case .links(let ends): "links" + (ends.contains { !$0.isEmpty } ? " of \(ends.joined(separator: " and "))" : "")
    }
  }

  private static func field(_ field: FieldDeclaration) -> String {
    let owner = field.role.isEmpty ? "" : "\(field.role)."
    return "\(owner)\(field.name): \(type(field.type))" + (field.initial.map { ", \($0.written) at first" } ?? "")
  }

  private static func type(_ type: FieldType) -> String {
    let dimension = type.dimensionText
    return type.shape == .scalar
      ? (dimension == "1" ? "number" : dimension) : dimension == "1" ? "\(type.shape)" : "\(type.shape) \(dimension)"
  }

  private static func parameter(_ parameter: Parameter) -> String {
    var words = [type(parameter.type)]
    if !parameter.choices.isEmpty { words = ["one of \(parameter.choices.joined(separator: ", "))"] }
    if parameter.isFunction {
      words = ["function of \(parameter.arguments.map(type).joined(separator: ", ")) giving \(words[0])"]
    }
    if let per = parameter.per { words.append("per \(per.rawValue)") }
    switch parameter.mix {
    case .geometric: words.append("geometric mean")
    case .arithmetic: words.append("arithmetic mean")
    case .harmonic: words.append("harmonic mean")
    case .expression(let rule): words.append("mixed as \(rule.written)")
    case nil: break
    }
    if let value = parameter.value { words.append("default \(Self.value(value))") }
    return "\(parameter.name): \(words.joined(separator: ", "))"
  }

  private static func value(_ value: ParameterValue) -> String {
    switch value {
    case .quantity(let number, let dimension): dimension.isOne ? number.lawText : "\(number.lawText) (SI)"
    case .expression(let expression): expression.written
    case .word(let word): word
    case .list(let items): "[\(items.map(Self.value).joined(separator: ", "))]"
    case .points(let points): "\(points.count) points"
    case .table(let path): "table \(path)"
    case .each(let values): "{\(values.map { "\($0.0): \(Self.value($0.1))" }.joined(separator: ", "))}"
    }
  }

  private static func accesses(_ checked: CheckedLaw) -> [String] {
    func names(_ accesses: Set<Access>) -> String {
      accesses.map { $0.name + ($0.end.isEmpty ? "" : "[\($0.end)]") }.sorted().joined(separator: ", ")
    }
    return checked.accesses.sorted { ($0.key.line, $0.key.column) < ($1.key.line, $1.key.column) }.map { place, access in
      let noise = access.drawsNoise ? ", draws noise" : ""
      return "line \(place.line): reads \(names(access.reads)); writes \(names(access.writes))\(noise)"
    }
  }
}
