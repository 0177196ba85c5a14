import Diagnostics
import Foundation
import World

/// Puts the particles of a scene into their places, species after species.
struct Start {
  let scene: Scene
  let source: (any FrameSource)?
  /// Positions and velocities by species; velocities are empty where none were given.
  private(set) var positions: [[[Double]]]
  private(set) var velocities: [[[Double]]]

  init(scene: Scene, source: (any FrameSource)?) throws {
    self.scene = scene
    self.source = source
    positions = Array(repeating: [], count: scene.species.count)
    velocities = positions
    for index in scene.species.indices { try place(index) }
    // Random places are looked for after all others, so that they keep away from them.
    for index in scene.species.indices { try insert(index) }
    for index in scene.species.indices { try replace(index) }
    try checkPlaces()
  }

  /// Ids are given in the order of species and places, from 1.
  func firstID(of species: Int) -> Int64 { Int64(positions.prefix(species).reduce(0) { $0 + $1.count }) + 1 }

  private mutating func place(_ index: Int) throws {
    switch scene.species[index].fill {
    case .lattice(let fill):
      let interior = try Interior(fill.region, scene: scene, source: source)
      positions[index] = fill.positions(interior.contains)
    case .points(let points, let given): (positions[index], velocities[index]) = (points, given)
    case .file(let fill): try read(fill, index)
    case .walk(let fill): positions[index] = walk(fill, index)
    case .random, .replace, nil: break
    }
  }

  /// Chains whose steps have independent normal components; sides that are not periodic throw them back.
  private func walk(_ fill: WalkFill, _ index: Int) -> [[Double]] {
    let box = scene.box, noise = Noise(seed: scene.seed, stream: .walk), region = fill.region
    var points: [[Double]] = []
    for number in 0..<fill.count {
      if number % fill.length == 0 {
        let u = noise.uniform(UInt64(number), UInt32(index) << 1)
        points.append(region.from.indices.map { region.from[$0] + u[$0] * (region.to[$0] - region.from[$0]) })
        continue
      }
      let turn = noise.normal(UInt64(number), UInt32(index) << 1 | 1), last = points[number - 1]
      points.append(
        last.indices.map { axis in
          let step = turn[axis] * fill.step / Double(box.space).squareRoot(), side = box.lengths[axis]
          let from = last[axis] + step - box.origin[axis]
          if box.sides[axis] == .periodic { return box.origin[axis] + from - (from / side).rounded(.down) * side }
          return from >= 0 && from <= side ? last[axis] + step : last[axis] - step
        })
    }
    return points
  }

  private mutating func read(_ fill: FileFill, _ index: Int) throws {
    guard let source else { throw Failure(.invalidScene, "\(fill.path): files cannot be read here") }
    let frame = try source.frame(of: try scene.access.located(fill.path), fill.frame, format: fill.format)
    let taken = try FrameExcerpt(frame, species: fill.species, scene: scene, path: fill.path)
    (positions[index], velocities[index]) = (taken.positions, taken.velocities)
  }

  /// Takes particles of another species at random: those with the lowest random ranks, in their order.
  private mutating func replace(_ index: Int) throws {
    guard case .replace(let name, let count)? = scene.species[index].fill,
      let other = scene.species.firstIndex(where: { $0.name == name })
    else { return }
    guard count < positions[other].count else {
      throw Failure(
        .invalidScene, "\(scene.species[index].name): \(count) of \(name) are to be replaced, there are \(positions[other].count)"
      )
    }
    let noise = Noise(seed: scene.seed, stream: .replacement)
    let ranks = positions[other].indices.map { (rank: noise.uniform(UInt64($0), UInt32(index))[0], place: $0) }
    let chosen = Set(ranks.sorted { ($0.rank, $0.place) < ($1.rank, $1.place) }.prefix(count).map(\.place))
    for (place, position) in positions[other].enumerated() where chosen.contains(place) {
      positions[index].append(position)
      if !velocities[other].isEmpty { velocities[index].append(velocities[other][place]) }
    }
    positions[other] = positions[other].enumerated().filter { !chosen.contains($0.offset) }.map(\.element)
    velocities[other] = velocities[other].enumerated().filter { !chosen.contains($0.offset) }.map(\.element)
  }

  /// Random insertion: the first of a particle's random places that is far enough from all others.
  private mutating func insert(_ index: Int) throws {
    guard case .random(let count, let distance, let region)? = scene.species[index].fill else { return }
    var grid = PlaceGrid(box: scene.box, reach: distance)
    if distance > 0 { for point in positions.joined() { grid.insert(point) } }
    let noise = Noise(seed: scene.seed, stream: .insertion), interior = try Interior(region, scene: scene, source: source)
    for number in 0..<count {
      let point = (0..<Start.attempts).lazy.map { attempt in
        let u = noise.uniform(UInt64(number), UInt32(index) << 16 | UInt32(attempt))
        return region.from.indices.map { region.from[$0] + u[$0] * (region.to[$0] - region.from[$0]) }
      }.first { interior.contains($0) && (distance == 0 || grid.neighbour(of: $0, within: distance) == nil) }
      guard let point else {
        throw Failure(
          .invalidScene, "\(scene.species[index].name): no room for particle \(number + 1) of \(count) at random",
          hint: "take fewer, a smaller distance, a larger region, or a lattice")
      }
      positions[index].append(point)
      if distance > 0 { grid.insert(point) }
    }
  }

  /// Random places that are tried for one particle.
  static let attempts = 20_000
}
