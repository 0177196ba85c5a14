import Diagnostics
import Expressions
import World

extension Simulation {
  /// The totals of the log at this moment, which also lengthens the series that totals like `slope` look at.
  ///
  /// - Throws: `Failure` of status `blewUp` if a total is no number.
  public func measure() throws -> [Observable] {
    if !hasTotals, !plan.forceGroups.isEmpty { try evaluateForces(group: "", wantsTotals: true) }
    observe()
    if let lateFailure { throw lateFailure }
    var observables: [Observable] = []
    for (index, pass) in plan.log.enumerated() {
      for (quantity, entry) in zip(pass.quantities, try evaluate(pass, series: index)) {
        world[entry.name] = entry.values
        guard !entry.values.contains(where: \.isInfinite) else {
          throw Failure(
            .blewUp, "step \(step): \(entry.name) is infinite",
            hint: "a smaller time step, or particles that overlap less at the start")
        }
        observables.append(Observable(name: entry.name, dimension: quantity.dimension, values: entry.values))
      }
    }
    return observables
  }

  /// True if the scene's condition to stop holds.
  public func shouldStop() -> Bool { plan.stop.map { number($0) != 0 } ?? false }

  /// The values of a pass of totals, by the name of each quantity.
  func evaluate(_ pass: TotalPass, series index: Int?) throws -> [(name: String, values: [Double])] {
    world.locals = [:]
    if let kernel = pass.kernel {
      for (term, values) in members.totals(kernel, on: stores[pass.population], parameters, world).enumerated() {
        let isHistogram: Bool = if case .histogram = plan.totals[kernel].terms[term] { true } else { false }
        for (bin, value) in values.enumerated() {
          let input =
            isHistogram
            ? Input(.local, "histogram", component: bin, end: "\(term)") : Input(.local, "term", component: term)
          world.locals[input] = value
        }
      }
    }
    for (number, measure) in pass.pairMeasures.enumerated() {
      for (bin, value) in try measures.values(measure, on: store, box: box, world).enumerated() {
        world.locals[Input(.local, "pair", component: bin, end: "\(number)")] = value
      }
    }
    if let index { addToSeries(index, pass) }
    let values = pass.tape.tape.run(in: parameters.context(world))
    var place = 0
    return pass.quantities.map { quantity in
      defer { place += quantity.components }
      return (quantity.name, Array(values[place..<place + quantity.components]))
    }
  }

  /// Appends the present values to the series of a pass, and evaluates the numbers over them.
  private func addToSeries(_ index: Int, _ pass: TotalPass) {
    for (number, item) in pass.series.enumerated() {
      series[index][number].note(SeriesPoint(time: time, values: item.tape.tape.run(in: parameters.context(world))))
      world.locals[Input(.local, "series", component: number)] = series[index][number].number
    }
  }
}
