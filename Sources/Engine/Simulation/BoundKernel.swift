import Expressions
import KernelCompiler

/// What a kernel needs computed before it is called, ready to be computed.
struct BoundNeeds {
  private let constantTape: Tape
  private let tableTape: Tape
  let functions: [FunctionUse]
  /// True if a constant depends on the world, so that it must be computed for each call.
  private let constantsChange: Bool
  private let tablesChange: Bool
  private(set) var constants: [Double] = []
  /// One list for each table: per species, or per pair of species row by row.
  private(set) var tables: [[Double]] = []
  /// One spline for each function and each species or pair of species.
  private(set) var splines: [[SplineTable]] = []
  private let isPaired: Bool
  private(set) var speciesCount = 0
  private var isReady = false

  init(_ needs: KernelNeeds, isPaired: Bool) {
    constantTape = Tape(needs.graph, roots: needs.constants)
    tableTape = Tape(needs.graph, roots: needs.tables)
    functions = needs.functions
    func changes(_ nodes: [NodeID]) -> Bool {
      needs.graph.inputs(of: nodes).contains { $0.kind == .world }
        || needs.graph.reachable(from: nodes).contains { if case .noise = needs.graph[$0] { true } else { false } }
    }
    constantsChange = changes(needs.constants)
    tablesChange = changes(needs.tables)
    self.isPaired = isPaired
  }

  /// Brings constants and tables up to date; true if tables or functions have changed.
  mutating func update(_ parameters: ParameterTable, _ world: WorldState) -> Bool {
    if constantsChange || !isReady { constants = constantTape.run(in: parameters.context(world)) }
    speciesCount = parameters.speciesCount
    let renew = tablesChange || !isReady
    if renew {
      let count = parameters.speciesCount
      let pairs = isPaired ? (0..<count * count).map { ($0 / count, $0 % count) } : (0..<count).map { ($0, $0) }
      let rows = pairs.map { tableTape.run(in: parameters.context(world, i: $0.0, j: $0.1)) }
      tables = (rows.first ?? []).indices.map { table in rows.map { $0[table] } }
      splines = functions.map { use in
        pairs.compactMap { parameters.function(use.name, end: use.end, i: $0.0, j: $0.1) }
      }
    }
    isReady = true
    return renew
  }
}
