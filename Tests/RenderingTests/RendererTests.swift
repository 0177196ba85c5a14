import Diagnostics
import Expressions
import Testing
import World

@testable import Rendering

@Suite("Pictures of frames")
struct RendererTests {
  private let places = crowd(4)

  @Test("Any number of threads draws the same pixels", arguments: [2, 3])
  func threads(_ threads: Int) throws {
    let options = bare {
      ($0.width, $0.height, $0.hasBox, $0.hasTime, $0.background) = (200, 150, true, true, .light)
    }
    var parallel = options
    parallel.threads = threads
    #expect(try Renderer(options).picture(of: frame(places)) == Renderer(parallel).picture(of: frame(places)))
  }

  @Test("Turning the world and the camera together changes no pixel")
  func turned() throws {
    let turned = places.map { SIMD3(10 - $0.y, $0.x, $0.z) }
    let before = try Renderer(bare { $0.view = View(azimuth: -90, elevation: 0) }).picture(of: frame(places, radius: 1))
    let after = try Renderer(bare { $0.view = View(azimuth: 0, elevation: 0) }).picture(of: frame(turned, radius: 1))
    #expect(before == after)
    let other = try Renderer(bare { $0.view = View(azimuth: 0, elevation: 0) }).picture(of: frame(places, radius: 1))
    #expect(before != other, "the world has no such symmetry of its own")
  }

  @Test("A world in metres looks like the same world in nanometres")
  func scale() throws {
    let small = places.map { $0 * 1e-10 }
    let options = bare { $0.samples = 1 }
    let one = try Renderer(options).picture(of: frame(places)),
      other = try Renderer(options).picture(of: frame(small, side: 1e-9))
    let different = zip(one.pixels, other.pixels).count { abs(Int($0.x) - Int($1.x)) > 3 }
    #expect(different < 30, "rounding may move a rim by a sample, not more")
  }

  @Test("Every corner of the box is in the picture, from any side", arguments: ["iso", "x", "-x", "y", "-z", "123,-40", "45,90"])
  func fits(view: String) throws {
    for isOrthographic in [false, true] {
      var corners: [SIMD3<Double>] = []
      for index in 0..<8 { corners.append(SIMD3(Double(index & 1), Double(index >> 1 & 1), Double(index >> 2)) * SIMD3(4, 9, 2)) }
      let area = Rectangle(x: 10, y: 20, width: 300, height: 200)
      let projection = Projection(
        of: corners, margin: 0, seenFrom: try View(parsing: view), into: area, options: .init(isOrthographic: isOrthographic))
      let pixels = corners.map { projection.pixel(projection.camera($0)) }
      let (left, right) = (pixels.map(\.x).min() ?? 0, pixels.map(\.x).max() ?? 0)
      let (top, bottom) = (pixels.map(\.y).min() ?? 0, pixels.map(\.y).max() ?? 0)
      #expect(left > 9.9 && right < 310.1 && top > 19.9 && bottom < 220.1)
      #expect(right - left > 299.9 || bottom - top > 199.9, "and fills it along one side")
    }
  }

  @Test("Particles that were lost to infinity are left out, and an empty frame is a picture too")
  func extremes() throws {
    let lost = places + [SIMD3(.nan, 0, 0), SIMD3(.infinity, 1, 1), SIMD3(1e300, 1, 1)]
    let options = bare { $0.radius = 1 }
    #expect(try Renderer(options).picture(of: frame(lost)) == Renderer(options).picture(of: frame(places)))
    #expect(try coveredArea(Renderer(bare()).picture(of: frame(lost))) > 0)
    #expect(try coveredArea(Renderer(bare()).picture(of: frame([]))) == 0)
    #expect(try coveredArea(Renderer(bare()).picture(of: frame([SIMD3(5, 5, 5)]))) > 0)
  }

  @Test("Neighbours of a lattice just touch when no radius is given")
  func radius() throws {
    let lattice: [SIMD3<Double>] = (0..<125).map { index in
      let cell = SIMD3(index % 5, index / 5 % 5, index / 25)
      return SIMD3<Double>(cell) * 2 + 1
    }
    #expect(abs(try Renderer(RenderOptions()).staging(of: frame(lattice)).radius - 1.1) < 1e-5)
  }

  @Test("The range of a movie holds those of its frames, and its ends have the ends of the map")
  func range() throws {
    let speeds = places.indices.map { SIMD3(Double($0), 0, 0) }
    let renderer = try Renderer(bare { $0.color = .field("velocity", component: nil) })
    var staging = try renderer.staging(of: frame(places, velocities: speeds))
    #expect(staging.range == 0...63)
    staging.include(try renderer.staging(of: frame(places, velocities: speeds.map { -2 * $0 })))
    #expect(staging.range == 0...126)
  }

  @Test("A diverging map is centred on zero")
  func diverging() throws {
    let velocities = places.indices.map { SIMD3(Double($0) - 10, 0, 0) }
    let renderer = try Renderer(bare { ($0.color, $0.colorMap) = (.field("velocity", component: 0), .coolwarm) })
    #expect(try renderer.staging(of: frame(places, velocities: velocities)).range == -53...53)
  }

  @Test("One value for all particles stands in the middle of a bar with ends that can be told apart", arguments: [0.0, -2, 3e-9])
  func constantField(value: Double) throws {
    var options = RenderOptions()
    options.color = try ColorSource(parsing: "velocity.x")
    let world = frame(crowd(2), velocities: crowd(2).map { _ in SIMD3(value, 1, 2) })
    let range = try #require(try Renderer(options).staging(of: world).range)
    #expect(abs((range.lowerBound + range.upperBound) / 2 - value) <= 1e-12 * abs(value))
    #expect(range.upperBound - range.lowerBound >= 0.1 * abs(value) && range.upperBound > range.lowerBound)
  }

  @Test("Clipped particles are not drawn")
  func clip() throws {
    var options = bare { $0.radius = 0.8 }
    options.clips = [try Clip(parsing: "x<5"), try Clip(parsing: "z > 2.5")]
    let kept = places.filter { $0.x < 5 && $0.z > 2.5 }
    #expect(try Renderer(options).picture(of: frame(places)) == Renderer(bare { $0.radius = 0.8 }).picture(of: frame(kept)))
  }

  @Test("A flat world shows each disc with its own area")
  func flat() throws {
    let world = Frame(
      step: 0, time: 0, box: Box(origin: [0, 0], lengths: [10, 10], sides: [.wall, .wall]), speciesNames: ["A"], ids: [0, 1],
      species: [0, 0],
      fields: [
        FrameField(name: "position", shape: .vector, components: 2, dimension: Dimension(length: 1), values: [3, 3, 7, 7]),
        FrameField(name: "radius", shape: .scalar, components: 1, dimension: Dimension(length: 1), values: [1, 2]),
      ], units: .reduced)
    let options = bare { ($0.width, $0.height, $0.samples) = (200, 200, 4) }
    let renderer = try Renderer(options), staging = try renderer.staging(of: world)
    let unit = 200.0 / 720, perLength = (200 - 68 * unit) / (10 + 2 * staging.radius)
    let exact = Double.pi * (1 + 4) * perLength * perLength
    #expect(abs(coveredArea(try renderer.picture(of: world)) / exact - 1) < 0.01)
  }

  @Test("Mistakes name what was found and what is near")
  func mistakes() throws {
    let renderer = try Renderer(bare { $0.color = .field("velocty", component: nil) })
    let failure = try #require(throws: Failure.self) {
      try renderer.picture(of: frame(places, velocities: places))
    }
    #expect(failure.description == "error: frames have no field velocty\n  hint: did you mean velocity?")
    #expect(throws: Failure.self) { try Renderer(bare { $0.samples = 3 }) }
    #expect(throws: Failure.self) { try Renderer(bare { $0.zoom = -1 }) }
    #expect(throws: Failure.self) { try Renderer(bare { $0.width = 1_000_000 }) }
    #expect(throws: Failure.self) { try View(parsing: "left") }
    #expect(throws: Failure.self) { try Clip(parsing: "q<3") }
    #expect(throws: Failure.self) { try ColorMap(named: "jet") }
    #expect(throws: Failure.self) { try ColorSource(parsing: "velocity[") }
    #expect(try ColorSource(parsing: "velocity.y") == .field("velocity", component: 1))
    #expect(try ColorSource(parsing: "stress[4]") == .field("stress", component: 4))
  }
}
