import Diagnostics
import Foundation
import World

extension Start {
  /// All particles are in the box, and no two at the same place.
  func checkPlaces() throws(Failure) {
    let box = scene.box, total = positions.reduce(0) { $0 + $1.count }
    let spacing = pow(box.volume / Double(max(1, total)), 1 / Double(box.space))
    // Fine cells: in a large box all particles may lie close together.
    var grid = PlaceGrid(box: box, reach: 0.01 * spacing)
    for (index, points) in positions.enumerated() {
      for (number, point) in points.enumerated() {
        for axis in point.indices where !(point[axis] >= box.origin[axis] && point[axis] <= box.origin[axis] + box.lengths[axis])
        {
          throw Failure(
            .invalidScene, "particle \(number + 1) of \(scene.species[index].name) is outside the box: \(place(point))",
            hint: "the box goes from \(place(box.origin)) to \(place(zip(box.origin, box.lengths).map(+)))")
        }
        // Closer than a millionth of the mean spacing is the same place.
        if let other = grid.neighbour(of: point, within: 1e-6 * spacing) {
          throw Failure(
            .invalidScene,
            "particle \(number + 1) of \(scene.species[index].name) is at the place of \(name(ofPlace: other)): \(place(point))",
            hint: "two fills overlap, or a point is given twice")
        }
        grid.insert(point)
      }
    }
  }

  private func name(ofPlace place: Int) -> String {
    var rest = place
    for (index, points) in positions.enumerated() {
      if rest < points.count { return "particle \(rest + 1) of \(scene.species[index].name)" }
      rest -= points.count
    }
    return "another"
  }

  private func place(_ point: [Double]) -> String {
    let unit = scene.units.isReduced ? "" : " \(scene.units.symbols[0])"
    return "(" + point.map { String(format: "%.6g", $0) }.joined(separator: ", ") + ")\(unit)"
  }
}

/// One species of a frame that was read from a file, in units of the run.
struct FrameExcerpt {
  var positions: [[Double]]
  var velocities: [[Double]]

  init(_ frame: Frame, species: String, scene: Scene, path: String) throws(Failure) {
    guard frame.box.space == scene.space else {
      throw Failure(.invalidScene, "\(path): has \(frame.box.space) dimensions, the scene's box \(scene.space)")
    }
    guard frame.units.isReduced == scene.units.isReduced else {
      throw Failure(.invalidScene, "\(path): one of file and scene is in reduced units, the other is not")
    }
    let only = frame.speciesNames.count == 1 ? 0 : nil
    guard let wanted = frame.speciesNames.firstIndex(of: species) ?? only else {
      throw Failure(
        .invalidScene, "\(path): has no species \(species)", hint: "say from: \(frame.speciesNames.joined(separator: " | "))")
    }
    let rows = frame.species.indices.filter { frame.species[$0] == Int32(wanted) }
    func vectors(_ name: String) -> [[Double]] {
      guard let field = frame[field: name], field.components == scene.space else { return [] }
      let factor = frame.units.scale(of: field.dimension) / scene.units.scale(of: field.dimension)
      return rows.map { row in (0..<field.components).map { field.values[row * field.components + $0] * factor } }
    }
    velocities = vectors("velocity")
    positions = vectors("position").map { scene.box.wrapped($0) }
  }
}

extension Box {
  /// The image of a point in the box, along periodic sides.
  func wrapped(_ point: [Double]) -> [Double] {
    point.indices.map { axis in
      guard sides[axis] == .periodic else { return point[axis] }
      let part = (point[axis] - origin[axis]) / lengths[axis]
      return part >= 0 && part < 1 ? point[axis] : origin[axis] + (part - part.rounded(.down)) * lengths[axis]
    }
  }
}
