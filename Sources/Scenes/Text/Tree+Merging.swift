import Diagnostics

extension Tree {
  /// This tree with another laid over it: maps are merged, all else is replaced.
  func overlaid(by other: Tree) -> Tree {
    guard case .map(let mine) = content, case .map(let theirs) = other.content else { return other }
    var result = mine
    for pair in theirs {
      if let index = result.firstIndex(where: { $0.key == pair.key }) {
        result[index] = Pair(key: pair.key, keyLocation: pair.keyLocation, value: result[index].value.overlaid(by: pair.value))
      } else {
        result.append(pair)
      }
    }
    return Tree(content: .map(result), location: other.location)
  }
}

/// Reads a scene's text together with what it includes.
struct Inclusion {
  var access: FileAccess
  var report: Report
  /// False once a file could not be included, so that keys may be missing through no fault of the scene.
  private(set) var isComplete = true
  private var path: [String] = []
  private var count = 0

  /// Files that one scene may include, all together.
  static let limit = 64

  init(access: FileAccess, report: Report) {
    self.access = access
    self.report = report
  }

  /// The tree of a text, laid over the trees of the files in its `include`.
  mutating func read(_ text: String, file: String) -> Tree? {
    report.register(text, as: file)
    let tree: Tree
    do {
      tree = try Tree.read(text, file: file)
    } catch {
      report.add(error)
      return nil
    }
    guard tree.pairs != nil else {
      report.error(
        "a scene is a map of keys, not \(tree.kindName)", hint: "begin with a line such as `title: Liquid argon`", at: tree)
      return nil
    }
    path.append(file)
    defer { path.removeLast() }
    let bases = (tree["include"].map { $0.list ?? [$0] } ?? []).compactMap { item -> Tree? in
      let base = included(item)
      if base == nil { isComplete = false }
      return base
    }
    let own = tree.removing("include")
    return bases.dropFirst().reduce(bases.first) { $0?.overlaid(by: $1) }?.overlaid(by: own) ?? own
  }

  private mutating func included(_ item: Tree) -> Tree? {
    guard let name = item.scalar else {
      report.error("include wants the name of a file, not \(item.kindName)", hint: "include: [base.yaml]", at: item)
      return nil
    }
    guard !path.contains(name) else {
      report.error("\(name) includes itself: \((path + [name]).joined(separator: ", "))", at: item)
      return nil
    }
    count += 1
    guard count <= Self.limit else {
      report.error("more than \(Self.limit) files are included", at: item)
      return nil
    }
    do {
      return read(try access.text(of: name, at: item.sourceText.start), file: name)
    } catch {
      report.add(error)
      return nil
    }
  }
}
