import Diagnostics
import World

/// A region ready to be asked which points are in it.
struct Interior {
  private let region: Region
  private let condition: CompiledFormula?
  private let solid: Surface?
  private let box: Box

  /// Reads the region's solid, if it has one.
  init(_ region: Region, scene: Scene, source: (any FrameSource)?) throws {
    self.region = region
    box = scene.box
    condition = try region.condition.map { (formula) throws(Diagnostics) in
      try formula.compiled(space: scene.space, isReduced: scene.units.isReduced)
    }
    solid = try region.solid.map { solid in
      guard let source else { throw Failure(.invalidScene, "\(solid.path): files cannot be read here") }
      return try source.surface(of: try scene.access.located(solid.path)).scaled(by: solid.unit, movedBy: solid.origin)
    }
  }

  func contains(_ point: [Double]) -> Bool {
    guard region.bounds(point) else { return false }
    if let condition, condition.numbers(["position": point, "id": [0], "box": box.lengths]) != [1] { return false }
    return solid.map { $0.contains(point) } ?? true
  }
}
