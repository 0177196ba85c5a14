import Diagnostics
import Expressions
import KernelCompiler
import Laws
import Scenes

/// Makes the kernel of a pass between particles and the sites around them.
struct TransferBuilder {
  let pass: Interact
  let use: LawUse
  let fields: FieldTable
  let lattice: Population
  let receiver: TransferKernel.Receiver
  /// One bit for each species of particles that takes part.
  let mask: UInt64
  var lowering: Lowering
  private var outcomes: [TransferKernel.Outcome] = []

  /// The sites that a particle gives to, along an axis, less one.
  static let reach = ["nearest": 0, "linear": 1, "quadratic": 2, "cubic": 3]

  /// A pass of `role`, played by particles, and a lattice.
  init(
    _ pass: Interact, of use: LawUse, fields: FieldTable, lattice: Population, receiver: TransferKernel.Receiver, mask: UInt64,
    noisePlace: Int
  ) {
    self.pass = pass
    self.use = use
    self.lattice = lattice
    self.receiver = receiver
    self.mask = mask
    self.fields = fields.of(lattice.index)
    let site = Scope.End(name: TransferKernel.site, fields: fields.of(lattice.index))
    let particle = Scope.End(name: TransferKernel.particle, fields: fields.of(Population.particles))
    let (i, j) = receiver == .sites ? (site, particle) : (particle, site)
    var ends = ["i": i, "j": j]
    for role in pass.receivers { ends[role] = i }
    for role in pass.givers { ends[role] = j }
    var scope = Scope(use, .pair, fields: self.fields, lets: pass.lets, ends: ends)
    let space = fields.space, isSwept = pass.swept != nil
    scope.given["w"] = { graph in
      isSwept
        ? .vector((0..<space).map { graph.input(Input(.local, "w", component: $0)) }) : .scalar(graph.input(Input(.local, "w")))
    }
    scope.given["dw"] = { graph in .vector((0..<space).map { graph.input(Input(.local, "dw", component: $0)) }) }
    lowering = scope.lowering(on: Graph(), noisePlace: noisePlace)
  }

  /// The pass as a kernel of this name; `noisePlace` goes on to the next free place.
  mutating func build(named name: String, noisePlace: inout Int) throws(Diagnostic) -> TransferPass {
    try refuseWhatIsNotRun()
    let condition = try pass.condition.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    for binding in pass.sum { try add(binding, binding.name, .sum) }
    for binding in pass.add { try add(binding, binding.name, .add) }
    for binding in pass.rate { try add(binding, ChainBuilder.rateName(binding.name), .add) }
    for binding in pass.min { try add(binding, binding.name, .least) }
    for binding in pass.max { try add(binding, binding.name, .greatest) }
    if let text = pass.remove {
      let gone = lowering.graph.number(try lowering.condition(text))
      outcomes.append(TransferKernel.Outcome(ChainBuilder.removal, gone, .greatest))
    }
    let requirement = try pass.require.map { (text) throws(Diagnostic) in try lowering.condition(text) }
    noisePlace = lowering.noisePlace
    let kernel = TransferKernel(
      name: name, comment: use.law.name, graph: lowering.graph, receiver: receiver, reach: try reach(), swept: pass.swept,
      space: fields.space, outcomes: outcomes, condition: condition, requirements: requirement.map { [$0] } ?? [], mask: mask,
      rate: Rates.sites(species: fields.speciesNames.count))
    return TransferPass(
      kernel: kernel, lattice: lattice.index, mask: mask, offset: try offset(), removes: pass.remove != nil,
      requirement: requirementText, name: use.law.name)
  }

  /// What must hold: what the pass says, and that swept ways are short.
  private var requirementText: String? {
    let short = pass.swept.map { "the way from \($0) to position leads to no site but the next one, a smaller dt does" }
    let all = [pass.require?.description, short].compactMap { $0 }
    return all.isEmpty ? nil : all.joined(separator: "; ")
  }

  /// The degree of the spline, which must fit into periodic sides; so must a way of up to a cell and the opposite one.
  func reach() throws(Diagnostic) -> Int {
    guard case .weight(let word) = pass.pairing, let reach = Self.reach[word], let grid = lattice.grid else { return 0 }
    let width = max(reach + 1, pass.swept == nil ? 1 : 2)
    for (axis, count) in grid.counts.enumerated() where grid.isPeriodic[axis] && count < width {
      throw Diagnostic(
        "\(lattice.species[0]) has \(count) sites along \(["x", "y", "z"][axis]), weight: \(word) gives to \(width)",
        hint: "a smaller spacing, or a larger box", at: pass.location)
    }
    return reach
  }

  func offset() throws(Diagnostic) -> HostTape? {
    guard let text = pass.offset else { return nil }
    var world = Scope(use, .world, fields: fields).lowering(on: Graph(), noisePlace: 0)
    let value = try world.lower(text)
    guard value.components.count == fields.space else { throw text.diagnostic("an offset is a vector, this is a \(value.shape)") }
    return HostTape(world.graph, value.components)
  }

  func refuseWhatIsNotRun() throws(Diagnostic) {
    let fixed = "a site cannot be moved, so that what it gives and receives is no force of a pair"
    let lone = "a particle and a site are no two particles"
    let present: [(name: String, isSaid: Bool, reason: String, hint: String)] = [
      ("energy", pass.energy != nil, fixed, "say add: {force: …}, for: the particles"),
      ("force", pass.force != nil, fixed, "say add: {force: …}, for: the particles"),
      ("torque", pass.torque != nil, fixed, "say add: {torque: …}, for: the particles"),
      ("memory", !pass.memory.isEmpty, "a particle and a site part without notice", "give the memory to a field of either"),
      ("link", !pass.link.isEmpty, lone, "links join particles"), ("react", pass.react != nil, lone, "say remove"),
      (
        "remove", pass.remove != nil && receiver == .sites, "a site stays where it is",
        "say for: the particles, from: the lattice"
      ),
    ]
    if let found = present.first(where: \.isSaid) {
      throw Diagnostic("\(found.name) in a pass with `weight`: \(found.reason)", hint: found.hint, at: pass.location)
    }
  }

  /// What pairs give to a field of the receiver.
  private mutating func add(_ binding: Binding, _ name: String, _ fold: TransferKernel.Fold) throws(Diagnostic) {
    outcomes += try values(of: binding, name).map { TransferKernel.Outcome($0, $1, fold, place: $2) }
  }

  /// The columns of a field of the receiver, and what a pair gives to each.
  mutating func values(of binding: Binding, _ name: String) throws(Diagnostic) -> [(Column, NodeID, place: [Int])] {
    let table = receiver == .sites ? fields : fields.of(Population.particles)
    guard let field = table[name] else { throw binding.value.diagnostic("\(name) is no field of the receiver") }
    var elements: [Int?] = [nil], width = field.components
    if binding.index != nil, case .array(let count, _) = field.shape {
      (elements, width) = (Array(0..<count), width / max(1, count))
    }
    var found: [(Column, NodeID, place: [Int])] = []
    for element in elements {
      let value =
        if let element { try lowering.lower(binding.value, setting: binding.index ?? "", to: element) } else {
          try lowering.lower(binding.value, at: field.shape, of: lattice.grid, ends: siteNames)
        }
      guard value.components.count == width else {
        throw binding.value.diagnostic("\(name) is a \(field.shape), this is a \(value.shape)")
      }
      let shape = placing(field, value)
      for (component, node) in value.components.enumerated() {
        let column = Column(field.name, (element ?? 0) * width + component)
        let place = shape.place(ofComponent: component, space: fields.space)
        found.append((column, lowering.graph.number(node), place.indices.filter { place[$0] > 0 }))
      }
    }
    return found
  }

  /// By which names the pass knows the site.
  private var siteNames: [String] {
    receiver == .sites ? ["i"] + pass.receivers : ["j"] + pass.givers
  }

  /// The shape that says at which places pairs meet: that of the lattice's field that receives, or of those that are read.
  private func placing(_ field: FieldTable.Field, _ value: Value) -> Shape {
    if receiver == .sites { return field.shape }
    let read = lowering.graph.inputs(of: value.components).filter { $0.kind == .field && $0.end == TransferKernel.site }
    return read.lazy.compactMap { fields[$0.name]?.shape }.first(where: \.isStaggered) ?? .scalar
  }
}
