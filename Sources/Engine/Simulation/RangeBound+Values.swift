import Expressions
import Foundation
import KernelCompiler

extension RangeBound {
  var readsFields: Bool { graph.inputs(of: nodes).contains { $0.kind == .field } }

  /// The largest range over all species and particles; fields enter with their largest values (length).
  func value(_ store: MemberStore, _ parameters: ParameterTable, _ world: WorldState) -> Double {
    let largest = extremes(of: store, 0..<store.count)
    return value(Tape(graph, roots: nodes), parameters, world, Self.pairs(parameters)) {
      largest[Column($0.name, $0.component)] ?? 0
    }
  }

  /// The largest value of each field that it reads among some particles.
  fileprivate func extremes(of store: MemberStore, _ places: some Sequence<Int>) -> [Column: Double] {
    var largest: [Column: Double] = [:]
    for case let input in graph.inputs(of: nodes) where input.kind == .field {
      let column = Column(input.name, input.component)
      guard largest[column] == nil, let numbers = store.column(column) else { continue }
      largest[column] = places.reduce(-.infinity) { max($0, numbers[$1]) }
    }
    return largest
  }

  /// All pairs of species.
  fileprivate static func pairs(_ parameters: ParameterTable) -> [(Int, Int)] {
    let count = parameters.speciesCount
    return (0..<count * count).map { ($0 / count, $0 % count) }
  }

  /// The largest range of some pairs of species where fields have these values.
  fileprivate func value(
    _ tape: Tape, _ parameters: ParameterTable, _ world: WorldState, _ species: [(Int, Int)], field: @escaping (Input) -> Double
  ) -> Double {
    species.reduce(0) { best, pair in
      var context = parameters.context(world, i: pair.0, j: pair.1)
      let inner = context.input
      context.input = { $0.kind == .field ? field($0) : inner($0) }
      return max(best, tape.run(in: context).max() ?? 0)
    }
  }
}

/// Particles by the octave of their own range, as they are now.
struct RangeLevels {
  /// Level of each particle: 0 for those within a factor of two of the largest, 1 for the octave below it, and so on.
  let levels: [UInt8]
  /// The largest range of pairs of two levels (length).
  let reach: [[Double]]
  /// For each level the largest values of the fields that ranges depend on.
  private let largest: [[Column: Double]]

  /// Octaves that are told apart.
  private static let most = 12.0

  /// Nil if all ranges are alike: none is less than half of the largest.
  init?(_ range: RangeBound, _ store: MemberStore, _ parameters: ParameterTable, _ world: WorldState, largest all: Double) {
    guard range.readsFields, all > 0 else { return nil }
    let tape = Tape(range.graph, roots: range.nodes)
    let levels = (0..<store.count).map { place -> UInt8 in
      let species = Int(store.speciesColumn[place])
      let own = range.value(tape, parameters, world, [(species, species)]) { input in
        store.column(Column(input.name, input.component))?[place] ?? 0
      }
      return own > 0 ? UInt8(min(Self.most, max(0, -log2(own / all)))) : UInt8(Self.most)
    }
    guard let last = levels.max(), last > 0 else { return nil }
    let largest = (0...last).map { level in range.extremes(of: store, levels.indices.lazy.filter { levels[$0] == level }) }
    reach = largest.map { mine in
      largest.map { theirs in
        range.value(tape, parameters, world, RangeBound.pairs(parameters)) {
          ($0.end == "j" ? theirs : mine)[Column($0.name, $0.component)] ?? 0
        }
      }
    }
    (self.levels, self.largest) = (levels, largest)
  }

  /// Whether no particle has outgrown its level since, as long as the order is the same.
  func cover(_ store: MemberStore) -> Bool {
    guard store.count == levels.count else { return false }
    for column in Set(largest.flatMap(\.keys)) {
      guard let numbers = store.column(column) else { continue }
      let bounds = largest.map { $0[column] ?? 0 }
      for place in levels.indices where numbers[place] > bounds[Int(levels[place])] { return false }
    }
    return true
  }
}
