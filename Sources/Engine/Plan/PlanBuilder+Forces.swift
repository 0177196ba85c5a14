import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

extension PlanBuilder {
  /// The slot `forces`: all force laws in the order of the scene; those over the same pairs share one loop.
  mutating func forces(of uses: [LawUse], group: String) throws(Diagnostic) -> ForcePass {
    let adjoints = try adjoints(of: uses)
    for name in Set(adjoints.flatMap(\.fields)).sorted() { fields.addAdjoint(of: name) }
    var writer = ForceWriter(fields: fields)
    for (use, adjoint) in zip(uses, adjoints) {
      for item in use.law.flattened(use.law.passes) { try writer.add(item, of: use, adjoint, &self) }
      for item in adjoint.reversed { try writer.addReverse(item, of: use, adjoint, &self) }
    }
    writer.finish(&self)
    let hidden = Set(adjoints.flatMap(\.names)).sorted()
    return ForcePass(
      operations: clearing(writer.operations, and: hidden), memberEnergies: energyTotals(of: writer.plainEnergies))
  }

  /// The adjoints of each law, told what the laws before it write.
  private func adjoints(of uses: [LawUse]) throws(Diagnostic) -> [Adjoint] {
    var writers: [String: String] = [:], adjoints: [Adjoint] = []
    for use in uses {
      adjoints.append(try Adjoint(of: use, after: writers))
      for item in use.law.flattened(use.law.passes) { for name in item.writes { writers[name] = use.law.name } }
    }
    return adjoints
  }

  /// Clears what the slot collects; a force that the first loop over pairs writes anyway is not cleared.
  private func clearing(_ operations: [ForceOperation], and hidden: [String]) -> [ForceOperation] {
    var operations = operations
    var cleared = collected
    if case .pairs(let index, _)? = operations.first, plan.pairs[index].kernel.hasForce {
      operations[0] = .pairs(index, overwritesForce: true)
      cleared.removeAll { $0 == "force" }
    }
    let clears = fields.populations.compactMap { population -> ForceOperation? in
      let table = fields.of(population.index)
      let rates = table.fields.keys.filter { $0.hasPrefix("rate of ") }.sorted()
      let names = (population.index == Population.particles ? cleared : []) + hidden + rates
      let columns = names.flatMap { name in (0..<(table[name]?.components ?? 0)).map { Column(name, $0) } }
      return columns.isEmpty ? nil : .clear(columns, population: population.index)
    }
    return clears + operations
  }

  /// What a slot collects of particles besides rates: force, and torque where some pass refers to it.
  private var collected: [String] { ["force"] + (usesTorque ? ["torque"] : []) }

  private var usesTorque: Bool {
    scene.laws.contains { use in
      use.law.flattened(use.law.passes).contains { item in
        switch item {
        case .propagate(let pass): pass.torque != nil || use.namesRead(by: pass).contains("torque")
        case .interact(let pass): pass.torque != nil
        default: false
        }
      }
    }
  }

  /// The totals of energies of single members, one for each population.
  mutating func energyTotals(of energies: [MemberEnergy]) -> [EnergyTotal] {
    Set(energies.map(\.population)).sorted().compactMap { population in
      energyTotal(of: energies.filter { $0.population == population }, fields: fields.of(population))
        .map { EnergyTotal(total: $0, population: population) }
    }
  }

  private mutating func energyTotal(of energies: [MemberEnergy], fields: FieldTable) -> Int? {
    var graph = Graph(), terms: [TotalKernel.Term] = []
    for energy in energies {
      let attempted = attempt { builder throws(Diagnostic) in
        var lowering = Scope(energy.use, .member, fields: fields, lets: energy.pass.lets)
          .lowering(on: graph, noisePlace: builder.noisePlace)
        let value = try energy.value(&lowering, fields: fields)
        return (lowering.graph, value)
      }
      guard let (grown, value) = attempted else { return nil }
      graph = grown
      terms.append(.sum(value))
    }
    plan.totalPopulations.append(fields.population)
    plan.totals.append(
      TotalKernel(
        name: "mote_total_\(plan.totals.count)", comment: "energy of single members", graph: graph, terms: terms,
        condition: nil, speciesMask: nil, rate: Rates.members(species: fields.speciesNames.count)))
    return plan.totals.count - 1
  }
}

/// The energy of the members of some species in a pass.
struct MemberEnergy {
  var text: Expression
  var pass: Propagate
  var use: LawUse
  var population: Int
  var mask: UInt64

  /// Its value for one member; zero for those that do not take part.
  fileprivate func value(_ lowering: inout Lowering, fields: FieldTable) throws(Diagnostic) -> NodeID {
    var value = try lowering.scalar(text)
    let zero = lowering.graph.constant(0)
    if let condition = pass.condition { value = lowering.graph.select(try lowering.condition(condition), value, zero) }
    guard mask != fields.everySpecies else { return value }
    let own = PairEnds.membership(mask, end: "member", in: &lowering.graph)
    return lowering.graph.select(lowering.graph.condition(own), value, zero)
  }
}
