import Diagnostics
import Expressions

/// Writes what a scene leaves open into its tree, so that the resolved text says everything.
extension SceneReader {
  /// The tree with its keys in the order of the tables, and defaults that are constants filled in.
  func canonical(_ tree: Tree, _ table: KeyTable) -> Tree {
    var pairs = [Tree.Pair]()
    for key in table.keys {
      if let given = tree.pairs?.first(where: { $0.key == key.name }) {
        pairs.append(Tree.Pair(key: key.name, keyLocation: given.keyLocation, value: canonical(given.value, key.kind)))
      } else if case .value(let text) = key.standard, let value = try? Tree.read(text, file: "default") {
        pairs.append(Tree.Pair(key: key.name, keyLocation: tree.location, value: canonical(value, key.kind)))
      }
    }
    pairs += tree.pairs?.filter { table[$0.key] == nil } ?? []
    return Tree(content: .map(pairs), location: tree.location)
  }

  private func canonical(_ tree: Tree, _ kind: Kind) -> Tree {
    switch kind {
    case .map(let table) where tree.pairs != nil: return canonical(tree, table)
    case .named(let inner, _):
      guard let pairs = tree.pairs else { return tree }
      let values = pairs.map { Tree.Pair(key: $0.key, keyLocation: $0.keyLocation, value: canonical($0.value, inner)) }
      return Tree(content: .map(values), location: tree.location)
    case .either(let kinds): return choose(kinds, for: tree).map { canonical(tree, $0) } ?? tree
    case .integer:
      let text = tree.scalar ?? ""
      return (Int(text) ?? Double(text).flatMap { Int(exactly: $0) }).map { .scalar("\($0)", at: tree.location) } ?? tree
    default: return tree
    }
  }

  /// The canonical tree with defaults that follow from other values.
  mutating func completed(_ tree: Tree, stem: String) -> Tree {
    let at = SourceLocation(file: "default", line: 1, column: 1)
    func scalar(_ text: String) -> Tree { .scalar(text, at: at) }
    var tree = tree
    let system = Tree(content: .map([Tree.Pair(key: "system", keyLocation: at, value: scalar(units.name))]), location: at)
    tree = tree.setting("units", to: system)
    if let output = tree["output"], output.pairs != nil {
      let steps = Int(tree["steps"]?.scalar ?? "") ?? 0
      let file = output["file"] == nil ? output.setting("file", to: scalar("\(stem).h5")) : output
      let every = file["every"] == nil ? file.setting("every", to: scalar("\(max(1, steps / 100))")) : file
      tree = tree.setting("output", to: canonical(every, SceneKeys.output))
    }
    if units.isReduced { tree = withUnitMasses(tree) }
    tree = withLawDefaults(tree)
    return canonical(tree, SceneKeys.scene)
  }

  /// With reduced units a particle has mass 1 unless the scene says otherwise.
  private func withUnitMasses(_ tree: Tree) -> Tree {
    guard let species = tree["species"], let pairs = species.pairs else { return tree }
    let completed = pairs.map { pair in
      guard pair.value.pairs != nil, pair.value["fields"].map({ $0.pairs != nil && $0["mass"] == nil }) ?? true else {
        return pair
      }
      let fields = (pair.value["fields"] ?? Tree(content: .map([]), location: pair.value.location))
        .setting("mass", to: .scalar("1", at: pair.value.location))
      return Tree.Pair(key: pair.key, keyLocation: pair.keyLocation, value: pair.value.setting("fields", to: fields))
    }
    return tree.setting("species", to: Tree(content: .map(completed), location: species.location))
  }

  /// Every use of a law with the name of its law and the defaults of its parameters.
  private mutating func withLawDefaults(_ tree: Tree) -> Tree {
    guard let laws = tree["laws"], let pairs = laws.pairs else { return tree }
    let completed = pairs.map { pair in
      guard pair.value.pairs != nil else { return pair }
      let name = pair.value["law"]?.scalar ?? pair.key
      var value = pair.value.setting("law", to: pair.value["law"] ?? .scalar(name, at: pair.keyLocation))
      if let law = law(named: name, at: value["law"] ?? value) {
        for parameter in law.parameters where value[parameter.name] == nil {
          if let standard = defaultTree(of: parameter) { value = value.setting(parameter.name, to: standard) }
        }
      }
      return Tree.Pair(key: pair.key, keyLocation: pair.keyLocation, value: value)
    }
    return tree.setting("laws", to: Tree(content: .map(completed), location: laws.location))
  }
}
