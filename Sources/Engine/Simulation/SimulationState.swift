import World

/// Everything that a simulation needs to go on: all fields, and what is no field of a particle.
public struct SimulationState: Sendable {
  /// With all fields.
  public var frame: Frame
  /// Fields of the world, logged series and counters, by name.
  public var memory: [String: [Double]]

  /// A state without memory goes on as a new run would, from the frame's positions and velocities.
  public init(frame: Frame, memory: [String: [Double]] = [:]) {
    self.frame = frame
    self.memory = memory
  }
}

extension Simulation {
  /// The state at this moment.
  public var state: SimulationState {
    observe()
    let fields = Set(stores.flatMap(\.fieldNames)).subtracting(plan.hiddenFields).sorted()
    var memory: [String: [Double]] = ["removed": [Double(removed)], "next ids": nextIDs.map(Double.init)]
    for name in plan.worldNames { memory["world.\(name)"] = world[name] }
    for (index, all) in series.enumerated() {
      for (number, one) in all.enumerated() where !one.points.isEmpty {
        memory["series.\(index).\(number).time"] = one.points.map(\.time)
        memory["series.\(index).\(number).values"] = one.points.flatMap(\.values)
      }
    }
    for (index, list) in meetings.lists.enumerated() {
      let remembered = list.memory
      memory["pairs.\(index).ends"] = remembered.ends.flatMap { [Double($0.0), Double($0.1)] }
      memory["pairs.\(index).values"] = remembered.values
    }
    for (index, exponents) in meetings.exponents.enumerated() {
      memory["meetings.\(index).exponents"] = exponents.map { $0.map(Double.init) ?? .infinity }
    }
    return SimulationState(frame: frame(fields: fields), memory: memory)
  }

  /// Takes over what is no field of a particle.
  func restore(_ memory: [String: [Double]]) {
    removed = Int(memory["removed"]?.first ?? 0)
    nextIDs = stores.indices.map { max(nextID(after: stores[$0]), Int64(memory["next ids"]?.dropFirst($0).first ?? 0)) }
    for name in plan.worldNames {
      if let values = memory["world.\(name)"] { world[name] = values }
    }
    for index in series.indices {
      for number in series[index].indices {
        let times = memory["series.\(index).\(number).time"] ?? [], values = memory["series.\(index).\(number).values"] ?? []
        let width = values.count / max(1, times.count)
        for (row, time) in times.enumerated() {
          series[index][number].note(SeriesPoint(time: time, values: values[row * width..<(row + 1) * width]))
        }
      }
    }
    restoreMeetings(memory)
  }

  private func restoreMeetings(_ memory: [String: [Double]]) {
    for (index, list) in meetings.lists.enumerated() {
      guard let ends = memory["pairs.\(index).ends"], let values = memory["pairs.\(index).values"] else { continue }
      let pairs = stride(from: 0, to: ends.count - 1, by: 2).map { (Int64(ends[$0]), Int64(ends[$0 + 1])) }
      list.memory = ListedPairs.Memory(ends: pairs, values: values)
    }
    meetings.exponents = meetings.exponents.enumerated().map { index, known in
      memory["meetings.\(index).exponents"]?.map { $0.isFinite ? Int($0) : nil } ?? known
    }
  }
}
