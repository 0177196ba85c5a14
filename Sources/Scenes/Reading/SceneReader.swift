import Diagnostics
import Expressions
import Laws
import World

/// Turns a tree into a scene, collecting all mistakes on the way.
struct SceneReader {
  var report: Report
  let access: FileAccess
  let library: LawLibrary
  /// Until the scene's units are known, numbers are read in SI.
  var units = UnitSystem.si
  /// Dimensions of the box.
  var space = 3
  /// False if a file could not be included: then nobody knows which keys are missing.
  var isComplete = true

  init(report: Report, access: FileAccess, library: LawLibrary) {
    self.report = report
    self.access = access
    self.library = library
  }

  /// The scene that a tree says; nothing, with the mistakes in `report`, if it says none.
  /// - Parameter stem: name of the scene's file without its ending.
  mutating func scene(_ tree: Tree, stem: String) -> Scene? {
    space = spaceOfBox(in: tree)
    if tree["units"].flatMap(systemName) == "reduced" { units = .reduced }
    check(tree, SceneKeys.scene)
    var whole = canonical(tree, SceneKeys.scene)
    let explicit = whole["units"].flatMap(systemName)
    // Mistakes are told in the first units; these numbers are only made again in those of the run.
    let lengths = box(in: whole)?.lengths
    units = unitSystem(named: explicit, boxLengths: lengths ?? [])
    whole = completed(whole, stem: stem)
    return decode(whole)
  }

  private mutating func decode(_ tree: Tree) -> Scene? {
    let box = box(in: tree)
    let laws = lawUses(in: tree)
    let species = box.map { self.species(in: tree, box: $0, laws: laws) } ?? []
    let expectations = tree["expect"]?.pairs?.compactMap { expectation($0) } ?? []
    let stop = tree["stop when"].flatMap { expression($0) }
    let totals = totals(in: tree)
    // A law that could not be read would leave the names of its totals unknown.
    if laws.count == tree["laws"]?.pairs?.count ?? 0, laws.allSatisfy({ $0.law.dimensions.contains(space) }) {
      checkLaws(laws, totals: totals, stop: stop, in: tree)
    }
    if let file = tree["output"]?["file"], file.scalar == "" { report.error("output: file wants a name", at: file) }
    guard !report.hasErrors, let box, let dt = tree["dt"].flatMap({ quantity($0, [.time], .positive, key: "dt") }) else {
      return nil
    }
    let output = output(tree["output"])
    return Scene(
      title: tree["title"]?.scalar ?? "", units: units, seed: UInt64(number(tree["seed"]) ?? 1),
      precision: tree["precision"]?.scalar.flatMap(Scene.Precision.init) ?? .mixed, box: box, species: species, laws: laws,
      timeStep: dt, steps: number(tree["steps"]) ?? 0, totals: totals, logEvery: number(tree["log"]?["every"]) ?? 100,
      output: output, checkpointEvery: number(tree["checkpoint"]?["every"]), stop: stop,
      limitPolicy: tree["on limit"]?.scalar.flatMap(Scene.LimitPolicy.init) ?? .warn, expectations: expectations,
      resolvedText: tree.yaml(), access: access, warnings: report.diagnostics)
  }

  private func number(_ tree: Tree?) -> Int? { tree?.scalar.flatMap { Int($0) } }

  private func systemName(_ tree: Tree) -> String? { tree.scalar ?? tree["system"]?.scalar }

  private func unitSystem(named name: String?, boxLengths: [Double]) -> UnitSystem {
    switch name {
    case "reduced": .reduced
    case "molecular": .molecular
    case "cgs": .cgs
    case "SI": .si
    default: (boxLengths.max() ?? 1) < 1e-6 ? .molecular : .si
    }
  }

  private func output(_ tree: Tree?) -> Output {
    Output(
      file: tree?["file"]?.scalar ?? "", every: number(tree?["every"]) ?? 1,
      fields: tree?["fields"]?.list?.compactMap(\.scalar) ?? [], isDouble: tree?["precision"]?.scalar == "double",
      compression: number(tree?["compression"]) ?? 1)
  }

  private mutating func expectation(_ pair: Tree.Pair) -> Expectation? {
    let tree = pair.value, name = pair.key
    if let bounds = tree["between"].flatMap({ items($0) })?.compactMap({ value($0, key: "between") }), bounds.count == 2 {
      guard bounds[0].number <= bounds[1].number, bounds[0].dimension == bounds[1].dimension else {
        report.error("\(name): between wants the smaller bound first, both of one dimension", at: pair)
        return nil
      }
      return Expectation(total: name, range: bounds[0].number...bounds[1].number, dimension: bounds[0].dimension)
    }
    guard let middle = tree["value"].flatMap({ value($0, key: "value") }),
      let within = tree["within"], let width = value(within, key: "within")
    else {
      report.error("\(name): say value and within, or between", hint: "{value: 94.4 kB K, within: 3 %}", at: pair)
      return nil
    }
    let isRelative = within.scalar?.contains("%") == true
    guard isRelative || width.dimension == middle.dimension else {
      report.error("within: must be of the dimension of value, or in %", at: within)
      return nil
    }
    let off = abs(isRelative ? width.number * middle.number : width.number)
    return Expectation(total: name, range: (middle.number - off)...(middle.number + off), dimension: middle.dimension)
  }
}
