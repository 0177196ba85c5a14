import Diagnostics
import Expressions
import Laws

/// The scene's own totals, and the check of all its laws.
extension SceneReader {
  /// The name of the text that totals are read from, for places that no text of the scene stands for.
  private static let totalsFile = "measure"

  /// The scene's own totals as a law without passes: its roles are the species; a total is over all where no `for` says which.
  ///
  /// It knows the fields that laws give to the species and to the world.
  mutating func totals(in tree: Tree, laws: [LawUse]) -> LawUse? {
    guard let measure = tree["measure"], let kinds = tree["species"]?.pairs, !kinds.isEmpty else { return nil }
    let species = kinds.map(\.key), particles = kinds.filter { ($0.value["kind"]?.scalar ?? "particles") == "particles" }
    let all = Tree(
      content: .list((particles.isEmpty ? kinds : particles).map { .scalar($0.key, at: measure.location) }),
      location: measure.location)
    let parts = (measure.list ?? [measure]).map { $0.pairs == nil || $0["for"] != nil ? $0 : $0.setting("for", to: all) }
    let roles = kinds.map { "\($0.key): \($0.value["kind"]?.scalar ?? "particles")" }.joined(separator: ", ")
    let measures = Tree(content: .list(parts), location: measure.location).flow
    let text = "law: scene\nsource: the scene\nspecies: {\(roles)}\npasses: []\nmeasure: \(measures)\n"
    do throws(Diagnostics) {
      var law = try Law.read(text: text, file: Self.totalsFile)
      law.measures = zip(law.measures, parts).map { $0.placed(in: $1) }
      law.fields = laws.flatMap { $0.fields(of: species) }
      return LawUse(
        name: "measure", law: law, roles: Dictionary(uniqueKeysWithValues: species.map { ($0, [$0]) }), species: species,
        settings: [], every: 1)
    } catch {
      // The text that was read is not the one that was written, so all messages point at the key.
      for item in error.items { report.error("measure: \(item.message)", hint: item.hint, at: measure.location) }
      return nil
    }
  }

  /// Checks names, shapes and dimensions in laws, totals and the condition to stop.
  mutating func checkLaws(_ laws: [LawUse], totals: LawUse?, stop: Expression?, in tree: Tree) {
    let isReduced = units.isReduced
    let checked = CheckedLaws(laws, totals: totals, stop: stop, space: space, isReduced: isReduced, library: library)
    for var item in checked.problems.items {
      if item.location?.file == Self.totalsFile {
        (item.location, item.sourceLine) = (tree["measure"]?.location, nil)
      }
      report.add(item)
    }
  }
}

extension Measure {
  /// With expressions at the places of their texts in the scene, for messages.
  fileprivate func placed(in tree: Tree) -> Measure {
    func placed(_ expression: Expression, _ tree: Tree?) -> Expression {
      tree.flatMap { try? Expression.parse($0.sourceText) } ?? expression
    }
    func placed(_ binding: Binding, in tree: Tree?) -> Binding {
      let key = binding.index.map { "\(binding.name)[\($0)]" } ?? binding.name
      guard let pair = tree?.pairs?.first(where: { $0.key.filter { $0 != " " } == key }) else { return binding }
      var binding = binding
      binding.value = placed(binding.value, pair.value)
      binding.location = pair.keyLocation
      return binding
    }
    var measure = self
    measure.totals = totals.map { placed($0, in: tree) }
    measure.lets = lets.map { placed($0, in: tree["let"]) }
    measure.condition = condition.map { placed($0, tree["where"]) }
    if case .within(let range)? = pairing { measure.pairing = .within(placed(range, tree["within"])) }
    return measure
  }
}

extension LawUse {
  /// The fields that it gives to species, and to the world.
  fileprivate func fields(of species: [String]) -> [FieldDeclaration] {
    law.fields.flatMap { field -> [FieldDeclaration] in
      let owners = field.role == "world" ? ["world"] : (roles[field.role] ?? []).filter(species.contains)
      return owners.map { owner in
        var own = field
        (own.role, own.initial) = (owner, nil)
        return own
      }
    }
  }
}
