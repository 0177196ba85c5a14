import Expressions

/// Where the coefficients of each hole stand in a list of all.
struct CoefficientLayout: Sendable {
  /// First coefficient of each hole.
  let starts: [Int]
  /// Number of coefficients of each hole.
  let counts: [Int]
  var size: Int { (starts.last ?? 0) + (counts.last ?? 0) }

  /// One coefficient for a number, one for each knot of a function.
  init(_ filling: [Filling]) {
    counts = filling.map { if case .function(let spline) = $0 { spline.knots.count } else { 1 } }
    var next = 0
    starts = counts.map { count in
      defer { next += count }
      return next
    }
  }
}

extension PairModel {
  /// Forces on all particles, `space` numbers each (force).
  func totalForces(_ configuration: Configuration, _ pairs: Pairs, filling: [Filling]) -> [Double] {
    var total = [Double](repeating: 0, count: configuration.positions.count)
    forEachBlock(configuration, pairs, filling: filling) { block in
      for axis in 0..<space {
        let force = block.part.tape.offset(ofRoot: block.part.forceRoot + axis)
        for (k, pair) in block.ends.enumerated() {
          total[Int(pair.i) * space + axis] += block.values[force + k]
          total[Int(pair.j) * space + axis] -= block.values[force + k]
        }
      }
    }
    return total
  }

  /// The normal equations of a sample for the coefficients of all holes, where these have certain values.
  func equations(of sample: Sample, filling: [Filling], selection: Selection = .all) -> NormalEquations {
    var rows = EquationRows(sample, filling: filling, space: space)
    for (moment, configuration) in sample.moments.enumerated() {
      let weights = sample.weights.map { $0[moment] }
      forEachBlock(configuration, sample.pairs, filling: filling) { block in
        rows.add(block, weights, filling, space: space)
      }
    }
    return rows.finish(sample, filling, selection, space: space)
  }
}

/// The derivatives of all equations of a sample, row by row, while they are summed up.
private struct EquationRows {
  /// Numbers, then values and curvatures of each function at its knots: these have only four that count for a pair.
  private var derivatives: [Double]
  private var residuals: [Double]
  private let starts: [Int]
  private let width: Int
  /// Rows of one equation.
  private let height: Int

  init(_ sample: Sample, filling: [Filling], space: Int) {
    var next = 0
    starts = filling.map { one in
      defer { if case .function(let spline) = one { next += 2 * spline.knots.count } else { next += 1 } }
      return next
    }
    width = next
    height = sample.particles * space
    derivatives = Array(repeating: 0, count: sample.targets.count * height * width)
    residuals = sample.targets.flatMap { $0 }
  }

  mutating func add(_ block: PairModel.Block, _ weights: [Double], _ filling: [Filling], space: Int) {
    let part = block.part
    for axis in 0..<space {
      let force = part.tape.offset(ofRoot: part.forceRoot + axis)
      for (k, pair) in block.ends.enumerated() {
        for (equation, weight) in weights.enumerated() {
          residuals[equation * height + Int(pair.i) * space + axis] -= weight * block.values[force + k]
          residuals[equation * height + Int(pair.j) * space + axis] += weight * block.values[force + k]
        }
      }
      for (index, hole) in part.numbers.enumerated() {
        let slope = part.tape.offset(ofRoot: part.slopeRoot(index, space: space) + axis)
        for (k, pair) in block.ends.enumerated() {
          add(block.values[slope + k], to: starts[hole], pair, weights, axis, space)
        }
      }
    }
    for (index, site) in part.calls.enumerated() {
      guard case .function(let spline) = filling[site.hole] else { continue }
      addCall(block, part.callRoot(index, space: space), site, spline, weights, space)
    }
  }

  private mutating func addCall(
    _ block: PairModel.Block, _ root: Int, _ site: PairModel.CallSite, _ spline: Spline, _ weights: [Double], _ space: Int
  ) {
    let argument = block.part.tape.offset(ofRoot: root), knots = spline.knots.count
    for (k, pair) in block.ends.enumerated() {
      let x = block.values[argument + k], interval = spline.interval(at: x)
      let local = spline.weights(at: x, interval: interval, derivative: site.derivative)
      let column = starts[site.hole] + interval
      for axis in 0..<space {
        let factor = block.values[block.part.tape.offset(ofRoot: root + 1 + axis) + k]
        add(factor * local.0, to: column, pair, weights, axis, space)
        add(factor * local.1, to: column + 1, pair, weights, axis, space)
        add(factor * local.2, to: column + knots, pair, weights, axis, space)
        add(factor * local.3, to: column + knots + 1, pair, weights, axis, space)
      }
    }
  }

  private mutating func add(
    _ value: Double, to column: Int, _ pair: (i: Int32, j: Int32), _ weights: [Double], _ axis: Int, _ space: Int
  ) {
    for (equation, weight) in weights.enumerated() {
      let base = equation * height + axis
      derivatives[(base + Int(pair.i) * space) * width + column] += weight * value
      derivatives[(base + Int(pair.j) * space) * width + column] -= weight * value
    }
  }

  /// The normal equations: curvatures expressed by values, rows that are not selected left out, nuisances eliminated.
  func finish(_ sample: Sample, _ filling: [Filling], _ selection: Selection, space: Int) -> NormalEquations {
    let layout = CoefficientLayout(filling), nuisances = sample.nuisances.count
    let size = layout.size + nuisances
    var rows: [Double] = [], kept: [Double] = []
    var total = 0.0
    for (equation, target) in sample.targets.enumerated() {
      for row in 0..<height where selection.uses(row / space) {
        let start = (equation * height + row) * width
        for (hole, one) in filling.enumerated() { append(one, at: start + starts[hole], to: &rows) }
        for nuisance in sample.nuisances { rows.append(nuisance[equation][row]) }
        kept.append(residuals[equation * height + row])
        total += target[row] * target[row]
      }
    }
    return NormalEquations(derivatives: rows, residuals: kept, total: total, size: size).eliminating(nuisances)
  }

  private func append(_ filling: Filling, at start: Int, to rows: inout [Double]) {
    guard case .function(let spline) = filling else {
      rows.append(derivatives[start])
      return
    }
    let count = spline.knots.count
    var row = Array(derivatives[start..<start + count])
    for knot in 0..<count where derivatives[start + count + knot] != 0 {
      let factor = derivatives[start + count + knot]
      for column in 0..<count { row[column] += factor * spline.space.curvatureMatrix[knot * count + column] }
    }
    rows += row
  }
}
