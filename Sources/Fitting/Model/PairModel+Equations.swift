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

  /// The equations of a sample for the coefficients of all holes, where these have certain values.
  func equations(of sample: Sample, filling: [Filling], selection: Selection = .all) -> SampleEquations {
    var sums = PairSums(sample, filling: filling, space: space)
    for (moment, configuration) in sample.moments.enumerated() {
      forEachBlock(configuration, sample.pairs, filling: filling) { block in sums.add(block, filling, space: space) }
      sums.finishMoment(sample.weights.map { $0[moment] })
    }
    return sums.equations(sample, filling, selection, space: space)
  }
}

/// What pairs contribute to the equations of a sample: derivatives row by row, and residuals.
private struct PairSums {
  /// For each component of a force: minus the force, then its derivatives by numbers, and by values and curvatures of each function
  /// at its knots, of which only four count for a pair.
  private var moment: [Double]
  /// The same for each equation: weighted sums over the moments, with the residual first.
  private var rows: [Double]
  private let starts: [Int]
  private let width: Int
  /// Rows of one equation.
  private let height: Int

  init(_ sample: Sample, filling: [Filling], space: Int) {
    var next = 1
    starts = filling.map { one in
      defer { if case .function(let spline) = one { next += 2 * spline.knots.count } else { next += 1 } }
      return next
    }
    width = next
    height = sample.particles * space
    moment = Array(repeating: 0, count: height * width)
    rows = Array(repeating: 0, count: sample.targets.count * height * width)
    for (row, target) in sample.targets.joined().enumerated() { rows[row * width] = target }
  }

  mutating func add(_ block: PairModel.Block, _ filling: [Filling], space: Int) {
    let part = block.part
    for axis in 0..<space {
      add(block, part.tape.offset(ofRoot: part.forceRoot + axis), factor: -1, column: 0, axis, space)
      for (index, hole) in part.numbers.enumerated() {
        let slope = part.tape.offset(ofRoot: part.slopeRoot(index, space: space) + axis)
        add(block, slope, factor: 1, column: starts[hole], axis, space)
      }
    }
    for (index, site) in part.calls.enumerated() {
      guard case .function(let spline) = filling[site.hole] else { continue }
      addCall(block, part.callRoot(index, space: space), site, spline, space)
    }
  }

  private mutating func add(_ block: PairModel.Block, _ offset: Int, factor: Double, column: Int, _ axis: Int, _ space: Int) {
    let width = width, first = axis * width + column
    var sums = moment.mutableSpan
    for (k, pair) in block.ends.enumerated() {
      let share = factor * block.values[offset + k]
      sums[Int(pair.i) * space * width + first] += share
      sums[Int(pair.j) * space * width + first] -= share
    }
  }

  private mutating func addCall(
    _ block: PairModel.Block, _ root: Int, _ site: PairModel.CallSite, _ spline: Spline, _ space: Int
  ) {
    let argument = block.part.tape.offset(ofRoot: root), knots = spline.knots.count
    let width = width, start = starts[site.hole]
    var sums = moment.mutableSpan
    for (k, pair) in block.ends.enumerated() {
      let x = block.values[argument + k], interval = spline.interval(at: x)
      let local = spline.weights(at: x, interval: interval, derivative: site.derivative)
      for axis in 0..<space {
        let factor = block.values[block.part.tape.offset(ofRoot: root + 1 + axis) + k]
        for end in 0..<2 {
          let column = (Int(end == 0 ? pair.i : pair.j) * space + axis) * width + start + interval
          let share = end == 0 ? factor : -factor
          sums[column] += share * local.0
          sums[column + 1] += share * local.1
          sums[column + knots] += share * local.2
          sums[column + knots + 1] += share * local.3
        }
      }
    }
  }

  /// Gives what the pairs of a moment sum up to its weight in each equation.
  mutating func finishMoment(_ weights: [Double]) {
    for (equation, weight) in weights.enumerated() { rows.add(moment, times: weight, at: equation * moment.count) }
    for k in moment.indices { moment[k] = 0 }
  }

  /// The equations: curvatures expressed by values, rows that are not selected left out, nuisances taken out.
  func equations(_ sample: Sample, _ filling: [Filling], _ selection: Selection, space: Int) -> SampleEquations {
    var result = Rows(size: CoefficientLayout(filling).size)
    var nuisances = [[Double]](repeating: [], count: sample.nuisances.count)
    for (equation, target) in sample.targets.enumerated() {
      for row in 0..<height where selection.uses(row / space) {
        let start = (equation * height + row) * width
        for (hole, one) in filling.enumerated() { append(one, at: start + starts[hole], to: &result.derivatives) }
        for index in nuisances.indices { nuisances[index].append(sample.nuisances[index][equation][row]) }
        result.residuals.append(rows[start])
        result.places.append(sample.places[row / space])
        result.total += target[row] * target[row]
      }
    }
    result.project(out: nuisances)
    return result.equations
  }

  private func append(_ filling: Filling, at start: Int, to list: inout [Double]) {
    guard case .function(let spline) = filling else {
      list.append(rows[start])
      return
    }
    let count = spline.knots.count
    var row = Array(rows[start..<start + count])
    for knot in 0..<count where rows[start + count + knot] != 0 {
      let factor = rows[start + count + knot]
      for column in 0..<count { row[column] += factor * spline.space.curvatureMatrix[knot * count + column] }
    }
    list += row
  }
}

extension [Double] {
  /// Adds another list, weighted, to the numbers from `start` on.
  fileprivate mutating func add(_ other: [Double], times weight: Double, at start: Int) {
    let other = other.span
    var sums = mutableSpan
    for k in other.indices { sums[start + k] += weight * other[k] }
  }
}
