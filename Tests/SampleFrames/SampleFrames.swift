import Expressions
import Snapshots
import World

/// Frames of every kind that a snapshot can hold, the same on every call.
public struct SampleFrames: Sendable {
  /// Kinds of the sides, one per dimension.
  public var sides: [Side] = [.periodic, .periodic, .periodic]
  /// Units of the values.
  public var units = UnitSystem.molecular
  /// Particles in frame t.
  public var count: @Sendable (Int) -> Int = { _ in 40 }
  /// Whether there is a mass that is written once.
  public var hasStaticFields = true
  /// Scalars, tensors, flags and more besides position, velocity and force.
  public var hasManyFields = false

  /// Three periodic dimensions, molecular units, 40 particles.
  public init() {}

  /// Frame number `t`, whose values follow from `t` alone.
  public func frame(_ t: Int) -> Frame {
    let n = count(t), space = sides.count
    var seed = Random(state: UInt64(t))
    var random = Random(state: seed.next())
    var fields = [
      vector("position", Dimension(length: 1), n, { 10 * random.uniform() }),
      vector("velocity", Dimension(length: 1, time: -1), n, { random.uniform() - 0.5 }),
      vector("force", Dimension(length: 1, mass: 1, time: -2), n, { random.uniform() - 0.5 }),
    ]
    if hasStaticFields {
      fields.append(scalar("mass", Dimension(mass: 1), (0..<n).map { 39.9 + Double($0 % 2) }, isStatic: true))
    }
    if hasManyFields { fields += manyFields(n, space, &random) }
    return Frame(
      step: 100 * t, time: 0.5 * Double(t),
      box: Box(origin: [-1, 0, 0.5].prefix(space).map { $0 }, lengths: [10, 11, 12].prefix(space).map { $0 }, sides: sides),
      speciesNames: ["argon", "krypton"], ids: (0..<Int64(n)).map { 3 * $0 + 5 }, species: (0..<Int32(n)).map { $0 % 2 },
      fields: fields,
      observables: [
        Observable(name: "potential_energy", dimension: Dimension(length: 2, mass: 1, time: -2), values: [random.uniform()]),
        Observable(name: "histogram", dimension: .one, values: (0..<5).map { _ in random.uniform() }),
      ],
      units: units)
  }

  private func manyFields(_ n: Int, _ space: Int, _ random: inout Random) -> [FrameField] {
    func values(_ shape: Shape) -> [Double] { (0..<n * shape.components(space: space)).map { _ in random.uniform() } }
    let shapes: [(String, Shape, Dimension)] = [
      ("temperature", .scalar, Dimension(temperature: 1)), ("stress", .symmetric, Dimension(length: -1, mass: 1, time: -2)),
      ("gradient", .matrix, Dimension(time: -1)), ("orientation", .quaternion, .one), ("spin", .axial, Dimension(time: -1)),
      ("populations", .array(9, of: .scalar), .one), ("arms", .array(2, of: .vector), .one),
    ]
    var fields = shapes.map { name, shape, dimension in
      FrameField(
        name: name, shape: shape, components: shape.components(space: space), dimension: dimension, values: values(shape))
    }
    fields.append(scalar("flag", .one, (0..<n).map { Double($0 % 2) }, shape: .boolean))
    fields.append(scalar("contacts", .one, (0..<n).map { Double($0 % 7) }, shape: .integer))
    fields.append(vector("image", .one, n, { (4 * random.uniform()).rounded() - 2 }))
    return fields.filter { $0.components > 0 }
  }

  private func vector(_ name: String, _ dimension: Dimension, _ n: Int, _ value: () -> Double) -> FrameField {
    let values = (0..<n * sides.count).map { _ in value() }
    let shift = name == "position" ? -1.0 : 0  // the first side begins at -1
    return FrameField(
      name: name, shape: .vector, components: sides.count, dimension: dimension,
      values: values.enumerated().map { $1 + ($0 % sides.count == 0 ? shift : $0 % sides.count == 2 && shift != 0 ? 0.5 : 0) })
  }

  private func scalar(
    _ name: String, _ dimension: Dimension, _ values: [Double], shape: Shape = .scalar, isStatic: Bool = false
  ) -> FrameField {
    FrameField(name: name, shape: shape, components: 1, dimension: dimension, values: values, isStatic: isStatic)
  }

  /// An origin without anything private in it.
  public static let provenance = Provenance(
    scene: "name: sample\n", sceneSource: "name: sample\n", laws: [.init(name: "lennard-jones", text: "law: lennard-jones\n")],
    command: "mote run sample.yaml", version: "0.1.0", git: String(repeating: "0", count: 40), created: "2026-01-01T00:00:00Z",
    seed: 1)
}

/// SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
public struct Random: RandomNumberGenerator, Sendable {
  var state: UInt64

  /// A generator that starts here.
  public init(state: UInt64) { self.state = state }

  /// 64 random bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// In 0 ..< 1.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
