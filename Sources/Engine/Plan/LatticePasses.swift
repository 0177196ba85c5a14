import KernelCompiler

/// A pass over a lattice, by its number among those of its sort.
enum LatticePass: Sendable {
  case stencil(Int), transfer(Int), cell(Int), waves(Int)
}

/// A pass over the sites of a lattice, each with its neighbours.
struct StencilPass: Sendable {
  var kernel: StencilKernel
  /// The lattice.
  var population: Int
  /// What a failed requirement says.
  var requirement: String?
  var name: String
}

/// A pass between particles and the sites around them.
struct TransferPass: Sendable {
  var kernel: TransferKernel
  /// The population of the sites.
  var lattice: Int
  /// One bit for each species of particles that takes part.
  var mask: UInt64
  /// By how much the lattice is displaced in this pass (length).
  var offset: HostTape?
  /// Whether it marks particles that go at its end.
  var removes = false
  /// What a failed requirement says.
  var requirement: String?
  var name: String
}

/// A pass over random pairs in the cells of a lattice.
struct CellPass: Sendable {
  var kernel: CellKernel
  /// The population whose cells they are.
  var lattice: Int
  /// One bit for each species of particles that takes part.
  var mask: UInt64
  /// What a failed requirement says.
  var requirement: String?
  /// Whether it marks particles that go at its end.
  var removes = false
  /// Links that it makes.
  var joins: [Joining] = []
  /// What becomes of pairs that react.
  var reaction: Reaction?
  var name: String
}

/// A pass over the Fourier amplitudes of a lattice: each new amplitude is a sum of old ones, times factors.
struct WavesPass: Sendable {
  /// Where a product goes, and of which column's amplitude it is made; the factors are the columns that the kernel writes.
  struct Term: Sendable {
    var target: Column
    var source: Column
  }

  /// Computes the factors from the wave vectors.
  var kernel: MemberKernel
  /// One for each factor, in their order.
  var terms: [Term]
  /// Columns that get new values.
  var targets: [Column]
  /// Whether new values are added to the old ones.
  var adds: Bool
  var lattice: Int
  var name: String

  /// The column of a factor.
  static func factor(_ index: Int) -> Column { Column("factor", index) }
  /// Columns whose amplitudes are read.
  var sources: Set<Column> { Set(terms.map(\.source)) }
}

extension Plan {
  /// True if a pass reads the force or a rate.
  func readsForces(_ pass: LatticePass) -> Bool {
    columnsRead(by: pass).contains { $0.field == "force" || $0.field.hasPrefix("rate of ") }
  }

  private func columnsRead(by pass: LatticePass) -> [Column] {
    switch pass {
    case .stencil(let index): stencils[index].kernel.columns
    case .transfer(let index): transfers[index].kernel.columns.map(\.column)
    case .cell(let index): cells[index].kernel.columns
    case .waves: []
    }
  }

  /// What a pass over a lattice is called in the schedule.
  func line(of pass: LatticePass) -> String {
    switch pass {
    case .stencil(let index):
      "one loop over \(populations[stencils[index].population].species[0]) and neighbours: \(Self.fields(stencils[index].kernel.written))"
    case .transfer(let index):
      transfers[index].kernel.receiver == .sites
        ? "particles give to \(populations[transfers[index].lattice].species[0]): \(transfers[index].name)"
        : "\(populations[transfers[index].lattice].species[0]) gives to particles: \(transfers[index].name)"
    case .cell(let index): "random pairs in \(populations[cells[index].lattice].species[0]): \(cells[index].name)"
    case .waves(let index): "waves of \(populations[waves[index].lattice].species[0]): \(waves[index].name)"
    }
  }

  /// Fields that passes over lattices read or write, and those that they write.
  var latticeFields: (used: Set<String>, written: Set<String>) {
    var used: Set<String> = [], written: Set<String> = []
    for pass in stencils {
      used.formUnion(pass.kernel.columns.map(\.field))
      written.formUnion(pass.kernel.written.map(\.field))
    }
    for pass in transfers {
      used.formUnion(pass.kernel.columns.map(\.column.field))
      written.formUnion(pass.kernel.outcomes.map(\.column.field))
    }
    for pass in cells {
      used.formUnion(pass.kernel.columns.map(\.field))
      written.formUnion(pass.kernel.outcomes.map(\.column.field))
    }
    for pass in waves {
      used.formUnion(pass.sources.map(\.field))
      written.formUnion(pass.targets.map(\.field))
    }
    return (used.union(written), written)
  }
}
