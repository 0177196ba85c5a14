import Diagnostics
import Foundation
import Laws

extension Scene {
  /// The smallest scene in which a law can stand, so that what the compiler makes of it can be shown: one species for each role, and
  /// plain numbers for parameters that have no default.
  /// - Parameter integrator: name of a law that takes the steps, if the law itself does not.
  /// - Throws: what keeps the law from running in any scene of this version.
  public static func sample(of law: Law, beside integrator: String?, library: LawLibrary) throws(Diagnostics) -> Scene {
    let space = law.dimensions.max() ?? 3
    var library = library
    library.texts[law.name] = law.text
    let text = """
      units: reduced
      box: {size: \(flow(Array(repeating: "20", count: space)))}
      species: {\(species(of: law, space: space))}
      laws: {\(integrator.map { "\($0): {}, " } ?? "")\(law.name): {\(parameters(of: law, space: space))}}
      dt: 0.001
      steps: 1
      """
    return try read(
      text: text, file: "a sample of \(law.name)", access: FileAccess(folder: URL(fileURLWithPath: ".")), library: library)
  }

  private static func flow(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }

  private static func species(of law: Law, space: Int) -> String {
    let roles = law.roles.filter { $0.name != "world" }
    let kinds =
      roles.isEmpty ? [("particle", Role.Kind.particles)] : roles.map { ($0.name.isEmpty ? "particle" : $0.name, $0.kind) }
    return kinds.enumerated().map { index, item in
      let (name, kind) = item
      let declared = law.fields.filter { ($0.role.isEmpty ? "particle" : $0.role) == name && $0.initial == nil }
      let known = ["charge": FieldSample.scalar, "radius": .scalar]
      let fields = known.merging(declared.map { ($0.name, FieldSample($0.type.shape.components(space: space))) }) { $1 }
      let values = fields.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }.joined(separator: ", ")
      let place = flow((0..<space).map { "\(1 + index + $0)" })
      switch kind {
      case .particles: return "\(name): {fields: {\(values)}, fill: {points: [\(place)]}}"
      case .lattice: return "\(name): {kind: lattice, spacing: 1, fields: {\(values)}}"
      case .links: return "\(name): {kind: links}"
      }
    }.joined(separator: ", ")
  }

  private static func parameters(of law: Law, space: Int) -> String {
    law.parameters.filter(needsValue).map { parameter in
      let number = FieldSample(parameter.shape.components(space: space)).text
      return "\(parameter.name): \(parameter.choices.first ?? function(parameter) ?? number)"
    }.joined(separator: ", ")
  }

  /// Without a default, or with one in units, which numbers without units cannot stand beside.
  private static func needsValue(_ parameter: Parameter) -> Bool {
    switch parameter.value {
    case nil, .points?: true
    case .quantity(_, let dimension)?: !dimension.isOne
    default: false
    }
  }

  /// The first argument itself, for a function.
  private static func function(_ parameter: Parameter) -> String? {
    guard let argument = parameter.arguments.first else { return nil }
    let name = parameter.argumentNames.first ?? "x"
    return argument.shape == .scalar ? name : name + ".x"
  }
}

/// A plain value of so many numbers.
private struct FieldSample {
  var components: Int
  static let scalar = FieldSample(1)

  init(_ components: Int) { self.components = components }

  var text: String { components == 1 ? "1" : "[\(Array(repeating: "1", count: components).joined(separator: ", "))]" }
}
