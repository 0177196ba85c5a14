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
    let fields = Set(stores.flatMap(\.fieldNames)).subtracting(Plan.marks.map(\.field)).sorted()
    var memory: [String: [Double]] = ["removed": [Double(removed)]]
    for name in plan.worldNames { memory["world.\(name)"] = world[name] }
    for (index, rows) in series.enumerated() where !rows.isEmpty {
      memory["series.\(index).time"] = rows.map(\.time)
      memory["series.\(index).values"] = rows.flatMap(\.values)
    }
    return SimulationState(frame: frame(fields: fields), memory: memory)
  }

  /// Takes over what is no field of a particle.
  func restore(_ memory: [String: [Double]]) {
    removed = Int(memory["removed"]?.first ?? 0)
    for name in plan.worldNames {
      if let values = memory["world.\(name)"] { world[name] = values }
    }
    for index in series.indices {
      guard let times = memory["series.\(index).time"], let values = memory["series.\(index).values"], !times.isEmpty else {
        continue
      }
      let width = values.count / times.count
      series[index] = times.enumerated().map { ($1, Array(values[$0 * width..<($0 + 1) * width])) }
    }
  }
}
