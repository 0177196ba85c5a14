import Expressions

extension Law {
  /// The fields of particles that everybody knows without a declaration, in a box of `space` dimensions.
  public static func knownFields(space: Int) -> [(name: String, shape: Shape, dimension: Dimension)] {
    let plain = Law(name: "", source: "", roles: [Role(name: "", kind: .particles)], passes: [], text: "", file: "")
    return LawTypes(plain, space: space).fields(of: "").sorted { $0.name < $1.name }.map {
      ($0.name, $0.shape, $0.dimension.resolved(any: .one))
    }
  }
}
