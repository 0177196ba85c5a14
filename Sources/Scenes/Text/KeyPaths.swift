import Diagnostics

extension Scene {
  /// Paths of all values that a scene's text gives, such as `laws.lj.cutoff`, and the keys that any scene may have: what `--set`
  /// takes. A text that cannot be read gives the latter alone.
  public static func keyPaths(in text: String) -> [String] {
    let known = SceneKeys.scene.keys.map(\.name)
    guard let tree = try? Tree.read(text, file: "") else { return known }
    let given = tree.paths(after: "")
    return given + known.filter { name in !given.contains { $0 == name || $0.hasPrefix(name + ".") } }
  }
}

extension Tree {
  /// Paths of what is no map of its own.
  fileprivate func paths(after prefix: String) -> [String] {
    guard let pairs, !pairs.isEmpty else { return prefix.isEmpty ? [] : [prefix] }
    return pairs.flatMap { $0.value.paths(after: prefix.isEmpty ? $0.key : "\(prefix).\($0.key)") }
  }
}
