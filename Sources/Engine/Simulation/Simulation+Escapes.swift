import Diagnostics
import KernelCompiler

// What leaves the box through sides that are open.
extension Simulation {
  /// Removes and counts what has left through open sides.
  ///
  /// - Throws: `Failure` if a link still holds it: whether the link breaks there, or goes too, is for a law to say.
  func removeEscaped() throws(Failure) {
    let open = box.sides.indices.filter { box.sides[$0] == .open }
    guard !open.isEmpty, let position = store.columns(of: "position") else { return }
    let low = box.origin, high = zip(box.origin, box.lengths).map { $0 + $1 }
    func isOutside(_ place: Int) -> Bool {
      open.contains { axis in position[axis][place] < low[axis] || position[axis][place] > high[axis] }
    }
    // Most often none has, which a count without branches finds soonest.
    let someLeft = open.contains { axis in
      let x = position[axis], least = low[axis], most = high[axis]
      return (0..<store.count).reduce(0) { $0 &+ (x[$1] < least ? 1 : 0) &+ (x[$1] > most ? 1 : 0) } > 0
    }
    guard someLeft else { return }
    try checkFree((0..<store.count).filter(isOutside))
    removed += store.remove(where: isOutside)
    afterRemoval()
  }

  /// Refuses to take away particles that a link holds.
  private func checkFree(_ places: [Int]) throws(Failure) {
    let leaving = Set(places.map { store.idColumn[$0] })
    for population in plan.populations where population.arity > 0 {
      let links = stores[population.index], ends = links.columns(of: LinkEnds.field) ?? []
      for link in 0..<links.count {
        let joined = ends.map { Int64($0[link]) }
        guard let particle = joined.first(where: leaving.contains) else { continue }
        let others = joined.filter { $0 != particle }.map { "\($0)" }.joined(separator: ", ")
        throw Failure(
          .blewUp,
          "step \(step): particle \(particle) leaves through an open side while link \(links.idColumn[link]) of "
            + "\(population.species.joined(separator: ", ")) joins it to \(others)",
          hint: "say what becomes of the link before: a law with `unlink`, or one with `remove` (as wall-absorb) within the box; "
            + "or make the box larger")
      }
    }
  }
}
