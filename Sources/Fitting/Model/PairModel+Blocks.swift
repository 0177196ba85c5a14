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
  /// A pair for which a pass does not hold gives zeros.
  func forEachBlock(_ configuration: Configuration, _ pairs: Pairs, filling: [Filling], _ body: (Block) -> Void) {
    for part in parts {
      var workspace = part.tape.makeWorkspace()
      for (place, ends) in pairs.ends.enumerated() where !ends.isEmpty {
        let near = NearPairs(ends, in: configuration, rangeSquare: part.rangeSquares[place])
        let (i, j) = (place / speciesCount, place % speciesCount)
        for start in stride(from: 0, to: near.ends.count, by: BlockTape.width) {
          let block = start..<min(near.ends.count, start + BlockTape.width)
          for (input, slot) in part.tape.inputs {
            fill(&workspace, BlockTape.offset(ofSlot: slot), input, near, block, configuration) {
              if let hole = names[$0.name], case .number(let value) = filling[hole] { return value }
              return forces.number($0, i: i, j: j)
            }
          }
          part.tape.run(&workspace, count: block.count) { call in
            if let hole = names[call.name], case .function(let spline) = filling[hole] {
              return { spline.value(at: $0, derivative: call.derivative) }
            }
            return { forces.value(of: call.name, end: call.end, derivative: call.derivative, at: $0, i: i, j: j) }
          }
          if part.hasCondition { Self.mask(&workspace, part, block.count) }
          body(Block(part: part, ends: near.ends[block], values: workspace))
        }
      }
    }
  }

  private func fill(
    _ values: inout [Double], _ start: Int, _ input: Input, _ near: NearPairs, _ block: Range<Int>, _ now: Configuration,
    parameter: (Input) -> Double
  ) {
    switch input.kind {
    case .separation: values.replaceSubrange(start..<start + block.count, with: near.separations(input.component, of: block))
    case .distanceSquared: values.replaceSubrange(start..<start + block.count, with: near.squares[block])
    case .field:
      let field = now.fields[input.name] ?? [], width = now.positions.isEmpty ? 1 : field.count * space / now.positions.count
      for k in block {
        let end = input.end == "i" ? near.ends[k].i : near.ends[k].j
        values[start + k - block.lowerBound] = field[Int(end) * width + input.component]
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

/// Pairs that are within range now, with their separations.
private struct NearPairs {
  private(set) var ends: [(i: Int32, j: Int32)]
  /// Squares of the distances (length²).
  private(set) var squares: [Double]
  /// Position of i less that of j, nearest image, all of one component before the next (length).
  private var separations: [Double]
  private let stride: Int

  init(_ candidates: [(i: Int32, j: Int32)], in now: Configuration, rangeSquare: Double) {
    let space = now.box.space, stride = candidates.count
    let lengths = now.box.lengths, inverses = zip(now.box.sides, lengths).map { $0 == .periodic ? 1 / $1 : 0 }
    var ends = candidates, squares = [Double](repeating: 0, count: stride)
    var separations = [Double](repeating: 0, count: stride * space)
    for axis in 0..<space {
      let positions = now.positions.span, length = lengths[axis], inverse = inverses[axis]
      for (k, pair) in candidates.enumerated() {
        let plain = positions[Int(pair.i) &* space &+ axis] - positions[Int(pair.j) &* space &+ axis]
        let nearest = plain - length * (plain * inverse).nearestWhole
        separations[axis &* stride &+ k] = nearest
        squares[k] += nearest * nearest
      }
    }
    // Those that are near move to the front.
    var count = 0
    for k in 0..<stride where squares[k] < rangeSquare {
      ends[count] = ends[k]
      squares[count] = squares[k]
      for axis in 0..<space { separations[axis &* stride &+ count] = separations[axis &* stride &+ k] }
      count += 1
    }
    ends.removeLast(stride - count)
    (self.ends, self.squares, self.separations, self.stride) = (ends, squares, separations, stride)
  }

  /// A component of the separations of some pairs.
  func separations(_ axis: Int, of pairs: Range<Int>) -> ArraySlice<Double> {
    separations[axis * stride + pairs.lowerBound..<axis * stride + pairs.upperBound]
  }
}

extension Double {
  /// The nearest whole number, of what is not larger than 2⁵⁰: adding and taking away 1.5 × 2⁵² leaves no room for a fraction.
  @inline(__always) var nearestWhole: Double { (self + 0x1.8p52) - 0x1.8p52 }
}

extension Configuration {
  func distanceSquared(_ pair: (i: Int32, j: Int32)) -> Double {
    let space = box.space
    return (0..<space).reduce(0) { sum, axis in
      let d = box.nearest(positions[Int(pair.i) * space + axis] - positions[Int(pair.j) * space + axis], axis: axis)
      return sum + d * d
    }
  }
}
