import Diagnostics
import Expressions
import World

/// Where particles are at the start.
extension SceneReader {
  private static let ways = ["lattice", "random", "walk", "points", "file", "replace"]

  /// The keys that go with each way to fill.
  private static let companions: [String: Set<String>] = [
    "lattice": ["count", "cells", "spacing", "density", "offset", "region"], "random": ["distance", "region"],
    "walk": ["length", "step", "region"],
    "points": ["velocities"], "file": ["frame", "format", "from"], "replace": ["count"],
  ]

  mutating func fill(_ tree: Tree, of species: Tree.Pair, box: Box) -> Fill? {
    let given = Self.ways.filter { tree[$0] != nil }
    guard given.count == 1, let way = given.first else {
      report.error(
        "fill: say one of \(Self.ways.joined(separator: ", "))", hint: "{lattice: fcc, count: 864, density: 1.374 g/cm^3}",
        at: tree.location)
      return nil
    }
    for pair in tree.pairs ?? [] where pair.key != way && Self.companions[way]?.contains(pair.key) == false {
      report.error("fill: \(pair.key) does not go with \(way)", at: pair)
    }
    switch way {
    case "lattice": return latticeFill(tree, mass: mass(of: species.value), box: box).map(Fill.lattice)
    case "random": return randomFill(tree, box: box)
    case "walk": return walkFill(tree, box: box)
    case "points": return pointsFill(tree)
    case "file": return fileFill(tree, species: species.key)
    default: return replacement(tree)
    }
  }

  /// What a lattice is asked to be; mistakes are reported.
  mutating func latticeRequest(_ tree: Tree, mass: Double?) -> LatticeRequest? {
    guard let lattice = Lattice.all.first(where: { $0.name == tree["lattice"]?.scalar }) else { return nil }
    guard lattice.space == space else {
      report.error("lattice: \(lattice.name) has \(lattice.space) dimensions, the box \(space)", at: tree["lattice"] ?? tree)
      return nil
    }
    let cells = tree["cells"]?.list?.compactMap { $0.scalar.flatMap { Int($0) } }
    let offset = tree["offset"].map { vector($0, [.one], key: "offset") } ?? Array(repeating: 0, count: space)
    guard cells == nil || cells?.count == space, let offset else {
      report.error("cells: expected one number for each of \(space) dimensions", at: tree["cells"] ?? tree)
      return nil
    }
    let spacing = tree["spacing"].flatMap { quantity($0, [.length], .positive, key: "spacing") }
    let density = tree["density"].flatMap { numberDensity($0, mass: mass) }
    if spacing != nil, tree["density"] != nil {
      report.error("fill: density follows from spacing; give one of them", at: tree["density"] ?? tree)
    }
    return LatticeRequest(
      lattice: lattice, count: tree["count"].flatMap { integer($0, SceneKeys.positive, key: "count") }, cells: cells,
      spacing: spacing, density: density, offset: offset)
  }

  private mutating func numberDensity(_ tree: Tree, mass: Double?) -> Double? {
    guard let density = quantity(tree, [.density, .numberDensity], .positive, key: "density") else { return nil }
    let isNumber = (try? Units.parse(tree.sourceText))?.dimension == KeyDimension.numberDensity.dimension(space: space)
    if isNumber || units.isReduced { return density }
    guard let mass else {
      report.error("density: of mass, but fields give no mass", hint: "fields: {mass: 39.948 u}", at: tree)
      return nil
    }
    return density / mass
  }

  private mutating func latticeFill(_ tree: Tree, mass: Double?, box: Box) -> LatticeFill? {
    guard let request = latticeRequest(tree, mass: mass), let region = region(tree["region"], box: box) else { return nil }
    let isFitted =
      tree["region"] == nil && request.fitted().map { zip($0.cells, $0.sides).map { Double($0) * $1 } == box.lengths } == true
    if !isFitted, request.count != nil, request.density != nil {
      report.error("fill: the region fixes count from density; give one of them", at: tree["count"] ?? tree)
      return nil
    }
    guard let place = isFitted ? request.fitted() : request.placed(in: region.lengths) else {
      if tree["density"] == nil, tree["spacing"] == nil, tree["count"] == nil {
        report.error(
          "fill: a lattice wants spacing, density, or count", hint: "{lattice: \(request.lattice.name), count: 500}",
          at: tree.location)
      } else if !report.hasErrors {
        report.error("fill: not one particle fits, or too many would", at: tree.location)
      }
      return nil
    }
    let sites = place.cells.reduce(Double(request.lattice.basis.count)) { $0 * Double($1) }
    guard sites >= 1, sites < Double(Int32.max) else {
      report.error(sites < 1 ? "fill: not one unit cell fits" : "fill: more than \(Int32.max) particles", at: tree.location)
      return nil
    }
    // `placed` has seen to it that this number is one of particles; where the lattice's cells are given it does not matter.
    let rounded = request.density.flatMap { Int(exactly: ($0 * region.lengths.reduce(1, *)).rounded()) }
    let fill = LatticeFill(
      lattice: request.lattice, cells: place.cells, sides: place.sides, offset: request.offset, region: region,
      count: request.count ?? (isFitted || request.cells != nil ? nil : rounded))
    if let count = request.count, count > fill.siteCount {
      report.error("count: \(count) particles, but the lattice has \(fill.siteCount) sites", at: tree["count"] ?? tree)
    }
    warnOfGap(fill, box: box, at: tree)
    return fill
  }

  private mutating func warnOfGap(_ fill: LatticeFill, box: Box, at tree: Tree) {
    for axis in 0..<space where box.sides[axis] == .periodic && fill.region.lengths[axis] == box.lengths[axis] {
      let filled = Double(fill.cells[axis]) * fill.sides[axis]
      if abs(filled - box.lengths[axis]) > 1e-6 * box.lengths[axis] {
        let axisName = ["x", "y", "z"][axis]
        report.warning(
          "fill: whole cells do not meet across the periodic side \(axisName)", hint: "size: fit, or count or density",
          at: tree.location)
      }
    }
  }

  private mutating func randomFill(_ tree: Tree, box: Box) -> Fill? {
    guard let count = tree["random"].flatMap({ integer($0, SceneKeys.positive, key: "random") }),
      let region = region(tree["region"], box: box)
    else { return nil }
    let distance = tree["distance"].map { quantity($0, [.length], .notNegative, key: "distance") } ?? 0
    if let distance, let given = tree["distance"], distance > box.lengths.max() ?? 0 {
      report.error("distance: is larger than the box", at: given)
      return nil
    }
    return distance.map { .random(count: count, distance: $0, region: region) }
  }

  private mutating func pointsFill(_ tree: Tree) -> Fill? {
    let points = tree["points"]?.list ?? [], given = tree["velocities"]?.list ?? []
    let positions = points.compactMap { vector($0, [.length], key: "points") }
    let velocities = given.compactMap { vector($0, [.velocity], key: "velocities") }
    guard velocities.isEmpty || given.count == points.count else {
      report.error("velocities: \(given.count) of them for \(points.count) points", at: tree["velocities"] ?? tree)
      return nil
    }
    return positions.count == points.count ? .points(positions, velocities: velocities) : nil
  }

  private mutating func fileFill(_ tree: Tree, species: String) -> Fill? {
    guard let path = tree["file"], let name = path.scalar else { return nil }
    do {
      _ = try access.resolve(name, at: path.sourceText.start)
    } catch {
      report.add(error)
      return nil
    }
    let frame = tree["frame"]?.scalar ?? "last"
    let selection: FileFill.Selection = frame == "first" ? .first : Int(frame).map { .index($0) } ?? .last
    return .file(FileFill(path: name, frame: selection, format: tree["format"]?.scalar, species: tree["from"]?.scalar ?? species))
  }

  private mutating func replacement(_ tree: Tree) -> Fill? {
    guard let name = tree["replace"]?.scalar else { return nil }
    guard let count = tree["count"].flatMap({ integer($0, SceneKeys.positive, key: "count") }) else {
      report.error("fill: replace wants a count", hint: "{replace: \(name), count: 100}", at: tree.location)
      return nil
    }
    return .replace(species: name, count: count)
  }

  private mutating func walkFill(_ tree: Tree, box: Box) -> Fill? {
    guard let length = tree["length"], let step = tree["step"] else {
      report.error("walk: say the length of a chain and its step", hint: "{walk: 100, length: 20, step: 1 nm}", at: tree.location)
      return nil
    }
    guard let chains = tree["walk"].flatMap({ integer($0, SceneKeys.positive, key: "walk") }),
      let count = integer(length, SceneKeys.positive, key: "length"),
      let distance = quantity(step, [.length], .positive, key: "step"), let region = region(tree["region"], box: box)
    else { return nil }
    return .walk(WalkFill(chains: chains, length: count, step: distance, region: region))
  }
}
