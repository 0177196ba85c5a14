import Testing

@testable import Rendering

@Suite("Spheres are seen where geometry puts them")
struct SphereTests {
  private func area(of sphere: SIMD4<Float>, isPerspective: Bool) -> Double {
    let projection = Projection(center: SIMD2(64, 64), scale: isPerspective ? 150 : 40, isPerspective: isPerspective)
    let tableau = Tableau(spheres: [sphere], colors: [.one], typicalRadius: sphere.w)
    let options = bare { ($0.width, $0.height, $0.samples) = (128, 128, 4) }
    return coveredArea(SphereRenderer(tableau: tableau, projection: projection, options: options).picture())
  }

  @Test("An orthographic silhouette has the area of a circle, to half a percent")
  func orthographicArea() {
    let exact = Double.pi * 40 * 40 * 0.64
    #expect(abs(area(of: SIMD4(0.1, -0.2, 5, 0.8), isPerspective: false) / exact - 1) < 0.005)
    #expect(abs(area(of: SIMD4(0.1, -0.2, 5, 0.81), isPerspective: false) / exact - 1) > 0.005, "a radius 1 % larger is noticed")
  }

  @Test(
    "In perspective it is the ellipse of the cone that touches the sphere, off the axis too", arguments: [0, 0.6, 1] as [Float])
  func perspectiveArea(offset: Float) {
    let (x, z, r) = (Double(offset), 4.0, 0.5)
    // Area of the conic in which the tangent cone of a sphere cuts the picture.
    let away = z * z - r * r
    let exact = Double.pi * 150 * 150 * r * r * ((x * x + away) / away).squareRoot() / away
    #expect(abs(area(of: SIMD4(offset, 0, 4, 0.5), isPerspective: true) / exact - 1) < 0.005)
  }

  @Test("Far from the eye nothing cancels: a sphere of a thousandth of its distance keeps its area")
  func farArea() {
    let projection = Projection(center: SIMD2(64, 64), scale: 40_000, isPerspective: true)
    let tableau = Tableau(spheres: [SIMD4(0.3, 0.2, 1000, 1)], colors: [.one], typicalRadius: 1)
    let options = bare { ($0.width, $0.height, $0.samples) = (128, 128, 4) }
    let covered = coveredArea(SphereRenderer(tableau: tableau, projection: projection, options: options).picture())
    #expect(abs(covered / (Double.pi * 1600) - 1) < 0.005)
  }

  @Test("The nearer of two spheres hides the other, whichever comes first in the frame", arguments: [false, true])
  func depthOrder(isSwapped: Bool) throws {
    let places = [SIMD3(5.0, 5, 7), SIMD3(5.0, 5, 3)]
    let options = bare { ($0.view, $0.isOrthographic, $0.hasOcclusion, $0.hasShadows) = (.top, true, false, false) }
    let picture = try Renderer(options).picture(
      of: frame(isSwapped ? places.reversed() : places, radius: 1, species: isSwapped ? [1, 0] : [0, 1]))
    let alone = try Renderer(options).picture(of: frame([places[0]], radius: 1))
    #expect(picture == alone)
  }

  @Test("Two equal spheres that intersect meet in the plane between them")
  func intersection() {
    let projection = Projection(center: SIMD2(64, 64), scale: 40, isPerspective: false)
    let buffer = SampleBuffer(width: 128, height: 128)
    SphereRasterizer(spheres: [SIMD4(-0.3, 0, 5, 1), SIMD4(0.3, 0, 5, 1)], projection: projection).draw(into: buffer, threads: 1)
    for y in stride(from: 30, to: 98, by: 4) {
      #expect(buffer.owner(62, y) == 0 && buffer.owner(65, y) == 1)
    }
  }

  @Test("What each sample sees is the nearest sphere, as a search of all spheres finds it")
  func agreesWithSearch() {
    let spheres = crowd(5, side: 2).map { SIMD4(Float($0.x) - 1, Float($0.y) - 1, Float($0.z) + 3, Float(0.22)) }
    let projection = Projection(center: SIMD2(75, 75), scale: 200, isPerspective: true)
    let buffer = SampleBuffer(width: 150, height: 150)
    SphereRasterizer(spheres: spheres, projection: projection).draw(into: buffer, threads: 2)
    var wrong = 0
    for y in stride(from: 0, to: 150, by: 7) {
      for x in stride(from: 0, to: 150, by: 7) {
        let ray = SIMD3((Double(x) + 0.5 - 75) / 200, (75 - Double(y) - 0.5) / 200, 1)
        if abs(Double(buffer.depth(x, y)) - nearestDepth(spheres, ray)) > 1e-4 { wrong += 1 }
      }
    }
    // A ray that grazes a rim may be decided differently by float and double.
    #expect(wrong <= 2)
  }

  private func nearestDepth(_ spheres: [SIMD4<Float>], _ ray: SIMD3<Double>) -> Double {
    var nearest = Double(Float.infinity)
    for sphere in spheres {
      let center = SIMD3(Double(sphere.x), Double(sphere.y), Double(sphere.z))
      let (a, b) = (ray.dot(ray), ray.dot(center))
      let discriminant = b * b - a * (center.dot(center) - Double(sphere.w * sphere.w))
      if discriminant > 0 { nearest = min(nearest, (b - discriminant.squareRoot()) / a) }
    }
    return nearest == Double(Float.infinity) ? .infinity : nearest
  }

  @Test("A rod covers the rectangle between its ends, its round caps hidden in the spheres")
  func rodArea() {
    let projection = Projection(center: SIMD2(64, 64), scale: 40, isPerspective: false)
    var tableau = Tableau(spheres: [SIMD4(-1, 0, 5, 0.3), SIMD4(1, 0, 5, 0.3)], colors: [.one, .one], typicalRadius: 0.3)
    let options = bare { ($0.width, $0.height, $0.samples) = (128, 128, 4) }
    let balls = coveredArea(SphereRenderer(tableau: tableau, projection: projection, options: options).picture())
    tableau.rods = [Tableau.Rod(first: 0, second: 1, radius: 0.1)]
    let joined = coveredArea(SphereRenderer(tableau: tableau, projection: projection, options: options).picture())
    // The rectangle reaches to the spheres, minus the two segments of circles that bulge into it.
    let inset = (0.3 * 0.3 - 0.1 * 0.1).squareRoot()
    let bulge = 0.3 * 0.3 * 0.339836909 - 0.1 * inset  // asin(1/3) = 0.3398…
    let exact = ((2 - 2 * inset) * 0.2 - 2 * bulge) * 1600
    #expect(abs((joined - balls) / exact - 1) < 0.02)
  }
}
