import Diagnostics
import KernelCompiler
import Laws
import Scenes

extension PlanBuilder {
  /// Makes the kernels of a pass over a lattice, one for each lattice that plays its role; none if no species does.
  mutating func lattices(_ pass: Interact, of use: LawUse) throws(Diagnostic) -> [LatticePass] {
    switch pass.pairing {
    case .neighbours:
      var passes: [LatticePass] = []
      for var stencil in try stencils(pass, of: use) { passes.append(try finish(&stencil)) }
      return passes
    case .weight: return try transfers(pass, of: use)
    case .cell(let role): return try cells(pass, role, of: use)
    case .within, .linked, .everywhere: return []
    }
  }

  /// Makes the kernels of the reverse of a pass over a lattice.
  mutating func reverse(lattices pass: Interact, of use: LawUse, _ adjoint: Adjoint) throws(Diagnostic) -> [LatticePass] {
    guard case .neighbours = pass.pairing else {
      return try transfers(pass, of: use) { (builder, planner) throws(Diagnostic) in
        for end in [TransferKernel.Receiver.particles, .sites] {
          var own = builder
          let name = "mote_transfer_\(planner.plan.transfers.count)"
          if let made = try own.buildReverse(named: name, of: adjoint, to: end) {
            planner.plan.transfers.append(made)
          }
        }
      }
    }
    var passes: [LatticePass] = []
    for var stencil in try stencils(pass, of: use) {
      plan.stencils.append(try stencil.buildReverse(named: "mote_stencil_\(plan.stencils.count)", of: adjoint))
      passes.append(.stencil(plan.stencils.count - 1))
    }
    return passes
  }

  private mutating func transfers(_ pass: Interact, of use: LawUse) throws(Diagnostic) -> [LatticePass] {
    try transfers(pass, of: use) { (builder, planner) throws(Diagnostic) in
      var own = builder
      let name = "mote_transfer_\(planner.plan.transfers.count)"
      planner.plan.transfers.append(try own.build(named: name, noisePlace: &planner.noisePlace))
    }
  }

  /// Adds the kernels that `build` makes for each lattice between whose sites and particles a pass runs.
  private mutating func transfers(
    _ pass: Interact, of use: LawUse, build: (TransferBuilder, inout PlanBuilder) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> [LatticePass] {
    let isLattice = { (roles: [String]) in
      roles.allSatisfy { role in use.law.roles.contains { $0.name == role && $0.kind == .lattice } }
    }
    let receiver: TransferKernel.Receiver = isLattice(pass.receivers) ? .sites : .particles
    let (sites, particles) = receiver == .sites ? (pass.receivers, pass.givers) : (pass.givers, pass.receivers)
    let players = particles.flatMap { use.roles[$0] ?? [] }
    guard !players.isEmpty else { return [] }
    let first = plan.transfers.count
    for lattice in fields.populations(of: sites.flatMap { use.roles[$0] ?? [] }) {
      let builder = TransferBuilder(
        pass, of: use, fields: fields, lattice: lattice, receiver: receiver, mask: fields.mask(of: players),
        noisePlace: noisePlace)
      try build(builder, &self)
    }
    return (first..<plan.transfers.count).map { .transfer($0) }
  }

  private mutating func cells(_ pass: Interact, _ role: String, of use: LawUse) throws(Diagnostic) -> [LatticePass] {
    let players = pass.receivers.flatMap { use.roles[$0] ?? [] }
    guard !players.isEmpty else { return [] }
    var passes: [LatticePass] = []
    for lattice in fields.populations(of: use.roles[role] ?? []) {
      var builder = CellBuilder(
        pass, of: use, fields: fields, lattice: lattice, mask: fields.mask(of: players), noisePlace: noisePlace)
      plan.cells.append(try builder.build(named: "mote_cells_\(plan.cells.count)", noisePlace: &noisePlace))
      addWorkColumns(builder.workColumns, of: Population.particles)
      passes.append(.cell(plan.cells.count - 1))
    }
    return passes
  }

  /// Makes the kernels of a pass over Fourier amplitudes, one for each lattice that plays its role.
  mutating func waves(
    _ pass: Propagate, of use: LawUse, reverse adjoint: Adjoint? = nil
  ) throws(Diagnostic) -> [LatticePass] {
    var passes: [LatticePass] = []
    for lattice in fields.populations(of: pass.roles.flatMap { use.roles[$0] ?? [] }) {
      let builder = WavesBuilder(pass, of: use, fields: fields, lattice: lattice)
      plan.waves.append(
        try builder.build(named: "mote_waves_\(plan.waves.count)", noisePlace: noisePlace, reverse: adjoint))
      passes.append(.waves(plan.waves.count - 1))
    }
    return passes
  }

  /// The passes over sites and their neighbours, one for each lattice that plays the role, to which others may be joined.
  func stencils(_ pass: Interact, of use: LawUse) throws(Diagnostic) -> [StencilBuilder] {
    try fields.populations(of: pass.receivers.flatMap { use.roles[$0] ?? [] }).map { (lattice) throws(Diagnostic) in
      guard lattice.grid != nil else {
        throw Diagnostic(
          "neighbours pairs the sites of a lattice, \(lattice.species.joined(separator: ", ")) is none",
          hint: "give it kind: lattice and a spacing", at: pass.location)
      }
      return StencilBuilder(pass, of: use, lattice: lattice, chain: newChain(of: lattice.index))
    }
  }

  /// Makes the kernel of a pass over sites and their neighbours.
  mutating func finish(_ stencil: inout StencilBuilder) throws(Diagnostic) -> LatticePass {
    plan.stencils.append(try stencil.build(named: "mote_stencil_\(plan.stencils.count)", noisePlace: &noisePlace))
    return .stencil(plan.stencils.count - 1)
  }

  /// Lets passes over neighbours keep to themselves what nothing else reads and no frame shows.
  mutating func dropWhatNobodyReads() {
    for index in plan.stencils.indices {
      var others = plan
      others.stencils.remove(at: index)
      let kernel = plan.stencils[index].kernel
      let seen = others.usedFields().union(kernel.columns.map(\.field)).union(scene.output.fields)
      let unseen = Set(kernel.written.map(\.field)).subtracting(seen)
      if !unseen.isEmpty { plan.stencils[index].kernel = kernel.storingNone(of: unseen) }
    }
  }
}
