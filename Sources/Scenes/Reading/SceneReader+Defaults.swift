import Diagnostics
import Expressions
import Laws

extension SceneReader {
  /// The default of a parameter as a scene would write it; nothing where the scene must give a value.
  func defaultTree(of parameter: Parameter) -> Tree? { parameter.value.flatMap { tree(of: $0) } }

  private func tree(of value: ParameterValue) -> Tree? {
    let at = SourceLocation(file: "default", line: 1, column: 1)
    switch value {
    case .quantity(let number, let dimension):
      if dimension.isOne { return .scalar("\(number)", at: at) }
      // A value with units is no default in a scene of reduced units.
      return units.isReduced ? nil : .scalar("\(number) \(dimension.unitText)", at: at)
    case .expression(let formula): return .scalar(formula.description, at: at)
    case .word(let word): return .scalar(word, at: at)
    case .list(let values):
      let trees = values.compactMap { tree(of: $0) }
      return trees.count == values.count ? Tree(content: .list(trees), location: at) : nil
    case .points(let points):
      let trees = points.compactMap { tree(of: .list([$0.0, $0.1])) }
      return trees.count == points.count ? Tree(content: .list(trees), location: at) : nil
    case .table(let path):
      return Tree(content: .map([Tree.Pair(key: "table", keyLocation: at, value: .scalar(path, at: at))]), location: at)
    case .each(let values):
      let pairs = values.compactMap { name, value in tree(of: value).map { Tree.Pair(key: name, keyLocation: at, value: $0) } }
      return pairs.count == values.count ? Tree(content: .map(pairs), location: at) : nil
    }
  }
}
