import Expressions

/// Fields that every law knows without a declaration.
enum KnownField {
  private static let types: [(name: String, shape: Shape, dimension: String)] = [
    ("position", .vector, "length"), ("velocity", .vector, "velocity"), ("force", .vector, "force"), ("torque", .axial, "torque"),
    ("mass", .scalar, "mass"), ("charge", .scalar, "charge"), ("radius", .scalar, "length"), ("id", .integer, "1"),
    ("orientation", .quaternion, "1"),
  ]

  static let names = types.map(\.name) + ["spin", "inertia"]

  static func type(of name: String, space: Int) -> (shape: Shape, dimension: Dimension)? {
    if name == "spin" { return (.axial, Dimension(time: -1)) }
    if name == "inertia" { return (.scalar, Dimension(length: 2, mass: 1)) }
    guard let known = types.first(where: { $0.name == name }) else { return nil }
    return (known.shape, Dimension.named(space: space)[known.dimension] ?? .one)
  }
}
