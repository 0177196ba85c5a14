import Diagnostics
import Expressions

extension Scene {
  /// Paths of all values that a scene's text gives, such as `laws.lj.cutoff`, and the keys that any scene may have: what `--set`
  /// takes. A text that cannot be read gives the latter alone.
  public static func keyPaths(in text: String) -> [String] {
    let known = SceneKeys.scene.keys.map(\.name)
    guard let tree = try? Tree.read(text, file: "") else { return known }
    let given = tree.paths(after: "")
    return given + known.filter { name in !given.contains { $0 == name || $0.hasPrefix(name + ".") } }
  }

  /// The quantity that a scene's text gives at a path such as `laws.lj.cutoff`; nil if there is none.
  public static func quantity(at path: String, in text: String) -> Quantity? {
    guard let tree = try? Tree.read(text, file: ""), let value = tree.value(at: path[...])?.scalar else { return nil }
    return try? Units.parse(value)
  }
}

extension Tree {
  /// What stands at a path; keys may hold dots themselves.
  fileprivate func value(at path: Substring) -> Tree? {
    guard let pairs else { return nil }
    for pair in pairs where path.hasPrefix(pair.key) {
      let rest = path.dropFirst(pair.key.count)
      if rest.isEmpty { return pair.value }
      if rest.hasPrefix("."), let found = pair.value.value(at: rest.dropFirst()) { return found }
    }
    return nil
  }

  /// Paths of what is no map of its own.
  fileprivate func paths(after prefix: String) -> [String] {
    guard let pairs, !pairs.isEmpty else { return prefix.isEmpty ? [] : [prefix] }
    return pairs.flatMap { $0.value.paths(after: prefix.isEmpty ? $0.key : "\(prefix).\($0.key)") }
  }
}
