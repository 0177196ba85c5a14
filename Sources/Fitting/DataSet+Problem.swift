import Expressions
import World

extension DataSet {
  /// The problem for fit methods: unknowns with their scales and domains, and the equations of the training data.
  func problem(_ model: PairModel, masses: [Double]) -> Problem {
    let scales = DataScales(self, model, masses: masses)
    let unknowns = model.holes.enumerated().map { index, hole in
      let kind: Problem.Unknown.Kind =
        hole.isFunction ? .function(domain(of: index, model)) : .number(start: scales.size(of: hole.dimension))
      return Problem.Unknown(hole.name, kind)
    }
    return Problem(
      unknowns: unknowns, linear: model.linear, equations: { trainingEquations(model, $0) },
      firstEquations: { trainingEquations(model, $0, first: targets == .forces ? 2 : 1) })
  }

  /// Where the data ask for a function.
  private func domain(of hole: Int, _ model: PairModel) -> Problem.Domain {
    var places: [Double] = []
    let placeholders = model.holes.map {
      $0.isFunction ? Filling.function(Spline(knots: [0, 1, 2], values: [0, 0, 0])) : .number(1)
    }
    for sample in training {
      guard let moment = sample.moments.first else { continue }
      model.forEachBlock(moment, sample.pairs, filling: placeholders) { block in
        for (index, site) in block.part.calls.enumerated() where site.hole == hole {
          let start = block.part.tape.offset(ofRoot: block.part.callRoot(index, space: model.space))
          places += block.values[start..<start + block.ends.count]
        }
      }
    }
    places.sort()
    let sites = model.parts.flatMap(\.calls).filter { $0.hole == hole }
    let ends = sites.compactMap(\.end)
    let end = ends.count == sites.count ? ends.max() : nil
    // A few thousand places say where the data are; the first is the least of all.
    let thinned = stride(from: 0, to: places.count, by: max(1, places.count / 4096)).map { places[$0] }
    return Problem.Domain(places: thinned, end: end ?? places.last ?? 1, isPotential: sites.allSatisfy { $0.derivative > 0 })
  }
}

/// Sizes that quantities have in the data, so that a search for numbers can begin at a number of the right size.
private struct DataScales {
  private let length: Double
  private let mass: Double
  private let time: Double

  init(_ data: DataSet, _ model: PairModel, masses: [Double]) {
    var squares: [Double] = [], force = 0.0, count = 0.0
    for sample in data.training.prefix(4) {
      if let moment = sample.moments.first {
        for pair in sample.pairs.ends.joined() { squares.append(moment.distanceSquared(pair)) }
      }
      for target in sample.targets.prefix(1) {
        force += target.reduce(0) { $0 + $1 * $1 }
        count += Double(target.count)
      }
    }
    squares.sort()
    let meanForce = max((force / max(1, count)).squareRoot(), .leastNormalMagnitude)
    // Nearly touching pairs tell the size of particles.
    length = squares.isEmpty ? model.reach : squares[squares.count / 200].squareRoot()
    mass = masses.reduce(0, +) / Double(max(1, masses.count))
    // Forces of a liquid are some ten times the depth of a well over its width.
    time = (10 * mass * length / meanForce).squareRoot()
  }

  func size(of dimension: Dimension) -> Double {
    zip(dimension.exponents, [length, mass, time]).reduce(1) { $0 * Graph.Pairwise.power.value($1.1, $1.0.value) }
  }
}
