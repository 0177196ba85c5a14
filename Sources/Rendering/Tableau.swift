/// What a picture shows, as the camera sees it.
struct Tableau: Sendable {
  /// Centre (camera space) and radius of each sphere.
  var spheres: [SIMD4<Float>]
  /// Linear colour of each sphere.
  var colors: [SIMD3<Float>]
  /// Rods between spheres.
  var rods: [Rod] = []
  /// Edges of the box, in camera space.
  var edges: [(from: SIMD3<Float>, to: SIMD3<Float>)] = []
  /// The cells of a lattice, behind all else.
  var plane: LatticePlane?
  /// Radius by which occlusion and shadows measure.
  var typicalRadius: Float
  /// Discs on paper instead of lit spheres: a two-dimensional world.
  var isFlat = false

  /// A cylinder with round ends between two spheres, in the colour of the nearer one at each end.
  struct Rod: Sendable {
    var first: Int32
    var second: Int32
    var radius: Float
  }
}
