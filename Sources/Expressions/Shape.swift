/// The shape of a value: how many numbers it has and how they turn with the axes.
public indirect enum Shape: Sendable, Hashable {
  case scalar, integer, boolean
  /// D components in a box of D dimensions.
  case vector
  /// A vector in three dimensions, a scalar in two, nothing in one.
  case axial
  /// A rotation: 4 numbers (w, x, y, z) in three dimensions, 2 in two.
  case quaternion
  /// A symmetric D×D matrix; stored like `matrix`.
  case symmetric
  /// A D×D matrix, row by row.
  case matrix
  case array(Int, of: Shape)
  /// Lattice only: components sit half a cell along, or half a cell along the others.
  case edges, faces
  /// One copy of every field that has a rate, or of the rates.
  case state, rate

  /// Numbers stored for one member in a box of `space` dimensions.
  public func components(space: Int) -> Int {
    switch self {
    case .scalar, .integer, .boolean: 1
    case .vector, .edges, .faces: space
    case .axial: [0, 0, 1, 3][space]
    case .quaternion: [1, 1, 2, 4][space]
    case .symmetric, .matrix: space * space
    case .array(let count, let shape): count * shape.components(space: space)
    case .state, .rate: 0
    }
  }
}

extension Shape {
  /// Whether the components of a field of a lattice sit in different places of a cell.
  public var isStaggered: Bool { self == .edges || self == .faces }

  /// The shape of the values in expressions: staggered components are those of a vector.
  public var ofValues: Shape { isStaggered ? .vector : self }

  /// Where a component sits, along each axis from the site, in cells: half a cell along its own axis for edges, along the others for
  /// faces, at the site else.
  public func place(ofComponent component: Int, space: Int) -> [Double] {
    (0..<space).map { axis in
      switch self {
      case .edges: axis == component ? 0.5 : 0
      case .faces: axis == component ? 0 : 0.5
      default: 0
      }
    }
  }
}

extension Shape: CustomStringConvertible {
  /// The shape as laws write it.
  public var description: String {
    switch self {
    case .array(let count, let shape): shape == .scalar ? "array[\(count)]" : "array[\(count)] \(shape)"
    case .scalar: "scalar"
    case .integer: "integer"
    case .boolean: "boolean"
    case .vector: "vector"
    case .axial: "axial"
    case .quaternion: "quaternion"
    case .symmetric: "symmetric"
    case .matrix: "matrix"
    case .edges: "edges"
    case .faces: "faces"
    case .state: "state"
    case .rate: "rate"
    }
  }
}
