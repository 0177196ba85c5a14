import KernelCompiler

extension Plan {
  /// The operations of the start of a run, of a step and of the slot `forces`, one line each, indented as they are nested.
  public var schedule: [String] {
    var lines: [String] = []
    if !start.isEmpty { lines += ["start:"] + nested(start) }
    lines += ["step:"] + (step.isEmpty ? ["  nothing"] : nested(step))
    for (group, pass) in forceGroups.sorted(by: { $0.key < $1.key }) where !pass.operations.isEmpty {
      lines.append(group.isEmpty ? "forces:" : "forces of the group \(group):")
      for (place, operation) in pass.operations.enumerated() {
        let when = pass.observers.contains(place) ? ", when somebody looks" : ""
        lines += self.lines(of: operation).map { "  " + $0 + when }
      }
    }
    let logged = log.flatMap(\.quantities).map(\.name)
    if !logged.isEmpty { lines.append("log: \(logged.joined(separator: ", "))") }
    return lines
  }

  private func nested(_ operations: [Operation]) -> [String] { operations.flatMap { lines(of: $0) }.map { "  " + $0 } }

  private func lines(of operation: Operation) -> [String] {
    switch operation {
    case .members(let call): [line(of: call)]
    case .world(let pass): ["world: \(pass.targets.map(\.name).joined(separator: ", "))"]
    case .totals(let pass): ["totals: \(pass.quantities.map(\.name).joined(separator: ", "))"]
    case .forces(let group, _): [group.isEmpty ? "forces" : "forces of the group \(group)"]
    case .meetings(let index): [line(of: meetings[index])]
    case .lattice(let pass): [line(of: pass)]
    case .repetition(let repetition): ["repeat:"] + nested(repetition.passes)
    case .every(let count, let inner): ["every \(count) steps:"] + nested(inner)
    case .require(_, let message): ["require \(message)"]
    case .pairs(let index): [line(ofPairs: index)]
    case .everywhere(let index): [line(ofAllPairs: everywhere[index])]
    }
  }

  private func lines(of operation: ForceOperation) -> [String] {
    switch operation {
    case .clear(let columns, let population): ["clear \(Self.fields(columns))\(owner(population))"]
    case .members(let call): [line(of: call)]
    case .pairs(let index, let overwrites): [line(ofPairs: index) + (overwrites ? ", writes the force" : "")]
    case .meetings(let index): [line(of: meetings[index])]
    case .energy(let energy): ["energy of single \(members(of: energy.population))"]
    case .lattice(let pass): [line(of: pass)]
    case .other(let operation): lines(of: operation)
    }
  }

  private func line(ofPairs index: Int) -> String { "one loop over pairs: \(pairs[index].names.joined(separator: " + "))" }

  private func line(ofAllPairs group: FarGroup) -> String {
    let accuracy = group.accuracy == 0 ? "" : " to \(group.accuracy)"
    let way = group.images != nil ? ", with all images by waves" : group.accuracy > 0 ? ", by a tree" : ""
    return "all pairs\(accuracy)\(way): \(group.name)"
  }

  private func line(of pass: MeetingPass) -> String {
    switch pass.source {
    case .links(let population): "one loop over \(members(of: population)): \(pass.name)"
    case .pairs: "one loop over listed pairs: \(pass.name)"
    }
  }

  private func line(of call: MemberCall) -> String {
    let kernel = members[call.kernel]
    let reads = kernel.columns.filter { !kernel.written.contains($0) }
    let given = reads.isEmpty ? "" : " from \(Self.fields(reads))"
    return
      "one loop over \(members(of: call.population)): \(Self.fields(kernel.columns.filter { kernel.written.contains($0) }))\(given)"
  }

  private func members(of population: Int) -> String {
    population == Population.particles ? "particles" : populations[population].species.joined(separator: ", ")
  }

  private func owner(_ population: Int) -> String { population == Population.particles ? "" : " of \(members(of: population))" }

  /// Names of the fields of columns, each once.
  static func fields(_ columns: [Column]) -> String {
    columns.map(\.field).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }.joined(separator: ", ")
  }
}
