import Diagnostics
import Expressions
import World

extension Lowering {
  /// The value of an expression that a field of a lattice receives: in each component of a staggered field the position of the site
  /// is the place of that component. `ends` are the names by which a pair knows the site; none where it is alone.
  mutating func lower(
    _ text: Expression, at shape: Shape, of grid: Grid?, ends: [String] = [""]
  ) throws(Diagnostic) -> Value {
    let noise = noisePlace, value = try lower(text)
    let readsPosition = graph.inputs(of: value.components).contains { $0.kind == .field && $0.name == "position" }
    guard shape.isStaggered, let grid, readsPosition, value.components.count == space else { return value }
    var nodes: [NodeID] = []
    for component in 0..<space {
      let place = shape.place(ofComponent: component, space: space)
      var positions: [Key: Value] = [:]
      for end in ends {
        let key = Key("position", owner: end)
        guard case .value(let position)? = try meaning(key, &graph) else { continue }
        positions[key] = .vector(
          zip(position.components, place).map {
            graph.sum(constant: $1 * grid.spacing, [Graph.Term(coefficient: 1, node: $0)])
          })
      }
      noisePlace = noise
      nodes.append(try lower(text, replacing: positions).components[component])
    }
    return Value(value.shape, nodes)
  }
}
