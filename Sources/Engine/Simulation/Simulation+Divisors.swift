import Diagnostics
import Expressions

extension Simulation {
  /// A failure of a run that blew up, with the divisor that was zero as its cause if there is one.
  func explained(_ failure: Failure) -> Failure {
    guard failure.status == .blewUp else { return failure }
    for divisor in plan.divisors {
      guard let zero = firstZero(of: divisor) else { continue }
      let place = divisor.text.source.location(at: divisor.text.range.lowerBound)
      let at = "\(place.file):\(place.line):\(place.column)"
      let who = "\(plan.memberName(divisor.population)) \(zero)"
      return Failure(
        failure.status, "\(failure.message)\n\(at): \(divisor.law) divides by \(divisor.text), which is 0 for \(who)",
        hint: "a condition, as in `where: \(divisor.text) != 0`, or a first value for the field that is zero")
    }
    return failure
  }

  /// The id of the first member for which a divisor is zero.
  private func firstZero(of divisor: Divisor) -> Int64? {
    let store = stores[divisor.population]
    let place = (0..<store.count).first { place in
      guard divisor.species >> UInt64(store.speciesColumn[place]) & 1 == 1 else { return false }
      return divisor.value.tape.run(in: memberContext(place, in: divisor.population))[0] == 0
    }
    return place.map { store.idColumn[$0] }
  }
}
