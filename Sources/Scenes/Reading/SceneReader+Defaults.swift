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

  /// The scene's own totals as a law without passes: its roles are the species; a total is over all where no `for` says which.
  mutating func totals(in tree: Tree) -> LawUse? {
    guard let measure = tree["measure"], let species = tree["species"]?.pairs?.map(\.key), !species.isEmpty else { return nil }
    let all = Tree(content: .list(species.map { .scalar($0, at: measure.location) }), location: measure.location)
    let parts = (measure.list ?? [measure]).map { $0.pairs == nil || $0["for"] != nil ? $0 : $0.setting("for", to: all) }
    let roles = species.map { "\($0): particles" }.joined(separator: ", ")
    let measures = Tree(content: .list(parts), location: measure.location).flow
    let text = "law: scene\nsource: the scene\nspecies: {\(roles)}\npasses: []\nmeasure: \(measures)\n"
    do throws(Diagnostics) {
      let law = try Law.read(text: text, file: measure.location.file)
      return LawUse(
        name: "measure", law: law, roles: Dictionary(uniqueKeysWithValues: species.map { ($0, [$0]) }), species: species,
        settings: [], every: 1)
    } catch {
      // The text that was read is not the one that was written, so all messages point at the key.
      for item in error.items { report.error("measure: \(item.message)", hint: item.hint, at: measure.location) }
      return nil
    }
  }
}
