import Foundation
import Testing

@testable import Engine

/// A rod draws its ends together or apart; in turn, or all at once with half of the change, as more would overshoot.
private func rods(_ pass: String, share: String = "1/2") -> String {
  """
  law: rods
  source: "a test"
  species: {bead: particles, rod: links}
  fields: {rod: {rest: length, met: integer = 0}}
  passes:
  - interact:
      linked: rod
      \(pass)
      add: {position: "-\(share)*(r - rest)*n"}
      memory: {met: met + 1}
  """
}

private let laws = linkLaws.merging([
  "in-turn": rods("sequential: true").replacing("law: rods", with: "law: in-turn"),
  "at-once": rods("sequential: false", share: "1/4").replacing("law: rods", with: "law: at-once"),
  "brittle": rods("sequential: true\n    unlink: r > 1.6*rest").replacing("law: rods", with: "law: brittle"),
  "spread": """
  law: spread
  source: "a test"
  parameters: {reach: length}
  memory: {pushed: length}
  fields: {met: integer = 0}
  passes:
  - interact:
      within: reach
      sequential: true
      let: {gap: "reach - r"}
      add: {position: 0.3*gap*n, met: 1}
      memory: {pushed: pushed + gap}
  """,
]) { $1 }

/// A chain of forty beads, stretched in the middle, whose rods have met so often.
private func chain(_ law: String, extra: String = "") -> String {
  let places = (0..<40).map { bead -> String in
    let x: Double = 0.9 * Double(bead) + (bead >= 20 ? 1.1 : 0), y: Double = bead % 3 == 0 ? 0.2 : 0
    return "[\(x), \(y)]"
  }.joined(separator: ", ")
  return """
    units: reduced
    precision: double
    box: {size: [80, 10], origin: [-20, -5], sides: open}
    species:
      bead: {fill: {points: [\(places)]}}
      rod: {kind: links, chain: {of: bead, length: 40}, fields: {rest: 1}}
    laws: {\(law): {}}
    dt: 1
    steps: 1
    measure:
      centre: sum(position)
      joined: count(rod)
    """
}

/// The largest deviation of a rod from its rest length.
private func deviation(_ simulation: Simulation) -> Double {
  let place = simulation.values(of: "position")
  let lengths = (1..<40).map { bead -> Double in
    let x: Double = place[2 * bead] - place[2 * bead - 2], y: Double = place[2 * bead + 1] - place[2 * bead - 1]
    return hypot(x, y)
  }
  return lengths.map { abs($0 - 1) }.max() ?? .infinity
}

/// How often all rods have acted.
private func met(_ simulation: Simulation) -> Double {
  let rods = simulation.stores[1], times = rods.columns(of: "met")?[0]
  return (0..<rods.count).reduce(0) { $0 + (times?[$1] ?? .nan) }
}

/// A crowd whose members push each other away.
private let crowd = """
  units: reduced
  precision: double
  box: {size: [12, 12]}
  species: {bead: {fill: {random: 150, distance: 0.55}}}
  laws: {spread: {reach: 1}}
  dt: 1
  steps: 1
  """

@Suite("Meetings in turn")
struct TurnTests {
  @Test("Those that share no end act at once, and those that do in the order of their keys")
  func sets() {
    let ends: [Int32] = (0..<300).flatMap { meeting -> [Int32] in
      let a = Int32(Turns.key(of: UInt64(meeting)) % 40)
      return [a, (a + 1 + Int32(meeting % 7)) % 40]
    }
    let keys = (0..<300).map { Turns.key(of: UInt64($0 + 1000)) }
    let turns = Turns(keys: keys, ends: ends, of: 40) { $0 < $1 }
    #expect(turns.order.sorted() == (0..<300).map { Int64($0) })
    var last = [Int32: UInt64]()
    for set in turns.sets {
      let members = turns.order[set].flatMap { [ends[2 * Int($0)], ends[2 * Int($0) + 1]] }
      #expect(Set(members).count == members.count)
      for meeting in turns.order[set] {
        for end in [ends[2 * Int(meeting)], ends[2 * Int(meeting) + 1]] {
          #expect(last[end] ?? 0 <= keys[Int(meeting)])
          last[end] = keys[Int(meeting)]
        }
      }
    }
    #expect(turns.sets.count < 100)
  }

  @Test("A sweep in turn comes to rest sooner than one at once")
  func convergence() throws {
    let (inTurn, atOnce) = (try simulation(chain("in-turn"), laws: laws), try simulation(chain("at-once"), laws: laws))
    #expect(abs(deviation(inTurn) - 1) < 1e-9)
    try inTurn.run(steps: 40)
    try atOnce.run(steps: 40)
    #expect(deviation(inTurn) < 0.6 * deviation(atOnce))
    #expect(deviation(inTurn) < 0.1)
  }

  @Test("Both ends see the same values, so that what one gains the other loses")
  func opposite() throws {
    let simulation = try simulation(chain("in-turn"), laws: laws)
    let rows = try simulation.run(steps: 2, sampling: 1)
    #expect(distance(rows[0]["centre", default: []], rows[1]["centre", default: []]) < 1e-12)
    #expect(met(simulation) == 78)
  }

  @Test("A rod that breaks in its turn is gone from the end of the pass on")
  func breaks() throws {
    let simulation = try simulation(chain("brittle"), laws: laws)
    let rows = try simulation.run(steps: 2, sampling: 1)
    #expect(rows[0]["joined"] == [38])
    #expect(met(simulation) == 2 * 38)
    // It has moved its ends once more: the beads of the middle are nearer than the 2 that they were apart.
    let place = simulation.values(of: "position")
    #expect(place[40] - place[38] < 1.7)
  }

  @Test("Threads and the order in memory change no bit")
  func order() throws {
    let text = chain("in-turn").replacing("length: 40}", with: "length: 8}")
    let (one, two, turned) = (
      try simulation(text, laws: laws), try simulation(text, laws: laws, threads: 2), try simulation(text, laws: laws)
    )
    turned.store.reverse()
    for simulation in [one, two, turned] { try simulation.run(steps: 5) }
    #expect(one.values(of: "position") == two.values(of: "position"))
    #expect(one.values(of: "position") == turned.values(of: "position"))
    #expect(turned.store.idColumn[0] == 40)
  }

  @Test("Pairs within a range act as one after another does by hand, whatever the list holds beside them")
  func pairs() throws {
    let (one, two) = (try simulation(crowd, laws: laws), try simulation(crowd, laws: laws, threads: 2))
    var place = one.values(of: "position"), met = 0
    for _ in 0..<3 {
      met += spreadByHand(&place, reach: 1, side: 12)
      try one.run(steps: 1)
      try two.run(steps: 1)
      #expect(one.values(of: "position") == two.values(of: "position"))
      let apart = zip(one.values(of: "position"), place).map { a, b -> Double in
        let difference: Double = a - b
        return difference - 12 * (difference / 12).rounded()
      }
      #expect(distance(apart, place.map { _ in 0 }) < 1e-12)
    }
    #expect(one.values(of: "met").reduce(0, +) == Double(2 * met))
    #expect(met > 300)
  }
}

/// The law `spread` for particles with the ids 1, 2, …: those closer than `reach` before any acts push each other away, one pair after
/// another, if they still are; returns how many do.
private func spreadByHand(_ place: inout [Double], reach: Double, side: Double) -> Int {
  func separation(_ a: Int, _ b: Int, _ place: [Double]) -> (x: Double, y: Double, r: Double) {
    let d = (0..<2).map { axis -> Double in
      let difference: Double = place[2 * a + axis] - place[2 * b + axis]
      return difference - side * (difference / side).rounded()
    }
    return (d[0], d[1], hypot(d[0], d[1]))
  }
  func key(of pair: (Int, Int)) -> UInt64 { Turns.key(of: Turns.key(of: UInt64(pair.0 + 1)) &+ UInt64(pair.1 + 1)) }
  let count = place.count / 2
  let pairs = (0..<count).flatMap { a in (a + 1..<count).map { (a, $0) } }.filter { separation($0.0, $0.1, place).r < reach }
    .sorted { key(of: $0) < key(of: $1) }
  var met = 0
  for (a, b) in pairs {
    let d = separation(a, b, place)
    guard d.r < reach else { continue }
    let change = 0.3 * (reach - d.r) / d.r
    for (axis, component) in [d.x, d.y].enumerated() {
      place[2 * a + axis] += change * component
      place[2 * b + axis] -= change * component
    }
    met += 1
  }
  return met
}

extension MemberStore {
  /// Puts members into the opposite order.
  fileprivate func reverse() {
    let count = self.count
    permute(
      wide: { from, to in
        let (old, new) = (from.assumingMemoryBound(to: UInt64.self), to.assumingMemoryBound(to: UInt64.self))
        for place in 0..<count { new[place] = old[count - 1 - place] }
      },
      narrow: { from, to in
        let (old, new) = (from.assumingMemoryBound(to: UInt32.self), to.assumingMemoryBound(to: UInt32.self))
        for place in 0..<count { new[place] = old[count - 1 - place] }
      })
  }
}
