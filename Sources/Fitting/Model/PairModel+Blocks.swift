import Expressions
import World

extension PairModel {
  /// The pairs of a configuration, by the species of their ends.
  struct Pairs: Sendable {
    /// For species i and j, row by row: the ends.
    var ends: [[(i: Int32, j: Int32)]]
    var count: Int { ends.reduce(0) { $0 + $1.count } }
  }

  /// Pairs that may be within range, up to `margin` beyond it.
  func pairs(of configuration: Configuration, species: [Int32], margin: Double = 0) -> Pairs {
    let search = PairSearch(configuration.positions, in: configuration.box, reach: reach + margin)
    var pairs = Pairs(ends: Array(repeating: [], count: speciesCount * speciesCount))
    for (i, j) in zip(search.i, search.j) {
      pairs.ends[Int(species[Int(i)]) * speciesCount + Int(species[Int(j)])].append((i, j))
    }
    return pairs
  }

  /// A block of pairs whose nodes have been computed.
  struct Block {
    let part: PartModel
    /// The ends of the pairs.
    let ends: ArraySlice<(i: Int32, j: Int32)>
    /// Values of all nodes; see `BlockTape`.
    let values: [Double]
  }

  /// Evaluates every pass for all pairs within its range, block by block.
  ///
  /// A pair for which a pass does not hold is left out of its blocks.
  func forEachBlock(
    _ configuration: Configuration, _ pairs: Pairs, filling: [Filling], _ body: (Block) -> Void
  ) {
    for part in parts {
      var workspace = part.tape.makeWorkspace()
      for (place, ends) in pairs.ends.enumerated() where !ends.isEmpty {
        let near = ends.filter { configuration.distanceSquared($0) < part.rangeSquares[place] }
        let (i, j) = (place / speciesCount, place % speciesCount)
        for start in stride(from: 0, to: near.count, by: BlockTape.width) {
          let block = near[start..<min(near.count, start + BlockTape.width)]
          for (input, slot) in part.tape.inputs {
            fill(&workspace, BlockTape.offset(ofSlot: slot), input, block, configuration) {
              if let hole = names[$0.name], case .number(let value) = filling[hole] { return value }
              return forces.number($0, i: i, j: j)
            }
          }
          part.tape.run(&workspace, count: block.count) { name, end, derivative, x in
            if let hole = names[name], case .function(let spline) = filling[hole] {
              return spline.value(at: x, derivative: derivative)
            }
            return forces.value(of: name, end: end, derivative: derivative, at: x, i: i, j: j)
          }
          if part.hasCondition { Self.mask(&workspace, part, block.count) }
          body(Block(part: part, ends: block, values: workspace))
        }
      }
    }
  }

  private func fill(
    _ values: inout [Double], _ start: Int, _ input: Input, _ block: ArraySlice<(i: Int32, j: Int32)>, _ now: Configuration,
    parameter: (Input) -> Double
  ) {
    switch input.kind {
    case .separation:
      for (k, pair) in block.enumerated() { values[start + k] = now.separation(pair, input.component) }
    case .distanceSquared:
      for (k, pair) in block.enumerated() { values[start + k] = now.distanceSquared(pair) }
    case .field:
      let field = now.fields[input.name] ?? [], width = now.positions.isEmpty ? 1 : field.count * space / now.positions.count
      for (k, pair) in block.enumerated() {
        values[start + k] = field[Int(input.end == "i" ? pair.i : pair.j) * width + input.component]
      }
    default:
      let value = input.kind == .world && input.name == "box" ? now.box.lengths[input.component] : parameter(input)
      for k in 0..<block.count { values[start + k] = value }
    }
  }

  /// Pairs for which the condition does not hold give nothing: neither force nor derivative.
  private static func mask(_ values: inout [Double], _ part: PartModel, _ count: Int) {
    let condition = part.tape.offset(ofRoot: 0)
    let outside = (0..<count).filter { values[condition + $0] == 0 }
    for root in part.outcomes { for k in outside { values[part.tape.offset(ofRoot: root) + k] = 0 } }
  }
}

extension PairModel.PartModel {
  /// The first root of the forces.
  var forceRoot: Int { hasCondition ? 1 : 0 }
  /// The first of the derivatives by a number.
  func slopeRoot(_ index: Int, space: Int) -> Int { forceRoot + space * (1 + index) }
  /// The argument of a call; its coefficients follow.
  func callRoot(_ index: Int, space: Int) -> Int { forceRoot + space * (1 + numbers.count) + index * (1 + space) }

  /// Every root that is a force or a derivative of one; arguments of calls are none.
  fileprivate var outcomes: [Int] {
    let space = axes
    return Array(forceRoot..<forceRoot + space * (1 + numbers.count))
      + calls.indices.flatMap { call in (1...space).map { callRoot(call, space: space) + $0 } }
  }
}

extension Configuration {
  func separation(_ pair: (i: Int32, j: Int32), _ axis: Int) -> Double {
    let space = box.space
    return box.nearest(positions[Int(pair.i) * space + axis] - positions[Int(pair.j) * space + axis], axis: axis)
  }

  func distanceSquared(_ pair: (i: Int32, j: Int32)) -> Double {
    (0..<box.space).reduce(0) { sum, axis in
      let d = separation(pair, axis)
      return sum + d * d
    }
  }
}
