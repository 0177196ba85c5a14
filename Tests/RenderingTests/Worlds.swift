import Expressions
import World

@testable import Rendering

/// A frame of spheres in a cube from the origin; `radius` is stored as a field if given.
func frame(
  _ positions: [SIMD3<Double>], side: Double = 10, radius: Double? = nil, species: [Int32]? = nil, names: [String] = ["A", "B"],
  velocities: [SIMD3<Double>]? = nil, units: UnitSystem = .reduced
) -> Frame {
  func flat(_ vectors: [SIMD3<Double>]) -> [Double] { vectors.flatMap { [$0.x, $0.y, $0.z] } }
  var fields = [
    FrameField(name: "position", shape: .vector, components: 3, dimension: Dimension(length: 1), values: flat(positions))
  ]
  if let velocities {
    fields.append(
      FrameField(
        name: "velocity", shape: .vector, components: 3, dimension: Dimension(length: 1, time: -1), values: flat(velocities)))
  }
  if let radius {
    fields.append(
      FrameField(
        name: "radius", shape: .scalar, components: 1, dimension: Dimension(length: 1),
        values: Array(repeating: radius, count: positions.count)))
  }
  return Frame(
    step: 0, time: 0, box: Box(origin: [0, 0, 0], lengths: [side, side, side], sides: [.periodic, .periodic, .periodic]),
    speciesNames: names, ids: positions.indices.map { Int64($0) }, species: species ?? positions.map { _ in 0 }, fields: fields,
    units: units)
}

/// A cube of n³ places in a box of the given side, each moved a little by a fixed rule.
func crowd(_ n: Int, side: Double = 10) -> [SIMD3<Double>] {
  let step = side / Double(n)
  return (0..<n * n * n).map { index in
    let cell = SIMD3(Double(index % n), Double(index / n % n), Double(index / n / n))
    let wobble = SIMD3(Double(index * 7 % 11), Double(index * 5 % 13), Double(index * 3 % 17)) / 17 - 0.4
    return (cell + 0.5 + wobble * 0.5) * step
  }
}

/// Options for small pictures of nothing but spheres on a transparent ground.
func bare(_ change: (inout RenderOptions) -> Void = { _ in }) -> RenderOptions {
  var options = RenderOptions()
  (options.width, options.height, options.background) = (96, 96, .transparent)
  (options.hasBox, options.hasTime, options.hasLegend) = (false, false, false)
  change(&options)
  return options
}

/// Area (pixels) that a picture covers.
func coveredArea(_ picture: Picture) -> Double { picture.pixels.reduce(0) { $0 + Double($1.w) / 255 } }
