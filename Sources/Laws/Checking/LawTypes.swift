import Diagnostics
import Expressions

/// A field of a role, with its type in a box of a given number of dimensions.
public struct TypedField: Sendable {
  /// The name that expressions use.
  public var name: String
  /// Name of the role ("" for the nameless one), or "world".
  public var role: String
  /// Shape as declared.
  public var shape: Shape
  /// Dimension in this box; `any` may be open.
  public var dimension: OpenDimension
  /// Whether components of `edges` or `faces` are true or false.
  public var isBoolean = false
  /// The value of new members, if neither scene nor law gives one.
  public var initial: Expression?
  /// Whether everybody knows the field without a declaration.
  public var isKnown = false

  /// Whether the components sit in different places of a cell.
  public var isStaggered: Bool { shape.isStaggered }

  /// What the name is in an expression.
  func type(space: Int) -> ValueType {
    ValueType(ValueType.Kind(shape, isBoolean: isBoolean, space: space), dimension)
  }
}

/// A parameter with its type in a box of a given number of dimensions.
public struct TypedParameter: Sendable {
  /// The declaration.
  public var parameter: Parameter
  /// Dimension of the value, or of a function's result.
  public var dimension: OpenDimension
  /// Dimensions of a function's arguments.
  public var argumentDimensions: [OpenDimension]
}

/// What the declared names of a law are, in a box of a given number of dimensions.
public struct LawTypes: Sendable {
  /// The law.
  public let law: Law
  /// Dimensions of the box.
  public let space: Int
  /// Names of the roles, then "world".
  public let roleNames: [String]
  private var fieldsByRole: [String: [String: TypedField]] = [:]
  private var parameters: [String: TypedParameter] = [:]
  private var memoryFields: [String: TypedField] = [:]
  /// Totals measured so far, by name.
  var totals: [String: ValueType] = [:]

  /// Finds the types of all declarations of a law for boxes of `space` dimensions.
  public init(_ law: Law, space: Int) {
    self.law = law
    self.space = space
    roleNames = law.roles.map(\.name) + ["world"]
    for role in law.roles { fieldsByRole[role.name] = LawTypes.knownFields(of: role, space: space) }
    fieldsByRole["world"] = LawTypes.knownFields(ofWorldIn: space)
    for field in law.fields {
      let own = typed(field)
      fieldsByRole[field.role]?[field.name] = own
    }
    memoryFields = Dictionary(law.memory.map { ($0.name, typed($0)) }, uniquingKeysWith: { first, _ in first })
    for parameter in law.parameters {
      parameters[parameter.name] = TypedParameter(
        parameter: parameter, dimension: parameter.type.dimension.dimension(space: space),
        argumentDimensions: parameter.arguments.map { $0.dimension.dimension(space: space) })
    }
  }

  /// A field of a role, declared or known.
  public func field(_ name: String, role: String) -> TypedField? { fieldsByRole[role]?[name] }

  /// All fields of a role, declared and known, by name.
  public func fields(of role: String) -> [TypedField] {
    (fieldsByRole[role] ?? [:]).values.sorted { $0.name < $1.name }
  }

  /// A parameter with its dimension in this box.
  public func parameter(_ name: String) -> TypedParameter? { parameters[name] }

  /// A field of the pair's memory.
  public func memory(_ name: String) -> TypedField? { memoryFields[name] }

  /// What everybody knows of the members of any species, where an end of a link may be of any.
  func knownField(_ name: String) -> TypedField? {
    LawTypes.knownFields(of: Role(name: "", kind: .particles), space: space)[name]
  }

  private func typed(_ field: FieldDeclaration) -> TypedField {
    var dimension = field.type.dimension.dimension(space: space)
    // A rate is measured against its field, as a state is: see `ValueType.Kind.state`.
    if field.type.shape == .rate { dimension = dimension / OpenDimension(Dimension(time: 1)) }
    return TypedField(
      name: field.name, role: field.role, shape: field.type.shape, dimension: dimension, isBoolean: field.type.isBoolean,
      initial: field.initial)
  }
}

extension LawTypes {
  /// Fields of particles that need no declaration: name, shape, dimension.
  private static let particleFields: [(String, Shape, String)] = [
    ("position", .vector, "length"), ("velocity", .vector, "velocity"), ("force", .vector, "force"), ("torque", .axial, "torque"),
    ("spin", .axial, "1/time"), ("mass", .scalar, "mass"), ("charge", .scalar, "charge"), ("radius", .scalar, "length"),
    ("inertia", .scalar, "mass*length^2"), ("orientation", .quaternion, "1"), ("id", .integer, "1"),
    ("state", .state, "1"),
  ]

  private static func knownFields(of role: Role, space: Int) -> [String: TypedField] {
    switch role.kind {
    case .particles: tables[space].particles
    case .lattice: tables[space].particles.filter { ["position", "id", "state"].contains($0.key) }
    case .links: tables[space].particles.filter { $0.key == "id" }
    }
  }

  private static func knownFields(ofWorldIn space: Int) -> [String: TypedField] { tables[space].world }

  /// Known fields for boxes of 0 (unused) to 3 dimensions.
  private static let tables = (0...3).map { space in
    (
      particles: table(particleFields, space: space),
      world: table([("box", .vector, "length"), ("dt", .scalar, "time")], space: space)
    )
  }

  private static func table(_ rows: [(String, Shape, String)], space: Int) -> [String: TypedField] {
    Dictionary(
      uniqueKeysWithValues: rows.map { name, shape, text in
        let dimension = (try? DimensionExpression(SourceText(text)))?.dimension(space: space) ?? .one
        return (name, TypedField(name: name, role: "", shape: shape, dimension: dimension, isKnown: true))
      })
  }
}

extension Law {
  /// Fields of particles that need no declaration, in a box of `space` dimensions: those that hold numbers of their own.
  public static func knownFields(space: Int) -> [(name: String, shape: Shape, dimension: Dimension)] {
    let plain = Law(name: "", source: "", roles: [Role(name: "", kind: .particles)], text: "", file: "")
    let fields = LawTypes(plain, space: space).fields(of: "")
    return fields.filter { $0.shape != .state && $0.name != "id" }.map { ($0.name, $0.shape, $0.dimension.fixed) }
  }

  /// Shape and dimension of a field, declared or known, in a box of `space` dimensions; an open `any` counts as 1.
  public func fieldType(_ name: String, role: String, space: Int) -> (shape: Shape, dimension: Dimension)? {
    LawTypes(self, space: space).field(name, role: role).map { ($0.shape, $0.dimension.resolved(any: .one)) }
  }
}
