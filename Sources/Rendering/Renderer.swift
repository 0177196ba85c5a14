import Diagnostics
import World

/// Draws frames as pictures: lit spheres in a box with a legend, or discs on paper for a two-dimensional world.
public struct Renderer: Sendable {
  /// How frames are drawn.
  public let options: RenderOptions

  /// A renderer; throws a `Failure` that says which option makes no sense.
  public init(_ options: RenderOptions) throws(Failure) {
    func refuse(_ message: String, _ hint: String = "") throws(Failure) { throw Failure(.usage, message, hint: hint) }
    if !(16...16_384).contains(options.width) || !(16...16_384).contains(options.height) {
      try refuse("cannot draw \(options.width) x \(options.height) pixels", "16 to 16384 along each side")
    }
    if ![1, 2, 4].contains(options.samples) { try refuse("cannot take \(options.samples) samples per pixel side", "1, 2 or 4") }
    if !(options.zoom > 0 && options.zoom.isFinite) {
      try refuse("cannot zoom by \(options.zoom)", "a number above 0; 1 shows the box")
    }
    if let radius = options.radius, !(radius > 0 && radius.isFinite) { try refuse("cannot draw spheres of radius \(radius)") }
    if let center = options.center, center.count > 3 || !center.allSatisfy(\.isFinite) {
      try refuse("cannot look at a point of \(center.count) coordinates", "1 to 3 finite numbers")
    }
    self.options = options
  }

  /// Draws one frame, staged as its movie is, or for itself alone; `links` join particles by their rows, else the frame's own links
  /// of two ends are drawn. Throws `Failure`.
  public func picture(of frame: Frame, staging given: Staging? = nil, links: [Link]? = nil) throws(Failure) -> Picture {
    let staging = if let given { given } else { try staging(of: frame) }
    let projection = projection(of: frame, staging: staging)
    let tableau = try tableau(of: frame, staging: staging, links: links ?? frame.drawnLinks, projection: projection)
    var picture = SphereRenderer(tableau: tableau, projection: projection, options: options).picture()
    try Legend(options: options).draw(on: &picture, for: frame, staging: staging)
    return picture
  }

  /// Two particles that are joined: their rows in the frame.
  public struct Link: Sendable, Hashable {
    /// Row of one end.
    public var first: Int
    /// Row of the other end.
    public var second: Int

    /// A link between two rows.
    public init(_ first: Int, _ second: Int) { (self.first, self.second) = (first, second) }
  }

  /// The field `radius`, if each particle has one.
  func ownRadii(of frame: Frame) -> [Double]? {
    frame[field: "radius"].flatMap { $0.components == 1 && $0.values.count >= frame.count ? $0.values : nil }
  }

  func positions(of frame: Frame) throws(Failure) -> [SIMD3<Double>] {
    guard let field = frame[field: "position"], field.values.count >= frame.count * field.components, field.components <= 3 else {
      throw Failure(.unreadableFile, "frame \(frame.step) has no position for each particle")
    }
    return (0..<frame.count).map { particle in
      var place = SIMD3<Double>.zero
      for axis in 0..<field.components { place[axis] = field.values[particle * field.components + axis] }
      return place
    }
  }

  private func projection(of frame: Frame, staging: Staging) -> Projection {
    let isSolid = frame.box.space == 3
    let corners = (0..<8).map { corner in
      SIMD3(
        corner & 1 == 0 ? staging.low.x : staging.high.x, corner & 2 == 0 ? staging.low.y : staging.high.y,
        corner & 4 == 0 ? staging.low.z : staging.high.z)
    }
    var framing = Projection.Framing(isOrthographic: options.isOrthographic || !isSolid, zoom: options.zoom)
    framing.center = options.center.map { given in
      var point = (staging.low + staging.high) / 2
      for (axis, value) in given.enumerated() { point[axis] = value }
      return point
    }
    let legend = Legend(options: options), view = options.view ?? (isSolid ? .iso : .top)
    func fitted(into area: Rectangle) -> Projection {
      Projection(of: corners, margin: staging.radius, seenFrom: view, into: area, options: framing)
    }
    let projection = fitted(into: legend.sceneArea(for: frame))
    let right = corners.map { Double(projection.pixel(projection.camera($0)).x) }.max() ?? 0
    // Of what is enlarged the user chooses the part that is seen.
    guard right > legend.left(for: frame), options.zoom <= 1 else { return projection }
    return fitted(into: legend.sceneArea(for: frame, isBeside: true))
  }

  private func tableau(
    of frame: Frame, staging: Staging, links: [Link], projection: Projection
  ) throws(Failure) -> Tableau {
    let positions = try positions(of: frame), radii = options.radius == nil ? ownRadii(of: frame) : nil
    let colors = try colors(of: frame, staging: staging)
    var result = Tableau(spheres: [], colors: [], typicalRadius: Float(staging.radius * projection.unit))
    result.isFlat = frame.box.space < 3
    var rows = Array(repeating: Int32(-1), count: frame.count)
    for (row, position) in positions.enumerated() where options.clips.allSatisfy({ $0.keeps(position) }) {
      let place = projection.camera(position), radius = Float((radii?[row] ?? staging.radius) * projection.unit)
      // Particles that flew off are out of sight, and would spoil the order of the others: the scene reaches from 3 to 5.
      guard max(place.x.magnitude, place.y.magnitude, place.z.magnitude) < 12, radius > 0, radius < 12 else { continue }
      rows[row] = Int32(truncatingIfNeeded: result.spheres.count)
      result.spheres.append(SIMD4(place.x, place.y, place.z, radius))
      result.colors.append(colors[row])
    }
    if radii != nil, !result.spheres.isEmpty {
      result.typicalRadius = result.spheres.reduce(0) { $0 + $1.w } / Float(result.spheres.count)
    }
    for link in links where rows.indices.contains(link.first) && rows.indices.contains(link.second) {
      let (first, second) = (rows[link.first], rows[link.second])
      guard first >= 0, second >= 0 else { continue }
      let radius = 0.4 * min(result.spheres[Int(first)].w, result.spheres[Int(second)].w)
      result.rods.append(Tableau.Rod(first: first, second: second, radius: radius))
    }
    if let (grid, numbers, _) = try options.color.sites(of: frame) {
      result.plane = LatticePlane(grid, colors: linear(numbers, staging: staging))
    }
    if options.hasBox { result.edges = edges(of: frame.box).map { (projection.camera($0), projection.camera($1)) } }
    return result
  }

  /// Linear colours of all particles.
  private func colors(of frame: Frame, staging: Staging) throws(Failure) -> [SIMD3<Float>] {
    guard let values = try options.color.values(of: frame)?.numbers else {
      return frame.species.map { Palette.color(Int($0)).linear }
    }
    return linear(values, staging: staging)
  }

  /// The linear colours that the colour map gives to numbers.
  private func linear(_ values: [Double], staging: Staging) -> [SIMD3<Float>] {
    let range = staging.range ?? 0...1
    let table = (0...255).map { options.colorMap.color(at: Double($0) / 255).linear }
    let perValue = 255 / max(range.upperBound - range.lowerBound, .leastNormalMagnitude)
    return values.map { value in
      guard value == value else { return options.colorMap.color(at: .nan).linear }
      return table[Int(max(0, min(255, (value - range.lowerBound) * perValue)) + 0.5)]
    }
  }

  /// The lines between corners that differ along one axis.
  private func edges(of box: Box) -> [(SIMD3<Double>, SIMD3<Double>)] {
    func corner(_ index: Int) -> SIMD3<Double> {
      var point = SIMD3<Double>.zero
      for axis in 0..<box.space { point[axis] = box.origin[axis] + (index >> axis & 1 == 1 ? box.lengths[axis] : 0) }
      return point
    }
    return (0..<(1 << box.space)).flatMap { index in
      (0..<box.space).filter { index >> $0 & 1 == 0 }.map { (corner(index), corner(index | 1 << $0)) }
    }
  }
}
