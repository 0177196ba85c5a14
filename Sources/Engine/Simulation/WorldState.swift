import Expressions
import KernelCompiler

/// Fields of the world and measured totals, and the noise that the host draws.
struct WorldState {
  private(set) var numbers: [String: [Double]] = [:]
  /// Counts of species, by mask.
  var counts: [Int] = []
  var seed: UInt64 = 0
  var step: Int64 = 0
  /// Terms of the totals that are being put together: "term", "pair", "series", "histogram".
  var locals: [Input: Double] = [:]
  /// Draws noise: kind (as in the kernels' text), seed, step, place, id (-1 for the world), argument.
  var draw: (@Sendable (Graph.Noise, UInt64, Int64, Int, Int64, Double) -> Double)?

  subscript(name: String) -> [Double] {
    get { numbers[name] ?? [] }
    set { numbers[name] = newValue }
  }

  func number(_ input: Input) -> Double {
    switch input.kind {
    case .world where input.name == "count": return Double(count(mask: UInt64(input.component)))
    case .world:
      let values = numbers[input.name] ?? []
      return values.indices.contains(input.component) ? values[input.component] : 0
    case .local: return locals[input] ?? 0
    default: return .nan
    }
  }

  private func count(mask: UInt64) -> Int {
    counts.enumerated().reduce(0) { (mask >> UInt64($1.offset)) & 1 == 1 ? $0 + $1.element : $0 }
  }

  /// Noise of the world, or of a member.
  func noise(_ noise: Graph.Noise, _ place: Int, _ component: Int, _ argument: Double, id: Int64 = -1) -> Double {
    draw?(noise, seed, step, placeCode(place, component), id, argument) ?? .nan
  }
}
