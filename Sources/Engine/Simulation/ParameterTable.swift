import Expressions
import KernelCompiler
import Scenes

/// The numbers behind `parameter` inputs: what the scene gives each use of a law, by species.
struct ParameterTable: Sendable {
  private var settings: [String: ParameterSetting] = [:]
  /// Where each species of the scene stands in the lists of a use; −1 if it plays no role.
  private var places: [String: [Int]] = [:]
  private var functions: [String: [SplineTable]] = [:]
  let speciesCount: Int

  init(_ scene: Scene) {
    speciesCount = scene.species.count
    for use in scene.laws {
      let places = scene.species.map { use.species.firstIndex(of: $0.name) ?? -1 }
      for setting in use.settings + (use.smooth.map { [$0] } ?? []) {
        let name = "\(use.name).\(setting.name)"
        settings[name] = setting
        self.places[name] = places
        functions[name] = Self.tables(of: setting)
      }
    }
  }

  private static func tables(of setting: ParameterSetting) -> [SplineTable]? {
    let tables = setting.values.compactMap { value -> SplineTable? in
      if case .function(.points(let points)) = value { SplineTable(points: points) } else { nil }
    }
    return tables.count == setting.values.count && !tables.isEmpty ? tables : nil
  }

  /// The number of a parameter, for species i and j (or the species of a member, i).
  func number(_ input: Input, i: Int = 0, j: Int = 0) -> Double {
    if input.name.hasPrefix(PairEnds.membershipPrefix) {
      let mask = UInt64(input.name.dropFirst(PairEnds.membershipPrefix.count)) ?? 0
      return (mask >> UInt64(input.end == "j" ? j : i)) & 1 == 1 ? 1 : 0
    }
    guard let setting = settings[input.name], let place = index(input.name, setting, end: input.end, i, j),
      case .numbers(let numbers) = setting.values[place], numbers.indices.contains(input.component)
    else { return 0 }
    return numbers[input.component]
  }

  /// The table of a function, for species i and j.
  func function(_ name: String, end: String, i: Int = 0, j: Int = 0) -> SplineTable? {
    guard let setting = settings[name], let place = index(name, setting, end: end, i, j) else { return nil }
    return functions[name]?[place]
  }

  /// Whether the tables of two functions have the same intervals, for each pair of species.
  func shareIntervals(_ one: FunctionUse, _ other: FunctionUse) -> Bool {
    (0..<speciesCount).allSatisfy { i in
      (0..<speciesCount).allSatisfy { j in
        guard let a = function(one.name, end: one.end, i: i, j: j), let b = function(other.name, end: other.end, i: i, j: j)
        else { return false }
        return a.first == b.first && a.width == b.width && a.intervals == b.intervals
      }
    }
  }

  /// Which of the values belongs to these species; a species that plays no role takes the first, which is never used.
  private func index(_ name: String, _ setting: ParameterSetting, end: String, _ i: Int, _ j: Int) -> Int? {
    let places = places[name] ?? [], count = places.filter { $0 >= 0 }.count
    func place(_ species: Int) -> Int { places.indices.contains(species) ? max(0, places[species]) : 0 }
    let index: Int
    switch setting.per {
    case nil: index = 0
    case .species: index = place(end == "j" ? j : i)
    case .pair: index = place(i) * count + place(j)
    }
    return setting.values.isEmpty ? nil : min(index, setting.values.count - 1)
  }

  /// Values of inputs that do not vary, for species i and j.
  func context(_ world: WorldState, i: Int = 0, j: Int = 0) -> GraphContext {
    GraphContext(
      input: { input in
        switch input.kind {
        case .parameter: number(input, i: i, j: j)
        case .species: Double(input.end == "j" ? j : i)
        default: world.number(input)
        }
      },
      call: { name, end, derivative, x in function(name, end: end, i: i, j: j)?.value(at: x, derivative: derivative) ?? .nan },
      noise: { noise, place, component, argument in world.noise(noise, place, component, argument) })
  }
}
