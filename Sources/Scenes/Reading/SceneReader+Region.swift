import Diagnostics
import Expressions
import World

/// Where a fill may put particles.
extension SceneReader {
  mutating func region(_ tree: Tree?, box: Box) -> Region? {
    let upper = zip(box.origin, box.lengths).map { $0 + $1 }
    guard let tree else { return Region(from: box.origin, to: upper) }
    let from = tree["from"].map { vector($0, [.length], key: "from") } ?? box.origin
    let to = tree["to"].map { vector($0, [.length], key: "to") } ?? upper
    guard let from, let to else { return nil }
    let isInside = (0..<space).allSatisfy { axis in
      let slack = 1e-9 * box.lengths[axis]
      return from[axis] >= box.origin[axis] - slack && to[axis] <= upper[axis] + slack && from[axis] < to[axis]
    }
    guard isInside else {
      report.error("region: must lie in the box, and from be less than to along every axis", at: tree.location)
      return nil
    }
    guard var region = cut(Region(from: from, to: to), by: tree) else { return nil }
    region.condition = tree["where"].flatMap { condition($0) }
    region.solid = tree["solid"].flatMap { solid($0) }
    return region
  }

  /// A block cut by the ball that the region names, if it names one.
  private mutating func cut(_ block: Region, by tree: Tree) -> Region? {
    guard let centre = tree["centre"] else {
      if let radius = tree["radius"] { report.error("region: radius wants a centre", at: radius) }
      return block
    }
    guard let radius = tree["radius"] else {
      report.error("region: centre wants a radius", at: centre)
      return nil
    }
    guard let middle = vector(centre, [.length], key: "centre"),
      let length = quantity(radius, [.length], .positive, key: "radius")
    else {
      return nil
    }
    let lower = zip(block.from, middle).map { max($0, $1 - length) }, higher = zip(block.to, middle).map { min($0, $1 + length) }
    guard zip(lower, higher).allSatisfy({ $0 < $1 }) else {
      report.error("region: the ball is outside the block", at: centre)
      return nil
    }
    return Region(from: lower, to: higher, ball: Region.Ball(centre: middle, radius: length))
  }

  private mutating func condition(_ tree: Tree) -> Formula? {
    guard let formula = formula(tree, arguments: Formula.ofParticles, key: "where") else { return nil }
    do {
      guard try formula.compiled(space: space, isReduced: units.isReduced).count == 1 else {
        report.error("where: expected a condition", hint: "{formula: position.x < a, a: 2 nm}", at: tree)
        return nil
      }
      return formula
    } catch {
      for item in error.items { report.add(item) }
      return nil
    }
  }

  private mutating func solid(_ tree: Tree) -> Region.Solid? {
    guard let path = tree["file"]?.scalar else { return nil }
    guard space == 3 else {
      report.error("solid: a surface encloses something in three dimensions only, the box has \(space)", at: tree.location)
      return nil
    }
    let unit = tree["unit"].map { quantity($0, [.length], .positive, key: "unit") } ?? 1
    let origin = tree["at"].map { vector($0, [.length], key: "at") } ?? [0, 0, 0]
    guard let unit, let origin else { return nil }
    return Region.Solid(path: path, unit: unit, origin: origin)
  }
}
